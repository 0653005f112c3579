"""What newsletters, calendars, feed readers and followers take: digest, deadlines, briefings, changes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_READ
from api.http.caching import entity_tag
from api.http.content import ATOM, CALENDAR, JSON_FEED
from api.http.problems import INVALID_PARAMETER, Refusal
from api.http.responses import Database, address_of, answers, base_of, next_link, stored, stored_page
from api.rendering.digest import ahead, edition
from schemas import Briefing, BriefingSummary, ChangePage, Deadline, FieldError
from schemas.changes import Digest
from schemas.queries import CalendarQuery, ChangeQuery, DigestQuery, FeedQuery
from schemas.vocabulary import with_those_below
from store.briefings import page_briefings
from store.changes import read_changes
from store.digest import (
    BriefingText,
    changed_since,
    changes_of,
    deadlines_ahead,
    since_then,
    sources_of,
    summaries_of,
    told_of,
)
from store.facts import page_facts
from store.issues import get_topic, until_of, until_of_last
from store.paging import Page

OfTopicQuery = TypeVar("OfTopicQuery", DigestQuery, FeedQuery, CalendarQuery)


@get(
    "/v1/deadlines.ics",
    include_in_schema=False,
    opt={"query": CalendarQuery, "scope": (BRIEFINGS_READ,), "subscribed": True},
    responses=answers(str, when="A calendar.", media_type=CALENDAR),
    sync_to_thread=True,
)
def deadline_calendar(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[CalendarQuery]
) -> Response[bytes]:
    """Deadlines that have a date. Where there are more than `limit`, the earliest stay out."""
    asked = replace(of_topic(database, asked), sort=asked.sort or "-date")
    return _as_calendar(request, database, page_facts(database, "deadline", asked))


@get(
    "/v1/briefings.atom",
    include_in_schema=False,
    opt={"query": FeedQuery, "scope": (BRIEFINGS_READ,), "subscribed": True},
    responses=answers(str, when="A feed.", media_type=ATOM),
    sync_to_thread=True,
)
def briefing_feed(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[FeedQuery]
) -> Response[bytes]:
    """Briefings, the one that changed last first; also those that were withdrawn."""
    asked = replace(of_topic(database, asked), sort=asked.sort or "-updated_at")
    return _as_feed(request, database, page_briefings(database, asked, withdrawn=True))


@get(
    "/v1/briefings.feed.json",
    include_in_schema=False,
    opt={"query": FeedQuery, "scope": (BRIEFINGS_READ,), "subscribed": True},
    responses=answers(str, when="A feed.", media_type=JSON_FEED),
    sync_to_thread=True,
)
def briefing_json_feed(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[FeedQuery]
) -> Response[bytes]:
    """The same as JSON Feed 1.1."""
    from api.rendering.subscriptions import feed_of_briefings, json_feed

    asked = replace(of_topic(database, asked), sort=asked.sort or "-updated_at")
    listed = page_briefings(database, asked, withdrawn=True)
    entries = _entries(database, listed)
    content = feed_of_briefings(*entries, base=base_of(request), address=address_of(request))
    return subscribed(request, json_feed(content), JSON_FEED, listed.next_cursor)


def _as_calendar(request: Request[Any, Any, Any], database: Engine, listed: Page) -> Response[bytes]:
    """A page of deadlines as iCalendar. Those without a date have no place in it."""
    # What makes calendars and feeds is loaded when somebody asks for one.
    from api.rendering.subscriptions import calendar

    deadlines = [json.decode(item, type=Deadline) for item in listed.items]
    proofs = (evidence.document_id for one in deadlines for evidence in one.evidence)
    body = calendar(
        deadlines,
        summaries_of(database, (one.briefing_id for one in deadlines if one.briefing_id)),
        sources_of(database, proofs),
        changes_of(database, (one.id for one in deadlines)),
        base=base_of(request),
        address=address_of(request),
    )
    return subscribed(request, body, CALENDAR, listed.next_cursor)


def _as_feed(request: Request[Any, Any, Any], database: Engine, listed: Page) -> Response[bytes]:
    """A page of briefings as Atom."""
    from api.rendering.subscriptions import atom, feed_of_briefings

    base, entries = base_of(request), _entries(database, listed)
    content = feed_of_briefings(*entries, base=base, address=address_of(request))
    return subscribed(request, atom(content, base), f"{ATOM}; charset=utf-8", listed.next_cursor)


def _entries(database: Engine, listed: Page) -> tuple[list[BriefingSummary], dict[str, BriefingText]]:
    """The briefings of a page, and what is told of each."""
    briefings = [json.decode(item, type=BriefingSummary) for item in listed.items]
    return briefings, told_of(database, (one.id for one in briefings))


_MADE = {CALENDAR: _as_calendar, ATOM: _as_feed}


def page_of(request: Request[Any, Any, Any], database: Engine, listed: Page) -> Response[bytes]:
    """A page in the representation that was asked for, where it is one of these; else as JSON."""
    make = _MADE.get(request.scope["state"]["representation"])
    return make(request, database, listed) if make else stored_page(listed)


def subscribed(
    request: Request[Any, Any, Any], body: bytes, media_type: str, cursor: str | None
) -> Response[bytes]:
    """A page of what programs subscribe to, with the way to the next one."""
    headers = {"ETag": entity_tag(body)}
    if cursor is not None:
        headers["Link"] = next_link(request.scope, cursor)
    return Response(body, media_type=media_type, headers=headers)


_A_WEEK = timedelta(days=7)


@get(
    "/v1/changes",
    operation_id="list_changes",
    tags=["changes"],
    summary="List changes",
    opt={"query": ChangeQuery, "scope": (BRIEFINGS_READ,)},
    responses=answers(ChangePage, when="Changes, oldest first, and where the next ones begin."),
    sync_to_thread=True,
)
def list_changes(database: Database, asked: NamedDependency[ChangeQuery]) -> Response[bytes]:
    """Everything that is new, different or gone since a cursor: put `item` in place by `id`, drop what was removed.

    Each briefing, fact and conflict is there once, with its last change. Keep `next_cursor` together with what you
    applied and go on from it, after a second or a year. Nothing is left out and nothing comes in the wrong order,
    whatever is written at the same time. Applying a page again does no harm.
    """
    changes = read_changes(database, limit=asked.limit, cursor=asked.cursor)
    cursor, more = json.encode(changes.next_cursor), json.encode(changes.has_more)
    items = b",".join(changes.items)
    return stored(b'{"items":[' + items + b'],"next_cursor":' + cursor + b',"has_more":' + more + b"}")


@get(
    "/v1/digest",
    operation_id="get_digest",
    tags=["digest"],
    summary="Get a digest",
    opt={"query": DigestQuery},
    responses=answers(Digest, when="What changed, what falls due, and where sources disagree."),
    sync_to_thread=True,
)
def read_digest(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[DigestQuery]
) -> Response[bytes]:
    """What a newsletter is made of: what changed since a moment, deadlines ahead, and where sources disagree.

    Every sentence comes with the facts that it rests on and with the addresses of their sources. Besides JSON
    there are Markdown and plain HTML. `until` is the `since` of the next digest.
    """
    return stored(json.encode(digest_of(database, asked, base_of(request))))


def digest_of(database: Engine, asked: DigestQuery, base: str) -> Digest:
    """What the digest tells that is asked for; `base`: the service's address. Raises Refusal."""
    asked = of_topic(database, asked)
    now = datetime.now(UTC)
    parties, topics = _listed(asked.parties), _listed(asked.topics)
    since = asked.since or _since_issue(database, asked, parties, topics)
    since = since or (now - _A_WEEK).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = asked.date_from or now.date(), asked.date_to
    changed = changed_since(database, since, parties=parties, topics=topics, limit=asked.limit)
    coming = deadlines_ahead(database, first, last, parties=parties, topics=topics, limit=asked.limit)
    deadlines = [json.decode(item, type=Deadline) for item in coming.items]
    proofs = (evidence.document_id for deadline in deadlines for evidence in deadline.evidence)
    briefings = summaries_of(database, (str(deadline.briefing_id) for deadline in deadlines))
    news = edition((_pair(*bodies) for bodies in since_then(database, changed.ids, since)), base, topics)
    return Digest(
        since=since,
        until=changed.until,
        parties=parties,
        topics=topics,
        length=asked.length,
        date_from=first.isoformat(),
        date_to=last.isoformat() if last else None,
        briefings=news.briefings,
        changes=news.changes,
        deadlines=ahead(
            deadlines,
            {id: briefing.title for id, briefing in briefings.items()},
            sources_of(database, proofs),
            base,
        ),
        conflicts=news.conflicts,
        briefings_left_out=changed.left_out,
        deadlines_left_out=coming.left_out,
    )


