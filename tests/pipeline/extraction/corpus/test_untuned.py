"""Thirty invented pages whose gold was written before any rule was tried on them: what a reader of new pages may expect.

Agency reports, minutes, columns, questions in parliament, newsletters, a live page, and five that are no trade talks.
The floors are what was measured last, rounded down: whoever reads better raises them.
"""

import re
from pathlib import Path

import pytest

from schemas import DocumentReadout
from tests.pipeline.extraction.corpus.marks import marks, read_all

HERE = Path(__file__).parent / "untuned"
OTHER_MATTERS = re.compile(r"(?:\d+-neg|negative)-")
FLOORS = {
    "delegates": 0.53,
    "stakes": 0.7,
    "deadlines": 0.62,
    "figures": 0.71,
    "core": 0.65,
    "parties": 0.78,
}


@pytest.fixture(scope="module")
def found() -> dict[str, DocumentReadout]:
    return read_all(sorted((HERE / "docs").glob("*.txt")))


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items(), ids=list(FLOORS))
def test_each_class_is_read_at_least_this_well(
    found: dict[str, DocumentReadout], kind: str, floor: float
) -> None:
    assert marks(found, HERE / "docs", HERE / "gold")[kind] >= floor


def test_other_matters_give_nothing(found: dict[str, DocumentReadout]) -> None:
    others = [name for name in found if OTHER_MATTERS.match(name)]
    assert len(others) == 5
    for page in (found[name] for name in others):
        assert page.negotiation is None
        assert not (page.delegations or page.stakes or page.deadlines or page.figures)
