"""What parties are called for readers, wherever they are named."""

import pytest
from babel import Locale

from pipeline.language.parties import name_of, party_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("US", "US"),
        ("GB", "UK"),
        ("EU", "EU"),
        ("AE", "UAE"),
        ("CD", "DR Congo"),
        ("CG", "Republic of Congo"),
        ("RU", "Russia"),
        ("KR", "South Korea"),
        ("KP", "North Korea"),
        ("TR", "Türkiye"),
        ("PS", "Palestine"),
        ("XK", "Kosovo"),
        ("CI", "Côte d’Ivoire"),
        ("HK", "Hong Kong"),
        ("MO", "Macao"),
        ("MM", "Myanmar"),
        ("CZ", "Czechia"),
        ("BN", "Brunei"),
        ("TW", "Taiwan"),
        ("VN", "Vietnam"),
        ("TT", "Trinidad and Tobago"),
        ("X-GCC", "GCC"),
        ("X-PACIFIC-ALLIANCE", "PACIFIC ALLIANCE"),
        ("ZZZ", "ZZZ"),
    ],
)
def test_a_party_has_the_name_that_the_press_prints(code: str, name: str) -> None:
    assert party_name(code) == name


def test_who_goes_by_no_name_of_ours_has_that_of_cldr() -> None:
    names = {code: name.replace(" & ", " and ") for code, name in Locale("en").territories.items()}
    ours = {code for code, name in names.items() if party_name(code) != name}
    assert ours == {"AE", "CD", "CG", "EU", "GB", "HK", "MM", "MO", "PS", "US"}


def test_talks_are_named_by_their_parties() -> None:
    assert name_of(["CD", "CI"], "Kinshasa") == "DR Congo–Côte d’Ivoire trade talks, Kinshasa"
    assert name_of(["US", "GB", "EU", "AE", "TR"], None) == "US–UK–EU and 2 others trade talks"
