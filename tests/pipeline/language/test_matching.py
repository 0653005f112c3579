"""A quote is found where it stands verbatim, typography aside; a changed fact is never found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.matching import find, locate

SOURCE = (
    "Minister Ana Prüfer said: “We won’t accept a 14.5% duty – not before 3 May 2031,” and left.\n"
    "The rules do not encompass all types of steel; exports\nfell to 5,864.60 tons from 145 lots. The ﬁrst draft cost $17.4 billion."
)


def found(quote: str) -> list[str]:
    return [SOURCE[span.start : span.end] for span in find(SOURCE, quote)]


@pytest.mark.parametrize(
    ("quote", "exact"),
    [
        (
            "“We won’t accept a 14.5% duty – not before 3 May 2031,”",
            "“We won’t accept a 14.5% duty – not before 3 May 2031,”",
        ),
        (
            '"We won\'t accept a 14.5% duty - not before 3 May 2031,"',
            "“We won’t accept a 14.5% duty – not before 3 May 2031,”",
        ),
        ("'we won’t accept a 14.5% DUTY — not", "“We won’t accept a 14.5% duty – not"),
        ("exports fell to 5,864.60 tons", "exports\nfell to 5,864.60 tons"),
        ("Ana Pru\u0308fer said", "Ana Prüfer said"),
        ("the first draft", "The ﬁrst draft"),
        ("  left. The rules ", "left.\nThe rules"),
    ],
)
def test_typography_may_differ_and_the_source_s_own_characters_come_back(quote, exact):
    assert found(quote) == [exact]


@pytest.mark.parametrize(
    "quote",
    [
        "accept a 15.5% duty", "accept a 14.5 duty", "accept a 4.5% duty", "not before 4 May 2031", "not before 3 May 2032",
        "Minister Anna Prüfer", "Minister Ana Prufer", "We will accept a", "We won’t accept 14.5%", "The rules do encompass all types",
        "exports rose to 5,864.60 tons", "fell to 5,864 tons", "fell to 5,864", "864.60 tons", "from 14", "45 lots", "$17.4 million",
        "said: left", "e", "", "   ", "“”", "Minist", "inister Ana",
    ],
)  # fmt: skip
def test_a_changed_number_name_date_or_not_is_never_found(quote):
    assert found(quote) == []


def test_every_occurrence_is_found_and_the_nearest_is_chosen():
    text = "Talks resume. Talks end. Talks resume."
    assert [span.start for span in find(text, "talks resume")] == [0, 25]
    nearest = locate(text, "Talks resume", at=20)
    assert nearest and nearest.start == 25


def test_a_quote_is_taken_where_its_reader_says_it_stands():
    text = "ten ten ten"
    assert locate(text, "ten", at=4) == find(text, "ten")[1]


@given(st.text(), st.text())
def test_spans_are_inside_the_text_and_never_empty(text, quote):
    for span in find(text, quote):
        assert 0 <= span.start < span.end <= len(text)


@given(st.text(min_size=1), st.data())
def test_a_whole_text_is_found_in_itself(text, data):
    around = data.draw(st.sampled_from(["", " ", "\n", " — "]))
    if any(character.isalnum() for character in text):
        spans = find(around + text + around, text)
        assert spans or not find(text, text)
