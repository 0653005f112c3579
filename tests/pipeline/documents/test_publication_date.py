"""The day that a page is of, in every form that pages say it; where the page leaves a doubt, there is none."""

from collections.abc import Callable, Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.document import Document
from pipeline.documents.read import read

STORY = """
Negotiators from Kenya and Chile opened trade talks on copper and tea in Nairobi, and both sides spoke of progress.

The truce between the two countries expires in July, and officials said that they would meet again before that.
"""
TITLE = "# Kenya and Chile open trade talks"

FRONT_MATTER = {
    "date: 2031-03-12": "2031-03-12",
    "date: 2031-03-12T21:11:46": "2031-03-12",
    "date: '2031-03-12 23:30:00 -05:00'": "2031-03-12",
    "published: 12 March 2031": "2031-03-12",
    "Published: March 12th, 2031": "2031-03-12",
    "published_date: 2031-03-12T00:00:00.190000": "2031-03-12",
    "pubDate: Wed, 12 Mar 2031 08:00:00 GMT": "2031-03-12",
    "datePublished: 2031-03-12T23:59:59-08:00": "2031-03-12",
    "article:published_time: 2031-03-12T08:00:00Z": "2031-03-12",
    "'og:published_time': 2031-03-12": "2031-03-12",
    "publication_date: 12.03.2031": "2031-03-12",
    "publish-date: 2031/03/12": "2031-03-12",
    "dc.date.issued: 2031-03-12": "2031-03-12",
    "created: 2031-03-12": "2031-03-12",
    "created_at: 2031-03-12 08:00": "2031-03-12",
    "posted_on: 20310312": "2031-03-12",
    "date: 12-Mar-2031": "2031-03-12",
    "date: 25-03-2031-08-15-44": "2031-03-25",
    "date: 2031-03": "2031-03",
    "created: 2031-03-10\npublished: 2031-03-12": "2031-03-12",
    "modified: 2031-04-02\ndate: 2031-03-12": "2031-03-12",
    "collected_date: 2031-04-02\npublished_date: 2031-03-12": "2031-03-12",
    "date: soon\npublished: 2031-03-12": "2031-03-12",
    "article:\n  published_time: 2031-03-12T08:00:00Z": "2031-03-12",
    "title: Copper: the second round\ntags:\n  - copper\ndate: 2031-03-12": "2031-03-12",
    "displayDate: March 12, 2031 8:00 AM": "2031-03-12",
    "date: 2031-02-30\npublished: 2031-03-12": "2031-03-12",
    "url: https://news.example/2031/03/12/kenya-chile-talks": "2031-03-12",
    "url: https://news.example/world/2031-03-12/talks.html\nmodified: 2031-04-02": "2031-03-12",
    "date: 03/12/2031\nurl: https://www.trade.example.gov/news": "2031-03-12",
    "date: 03/12/2031\nurl: https://news.example.co.uk/talks": "2031-12-03",
    "date: 03/12/2031\ncollected: 2031-03-14": "2031-03-12",
    "modified: 2031-04-02": None,
    "last_updated: 2031-04-02": None,
    "event_date: 2031-03-12": None,
    "expires: 2031-03-12": None,
    "date: 03/12/2031": None,
    "collected_date: 2031-03-12": None,
    "date: 2031-13-45": None,
    "date: next week": None,
    "url: https://news.example/2031/03/kenya-chile-talks": None,
}
LABELS = {
    "**Published:** March 12, 2031": "2031-03-12",
    "*Published on:* Wednesday, 12 March 2031": "2031-03-12",
    "*Date:* 12 March 2031": "2031-03-12",
    "**Date**: 2031-03-12": "2031-03-12",
    "__Posted__: 12 Mar 2031, 10:15 GMT": "2031-03-12",
    "| Date | 12 March 2031 |": "2031-03-12",
    "| **Published** | March 12, 2031 |": "2031-03-12",
    "- Publication date: 12 March 2031": "2031-03-12",
    "> Released: 12 March 2031": "2031-03-12",
    "Date of publication: 12 March 2031": "2031-03-12",
    "Published: 12 March 2031": "2031-03-12",
    "Issued: Wednesday 12th March 2031": "2031-03-12",
    "Published\n12 March 2031": "2031-03-12",
    "Date:\n\nMarch 12, 2031": "2031-03-12",
    "Sent: Wednesday, March 12, 2031 8:14 AM": "2031-03-12",
    "<p>Published: 12 March 2031</p>": "2031-03-12",
    "Embargoed until 00:01 GMT, 12 March 2031": "2031-03-12",
    "Published: 12 March 2031\n\nUpdated: 14 March 2031": "2031-03-12",
    "Last updated: 14 March 2031 | First published: 12 March 2031": "2031-03-12",
    "**Posted:** 06/08/2030\n**Retrieved (UTC):** 2030-08-07T04:22:09+00:00": "2030-08-06",
    "**Updated:** March 14, 2031": None,
    "**Effective date:** 12 March 2031": None,
    "Comments due: 12 March 2031": None,
    "Retrieved: 12 March 2031": None,
    "Next meeting: 12 March 2031": None,
    "Date: 12 March 2031\nTime: 10:00\nVenue: Nairobi": None,
    "Expiry date: 12 March 2031": None,
    "Date of entry into force: 12 March 2031": None,
    "Consultation period: 12 March 2031 - 14 April 2031": None,
    "Replies published: Wednesday, 12 March 2031": "2031-03-12",
    "Release Date: 12 March 2031\nLast Modified: 14 March 2031": "2031-03-12",
    "FOR IMMEDIATE RELEASE\nMarch 12, 2031": "2031-03-12",
    "**Author:** Jane Example\n**Date:** 12/25/2031": "2031-12-25",
    "When: 12 March 2031, 10 a.m.\nWhere: Nairobi": None,
}
LINES = {
    "Posted on 12.03.2031": "2031-03-12",
    "Posted on March 12, 2031 by Jane Example": "2031-03-12",
    "Posted by Jane Example on March 12, 2031": "2031-03-12",
    "PUBLISHED WED, MAR 12 2031 8:30 AM EDT": "2031-03-12",
    "Published 3:04 PM EDT, Wed March 12, 2031": "2031-03-12",
    "Published - March 12, 2031 09:05 pm IST - NAIROBI": "2031-03-12",
    "First published on Wed 12 Mar 2031 06.00 EDT": "2031-03-12",
    "Published On 12 Mar 2031": "2031-03-12",
    "Originally published 12 March 2031": "2031-03-12",
    "This article was published on 12 March 2031.": "2031-03-12",
    "Posted On: 12 MAR 2031 6:05PM by PIB Nairobi": "2031-03-12",
    "By Jane Example | March 12, 2031": "2031-03-12",
    "by Jane Example 12 March 2031 from the Harbour website": "2031-03-12",
    "By the Trade Desk. 12 March 2031, 09:15. Reading time: 5 minutes. This timeline is brought up to date after each round.": "2031-03-12",
    "12 March 2031": "2031-03-12",
    "Wednesday 12 March 2031, 17:22 | Updated 18:05": "2031-03-12",
    "Friday, 14 March 2031 · 5 min read · 47 comments": "2031-03-14",
    "Mar 12, 2031 / 10:30 AM EST": "2031-03-12",
    "****The Rift Courier / 05:15 AM March 12, 2031****": "2031-03-12",
    "### [2031-03-12](/news/2031/03/12/index.md)": "2031-03-12",
    "12-Mar-2031": "2031-03-12",
    "Posted on: 12. March 2031": "2031-03-12",
    "Posted on 12. 3. 2031": "2031-03-12",
    "Originally published at harbour.example on March 12, 2031": "2031-03-12",
    "Press release 12 March 2031": "2031-03-12",
    "Broadcast: Wednesday 12 March 2031, 06:40 to 06:58 GMT": "2031-03-12",
    "First moved 12 March 2031 11:30 EAT as “Kenya and Chile on the brink”": "2031-03-12",
    "UPDATED 13 March 2031 18:40 EAT: adds minister\nFirst moved 12 March 2031 11:30 EAT": "2031-03-12",
    "Updated March 14, 2031": None,
    "Last updated on 14 March 2031 at 10:15": None,
    "Last modified 14.03.2031": None,
    "© 2031 Harbour Monitor, 12 March 2031": None,
    "Offer expires 12 March 2031": None,
    "Story by Jane Example • March 12, 2031 • 4 min read": "2031-03-12",
    "Jane Example, Trade Correspondent\n12 March 2031 — 6:00pm": "2031-03-12",
    "Harbour Monitor, 12 March 2031, page 4": "2031-03-12",
    "Posted on 31.12.2030 and updated on 12.03.2031": "2030-12-31",
    "Vol. 3 No. 11 — 12 March 2031": "2031-03-12",
    "Checked against delivery — 12 March 2031": "2031-03-12",
    "Subscribe by 12 March 2031 for half price": None,
    "Applications are due 12 March 2031": None,
    "12 March 2031 is the last day of the quota": None,
}
DATELINES = {
    "NAIROBI, March 12, 2031 (Example Agency) — Ministers met.": "2031-03-12",
    "NAIROBI, 12 March 2031 – Ministers of both countries met in the capital.": "2031-03-12",
    "March 12, 2031, Nairobi": "2031-03-12",
    "March 12, 2031 – Nairobi, Kenya – The ministry announced the opening of the talks.": "2031-03-12",
    "Nairobi, 12 March 2031": "2031-03-12",
    "(Nairobi, 12 March 2031) The ministry announced the opening of the talks.": "2031-03-12",
    "Santiago de Chile (12 March 2031) – The ministry announced the opening of the talks.": "2031-03-12",
    "NAIROBI, Kenya, March 12, 2031 /Wire/ -- The ministry announced the opening of the talks.": "2031-03-12",
    "NAIROBI: 12 March 2031: The ministry announced the opening of the talks.": "2031-03-12",
    "**NAIROBI, March 12, 2031** — The ministry announced the opening of the talks.": "2031-03-12",
    "Nairobi, Kenya, 12 March, 2031.- The ministry announced the opening of the talks.": "2031-03-12",
    "Updated: 14 March 2031\n\nNAIROBI, March 12 (Example Agency) — Ministers met.": "2031-03-12",
    "Updated: 2 January 2031\n\nNAIROBI, Dec. 30 (Example Agency) — Ministers met.": "2030-12-30",
    "NAIROBI, March 12 (Example Agency) — Ministers met on Wednesday.\n\nThe talks of 2030 failed, and those of 2031 began late.": "2031-03-12",
    "NAIROBI, March 12 (Example Agency) — Ministers met.": None,
    "On March 12, 2031, the ministers met in Nairobi.": None,
    "The figures, released on 12 March 2031, show that exports of tea fell.": None,
    "Released on 12 March 2031, the report shows that exports of tea fell in both countries.": None,
    "In Nairobi on 12 March 2031 the ministers opened the first round of the talks.": None,
}
HEADINGS = {
    "# Joint statement, 12 March 2031": "2031-03-12",
    "# Trade bulletin – 12 March 2031": "2031-03-12",
    "## 12 March 2031": "2031-03-12",
    "# Kenya and Chile hold trade talks (12 March 2031)": "2031-03-12",
    "# 12 March 2031: Kenya and Chile hold trade talks": "2031-03-12",
    "# Remarks of the trade minister at the press conference, March 12, 2031": "2031-03-12",
    "# Statement of the meeting of 12 March 2031": "2031-03-12",
    "# Statement of the meeting of 12 March 2031\n\nPublished: 15 March 2031": "2031-03-15",
    "# Readout of the call on 12 March 2031": "2031-03-12",
    "# Kenya’s tea duty ends on 12 March 2031": None,
    "# Chile to raise tea duty from 12 March 2031": None,
    "# Kenya and Chile extend truce until 12 March 2031": None,
    "# Trade pact pencilled in for 12 March 2031: report": None,
    "# What the truce of 12 March 2031 changed for growers": None,
    "# Nairobi summit, 12 March 2031: what to expect": None,
    "# Deadline – 12 March 2031": None,
}
NUMBERS = {
    "Published: 25/03/2031": "2031-03-25",
    "Published: 03/25/2031": "2031-03-25",
    "Published: 03/03/2031": "2031-03-03",
    "Published: 3.4.2031": "2031-04-03",
    "Published: 2031.03.12": "2031-03-12",
    "Published: 03/12/2031\nUpdated: 03/25/2031": "2031-03-12",
    "Published: 03/12/2031\nUpdated: 25/12/2031": "2031-12-03",
    "Published: Wednesday, 04/02/2031": "2031-04-02",
    "Published: Tue 04/02/2031 08:15": "2031-02-04",
    "Published: 04-02-2031 (Tuesday)": "2031-02-04",
    "Published: Friday, 04/02/2031": None,
    "Published: Wednesday, 03/12/2031": None,
    "Published: 12/03/2031\n\nThe ministers met on 12 March 2031 in Nairobi, the ministry said in a note to reporters.": "2031-03-12",
    "Published: 12/03/2031\n\nThe quota of 03/25/2030 was 5,000 tonnes and that of 04/28/2030 was 6,000 tonnes of tea.": "2031-12-03",
    "Published: 03/12/2031": None,
    "Published: 31/31/2031": None,
    "Published: 12/03/2031\n\nThe notes of 25/03/2030 and of 03/25/2030 are both annexed to the letter of the ministry.": None,
}
NONE = {
    "": None,
    "Kenya and Chile, 2031": None,
    "Also read: Tea prices, 12 March 2031": None,
    "Photo: ministers in Nairobi, 12 March 2031 (Example Agency)": None,
    "Version 12.03.31": None,
    "Round 3 – 4 2031": None,
    "Volume 12, March 2031": None,
    "12 March 2031 – Kenya raises its duty on wine\n\n14 April 2031 – Chile answers with one on tea": None,
}
"""Heads of pages, and the day of publication that they say."""


