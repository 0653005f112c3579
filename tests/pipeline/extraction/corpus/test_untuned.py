"""Invented pages with gold that was written before they were read: what a reader of new pages may expect.

`untuned`: thirty that no rule was tried on: agency reports, minutes, columns, questions in parliament, newsletters, a live
page, and five that are no trade talks. `tried`: sixteen, unruly on purpose, of which rules have been made since. The floors
are what was measured last, rounded down: whoever reads better raises them.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from schemas import DocumentReadout
from tests.pipeline.extraction.corpus.marks import marks, read_all

HERE = Path(__file__).parent
OTHER_MATTERS = re.compile(r"(?:\d+-neg|negative)-")
CLASSES = ("delegates", "stakes", "deadlines", "figures", "core", "parties")
FLOORS = {"untuned": (0.59, 0.7, 0.64, 0.72, 0.66, 0.79), "tried": (0.29, 0.63, 0.56, 0.66, 0.53, 0.87)}


@cache
def found(pages: str) -> dict[str, DocumentReadout]:
    return read_all(sorted((HERE / pages / "docs").glob("*.txt")))


@cache
def measured(pages: str) -> dict[str, float]:
    return marks(found(pages), HERE / pages / "docs", HERE / pages / "gold")


@pytest.mark.parametrize("pages", FLOORS)
@pytest.mark.parametrize("kind", CLASSES)
def test_each_class_is_read_at_least_this_well(kind: str, pages: str) -> None:
    assert measured(pages)[kind] >= FLOORS[pages][CLASSES.index(kind)]


def test_other_matters_give_nothing() -> None:
    others = [page for name, page in found("untuned").items() if OTHER_MATTERS.match(name)]
    assert len(others) == 5
    for page in others:
        assert page.negotiation is None
        assert not (page.delegations or page.stakes or page.deadlines or page.figures)
