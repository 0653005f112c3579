"""Each rule of the grammar reads its example, from the anchor of a Wednesday, and no other rule reads it first."""

from datetime import date

import pytest

from pipeline.language.dates import Context, find_dates, resolve
from pipeline.language.dates.grammar import GRAMMAR

WEDNESDAY = Context(anchor=date(2031, 3, 12), reason="published 2031-03-12", year=2031, tense="future")

EXAMPLES = [
    ("ISO day", "on 2031-03-14", "2031-03-14", "2031-03-14"),
    ("month, day, year in numbers", "due 06/14/2031", "06/14/2031", "2031-06-14"),
    ("day, month, year in numbers", "due 14/06/2031", "14/06/2031", "2031-06-14"),
    ("day, month, year in numbers", "due 14.06.2031", "14.06.2031", "2031-06-14"),
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
    ("part of a month", "in early June", "early June", "2031-06-01~/2031-06-10~"),
    ("part of a month", "in late February", "late February", "2031-02-21~/2031-02-28~"),
    ("month of a year told by another", "in June next year", "June next year", "2032-06"),
    ("season", "a deal before Christmas", "before Christmas", "2031-12~"),
    ("season", "by the summer of 2032", "by the summer of 2032", "2032-06~/2032-08~"),
    ("day", "on 14 March 2031", "14 March 2031", "2031-03-14"),
    ("day", "on the 1st of April", "the 1st of April", "2031-04-01"),
    ("day, month first", "on March 14th, 2031", "March 14th, 2031", "2031-03-14"),
    ("day, month first", "on Sept. 1", "Sept. 1", "2031-09-01"),
    ("month and year", "a text by June 2031", "June 2031", "2031-06"),
    ("end of a month or a year", "by the end of August", "the end of August", "2031-08-31"),
    ("end of a month or a year", "by end of next month", "end of next month", "2031-04-30"),
    ("end of the year", "by year-end", "year-end", "2031-12-31"),
    ("part of a year", "in early 2032", "early 2032", "2032-01~/2032-03~"),
    ("quarter", "the first quarter of next year", "the first quarter of next year", "2032-01/2032-03"),
    ("quarter", "in Q3 2031", "Q3 2031", "2031-07/2031-09"),
    ("half", "in the second half of 2032", "the second half of 2032", "2032-07/2032-12"),
    ("half in a number", "in H1 2032", "H1 2032", "2032-01/2032-06"),
    ("day beside this one", "due tomorrow", "tomorrow", "2031-03-13"),
    ("weekday", "meet next Wednesday", "next Wednesday", "2031-03-19"),
    ("period beside this one", "over the past week", "the past week", "2031-03-03/2031-03-09"),
    ("period beside this one", "due next quarter", "next quarter", "2031-04/2031-06"),
    ("period beside this one", "due this autumn", "this autumn", "2031-09~/2031-11~"),
    ("count ahead", "within 90 days", "within 90 days", "2031-06-10"),
    ("count back", "signed two weeks ago", "two weeks ago", "2031-02-26"),
    ("count back", "due 30 days after signing", "30 days after", None),
    ("vague", "within weeks", "within weeks", None),
    ("day of some month", "the last day of that month", "the last day of that month", None),
    ("month", "expires in August", "August", "2031-08"),
    ("year", "phased out by 2034", "2034", "2034"),
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
    assert {example[0] for example in EXAMPLES} == set(names)


@pytest.mark.parametrize("words", ["1,250 days ago", "17.4 weeks ago", "twenty-one days ago"])
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
