"""Parties, units and evidence check themselves against the standards they come from."""

import pytest

from schemas import Evidence, Negotiation, is_party, is_unit


@pytest.mark.parametrize("code", ["US", "CH", "EU", "X-GCC", "X-MERCOSUR"])
def test_parties_are_iso_3166_the_eu_or_bodies(code):
    assert is_party(code)


@pytest.mark.parametrize("code", ["", "us", "UK", "ZZ", "USA", "X-", "X-gcc", "European Union"])
def test_other_party_codes_are_refused(code):
    assert not is_party(code)
    with pytest.raises(ValueError, match="ISO 3166-1"):
        Negotiation(
            name="Talks", parties=[code, "US"], venue=None, round=None, start=None, end=None, level="unknown",
            status="unknown", stage=None, outcome=None, translated=[], prior_round=None, next_round=None,
        )  # fmt: skip


@pytest.mark.parametrize("code", ["%", "[pp]", "1", "t", "mo", "USD", "EUR", "INR"])
def test_units_are_ucum_or_iso_4217(code):
    assert is_unit(code)


@pytest.mark.parametrize("code", ["", "percent", "tons", "usd", "ZZZ", "$"])
def test_other_units_are_refused(code):
    assert not is_unit(code)


def test_a_span_holds_as_many_code_points_as_its_words():
    with pytest.raises(ValueError, match="cannot hold"):
        Evidence(
            document_id="0" * 64,
            start=3,
            end=9,
            exact="talks",
            prefix="",
            suffix="",
            region="body",
            page=None,
        )