def of_topic(database: Engine, asked: OfTopicQuery) -> OfTopicQuery:
    """A query with the parties and topics of the saved topic that it names, where it has no others. Raises Refusal."""
    if asked.topic_id is None:
        return asked
    topic = get_topic(database, asked.topic_id)
    if topic is None:
        raise _unknown("topic_id", asked.topic_id)
    parties = ",".join(topic.parties) or None
    if isinstance(asked, FeedQuery):
        topics = ",".join(with_those_below(topic.topics)) if topic.topics else None
        return replace(asked, topic_id=None, party=asked.party or parties, topic=asked.topic or topics)
    topics = ",".join(topic.topics) or None
    if isinstance(asked, CalendarQuery):
        return replace(asked, topic_id=None, party=asked.party or parties, topics=asked.topics or topics)
    return replace(asked, parties=asked.parties or parties, topics=asked.topics or topics)


def _since_issue(
    database: Engine, asked: DigestQuery, parties: Sequence[str], topics: Sequence[str]
) -> datetime | None:
    """Up to when the issue that a query names tells what changed. Raises Refusal."""
    if asked.since_issue is None:
        return None
    if asked.since_issue == "last":
        return until_of_last(database, asked.topic_id, parties, topics)
    until = until_of(database, asked.since_issue)
    if until is None:
        raise _unknown("since_issue", asked.since_issue)
    return until


def _unknown(parameter: str, id: str) -> Refusal:
    return Refusal(
        INVALID_PARAMETER,
        f"There is no {id}.",
        [FieldError(pointer=parameter, detail="there is no such thing")],
    )


def _listed(words: str | None) -> list[str]:
    return list(dict.fromkeys(words.split(","))) if words else []


def _pair(before: bytes | None, after: bytes) -> tuple[Briefing | None, Briefing]:
    """A briefing as it was and as it is. One that had been withdrawn counts as not there."""
    old = json.decode(before, type=Briefing) if before else None
    return old if old and old.status != "withdrawn" else None, json.decode(after, type=Briefing)


handlers = [list_changes, read_digest, deadline_calendar, briefing_feed, briefing_json_feed]
