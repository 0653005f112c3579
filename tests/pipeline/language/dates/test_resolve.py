"""Date words resolve to EDTF from an anchor that has a reason, or stay unresolved."""

from datetime import date

import pytest

from pipeline.language.dates import Context, find_dates, resolve

WEDNESDAY = Context(anchor=date(2031, 3, 12), reason="published 2031-03-12", year=2031)
YEAR_ONLY = Context(year=2031, year_reason="the year 2031 named in the text")


@pytest.mark.parametrize(
    ("text", "words", "edtf"),
    [
        ("signed on 14 March 2031 in Lima", "14 March 2031", "2031-03-14"),
        ("signed on March 14th, 2031", "March 14th, 2031", "2031-03-14"),
        ("on 2031-03-14", "2031-03-14", "2031-03-14"),
        ("effective 1 September 2031, duties end", "1 September 2031", "2031-09-01"),
        ("a text by June 2031", "June 2031", "2031-06"),
        ("phased out by 2034", "2034", "2034"),
        ("through 2034", "2034", "2034"),
        ("by the end of 2031", "the end of 2031", "2031-12-31"),
        ("before the end of August 2031", "the end of August 2031", "2031-08-31"),
        ("concluded in early 2032", "early 2032", "2032-01~/2032-03~"),
        ("in the first quarter of 2032", "the first quarter of 2032", "2032-01/2032-03"),
        ("in the second half of 2032", "the second half of 2032", "2032-07/2032-12"),
        ("meet on Monday", "Monday", "2031-03-17"),
        ("meet next Wednesday", "next Wednesday", "2031-03-19"),
        ("on Wednesday", "Wednesday", "2031-03-12"),
        ("tomorrow", "tomorrow", "2031-03-13"),
        ("next week", "next week", "2031-03-17/2031-03-23"),
        ("last month", "last month", "2031-02"),
        ("expires in August", "August", "2031-08"),
        ("by year-end", "year-end", "2031-12-31"),
        ("the first quarter of next year", "the first quarter of next year", "2032-01/2032-03"),
        ("within 90 days", "within 90 days", "2031-06-10"),
        ("two weeks ago", "two weeks ago", "2031-02-26"),
        ("within weeks", "within weeks", None),
        ("30 days after signing", "30 days after signing", None),
        ("the first day of the same month", "the first day of the same month", None),
    ],
)
def test_words_resolve(text, words, edtf):
    found = [w.text for w in find_dates(text)]
    assert found == [words]
    assert (
        resolve(words, Context(anchor=WEDNESDAY.anchor, reason=WEDNESDAY.reason, tense="future")).edtf == edtf
    )


@pytest.mark.parametrize(
    "text",
    [
        "may 5 parties agree",
        "Section 232",
        "17 minerals",
        "in 45 cities",
        "every Monday",
        "$2031",
        "2014/53/EU",
    ],
)
def test_other_words_are_no_dates(text):
    assert list(find_dates(text)) == []


def test_a_past_weekday_lies_behind_the_anchor():
    past = Context(anchor=WEDNESDAY.anchor, reason=WEDNESDAY.reason, tense="past")
    assert resolve("Friday", past).edtf == "2031-03-07"
    assert resolve("last Wednesday", past).edtf == "2031-03-05"


def test_a_month_without_a_year_takes_the_year_that_its_tense_asks_for():
    december = Context(anchor=date(2031, 12, 3), reason="published 2031-12-03", tense="future")
    assert resolve("February", december).edtf == "2032-02"
    assert resolve("October", Context(anchor=date(2031, 2, 3), reason="r", tense="past")).edtf == "2030-10"


def test_the_year_alone_fixes_a_month_but_no_weekday():
    june = resolve("June 20", YEAR_ONLY)
    assert (june.edtf, june.basis, june.anchor) == (
        "2031-06-20",
        "relative",
        "the year 2031 named in the text",
    )
    assert resolve("Monday", YEAR_ONLY).edtf is None


def test_without_an_anchor_the_words_are_kept():
    date_ = resolve("on Monday", Context())
    assert (date_.text, date_.edtf, date_.basis) == ("on Monday", None, "unresolved")


def test_the_reason_of_the_anchor_is_told():
    assert resolve("tomorrow", WEDNESDAY).anchor == "published 2031-03-12"
    assert resolve("14 March 2031", WEDNESDAY).anchor is None


def test_line_breaks_inside_the_words_do_not_matter():
    assert resolve("early\n    2032", WEDNESDAY).edtf == "2032-01~/2032-03~"


@pytest.mark.parametrize("words", ["30 February", "31 June 2031", "Feb 30, 2031"])
def test_a_day_that_no_calendar_has_stays_unresolved(words):
    assert resolve(words, WEDNESDAY).edtf is None
