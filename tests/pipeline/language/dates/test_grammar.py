"""Each rule of the grammar reads its example, from the anchor of a Wednesday, and no other rule reads it first."""

from datetime import date

import pytest

from pipeline.language.dates import Context, find_dates, resolve
from pipeline.language.dates.grammar import GRAMMAR

WEDNESDAY = Context(anchor=date(2031, 3, 12), reason="published 2031-03-12", year=2031, tense="future")

EXAMPLES = [
    ("day", "on 14 March 2031", "14 March 2031", "2031-03-14"),
    ("day", "on the 1st of April", "the 1st of April", "2031-04-01"),
    ("day", "the 7 April round", "7 April", "2031-04-07"),
    ("day", "on Monday, 14 April", "Monday, 14 April", "2031-04-14"),
    ("day, month first", "on March 14th, 2031", "March 14th, 2031", "2031-03-14"),
    ("day, month first", "on Sept. 1", "Sept. 1", "2031-09-01"),
    ("day, month first", "on April 3 (Thursday)", "April 3 (Thursday)", "2031-04-03"),
    ("day, month first", "due April 3 next year", "April 3 next year", "2032-04-03"),
    ("day in words", "by the first of May", "the first of May", "2031-05-01"),
    ("ISO day", "on 2031-03-14", "2031-03-14", "2031-03-14"),
    ("month, day, year in numbers", "due 06/14/2031", "06/14/2031", "2031-06-14"),
    ("day, month, year in numbers", "due 14/06/2031", "14/06/2031", "2031-06-14"),
    ("day, month, year with stops", "due 04.06.2031", "04.06.2031", "2031-06-04"),
    ("day beside this one", "due tomorrow", "tomorrow", "2031-03-13"),
    ("weekday", "meet next Wednesday", "next Wednesday", "2031-03-19"),
    ("weekday", "Monday's talks", "Monday", "2031-03-17"),
    ("weekday", "on Thursday of next week", "Thursday of next week", "2031-03-20"),
    (
        "quarter of a year",
        "the first quarter of next year",
        "the first quarter of next year",
        "2032-01/2032-03",
    ),
    ("quarter of a year", "in Q3 2031", "Q3 2031", "2031-07/2031-09"),
    ("quarter", "in the fourth quarter", "the fourth quarter", "2031-10/2031-12"),
    ("half", "in the second half of 2032", "the second half of 2032", "2032-07/2032-12"),
    ("half in a number", "in H1 2032", "H1 2032", "2032-01/2032-06"),
    ("period beside this one", "over the past week", "the past week", "2031-03-03/2031-03-09"),
    ("period beside this one", "due next quarter", "next quarter", "2031-04/2031-06"),
    ("period beside this one", "due this autumn", "this autumn", "2031-09~/2031-11~"),
    ("week of a day", "in the week of 14 May", "the week of 14 May", "2031-05-12/2031-05-18"),
    (
        "week of a day, month first",
        "the week beginning Monday, May 12, 2031",
        "the week beginning Monday, May 12, 2031",
        "2031-05-12/2031-05-18",
    ),
    ("week of a month", "in the first week of June", "the first week of June", "2031-06-01/2031-06-07"),
    ("week of a month", "in the last week of June", "the last week of June", "2031-06-24/2031-06-30"),
    ("days of a month", "from 20 to 24 May", "20 to 24 May", "2031-05-20/2031-05-24"),
    ("days of a month, month first", "on May 20-24, 2031", "May 20-24, 2031", "2031-05-20/2031-05-24"),
    ("day alone", "due on the 15th.", "the 15th", "2031-03-15"),
    ("weekday of some week", "before the Thursday of that week", "the Thursday of that week", None),
    ("period before or after another", "131 the year before.", "the year before", "2030"),
    ("period beside another", "in the preceding year", "the preceding year", "2030"),
    ("day beside the one told", "They left the day before.", "the day before", None),
    ("period of what was told", "in the same month, talks ended", "the same month", None),
    ("month of what is counted", "April trade data", "April", "2031-04"),
    ("weekdays", "from Monday to Wednesday", "Monday to Wednesday", "2031-03-17/2031-03-19"),
    ("weekdays in a row", "on Monday and Tuesday", "Monday and Tuesday", "2031-03-17/2031-03-18"),
    ("weekdays between", "between Monday and Friday", "between Monday and Friday", "2031-03-17/2031-03-21"),
    ("weekday of a month", "on the first Monday of June", "the first Monday of June", "2031-06-02"),
    ("weekday of a month", "on the last Friday in May", "the last Friday in May", "2031-05-30"),
    ("count from a day", "due 90 days from 2 April", "90 days from 2 April", "2031-07-01"),
    (
        "count from a day",
        "three days before the July 9 deadline",
        "three days before the July 9",
        "2031-07-06",
    ),
    ("count from a day", "a week on Monday", "a week on Monday", "2031-03-24"),
    ("day beside a day", "the day after the 5 May vote", "the day after the 5 May", "2031-05-06"),
    ("week behind a day", "due Friday week", "Friday week", "2031-03-21"),
    (
        "half of a month",
        "in the second half of April",
        "the second half of April",
        "2031-04-16/2031-04-30",
    ),
    ("part of a month", "in early June", "early June", "2031-06-01~/2031-06-10~"),
    ("part of a month", "in late April", "late April", "2031-04-21~/2031-04-30~"),
    ("month of a year", "in June next year", "June next year", "2032-06"),
    ("month of a year", "a text by June 2031", "June 2031", "2031-06"),
    ("month beside this one", "since last July", "last July", "2030-07"),
    ("months", "from January to May 2030", "January to May 2030", "2030-01/2030-05"),
    ("months between", "between January and May 2030", "between January and May 2030", "2030-01/2030-05"),
    ("season", "a deal before Christmas", "before Christmas", "2031-12~"),
    ("season", "by the summer of 2032", "by the summer of 2032", "2032-06~/2032-08~"),
    ("season of a year", "the spring of 2035", "the spring of 2035", "2035-03~/2035-05~"),
    ("end of a period", "by the end of August", "the end of August", "2031-08-31"),
    ("end of a period", "by end of next month", "end of next month", "2031-04-30"),
    ("end of a period", "by the end of Q3", "the end of Q3", "2031-09-30"),
    ("end of a period in a clause", "before the year is out", "the year is out", "2031-12-31"),
    ("count from a day", "for 90 days, starting on 2 April", "90 days, starting on 2 April", "2031-07-01"),
    ("end of the year", "by year-end", "year-end", "2031-12-31"),
    ("last day of a period", "on the last day of June", "the last day of June", "2031-06-30"),
    ("first day of a period", "on the first day of next month", "the first day of next month", "2031-04-01"),
    ("part of a year", "in early 2032", "early 2032", "2032-01~/2032-03~"),
    (
        "part of a period",
        "the first five months of 2030",
        "the first five months of 2030",
        "2030-01/2030-05",
    ),
    (
        "span until a day or a month",
        "the 12 months to January 2031",
        "the 12 months to January 2031",
        "2030-02/2031-01",
    ),
    ("decade", "in the 1990s", "the 1990s", "1990/1999"),
    ("years", "the season of 2029-30", "2029-30", "2029/2030"),
    ("fiscal year", "in FY 2029-30", "FY 2029-30", "2029/2030"),
    ("several years", "in each of 2032, 2033 and 2034", "each of 2032, 2033 and 2034", "2032/2034"),
    ("weekend", "over the weekend", "the weekend", "2031-03-15/2031-03-16"),
    ("count ahead", "within 90 days", "within 90 days", "2031-06-10"),
    ("count ahead", "in one hundred and twenty days", "in one hundred and twenty days", "2031-07-10"),
    ("count from now", "six months from now", "six months from now", "2031-09"),
    ("count back", "signed two weeks ago", "two weeks ago", "2031-02-26"),
    ("count from a signing", "due 30 days after signing", "30 days after signing", None),
    ("count from what was told", "up from 48 a year earlier", "a year earlier", None),
    ("count from what has no day", "due 30 days after the vote", "30 days after", None),
    ("vague", "within weeks", "within weeks", None),
    ("day of some month", "the last day of that month", "the last day of that month", None),
    ("month alone", "expires in August", "August", "2031-08"),
    ("month alone", "the March vote", "March", "2031-03"),
    ("year behind a word", "phased out by 2034", "2034", "2034"),
    ("year alone", "a 2027 raid", "2027", "2027"),
    ("year of several", "the 2027 elections", "2027", "2027"),
]

