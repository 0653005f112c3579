"""Dates in sentences, by the grammar of what stands around them: `sentences.txt` by kinds, `news.txt` as news has them."""

from pathlib import Path

import pytest

from pipeline.documents.read import read
from pipeline.language.annotate import annotate
from tests.pipeline.language.marked import Marked, sentences_of

HERE = Path(__file__).parent
BY_KIND = list(sentences_of(HERE / "sentences.txt"))
NEWS = list(sentences_of(HERE / "news.txt"))


def faults(case: Marked, published: str) -> list[str]:
    """What is read otherwise than it is marked, and what is read that is no date."""
    annotated = annotate(read(case.text.encode(), published=case.published or published))
    left, wrong = list(annotated.dates), []
    for mark in case.marks:
        here = [d for d in left if d.start < mark.end and mark.start < d.end]
        left = [d for d in left if d not in here]
        if [d.date.edtf for d in here] != [mark.value]:
            told = [(d.text, d.date.edtf) for d in here]
            wrong.append(f"{case.text[mark.start : mark.end]} is {mark.value}, read as {told}")
    return wrong + [f"{d.text} is no {d.date.edtf}" for d in left if d.date.edtf]


@pytest.mark.parametrize("case", BY_KIND, ids=[f"{case.heading}: {case.text}" for case in BY_KIND])
def test_a_date_in_its_sentence(case: Marked) -> None:
    assert faults(case, "2031-03-12") == []


@pytest.mark.parametrize("case", NEWS, ids=[case.text for case in NEWS])
def test_a_date_in_the_news(case: Marked) -> None:
    assert faults(case, "2034-11-24") == []
