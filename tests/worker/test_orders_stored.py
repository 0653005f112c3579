"""Documents that come one by one into a database: the order makes no difference to what is published."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from pipeline.documents.document import Document, source_of
from pipeline.documents.read import read
from store.engine import connect
from tests.pipeline.briefings.published import content
from tests.worker.rounds_archive import bring, current, read_once

NINTH = 9


@pytest.fixture(scope="module")
def seeds(shared: Path) -> list[Document]:
    return [read(path.read_bytes(), file=path.name) for path in sorted((shared / "seeds").glob("*.txt"))]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("number", range(0, 120, NINTH))
def test_every_ninth_order_gives_what_all_at_once_give(
    seeds: list[Document], engine: Engine, number: int
) -> None:
    expected = content(merge([Part(read_once(document), source_of(document)) for document in seeds]))
    for document in list(permutations(seeds))[number]:
        bring(engine, document)
    assert content([one for one in current(engine) if one.status == "published"]) == expected
