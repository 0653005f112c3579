"""Sentences: `|` stands where one ends and the next begins."""

import pytest

from pipeline.language.parser import split


@pytest.mark.parametrize(
    "marked",
    [
        "The talks ended.| Nobody signed.",
        "Mr. Okoro met Sen. Diaz (D-Wis.) on Oct. 3.| They talked.",
        "It fell under No. 5 of Art. 12.| It stays.",
        "He spoke for the U.S. President.",
        "He spoke for the U.S.| The talks went on.",
        "They meet at 10 a.m. EDT in Bergen.",
        "Rs. 45 crore was lost.| Rs. 9 crore came back.",
        "“We will wait.”| She left.",
        "“Will you sign?” he asked.| “No!”| That was all.",
        "PROMOTING FAIR TRADE:| Today the sides met.",
        "THE MINISTER:| Good morning.| Thank you.",
        "Growth was 3.5 per cent.| 12 of them left.",
        "One heading\n\n|Another paragraph.",
        "J. K. Berg signed.| A. Lund did not.",
    ],
)
def test_where_sentences_end(marked: str) -> None:
    text = marked.replace("|", "")
    assert [text[s.start : s.end] for s in split(text)] == [part.strip() for part in marked.split("|")]


def test_offsets_are_of_the_whole_text() -> None:
    text = "Before. One here. Two there. After."
    assert [text[s.start : s.end] for s in split(text, 8, 28)] == ["One here.", "Two there."]
