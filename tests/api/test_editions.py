"""Digest, calendar and feed of real documents: as they were written down for the samples, and by their structure."""

import json
import re
from datetime import date, timedelta

import feedparser
import pytest
from icalendar import Calendar

from tests.api.editions import GOLDEN, ROOT, Editions, editions, of_samples

SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="module")
def samples() -> Editions:
    return of_samples()


@pytest.fixture(scope="module")
def seeds() -> Editions:
    """Of the real documents beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the real documents are not beside this checkout")
    return editions(SHARED / "seeds")


@pytest.fixture(params=["samples", "seeds"])
def made(request: pytest.FixtureRequest) -> Editions:
    found: Editions = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize(
    "name", ["digest.json", "digest.md", "digest.html", "deadlines.ics", "briefings.atom"]
)
def test_the_samples_are_as_they_were_written_down(samples: Editions, name: str) -> None:
    """Where they should not be: `python -m tests.api.editions`, and look at what is different."""
    assert samples.files()[name].decode() == (GOLDEN / name).read_bytes().decode()


def test_every_sentence_rests_on_facts_and_sources_of_its_briefing(made: Editions) -> None:
    texts = {one.document_id for briefing in made.briefings for one in briefing.sources}
    sentences = [*made.digest.changes, *made.digest.deadlines, *made.digest.conflicts]
    assert len(sentences) > 10
    for sentence in sentences:
        assert sentence.text and sentence.fact_ids and sentence.sources
        for source in sentence.sources:
            assert source.document_id in texts
            assert re.search(rf"/documents/{source.document_id}#c\d+$", source.page)


def test_every_sentence_links_its_facts_and_sources_in_markdown_and_html(made: Editions) -> None:
    files = made.files()
    for sentence in [*made.digest.changes, *made.digest.deadlines, *made.digest.conflicts]:
        wanted = [f"{sentence.briefing_page}#{id}" for id in sentence.fact_ids]
        wanted += [source.url or source.page for source in sentence.sources]
        assert all(f"]({link})" in files["digest.md"].decode() for link in wanted)
        assert all(f'href="{link}"' in files["digest.html"].decode() for link in wanted)


def test_a_new_briefing_is_told_by_its_summary(seeds: Editions) -> None:
    (briefing,) = seeds.briefings
    assert [one.text for one in seeds.digest.changes] == [one.text for one in briefing.summary]
    assert [one.from_revision for one in seeds.digest.briefings] == [None]


def test_disagreements_are_told(seeds: Editions) -> None:
    (briefing,) = seeds.briefings
    assert {one.conflict_id for one in seeds.digest.conflicts} == {one.id for one in briefing.conflicts}
    assert len(briefing.conflicts) >= 2


def test_the_calendar_has_every_deadline_with_a_date(made: Editions) -> None:
    dated = {
        deadline.id: deadline.date
        for briefing in made.briefings
        for deadline in briefing.deadlines
        if deadline.date and deadline.date.latest
    }
    events = {str(event["UID"]): event for event in Calendar.from_ical(made.calendar).walk("VEVENT")}
    assert events.keys() == dated.keys() and len(events) >= 3
    for id, event in events.items():
        days = dated[id]
        assert event.decoded("DTSTART").isoformat() == days.earliest
        assert event.decoded("DTEND") == date.fromisoformat(str(days.latest)) + timedelta(days=1)
        assert event.decoded("DTSTAMP").utcoffset() == timedelta(0)


def test_the_calendar_has_the_days_that_an_editor_found(seeds: Editions) -> None:
    gold = json.loads((SHARED / "gold" / "merged.json").read_text(encoding="utf-8"))["deadlines"]
    found = {
        deadline.date.edtf: deadline.id
        for briefing in seeds.briefings
        for deadline in briefing.deadlines
        if deadline.date
    }
    dated = [each["date_edtf"] for each in gold if each["date_edtf"]]
    wanted = [found[edtf] for edtf in dated if edtf in found]
    events = {str(event["UID"]) for event in Calendar.from_ical(seeds.calendar).walk("VEVENT")}
    assert len(wanted) >= 0.8 * len(dated) and events.issuperset(wanted)


def test_lines_of_the_calendar_are_folded(made: Editions) -> None:
    lines = made.calendar.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75


def test_the_feed_has_every_briefing(made: Editions) -> None:
    found = feedparser.parse(made.feed)
    assert (found.bozo, found.version) == (False, "atom10")
    assert [entry.title for entry in found.entries] == [briefing.title for briefing in made.briefings]
    for entry, briefing in zip(found.entries, made.briefings, strict=True):
        assert entry.updated == briefing.updated_at.isoformat()
        assert [tag.term for tag in entry.tags] == briefing.negotiation.parties
        assert all(sentence.text.split("’")[0] in entry.summary for sentence in briefing.summary)
    assert len({entry.id for entry in found.entries} | {found.feed.id}) == len(made.briefings) + 1
