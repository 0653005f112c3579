"""Sixteen invented pages, unruly on purpose, of which rules have been made since: floors are what was measured, rounded down.

Many officials of theirs are named without an office or a side, and much is told in halves of sentences.
"""

from pathlib import Path

import pytest

from schemas import DocumentReadout
from tests.pipeline.extraction.corpus.marks import marks, read_all

HERE = Path(__file__).parent / "tried"
FLOORS = {
    "delegates": 0.28,
    "stakes": 0.62,
    "deadlines": 0.56,
    "figures": 0.66,
    "core": 0.53,
    "parties": 0.87,
}


@pytest.fixture(scope="module")
def found() -> dict[str, DocumentReadout]:
    return read_all(sorted((HERE / "docs").glob("*.txt")))


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items(), ids=list(FLOORS))
def test_each_class_is_read_at_least_this_well(
    found: dict[str, DocumentReadout], kind: str, floor: float
) -> None:
    assert marks(found, HERE / "docs", HERE / "gold")[kind] >= floor
