"""A migrated database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from store.engine import connect
from store.migrate import migrate


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    migrate(engine)
    yield engine
    engine.dispose()
