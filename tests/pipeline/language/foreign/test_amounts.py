"""Amounts as other languages write them."""

import pytest

from pipeline.language.foreign.amounts import amounts_in, may_be_money

CASES = [
    ("fr", "1,5 milliard d’euros", 1.5e9, "EUR", "eq"),
    ("fr", "environ 30 000 tonnes", 30_000, "t", "approx"),
    ("fr", "dix pour cent", 10, "%", "eq"),
    ("fr", "5 points de pourcentage", 5, "[pp]", "eq"),
    ("de", "1.234,5 Mio. Euro", 1_234_500_000, "EUR", "eq"),
    ("de", "mehr als 30 Prozent", 30, "%", "gt"),
    ("de", "höchstens drei Jahre", 3, "a", "lte"),
    ("es", "2,5 mil millones de dólares", 2.5e9, "XXX", "eq"),
    ("es", "más de 30.000 toneladas", 30_000, "t", "gt"),
    ("pt", "US$ 3,5 bilhões", 3.5e9, "USD", "eq"),
    ("pt", "38 mil milhões de euros", 38e9, "EUR", "eq"),
    ("zh", "约1.2万亿元", 1.2e12, "CNY", "approx"),
    ("zh", "百分之十五", 15, "%", "eq"),
    ("zh", "30多亿美元", 3e9, "USD", "gt"),
    ("zh", "三十亿美元", 3e9, "USD", "eq"),
    ("zh", "七成以上", 70, "%", "gte"),
    ("ja", "30億ドル", 3e9, "XXX", "eq"),
    ("ja", "１５％", 15, "%", "eq"),
    ("ja", "約3兆2000億円", 3.2e12, "JPY", "approx"),
    ("ja", "3割", 30, "%", "eq"),
    ("ja", "80万トン以下", 800_000, "t", "lte"),
]


@pytest.mark.parametrize(("language", "words", "value", "unit", "comparator"), CASES)
def test_an_amount_is_read_whole(language: str, words: str, value: float, unit: str, comparator: str) -> None:
    (read,) = amounts_in(words, language)
    assert (read.start, read.end) == (0, len(words))
    assert (read.value, read.unit, read.comparator) == (value, unit, comparator)


@pytest.mark.parametrize(
    ("language", "words", "low", "high"),
    [("fr", "entre 10 et 15 milliards d’euros", 1e10, 1.5e10), ("de", "12 bis 15 Prozent", 12, 15),
     ("ja", "10～15%", 10, 15)],
)  # fmt: skip
def test_two_ends_are_a_range(language: str, words: str, low: float, high: float) -> None:
    (read,) = amounts_in(words, language)
    assert (read.value, read.value_high, read.comparator) == (low, high, "range")


def test_what_changed_is_no_range() -> None:
    assert [one.value for one in amounts_in("ramènera de 8 à 3 %", "fr")] == [8, 3]
    assert [one.value for one in amounts_in("关税从10%提高到25%", "zh")] == [10, 25]


def test_marks_that_may_part_thousands_or_decimals_are_not_read() -> None:
    assert amounts_in("30,000 toneladas", "es") == ()


def test_a_bare_dollar_may_be_several_and_no_euro() -> None:
    assert may_be_money("12 millones de dólares", "USD", "es")
    assert may_be_money("12 millones de dólares", "CAD", "es")
    assert not may_be_money("12 millones de dólares", "EUR", "es")
