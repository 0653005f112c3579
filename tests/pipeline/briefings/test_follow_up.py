"""What a later report does to the briefing of the samples: nothing of before is lost, each change is told once."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from schemas import Briefing

SAMPLES = Path(__file__).parents[3] / "samples"
LATER = """---
title: "EU and India put off their next round of trade talks"
publisher: "Rue de la Loi Courier"
date: 2025-09-19
---
The 14th round of free trade talks between the European Union and India, which had been set for 6 October in Brussels, has
been put off to 20 October, officials said on Friday.

The two sides settled one quarrel before they parted in New Delhi: India will cut its duty on cars to 40 per cent. On wine
nothing was agreed.

Twelve chapters are now closed, one more than a week ago. The third to be closed in New Delhi was the one on customs.
"""
NOW = datetime(2025, 9, 20, tzinfo=UTC)


def briefings_of(part_of: Callable[..., Part], *more: str) -> list[Briefing]:
    texts = [path.read_text() for path in sorted(SAMPLES.glob("eu-india-*.txt"))]
    return merge([part_of(text) for text in (*texts, *more)], now=NOW)


def days(briefing: Briefing) -> dict[str | None, str]:
    return {due.date.edtf: due.status for due in briefing.deadlines if due.date}


def test_nothing_of_before_is_lost(part_of: Callable[..., Part]) -> None:
    (before,) = briefings_of(part_of)
    after = next(
        one
        for one in briefings_of(part_of, LATER.replace("\nbeen", " been"))
        if one.negotiation.venue == "New Delhi"
    )
    assert {c.about for c in before.conflicts} <= {c.about for c in after.conflicts}
    assert {(f.value, f.unit) for f in before.figures} <= {(f.value, f.unit) for f in after.figures}
    assert set(days(before)) <= set(days(after))
    assert {s.summary for s in before.stakes} <= {s.summary for s in after.stakes}


def test_each_change_is_told_once(part_of: Callable[..., Part]) -> None:
    told = briefings_of(part_of, LATER)
    here, ahead = sorted(told, key=lambda one: str(one.negotiation.start and one.negotiation.start.edtf))
    assert (days(here)["2025-10-06"], days(ahead)["2025-10-20"]) == ("superseded", "pending")
    assert [f.value for f in here.figures if "cars" in f.subject and f.status == "agreed"] == [40]
    counts = sorted(f.value for one in told for f in one.figures if f.unit == "1" and f.subject == "chapters")
    assert counts == [11, 12]
    assert here.negotiation.next_round == ahead.id
