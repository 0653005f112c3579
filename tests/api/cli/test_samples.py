"""The samples: input for a fresh clone, and what they were written to show."""

from pathlib import Path

import pytest
from msgspec import json

from schemas import Briefing, DocumentReadout
from tests.api.cli.conftest import SAMPLES, Run


@pytest.fixture(scope="module")
def names() -> list[Path]:
    return sorted(SAMPLES.glob("*.txt"))


@pytest.fixture
def round_13(run: Run, samples: dict[str, Path]) -> Briefing:
    files = [path for name, path in samples.items() if name.startswith("eu-india")]
    (briefing,) = json.decode(run("brief", "--format", "json", *files).stdout, type=list[Briefing])
    return briefing


def test_they_are_short_utf_8_texts(names: list[Path]) -> None:
    assert len(names) >= 5
    assert all(150 <= len(path.read_text(encoding="utf-8").split()) <= 450 for path in names)


def test_the_reports_disagree_on_who_leads_and_on_the_duty(round_13: Briefing) -> None:
    assert {d.party: d.head for d in round_13.delegations}["EU"] == "disputed"
    duties = next(c for c in round_13.conflicts if c.kind == "value")
    assert {position.value for position in duties.positions} == {"100 per cent", "110 per cent"}


def test_next_monday_is_counted_from_the_day_of_publication(round_13: Briefing) -> None:
    monday = next(d.date for d in round_13.deadlines if d.date and d.date.text == "next Monday")
    assert (monday.edtf, monday.basis) == ("2025-09-08", "relative")


def test_boilerplate_proves_nothing(round_13: Briefing) -> None:
    said = json.encode(round_13).decode()
    assert "chocolate" not in said and "reservoirs" not in said and "cycling" not in said


def test_the_rail_strike_supports_nothing(run: Run, samples: dict[str, Path]) -> None:
    readout = json.decode(run("extract", samples["rail-strike-settlement"]).stdout, type=DocumentReadout)
    assert readout.negotiation is None
    assert [*readout.delegations, *readout.stakes, *readout.deadlines, *readout.figures] == []
    assert [*readout.statements, *readout.events] == []
