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

APART = 17


@pytest.fixture(scope="module")
def seeds(shared: Path) -> list[Document]:
    return [read(path.read_bytes(), file=path.name) for path in sorted((shared / "seeds").glob("*.txt"))]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("number", range(0, 120, APART))
def test_orders_far_apart_give_what_all_at_once_give(
    seeds: list[Document], engine: Engine, number: int
) -> None:
    expected = content(merge([Part(read_once(document), source_of(document)) for document in seeds]))
    for document in list(permutations(seeds))[number]:
        bring(engine, document)
    assert content([one for one in current(engine) if one.status == "published"]) == expected


# Of one meeting: where it was planned, that it was put off, that it was held elsewhere, and what ended it.
MOVED = {
    "2031-02-20": "Chile and Norway will open trade talks in Bergen on 3 March 2031.\n",
    "2031-03-01": "The trade talks between Chile and Norway that were to open in Bergen on 3 March 2031 have been postponed.\n",
    "2031-03-13": "Chile and Norway opened their trade talks in Oslo on 12 March 2031. Norway wants lower tariffs on salmon.\n",
    "2031-06-02": "Norway has broken off its trade talks with Chile on salmon tariffs, the foreign ministry said.\n",
}


@pytest.mark.parametrize("number", range(0, 24, 5))
def test_a_meeting_that_moved_is_one_in_every_order(engine: Engine, number: int) -> None:
    documents = [read(text.encode(), published=day) for day, text in MOVED.items()]
    (expected,) = content(merge([Part(read_once(document), source_of(document)) for document in documents]))
    for document in list(permutations(documents))[number]:
        bring(engine, document)
    assert content([one for one in current(engine) if one.status == "published"]) == [expected]
