"""Any day in the formats that texts write days in; any weekday on the side of the publication day that its verb asks for."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.read import read
from pipeline.language.annotate import annotate
from pipeline.language.dates import Context, find_dates

NOWHERE = Context()


def _nth(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


FORMATS = {
    "14 March 2031": lambda d: f"{d.day} {d:%B %Y}",
    "14th March 2031": lambda d: f"{_nth(d.day)} {d:%B %Y}",
    "the 14th of March 2031": lambda d: f"the {_nth(d.day)} of {d:%B %Y}",
    "14 Mar 2031": lambda d: f"{d.day} {d:%b %Y}",
    "March 14, 2031": lambda d: f"{d:%B} {d.day}, {d.year}",
    "March 14th, 2031": lambda d: f"{d:%B} {_nth(d.day)}, {d.year}",
    "Mar. 14, 2031": lambda d: f"{d:%b}{'' if d.month == 5 else '.'} {d.day}, {d.year}",
    "Friday, 14 March 2031": lambda d: f"{d:%A}, {d.day} {d:%B %Y}",
    "Friday, March 14, 2031": lambda d: f"{d:%A}, {d:%B} {d.day}, {d.year}",
    "Fri 14 March 2031": lambda d: f"{d:%a} {d.day} {d:%B %Y}",
    "2031-03-14": lambda d: d.isoformat(),
    "14.03.2031": lambda d: f"{d:%d.%m.%Y}",
}


@pytest.mark.parametrize("written", FORMATS.values(), ids=FORMATS)
@settings(max_examples=40)
@given(day=st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_any_day_is_read_in_any_format(written, day):
    (words,) = find_dates(f"They will sign on {written(day)}, in Lima.")
    assert words.text == written(day)
    assert words.meaning(NOWHERE).edtf == day.isoformat()


PAST = [
    "Ministers opened the talks on {}.",
    "The envoy died on {}.",
    "On {}, the court threw out the levy.",
    "The two sides have been talking since {}.",
    "The levy was lifted on {}, a spokesman said.",
    "The accord, struck on {}, takes force in a year.",
    "Chile said on {} that it would sign.",
    "Norway left the talks {}.",
]
AHEAD = [
    "Ministers will open the talks on {}.",
    "The envoy flies to Lima on {}.",
    "On {}, the court is to rule on the levy.",
    "The two sides have agreed to meet on {}.",
    "The levy is due to be lifted on {}, a spokesman said.",
    "The accord, to be signed on {}, was struck in a year.",
    "Chile said that it would sign on {}.",
    "Norway returns to the talks {}.",
]
WEEKDAYS = st.sampled_from(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])
DAYS = st.dates(date(2029, 1, 1), date(2036, 12, 31))


def _day(sentence: str, published: date) -> date:
    """The one day that a sentence of a page names."""
    text = (
        f"Norway and Chile talk about trade\n\nTheir envoys are in Lima for talks about tariffs. {sentence}\n"
    )
    (mention,) = (
        d
        for d in annotate(read(text.encode(), published=published.isoformat())).dates
        if d.date.precision == "day"
    )
    return date.fromisoformat(str(mention.date.edtf))


@settings(max_examples=40)
@given(st.sampled_from(PAST), WEEKDAYS, DAYS)
def test_a_weekday_of_the_past_lies_in_the_week_before(sentence, weekday, published):
    day = _day(sentence.format(weekday), published)
    assert published - timedelta(days=7) < day <= published
    assert f"{day:%A}" == weekday


@settings(max_examples=40)
@given(st.sampled_from(AHEAD), WEEKDAYS, DAYS)
def test_a_weekday_to_come_lies_in_the_week_ahead(sentence, weekday, published):
    day = _day(sentence.format(weekday), published)
    assert published <= day < published + timedelta(days=7)
    assert f"{day:%A}" == weekday
