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
    here = [d for d in facts.deadlines if d.date and d.evidence[0].start in there]
    due = {d.date.edtf for d in here if d.date and d.status != "superseded"}
    overtaken = {d.date.edtf for d in here if d.date and d.status == "superseded"}
    told = {e.date.edtf for e in facts.events if e.evidence[0].start in there}
    wanted = {mark.value for mark in case.marks if mark.sign == "!"}
    happened = {mark.value for mark in case.marks if mark.sign == "*"}
    marked = {mark.value for mark in case.marks}
    return [
        *(f"due: {sorted(map(str, due))}" for _ in [0] if due != wanted),
        *(f"{day} is told as overtaken" for day in sorted(map(str, overtaken - (marked - wanted)))),
        *(f"{day} is not told as an event" for day in sorted(map(str, happened - told))),
        *(f"{day} is told as an event" for day in sorted(map(str, told - marked))),
    ]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.heading}: {case.text}" for case in CASES])
def test_what_falls_due(case: Marked) -> None:
    assert faults(case) == []


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("The summit has been put off from 6 May to 13 May.", {"2031-05-06": "superseded", "2031-05-13": "pending"}),
        ("The truce, which was due to end on 31 May, will now last until 30 June.", {"2031-05-31": "superseded", "2031-06-30": "pending"}),
        ("The round that was to open on 6 May has been postponed.", {"2031-05-06": "superseded"}),
        ("The pact will be signed on 2 July, two days later than the 30 June that both had aimed for.", {"2031-07-02": "pending", "2031-06-30": "superseded"}),
        ("The sides will sign on 2 July instead of 30 June.", {"2031-07-02": "pending", "2031-06-30": "superseded"}),
        ("The signing, which both had hoped for on 30 June, will be on 2 July.", {"2031-07-02": "pending", "2031-06-30": "superseded"}),
        ("A text is due on 2 July, not on 30 June as first announced.", {"2031-07-02": "pending", "2031-06-30": "superseded"}),
        ("The ministers will ask to extend the truce, which ends on 31 May.", {"2031-05-31": "pending"}),
        ("The talks moved to Santiago on 18 March.", {}),
    ],
)  # fmt: skip
def test_a_day_that_another_takes_the_place_of_is_told_as_that(sentence: str, days: dict[str, str]) -> None:
    facts = readout(read(REPORT.format(sentence=sentence).encode(), published="2031-03-12"))
    told = {d.date.edtf: d.status for d in facts.deadlines if d.date}
    assert {day: status for day, status in told.items() if day != "2031-03-18"} == days
