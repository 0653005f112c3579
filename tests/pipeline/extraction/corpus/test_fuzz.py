"""Whatever text comes: no exception, no fact without its evidence.

READOUT_FUZZ_CASES sets how many cases there are (`make fuzz`: 10,000).
"""

import os
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import Unreadable
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from tests.pipeline.extraction.corpus.pieces import PIECES

CASES = int(os.environ.get("READOUT_FUZZ_CASES", "300"))


@st.composite
def mangled(draw: st.DrawFn, texts: list[str]) -> str:
    """A slice of a document, its lines, sentences or words put in another order, sometimes with pieces in between."""
    text = draw(st.sampled_from(texts))
    start = draw(st.integers(0, len(text) - 1))
    part = text[start : start + draw(st.integers(1, 2_500))]
    marks = draw(st.sampled_from([r"(?<=\n)", r"(?<=[.!?]) ", r" "]))
    parts = re.split(marks, part)
    if draw(st.booleans()):
        parts = draw(st.permutations(parts))
    for piece in draw(st.lists(st.sampled_from(PIECES), max_size=4)):
        parts.insert(draw(st.integers(0, len(parts))), piece)
    return " ".join(parts)


def _survives(text: str) -> None:
    try:
        document = read(text.encode("utf-8", "surrogatepass"))
    except Unreadable:
        return
    found = readout(document)
    members = [member for delegation in found.delegations for member in delegation.members]
    facts = [*members, *found.stakes, *found.deadlines, *found.figures, *found.statements, *found.events]
    for fact in facts:
        assert fact.evidence
        for e in fact.evidence:
            assert document.text[e.start : e.end] == e.exact


_SETTINGS = settings(
    max_examples=CASES // 3,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_any_text(texts):
    readout(read(texts[0].encode()))

    @_SETTINGS
    @given(st.text(max_size=400))
    def survives(text: str) -> None:
        _survives(text)

    survives()


def test_words_of_the_news_in_any_order(texts):
    @_SETTINGS
    @given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=60).map(" ".join))
    def survives(text: str) -> None:
        _survives(text)

    survives()


def test_documents_cut_and_shuffled(texts):
    @_SETTINGS
    @given(mangled(texts))
    def survives(text: str) -> None:
        _survives(text)

    survives()
