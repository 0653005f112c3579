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


def test_a_compound_number_opens_a_sentence():
    (quantity,) = find_quantities("Twenty-five percent is too much.")
    assert (quantity.value, quantity.unit) == (25, "%")


def test_full_width_digits_read_as_usual_ones():
    (quantity,) = find_quantities("(１２％)")
    assert (quantity.start, quantity.value, quantity.unit) == (1, 12, "%")


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("12 per cent, " * 5000, 5000),
        ("7" * 100_000, 1),
        ("1 " * 50_000, 50_000),
        ("$" * 100_000, 0),
        ("1," * 50_000, 0),
        ("twenty " * 20_000, 20_000),
        ("a hundred " * 10_000, 10_000),
        ("1 to " * 25_000, 25_000),
        ("from" + " " * 100_000 + "1", 1),
        ("between about " * 8000, 0),
        ("1" + " " * 100_000 + "tonnes", 1),
        ("1 million" + "-" * 100_000, 1),
    ],
    ids=lambda value: value[:16] if isinstance(value, str) else None,
)
def test_a_long_text_of_one_thing_is_read_through(text, quantities):
    assert sum(1 for _ in find_quantities(text)) == quantities
