"""Digest, calendar and feed of real documents: as they were written down for the samples, and by their structure."""

import json
import re
from datetime import date, timedelta

import feedparser
import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from msgspec.structs import replace

from api.rendering.newsletter import WIDTH, newsletter
from schemas.vocabulary import LENGTHS, Length
from tests.api.editions import GOLDEN, ROOT, Editions, editions, letters, of_samples

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
    "name", ["digest.json", "digest.md", "digest.html", "digest.txt", "deadlines.ics", "briefings.atom"]
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


@pytest.mark.parametrize("name", list(letters()))
def test_quiet_busy_and_other_weeks_and_a_reminder_are_as_they_were_written_down(name: str) -> None:
    assert letters()[name].decode() == (GOLDEN / name).read_bytes().decode()


def test_a_newsletter_tells_every_briefing_and_cites_sources_that_it_lists(made: Editions) -> None:
    letter = newsletter(made.digest)
    assert [one.title for one in letter.talks] == [one.title for one in made.digest.briefings]
    lines = [line for section in letter.sections for line in section.lines]
    numbers = {number for line in lines for number in line.numbers}
    assert numbers <= {source.number for source in letter.sources}
    assert [source.number for source in letter.sources] == list(range(1, len(letter.sources) + 1))
    assert len({source.address for source in letter.sources}) == len(letter.sources)


def test_a_newsletter_shows_no_ids_but_in_addresses(made: Editions) -> None:
    for form in ("digest.md", "digest.html", "digest.txt"):
        text = re.sub(r"https?://\S+", "", made.files()[form].decode())
        assert not re.search(r"\b(?:fct|brf|cfl)_[0-9a-f]{16}", text)


def test_a_newsletter_is_as_long_as_it_is_asked_for(made: Editions) -> None:
    def size(length: Length) -> tuple[int, int]:
        letter = newsletter(replace(made.digest, length=length))
        return max(len(one.lines) for one in letter.sections), sum(len(one.summary) for one in letter.talks)

    short, standard, long = (size(one) for one in LENGTHS)
    assert short <= standard <= long
    assert short[0] <= 3 < long[0] and short[1] == 0


def test_a_mail_is_small_and_its_text_is_narrow(made: Editions) -> None:
    files = made.files() | letters()
    for name, body in files.items():
        if name.endswith(".html"):
            assert len(body) < 100_000
        if name.endswith(".txt"):
            lines = body.decode().splitlines()
            assert all(len(line) <= WIDTH or re.fullmatch(r"https?://\S+", line) for line in lines)


def test_a_new_briefing_is_told_by_its_summary(seeds: Editions) -> None:
    (briefing,) = seeds.briefings
    told = [one.text for one in seeds.digest.changes if one.kind == "briefing"]
    assert told == [one.text for one in briefing.summary]
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


def test_two_parsers_read_the_same_calendar(made: Editions) -> None:
    """The second is strict: a property that RFC 5545 does not allow where it stands is an error."""
    events = Calendar.from_ical(made.calendar).walk("VEVENT")
    others = IcsCalendarStream.calendar_from_ics(made.calendar.decode()).events
    assert len(events) == len(others)
    for event, other in zip(events, others, strict=True):
        assert [other.uid, other.summary, other.description, other.status, other.sequence] == [
            event[name] for name in ("UID", "SUMMARY", "DESCRIPTION", "STATUS", "SEQUENCE")
        ]
        assert (other.dtstart, other.dtend) == (event.decoded("DTSTART"), event.decoded("DTEND"))


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
