"""Long documents in sections: cut between paragraphs or sentences, every body character in exactly one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.layout import body_paragraphs
from pipeline.documents.read import read
from pipeline.extraction.model.requests import sections

PARAGRAPH = "The two sides agreed to cut the duty of 21.8 per cent on tin to 8 per cent by 1 May 2031. Talks go on in Lima. "


def test_a_short_document_is_one_section():
    document = read((PARAGRAPH + "\n\n" + PARAGRAPH).encode())
    (section,) = sections(document, 10_000)
    assert section.text(document) == f"{PARAGRAPH.strip()}\n\n{PARAGRAPH.strip()}"
    assert [half.text(document) for half in section.halves()] == [PARAGRAPH.strip()] * 2


def test_a_section_of_one_paragraph_has_no_halves():
    (section,) = sections(read(PARAGRAPH.encode()), 10_000)
    assert section.halves() == []


def test_a_long_paragraph_is_cut_between_sentences_never_inside_a_number():
    document = read((PARAGRAPH * 20).encode())
    texts = [section.text(document) for section in sections(document, 200)]
    assert len(texts) > 10
    assert all(text[0].isupper() and text.endswith(".") and not text.endswith("21.") for text in texts)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.integers(80, 900))
def test_every_character_of_the_body_is_in_exactly_one_section(shape, most):
    document = read("\n\n".join(PARAGRAPH * n for n in shape).encode())
    parts = [part for section in sections(document, most) for part in section.parts]
    assert parts == sorted(parts)
    assert all(a.end <= b.start for a, b in pairwise(parts))
    told = "".join(document.text[part.start : part.end] for part in parts)
    body = "".join(
        document.text[span.start : span.end] for span in body_paragraphs(document.text, document.blocks)
    )
    assert "".join(told.split()) == "".join(body.split())
