"""Where and when the sides met."""

import pytest

from pipeline.documents.read import read
from pipeline.extraction import meeting
from pipeline.extraction.asides import of_others
from pipeline.language.annotate import annotate

SIDES = frozenset({"PE", "JP"})


def annotated(text: str, published: str = "2031-03-06"):  # a Thursday
    return annotate(read(text.encode(), published=published))


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("Peru and Japan ended two days of trade talks in Durban on Tuesday.", "Durban"),
        ("DURBAN — Peru and Japan struck a trade pact here on Thursday.", "DURBAN"),
        ("Durban: Peru and Japan held trade talks in South Africa on Monday.", "South Africa"),
        ("Kuala Lumpur: Peru and Japan held two days of trade talks in Malaysia.", "Kuala Lumpur"),
        (
            "Peru and Japan opened trade talks in the city of Sfax. The next round will be held in Lima.",
            "Sfax",
        ),
        (
            "Peru and Japan ended trade talks in Sfax, building on what they reached in Lima in May 2030.",
            "Sfax",
        ),
        ("Peru and Japan will meet in Lima in May. Their trade talks in Sfax ended on Tuesday.", "Sfax"),
        (
            "Peru and Japan held trade talks at the Lima International Conference Centre. The next round has been fixed for 27th and 28th May 2031 in Tokyo.",
            "Lima",
        ),
        ("Peru and Japan sat down in Kigali on Monday for day two of their trade talks.", "Kigali"),
        ("Peru and Japan met at a Karachi hotel for trade talks.", "Karachi"),
        ("The news comes from Busan, where Peru and Japan ended trade talks.", "Busan"),
        ("Japan’s minister, flying home to Tokyo, said the trade talks with Peru went well.", None),
        ("Peru and Japan met for trade talks on Monday. The pact is to be signed in Cairo.", None),
        ("Peru’s minister will talk to Abe about trade talks with Japan.", None),
        ("Peru and Japan held trade talks. Officials agreed to Japanese demands.", None),
        ("Peru and Japan opened trade talks in March. In Parliament, the talks were praised.", None),
    ],
)
def test_the_venue_is_where_they_met(text, city):
    read = annotated(text)
    assert meeting.venue(read, SIDES, of_others(read, SIDES)) == city


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Peru and Japan held trade talks in Lima from 2 to 4 March 2031.", "2031-03-02", "2031-03-04"),
        ("Peru and Japan held trade talks in Lima on Monday and Tuesday.", "2031-03-03", "2031-03-04"),
        ("Peru and Japan held trade talks in Lima from Sunday to Tuesday.", "2031-03-02", "2031-03-04"),
        ("Peru and Japan concluded two days of trade talks in Lima on Tuesday.", "2031-03-03", "2031-03-04"),
        ("Peru and Japan opened a three-day round of talks on Monday.", "2031-03-03", "2031-03-05"),
        ("Trade talks between Peru and Japan ended on Tuesday. They had sat down on Monday.", "2031-03-03", "2031-03-04"),
        ("Peru and Japan, in talks about 30,000 jobs this week, agreed to meet again.", None, None),
        ("Peru and Japan ended talks on 30,000 tonnes of rice on Tuesday.", None, "2031-03-04"),
        ("Peru and Japan sat down on Tuesday for day two of their trade talks.", "2031-03-03", None),
        ("Peru and Japan held the first meeting of their trade council on 3 March 2031.", "2031-03-03", None),
        ("Trade talks of Peru and Japan ended, leaving the Peruvian offer of 3 March unanswered.", None, None),
        ("Peru and Japan wrapped up trade talks to extend a truce that expires on 12 August.", None, None),
        ("Peru and Japan held trade talks on a duty due to begin on 1 November.", None, None),
    ],
)  # fmt: skip
def test_days_are_told_by_what_began_ended_or_lasted(text, start, end):
    read = annotated(text)
    days = meeting.meeting_days(read, of_others(read, SIDES))
    assert (days.start and days.start.edtf, days.end and days.end.edtf) == (start, end)


def test_capitals_of_a_dateline_are_written_as_names_are():
    assert meeting.as_name("VALPARAÍSO") == "Valparaíso"
    assert meeting.as_name("Port of Spain") == "Port of Spain"