def table(heads: Mapping[str, str | None], under: str) -> list[object]:
    return [
        pytest.param(under.format(head), day, id=head.replace("\n", " / ") or "nothing")
        for head, day in heads.items()
    ]


# 12 March, 2 April and 3 December 2031 are Wednesdays; 4 February is a Tuesday.
@pytest.mark.parametrize(
    ("page", "day"),
    [
        *table(FRONT_MATTER, "---\nlang: en\n{}\nsource: Harbour Trade Monitor\n---\n\n" + TITLE + "\n" + STORY),
        *table(LABELS, TITLE + "\n\n{}\n" + STORY),
        *table(LINES, TITLE + "\n\n{}\n" + STORY),
        *table(DATELINES, TITLE + "\n\n{}\n" + STORY),
        *table(HEADINGS, "{}\n" + STORY),
        *table(NUMBERS, TITLE + "\n\n{}\n" + STORY),
        *table(NONE, TITLE + "\n\n{}\n" + STORY),
    ],
)  # fmt: skip
def test_the_day_of_publication_is_what_the_page_says(
    document: Callable[..., Document], page: str, day: str | None
) -> None:
    published = document(page).published
    assert (published and published.edtf) == day


FORMS = (
    "{0:%Y-%m-%d}",
    "{0:%Y-%m-%dT}08:15:00Z",
    "{0:%Y/%m/%d}",
    "{0:%Y%m%d}",
    "{0.day}.{0.month}.{0.year}",
    "{0.day} {0:%B %Y}",
    "{0:%A}, {0.day} {0:%B}, {0.year}",
    "{0:%d-%b-%Y}",
    "{0:%B} {0.day}, {0.year}",
    "{0:%b}. {0.day}, {0.year} at 8:15 a.m.",
    "{0:%a, %d %b %Y} 08:15:00 GMT",
    "{0:%A}, {0:%B} {0.day}, {0.year}",
)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS), st.booleans())
def test_any_day_is_read_in_any_common_form(day: date, form: str, above: bool) -> None:
    written = form.format(day)
    page = f'---\ndate: "{written}"\n---\n{STORY}' if above else f"{TITLE}\n\nPublished: {written}\n{STORY}"
    published = read(page.encode()).published
    assert published and published.edtf == day.isoformat()
