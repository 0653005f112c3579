"""What programs subscribe to: deadlines as iCalendar (RFC 5545, 7986), briefings as Atom (RFC 4287) and JSON Feed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from feedgenerator import Atom1Feed
from icalendar import Calendar, Event
from markupsafe import Markup, escape
from msgspec import Struct, json

from api.rendering.digest import cited, deadline_sentence
from api.rendering.html import address_of_briefing, address_of_fact
from api.rendering.newsletter import issue_entry
from api.rendering.outline import standing
from api.rendering.wording import ANNOUNCED, announced, attributed, basis, in_words, one_line, shortened
from pipeline.language.parties import names_at_table
from schemas import BriefingId, BriefingSummary, Deadline, Source, SummarySentence
from schemas.issues import Issue
from store.digest import BriefingText

_REFRESH = timedelta(hours=1)
_FOLD = 74  # octets, beside the space that a line goes on with
_LONGEST = 120  # characters of a title, as far as calendars show one
_UNSURE = ("claimed", "disputed")


def calendar(
    deadlines: Iterable[Deadline[BriefingId]],
    briefings: Mapping[str, BriefingSummary],
    sources: Mapping[str, Source],
    changed: Mapping[tuple[str, str], datetime],
    *,
    base: str,
    address: str,
) -> bytes:
    """A calendar of all deadlines that have a date. `address` is its own, `changed` by briefing and fact."""
    events = [
        _event(one, briefings[id], sources, changed[id, one.id], base)
        for one in deadlines
        if (id := one.briefing_id) in briefings and (id, one.id) in changed and _days(one)
    ]
    entries = Calendar()
    entries.add("PRODID", "-//Readout//Deadlines//EN")
    entries.add("VERSION", "2.0")
    entries.add("CALSCALE", "GREGORIAN")
    entries.add("METHOD", "PUBLISH")
    entries.add("UID", str(uuid5(NAMESPACE_URL, address.removeprefix(base))))
    entries.add("NAME", "Trade talks: deadlines")
    entries.add("X-WR-CALNAME", "Trade talks: deadlines")
    entries.add("SOURCE", address, parameters={"VALUE": "URI"})
    entries.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
    entries.add("X-PUBLISHED-TTL", "PT1H")
    for event in events:
        entries.add_component(event)
    return b"".join(_folded(line.encode()) + b"\r\n" for line in entries.content_lines() if line)


def _folded(line: bytes) -> bytes:
    """A line as RFC 5545 wants it: 75 octets at the most, no character and no escape apart.

    The library looks at every character alone, which takes as long as all the rest.
    """
    parts, start = [], 0
    while len(line) - start > _FOLD:
        end = start + _FOLD
        while line[end] & 0xC0 == 0x80:  # inside of a character
            end -= 1
        end -= line[end - 1] in b"\\^"
        parts.append(line[start:end])
        start = end
    return b"\r\n ".join([*parts, line[start:]])


def _days(deadline: Deadline) -> tuple[date, date] | None:
    """The first day and the last that a date can be; of one that is open at one end, the other."""
    if deadline.date is None:
        return None
    first = deadline.date.earliest or deadline.date.latest
    last = deadline.date.latest or deadline.date.earliest
    return (date.fromisoformat(first), date.fromisoformat(last)) if first and last else None


def _event(
    deadline: Deadline,
    briefing: BriefingSummary,
    sources: Mapping[str, Source],
    changed: datetime,
    base: str,
) -> Event:
    first, last = _days(deadline) or (date.min, date.min)
    event = Event()
    event.add("UID", deadline.id)
    event.add("DTSTAMP", changed.astimezone(UTC))
    event.add("LAST-MODIFIED", changed.astimezone(UTC))
    event.add("SEQUENCE", deadline.changed_revision)
    event.add("DTSTART", first)
    if last < date.max:
        event.add("DTEND", last + timedelta(days=1))
    sides = names_at_table(briefing.negotiation.parties)
    event.add("SUMMARY", shortened(one_line(f"{sides}: {deadline.what}"), _LONGEST))
    event.add("DESCRIPTION", "\n".join(_lines(deadline, briefing, sources, base)))
    event.add("CATEGORIES", [in_words(deadline.kind)])
    event.add("STATUS", _status(deadline))
    event.add("TRANSP", "TRANSPARENT")
    event.add("URL", address_of_fact(base, briefing.id, deadline.id))
    return event


def _status(deadline: Deadline) -> str:
    """Tentative where the day is not settled, or only one side says so."""
    if deadline.status == "superseded":
        return "CANCELLED"
    certain = deadline.date and deadline.date.precision == "day" and deadline.certainty not in _UNSURE
    return "CONFIRMED" if certain else "TENTATIVE"


def _lines(
    deadline: Deadline, briefing: BriefingSummary, sources: Mapping[str, Source], base: str
) -> Iterable[str]:
    """What it is, how sure, of which talks, and who says so, each proof with its address."""
    yield deadline_sentence(deadline)
    if why := basis(deadline.date):
        yield one_line(f"Date: {why}.")
    yield f"{deadline.certainty.capitalize()}; {in_words(deadline.status)}."
    yield one_line(briefing.title)
    if briefing.headline:
        yield one_line(f"{briefing.headline}.")
    for proof in cited([deadline], sources, base):
        yield ""
        yield f"“{one_line(proof.exact)}”"
        yield one_line(f"{proof.title}, {proof.publisher}" if proof.publisher else proof.title)
        yield proof.url or proof.page


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN = ("deadlines", "conflicts", "sources")
_TITLE, _ABOUT = (
    "Readout: trade talks",
    "Briefings on trade negotiations, every fact proven by its source’s words.",
)


class _Feed(Atom1Feed):  # type: ignore[misc]
    def latest_post_date(self) -> datetime:
        """The library takes the present moment for a feed without entries, which then never is the same."""
        return max((item["updateddate"] for item in self.items), default=_NEVER)


class _Item(Struct):
    id: str
    url: str
    title: str
    content_html: str
    date_published: datetime
    date_modified: datetime
    tags: list[str]


class FeedContent(Struct, frozen=True, kw_only=True):
    """What a feed has, as JSON Feed 1.1 names it."""

    version: str = "https://jsonfeed.org/version/1.1"
    title: str
    description: str
    home_page_url: str
    feed_url: str
    items: list[_Item]


def feed_of_briefings(
    briefings: Sequence[BriefingSummary],
    texts: Mapping[str, BriefingText],
    *,
    base: str,
    address: str,
) -> FeedContent:
    """An entry for each briefing: headline, where the talks stand, and summary. `address` is the feed's own."""
    items = [
        _Item(
            id=_urn(one.id),
            url=address_of_briefing(base, one.id),
            title=one_line(_title_of(one)),
            content_html=_content(one, texts.get(one.id), base),
            date_published=one.created_at,
            date_modified=one.updated_at,
            tags=[str(party) for party in one.negotiation.parties],
        )
        for one in briefings
    ]
    return FeedContent(
        title=_TITLE, description=_ABOUT, home_page_url=f"{base}/", feed_url=address, items=items
    )


