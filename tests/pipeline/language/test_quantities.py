"""What is written, and the value, unit and comparator that re-reading gives."""

import pytest

from pipeline.language.quantities import find_quantities, reread

CASES = [
    ("$17.4 billion", 17_400_000_000, None, "eq", "USD"),
    ("US$17.4bn", 17_400_000_000, None, "eq", "USD"),
    ("€25.5bn", 25_500_000_000, None, "eq", "EUR"),
    ("25 million euros", 25_000_000, None, "eq", "EUR"),
    ("EUR 4 billion", 4_000_000_000, None, "eq", "EUR"),
    ("Rs 500 crore", 5_000_000_000, None, "eq", "INR"),
    ("at least $67 billion", 67_000_000_000, None, "gte", "USD"),
    ("more than\n$969 billion", 969_000_000_000, None, "gt", "USD"),
    ("$1.5-2 billion", 1_500_000_000, 2_000_000_000, "range", "USD"),
    ("over 100 per cent", 100, None, "gt", "%"),
    ("no higher than 15%", 15, None, "lte", "%"),
    ("15 percent or higher", 15, None, "gte", "%"),
    ("between 10 and 15 per cent", 10, 15, "range", "%"),
    ("10–15%", 10, 15, "range", "%"),
    ("something like 90%", 90, None, "approx", "%"),
    ("0.5 percentage points", 0.5, None, "eq", "[pp]"),
    ("two-thirds of", 66.7, None, "approx", "%"),
    ("5,864.60 tons", 5864.6, None, "eq", "t"),
    ("six-month", 6, None, "eq", "mo"),
    ("approximately 90 minutes", 90, None, "approx", "min"),
    ("nearly two years", 2, None, "approx", "a"),
    ("17-year", 17, None, "eq", "a"),
    ("13", 13, None, "eq", "1"),
    ("3 million", 3_000_000, None, "eq", "1"),
]


@pytest.mark.parametrize(("written", "value", "high", "comparator", "unit"), CASES, ids=[c[0] for c in CASES])
def test_a_quantity_reads_as(written, value, high, comparator, unit):
    quantity = reread(written)
    assert quantity
    assert (quantity.value, quantity.value_high, quantity.comparator, quantity.unit) == (
        value,
        high,
        comparator,
        unit,
    )


@pytest.mark.parametrize(("written", "value", "high", "comparator", "unit"), CASES, ids=[c[0] for c in CASES])
def test_inside_a_sentence_the_same_words_read_the_same(written, value, high, comparator, unit):
    before = "Officials put it at "
    sentence = f"{before}{written} exports, they said."
    quantity = next(find_quantities(sentence))
    assert sentence[quantity.start : quantity.end] == written.removesuffix(" of")
    assert (quantity.value, quantity.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("cut from $50 billion to $30 billion", [50e9, 30e9]),
        ("from 145% to 30%", [145, 30]),
        ("24,827 tons, compared to 24,266.5 tons", [24827, 24266.5]),
        ("10 and 15 per cent", [10, 15]),
    ],
)
def test_two_quantities_are_not_one_range(text, values):
    assert [(q.value, q.value_high) for q in find_quantities(text)] == [(v, None) for v in values]


@pytest.mark.parametrize("text", ["2014/53/EU", "the 21st century", "no number here", "COVID-19", "G7"])
def test_numbers_inside_other_words_are_no_quantities(text):
    assert list(find_quantities(text)) == []
