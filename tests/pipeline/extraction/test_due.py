"""What falls due, what happened and what is only named, in sentences of a report on trade talks: `due.txt`, by kinds."""

from pathlib import Path

import pytest

from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from tests.pipeline.language.marked import Marked, sentences_of

CASES = list(sentences_of(Path(__file__).parent / "due.txt"))
REPORT = (
    "Norway and Chile talk about trade in Oslo\n\n"
    "Trade Minister Kari Lund of Norway and Chile's Trade Minister Pablo Soto are in trade talks in Oslo.\n\n"
    "{sentence}\n\n"
    "Negotiators from Norway and Chile speak about tariffs on salmon and cherries.\n"
)


def faults(case: Marked) -> list[str]:
    """What falls due or happened by the marks, and is not told, or is told and should not be."""
    text = REPORT.format(sentence=case.text)
    facts = readout(read(text.encode(), published="2031-03-12"))
    at = text.index(case.text)
    there = range(at, at + len(case.text))
    due = {d.date.edtf for d in facts.deadlines if d.date and d.evidence[0].start in there}
    told = {e.date.edtf for e in facts.events if e.evidence[0].start in there}
    wanted = {mark.value for mark in case.marks if mark.sign == "!"}
    happened = {mark.value for mark in case.marks if mark.sign == "*"}
    marked = {mark.value for mark in case.marks}
    return [
        *(f"due: {sorted(map(str, due))}" for _ in [0] if due != wanted),
        *(f"{day} is not told as an event" for day in sorted(map(str, happened - told))),
        *(f"{day} is told as an event" for day in sorted(map(str, told - marked))),
    ]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.heading}: {case.text}" for case in CASES])
def test_what_falls_due(case: Marked) -> None:
    assert faults(case) == []
