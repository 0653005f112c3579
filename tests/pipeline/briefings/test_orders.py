"""The order in which documents come in makes no difference to what is published."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from math import factorial

import msgspec
import pytest

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing
from tests.pipeline.briefings.published import content

NOW = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def parts(shared) -> list[Part]:
    documents = [read(path.read_bytes(), file=path.name) for path in sorted((shared / "seeds").glob("*.txt"))]
    return [Part(readout(document), source_of(document)) for document in documents]


def one_by_one(
    rest: list[Part], come: list[Part], briefings: list[Briefing]
) -> Iterator[tuple[list[Part], list[Briefing]]]:
    """Each order in which the rest may come, with what is published in the end; what orders begin with is merged once."""
    if not rest:
        yield come, briefings
    for place, part in enumerate(rest):
        now = [*come, part]
        yield from one_by_one(rest[:place] + rest[place + 1 :], now, merge(now, briefings))


def test_all_orders_at_once_give_the_same_bytes(parts):
    assert len({msgspec.json.encode(merge(order, now=NOW)) for order in permutations(parts)}) == 1


def test_all_orders_one_by_one_give_what_all_at_once_give(parts):
    expected = content(merge(parts))
    assert len(expected) == 1
    found = list(one_by_one(parts, [], []))
    assert len(found) == factorial(len(parts))
    assert [order for order, briefings in found if content(briefings) != expected] == []
