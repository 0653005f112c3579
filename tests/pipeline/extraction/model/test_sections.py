"""Sentences by their numbers, and long documents in sections: every sentence of the body is in exactly one."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.layout import body_paragraphs
from pipeline.documents.read import read
from pipeline.extraction.model.requests import Section, sections
from pipeline.language.annotate import NoSuchSentence, Numbered, annotate

CUT = "The two sides agreed to cut the duty of 21.8 per cent on tin to 8 per cent by 1 May 2031."
LIMA = "Talks go on in Lima."
PARAGRAPH = f"{CUT} {LIMA} "


def numbered(text: str) -> Numbered:
    return Numbered(annotate(read(text.encode())))


def test_sentences_of_the_body_are_numbered_from_one():
    text = numbered(f"Talks about tin\n\n{PARAGRAPH}\n\nAlso read: Oil prices jump 30% after storm\n\n{LIMA}")
    assert text.lines(range(1, len(text) + 1)) == f"1 {CUT}\n2 {LIMA}\n3 {LIMA}"


def test_the_first_sentence_has_its_dateline():
    text = numbered(f"LIMA, March 3 (Wire) — {PARAGRAPH}")
    assert text.lines([1, 2]) == f"1 LIMA, March 3 (Wire) — {CUT}\n2 {LIMA}"


@pytest.mark.parametrize("number", [0, -1, 3])
def test_no_sentence_has_another_number(number: int) -> None:
    with pytest.raises(NoSuchSentence, match=f"there is no sentence {number}"):
        numbered(PARAGRAPH).span(number)


def test_a_sentence_is_one_line_however_the_document_breaks_it():
    broken = PARAGRAPH.replace(" agreed ", "\n7 ").replace(" duty ", "\u2028duty\u2029")
    assert len(numbered(broken).lines([1, 2]).splitlines()) == 2


def test_sentences_that_follow_on_each_other_in_a_paragraph_stand_together():
    text = numbered(f"{PARAGRAPH}{PARAGRAPH}\n\n{PARAGRAPH}")
    runs = text.runs([4, 1, 2, 5, 4])
    assert [text.annotated.words(run) for run in runs] == [PARAGRAPH.strip(), LIMA, CUT]
    sources = text.sources([4, 1, 2, 5, 4])
    assert [text.holding([(one.start, one.end)]) for one in sources] == [[1, 2], [4], [5]]


def test_a_short_document_is_one_section_and_its_halves_are_cut_between_sentences():
    (section,) = sections(numbered(PARAGRAPH + "\n\n" + PARAGRAPH), 10_000)
    assert section == Section(1, 4)
    assert section.halves() == [Section(1, 2), Section(3, 4)]


def test_a_section_of_one_sentence_has_no_halves():
    assert Section(7, 7).halves() == []


def test_a_document_without_a_body_has_no_sections():
    assert sections(numbered("Also read: Oil prices jump 30% after storm"), 10_000) == []


def test_a_long_paragraph_is_cut_between_sentences_never_inside_a_number():
    text = numbered(PARAGRAPH * 20)
    found = sections(text, 200)
    assert len(found) > 10
    lines = [line.partition(" ")[2] for section in found for line in text.lines(section.numbers).splitlines()]
    assert lines == [CUT, LIMA] * 20


@settings(max_examples=20)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.integers(80, 900))
def test_every_character_of_the_body_is_in_exactly_one_section(shape, most):
    text = numbered("\n\n".join(PARAGRAPH * n for n in shape))
    found = sections(text, most)
    assert [found[0].first, found[-1].last] == [1, len(text)]
    assert all(one.last + 1 == other.first for one, other in pairwise(found))
    lines = [line.partition(" ")[2] for section in found for line in text.lines(section.numbers).splitlines()]
    document = text.annotated.document
    body = "".join(
        document.text[span.start : span.end] for span in body_paragraphs(document.text, document.blocks)
    )
    assert "".join("".join(lines).split()) == "".join(body.split())


@settings(max_examples=20)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.integers(700, 900))
def test_paragraphs_that_fit_a_section_are_not_cut(shape, most):
    text = numbered("\n\n".join(PARAGRAPH * n for n in shape))
    assert all(text.paragraph_begins(section.first) for section in sections(text, most))
