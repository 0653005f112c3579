"""Ten invented pages whose gold was written before any rule was tried on them: what a reader of new pages may expect.

An agency report, minutes, a column, a question in parliament, a newsletter, a strike that is no trade talk. The floors
are what was measured when the pages came, rounded down: whoever reads better raises them.
"""

from pathlib import Path

import pytest

from schemas import DocumentReadout
from tests.pipeline.extraction.corpus.marks import marks, read_all

HERE = Path(__file__).parent / "untuned"
FLOORS = {"delegates": 0.1, "stakes": 0.53, "deadlines": 0.47, "figures": 0.62, "core": 0.43, "parties": 0.5}


@pytest.fixture(scope="module")
def found() -> dict[str, DocumentReadout]:
    return read_all(sorted((HERE / "docs").glob("*.txt")))


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items(), ids=list(FLOORS))
def test_each_class_is_read_at_least_this_well(
    found: dict[str, DocumentReadout], kind: str, floor: float
) -> None:
    assert marks(found, HERE / "docs", HERE / "gold")[kind] >= floor


def test_a_strike_over_pay_gives_nothing(found: dict[str, DocumentReadout]) -> None:
    strike = found["negative-teachers"]
    assert strike.negotiation is None
    assert not (strike.delegations or strike.stakes or strike.deadlines or strike.figures)