NO_DATES = [
    ("year of a law", "the Ports Act of 1963"),
    ("year of a law", "the 1979 Mines Act"),
    ("number of a part", "under section 2031"),
    ("name with a weekday", "on Good Friday"),
    ("name with a weekday", "on 28 March, a Friday."),
    ("span that something is new in", "the first time in ten years"),
]


@pytest.mark.parametrize(
    ("name", "text", "words", "edtf"), EXAMPLES, ids=[example[1] for example in EXAMPLES]
)
def test_a_rule_reads_its_example(name, text, words, edtf):
    assert [found.text for found in find_dates(text)] == [words]
    assert resolve(words, WEDNESDAY).edtf == edtf
    rule = next(rule for rule in GRAMMAR if rule.name == name)
    match = rule.pattern.search(text)
    assert match
    assert match["words" if "words" in rule.pattern.groupindex else 0] == words


def test_every_rule_has_an_example_and_a_name_of_its_own():
    names = [rule.name for rule in GRAMMAR]
    assert len(set(names)) == len(names)
    assert {example[0] for example in (*EXAMPLES, *NO_DATES)} == set(names)


@pytest.mark.parametrize(("name", "text"), NO_DATES, ids=[example[1] for example in NO_DATES])
def test_what_a_rule_without_a_resolver_reads_is_no_date(name, text):
    assert [found.text for found in find_dates(text) if found.text != "28 March"] == []
    assert next(rule for rule in GRAMMAR if rule.name == name).pattern.search(text)


@pytest.mark.parametrize("words", ["1,250 days ago", "17.4 weeks ago", "half a year ago"])
def test_the_end_of_a_larger_number_is_no_count(words):
    assert list(find_dates(words)) == []


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("20 to 24 May " * 5000, 5000),
        ("in May " * 10_000, 10_000),
        ("7" * 100_000, 0),
        ("1 " * 50_000, 0),
        ("12/" * 33_000, 0),
        ("the first day of " * 6000, 0),
        ("the week of the " * 6000, 0),
        ("twenty " * 20_000, 0),
        ("in" + " " * 100_000, 0),
    ],
    ids=lambda value: value[:16] if isinstance(value, str) else None,
)
def test_a_long_text_of_one_thing_is_read_through(text, dates):
    assert sum(1 for _ in find_dates(text)) == dates
