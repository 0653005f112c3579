"""A FuzzyDate cannot be built wrong, and its bounds agree with an independent EDTF library."""

from datetime import date
from typing import Any

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from schemas import FuzzyDate, bounds, fuzzy_date, unresolved

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
points = st.builds(
    lambda day, form, mark: day.strftime(form) + mark,
    days,
    st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"]),
    st.sampled_from(["", "?", "~", "%"]),
)


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest", "precision"),
    [
        ("2031", "2031-01-01", "2031-12-31", "year"),
        ("2031-02", "2031-02-01", "2031-02-28", "month"),
        ("2032-02", "2032-02-01", "2032-02-29", "month"),
        ("2031-03-14~", "2031-03-14", "2031-03-14", "day"),
        ("2031-01/2031-03", "2031-01-01", "2031-03-31", "quarter"),
        ("2031-03-10/2031-03-16", "2031-03-10", "2031-03-16", "week"),
        ("2031/2033", "2031-01-01", "2033-12-31", "unknown"),
        ("../2031", None, "2031-12-31", "unknown"),
    ],
)
def test_bounds_and_precision_follow_from_the_edtf_form(edtf, earliest, latest, precision):
    assert fuzzy_date(edtf, "some words") == FuzzyDate(
        edtf=edtf,
        text="some words",
        precision=precision,
        basis="explicit",
        anchor=None,
        earliest=earliest,
        latest=latest,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "2031-13",
        "2031-02-30",
        "31-01-01",
        "2031-1",
        "2031-03-14/2031-03-01",
        "../..",
        "",
        "March",
        "2031-03-14T10:00:00Z",
        "203X",
        "2031-33",
    ],
)
def test_what_is_not_edtf_level_0_or_1_is_refused(wrong):
    with pytest.raises(ValueError, match=r"EDTF|calendar|before|open"):
        fuzzy_date(wrong, "words")


@pytest.mark.parametrize(
    "change",
    [
        {"earliest": "2031-03-02"},
        {"latest": None},
        {"precision": "day"},
        {"basis": "unresolved"},
        {"edtf": None},
    ],
)
def test_a_date_that_contradicts_itself_cannot_be_built(change):
    right: dict[str, Any] = asdict(fuzzy_date("2031-03", "in March"))
    FuzzyDate(**right)
    with pytest.raises(ValueError, match=r"EDTF form|bounds|precision"):
        FuzzyDate(**right | change)


def test_unresolved_words_are_kept_without_a_date():
    date_ = unresolved("in due course")
    assert (date_.text, date_.edtf, date_.earliest, date_.basis) == (
        "in due course",
        None,
        None,
        "unresolved",
    )


@given(points)
def test_a_point_has_the_bounds_that_the_edtf_library_gives(edtf):
    theirs = parse_edtf(edtf)
    if "-" not in edtf and edtf[-1] in "?~%":
        theirs = parse_edtf(edtf[:-1])
    plain = parse_edtf(edtf.rstrip("?~%"))
    assert theirs is not None
    first, last = bounds(edtf)
    assert (first, last) == (date(*plain.lower_strict()[:3]), date(*plain.upper_strict()[:3]))


@given(points, points)
def test_an_interval_is_built_exactly_when_it_does_not_end_before_it_starts(first, last):
    starts, ends = bounds(first)[0], bounds(last)[1]
    assert starts and ends
    if starts <= ends:
        assert bounds(f"{first}/{last}") == (starts, ends)
    else:
        with pytest.raises(ValueError, match="before it starts"):
            bounds(f"{first}/{last}")
