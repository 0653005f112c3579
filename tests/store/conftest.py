"""A migrated database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from store.engine import connect


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()