def feed_of_issues(issues: Iterable[Issue], *, base: str, address: str) -> FeedContent:
    """An entry for each issue, which has all that is told in it."""
    items = [
        _Item(
            id=_urn(one.id),
            url=f"{base}/v1/issues/{one.id}",
            title=one_line(one.title),
            content_html=issue_entry(one),
            date_published=one.created_at,
            date_modified=one.created_at,
            tags=[*one.digest.parties],
        )
        for one in issues
    ]
    return FeedContent(
        title="Readout: issues",
        description="A newsletter on trade negotiations, every sentence with its sources.",
        home_page_url=f"{base}/",
        feed_url=address,
        items=items,
    )


def atom(content: FeedContent, base: str) -> bytes:
    feed = _Feed(
        title=content.title,
        link=content.home_page_url,
        description=content.description,
        author_name="Readout",
        language="en",
        feed_url=content.feed_url,
        feed_guid=_urn(content.feed_url.removeprefix(base)),
    )
    for item in content.items:
        feed.add_item(
            title=item.title,
            link=item.url,
            description=item.content_html,
            unique_id=item.id,
            pubdate=item.date_published,
            updateddate=item.date_modified,
            categories=item.tags,
        )
    return str(feed.writeString("utf-8")).encode()


def json_feed(content: FeedContent) -> bytes:
    return json.encode(content)


def _urn(name: str) -> str:
    """The same for the same thing, wherever the service is."""
    return uuid5(NAMESPACE_URL, name).urn


def _title_of(briefing: BriefingSummary) -> str:
    """Its title; what this revision is where an editor corrected or withdrew it."""
    if briefing.status == "withdrawn":
        return f"{ANNOUNCED['withdrawal']}: {briefing.title}"
    note = briefing.note
    if note is not None and note.revision == briefing.revision and note.kind in ANNOUNCED:
        return f"{ANNOUNCED[note.kind]}: {briefing.title}"
    return briefing.title


def _content(briefing: BriefingSummary, text: BriefingText | None, base: str) -> str:
    counts = ", ".join(f"{name}: {briefing.counts[name]}" for name in _SHOWN if briefing.counts.get(name))
    said = announced(briefing.note) if briefing.note else ""
    state = "Withdrawn." if briefing.status == "withdrawn" and not said else said
    lines = [state, standing(briefing), f"Revision {briefing.revision}; {counts}" if counts else ""]
    headline, summary = (text.headline, text.summary) if text else (None, [])
    told = [one for one in (headline, *summary) if one]
    numbers = {
        id: n for n, id in enumerate(dict.fromkeys(id for one in told for id in one.fact_ids), start=1)
    }

    def proven(sentence: SummarySentence) -> Markup:
        """A sentence with the addresses of its facts, each of which has one number in the entry."""
        return escape(one_line(attributed(sentence))) + Markup("").join(
            Markup(' <a href="{}">[{}]</a>').format(address_of_fact(base, briefing.id, id), numbers[id])
            for id in sentence.fact_ids
        )

    paragraphs = [Markup("<strong>{}</strong>").format(proven(headline))] if headline else []
    paragraphs += [escape(one_line(line)) for line in lines if line]
    paragraphs += [proven(sentence) for sentence in summary]
    return str(Markup("").join(Markup("<p>{}</p>").format(paragraph) for paragraph in paragraphs))
