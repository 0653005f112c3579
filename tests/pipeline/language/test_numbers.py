"""Numbers in words are read back as whoever wrote them meant them."""

from functools import cache
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.language.numbers import Numeral, find_numbers, value_of


@cache
def writer() -> Any:
    """A library that writes numbers in words. To load it takes as long as hundreds of tests, so not all processes do."""
    import inflect

    return inflect.engine()


def in_words(number: int, **style: Any) -> str:
    return str(writer().number_to_words(number, **style))


def numbers_in(text: str) -> list[Numeral]:
    return list(find_numbers(text, 0, len(text)))


@given(
    st.integers(1, 10**12 - 1) | st.integers(1, 99_999) | st.integers(1, 999).map(lambda n: n * 10**6),
    st.sampled_from([{}, {"andword": ""}, {"comma": ""}, {"andword": "", "comma": ""}]),
    st.booleans(),
)
@example(1_000_001, {}, False)
@example(110_000_000, {"andword": ""}, True)
def test_any_number_below_a_trillion_is_read_back(number: int, style: dict[str, Any], hyphens: bool) -> None:
    written = in_words(number, **style)
    if not hyphens:
        written = written.replace("-", " ")
    (read,) = numbers_in(f"It took {written} of them.")
    assert (read.value, read.end - read.start) == (number, len(written))


@given(st.integers(0, 999), st.integers(0, 9), st.integers(1, 9))
def test_any_decimal_in_words_is_read_back(whole: int, tenths: int, hundredths: int) -> None:
    written = f"{in_words(whole)} point {in_words(tenths)} {in_words(hundredths)}"
    (read,) = numbers_in(f"It rose {written} percent.")
    assert read.value == pytest.approx(whole + tenths / 10 + hundredths / 100)


@given(st.integers(1, 99))
def test_an_ordinal_is_no_number_and_worth_its_own(number: int) -> None:
    ordinal = str(writer().ordinal(in_words(number)))
    assert numbers_in(f"On its {ordinal} day they left.") == []
    assert value_of(ordinal) == number


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("two and a half billion", [2.5e9]),
        ("three and three quarters", [3.75]),
        ("a million and a half", [1.5e6]),
        ("half a million", [5e5]),
        ("half-a-dozen", [6]),
        ("a quarter of a million", [250_000]),
        ("two dozen", [24]),
        ("twelve hundred", [1200]),
        ("3 lakh crore", [3e12]),
        ("5 1/4", [5.25]),
        ("2½", [2.5]),
        ("1.234.567", [1_234_567]),
        ("12,34,567", [1_234_567]),
        ("24’827", [24_827]),
        ("between one hundred and two hundred", [100, 200]),
        ("one hundred and two thousand", [102_000]),
        ("thirty one-year visas", [30, 1]),
        ("twenty twenty", [20, 20]),
        ("two first-class seats", [2]),
        ("hundreds of millions", []),
        ("a few thousand", []),
        ("at 10:30 or 10 a.m.", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_numbers_of_other_kinds(text: str, values: list[float]) -> None:
    assert [number.value for number in numbers_in(text)] == values
