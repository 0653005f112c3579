"""Digests and issues, made of what is stored: for whoever asks, and for workers when a schedule says so."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from msgspec import json
from msgspec.structs import replace
from sqlalchemy import Engine

from api.rendering.digest import ahead, edition
from schemas import Briefing, Deadline
from schemas.changes import Digest
from schemas.queries import CalendarQuery, DigestQuery, FeedQuery
from schemas.vocabulary import with_those_below
from store import UnknownId
from store.digest import changed_since, deadlines_ahead, since_then, sources_of, summaries_of
from store.issues import get_topic, until_of, until_of_last

OfTopicQuery = TypeVar("OfTopicQuery", DigestQuery, FeedQuery, CalendarQuery)
_A_WEEK = timedelta(days=7)


def digest_of(database: Engine, asked: DigestQuery, base: str) -> Digest:
    """What the digest tells that is asked for; `base`: the service's address. Raises UnknownId."""
    asked = of_topic(database, asked)
    now = datetime.now(UTC)
    parties, topics, words = _listed(asked.parties), _listed(asked.topics), asked.q
    since = asked.since or _since_issue(database, asked, parties, topics)
    since = since or (now - _A_WEEK).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = asked.date_from or now.date(), asked.date_to
    changed = changed_since(database, since, parties=parties, topics=topics, words=words, limit=asked.limit)
    coming = deadlines_ahead(
        database, first, last, parties=parties, topics=topics, words=words, limit=asked.limit
    )
    deadlines = [json.decode(item, type=Deadline) for item in coming.items]
    proofs = (evidence.document_id for deadline in deadlines for evidence in deadline.evidence)
    briefings = summaries_of(database, (str(deadline.briefing_id) for deadline in deadlines))
    news = edition((_pair(*bodies) for bodies in since_then(database, changed.ids, since)), base, topics)
    return Digest(
        since=since,
        until=changed.until,
        parties=parties,
        topics=topics,
        query=words,
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
    """A query with the filters of the saved topic that it names, where it has no others. Raises UnknownId."""
    if asked.topic_id is None:
        return asked
    topic = get_topic(database, asked.topic_id)
    if topic is None:
        raise UnknownId("topic_id", asked.topic_id)
    parties = ",".join(topic.parties) or None
    asked = replace(asked, q=asked.q or topic.query)
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
    """Up to when the issue that a query names tells what changed. Raises UnknownId."""
    if asked.since_issue is None:
        return None
    if asked.since_issue == "last":
        return until_of_last(database, asked.topic_id, parties, topics, asked.q)
    until = until_of(database, asked.since_issue)
    if until is None:
        raise UnknownId("since_issue", asked.since_issue)
    return until


def _listed(words: str | None) -> list[str]:
    return list(dict.fromkeys(words.split(","))) if words else []


def _pair(before: bytes | None, after: bytes) -> tuple[Briefing | None, Briefing]:
    """A briefing as it was and as it is. One that had been withdrawn counts as not there."""
    old = json.decode(before, type=Briefing) if before else None
    return old if old and old.status != "withdrawn" else None, json.decode(after, type=Briefing)
