"""Quotations and whom the text has say them, in invented sentences that hold their gold.

A line of quotations.txt is a document, `¶` begins a paragraph of it. In quotation marks, `{Ana Moura: words}` are
Ana Moura's words (`A|B`: under either name; `-`: nobody is named), and `[she]` are the words that name a speaker there.
A line behind `~` is one that is not read right yet.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
from msgspec import Struct

from pipeline.documents.document import Span
from pipeline.documents.read import read
from pipeline.language.annotate import annotate

LINES = (Path(__file__).parent / "quotations.txt").read_text("utf-8").splitlines()
MARKS = re.compile(r"\{(?P<names>[^:}]+): (?P<words>[^}]*)\}|\[(?P<source>[^\]]*)\]")
EDGES = " ,.;:!?"


class Case(Struct, frozen=True):
    kind: str
    line: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.line}"

    @property
    def known_fault(self) -> bool:
        return self.line.startswith("~ ")


def _cases() -> list[Case]:
    kind, cases = "", []
    for line in filter(None, LINES):
        if line.startswith("# "):
            kind = line[2:]
        else:
            cases.append(Case(kind, line))
    return cases


CASES = _cases()


def gold(line: str) -> tuple[str, list[tuple[set[str], str]], list[Span]]:
    """The document of a line, its quotations with the names of their speakers, and the places of sources."""
    text, at = "", 0
    told, sources = [], []
    line = line.replace(" ¶ ", "\n\n")
    for mark in MARKS.finditer(line):
        text += line[at : mark.start()]
        at = mark.end()
        if mark["names"]:
            told.append((set(mark["names"].split("|")), mark["words"].strip(EDGES)))
        else:
            sources.append(Span(len(text), len(text) + len(mark["source"])))
        text += mark["words"] or mark["source"] or ""
    return text + line[at:], told, sources


def faults(line: str) -> list[str]:
    """What is read otherwise than the gold of a line has it."""
    text, told, sources = gold(line)
    annotated = annotate(read(text.encode()))
    found = [(annotated.quote(q.start, q.end)[0].strip(EDGES), q) for q in annotated.quotations]
    if [words for words, _ in found] != [words for _, words in told]:
        return [f"found {[words for words, _ in found]}"]
    wrong = []
    for (names, quoted), (_, quotation) in zip(told, found, strict=True):
        words = quotation.named
        place = annotated.source(words.start, words.end) if words else Span(0, 0)
        who = quotation.speaker.name if quotation.speaker else text[place.start : place.end] or "-"
        if who not in names:
            wrong.append(f"{who!r} says {quoted!r}")
        if words and not any(place.start < s.end and s.start < place.end for s in sources):
            wrong.append(f"{text[place.start : place.end]!r} names the speaker of {quoted!r}")
    return wrong


@pytest.mark.parametrize("case", [case for case in CASES if not case.known_fault], ids=str)
def test_a_quotation_has_the_speaker_that_its_text_names(case: Case) -> None:
    assert faults(case.line) == []


def test_there_are_enough_cases_of_every_kind() -> None:
    counts = Counter(case.kind for case in CASES)
    assert min(counts.values()) >= 10 and len(CASES) >= 250


@pytest.mark.parametrize("case", [case for case in CASES if case.known_fault], ids=str)
def test_a_known_fault_is_one(case: Case) -> None:
    assert faults(case.line.removeprefix("~ "))


def test_ninety_seven_in_a_hundred_are_read_right() -> None:
    assert sum(case.known_fault for case in CASES) <= len(CASES) * 0.03
