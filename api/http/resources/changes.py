"""What changed: for those who keep a copy, and for those who write a newsletter."""

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import json
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_READ
from api.http.responses import Database, answers, base_of, stored
from api.rendering.digest import ahead, edition
from schemas import Briefing, ChangePage, Deadline
from schemas.changes import Digest
from schemas.queries import ChangeQuery, DigestQuery
from store.briefings import get_briefing, get_briefing_as_of
from store.changes import read_changes
from store.digest import changed_since, deadlines_ahead, sources_of, summaries_of

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
    now = datetime.now(UTC)
    since = asked.since or (now - _A_WEEK).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = asked.date_from or now.date(), asked.date_to
    parties, topics = _listed(asked.parties), _listed(asked.topics)
    changed = changed_since(database, since, parties=parties, topics=topics, limit=asked.limit)
    coming = deadlines_ahead(database, first, last, parties=parties, topics=topics, limit=asked.limit)
    deadlines = [json.decode(item, type=Deadline) for item in coming.items]
    proofs = (evidence.document_id for deadline in deadlines for evidence in deadline.evidence)
    briefings = summaries_of(database, (str(deadline.briefing_id) for deadline in deadlines))
    base = base_of(request)
    news = edition((_pair(database, id, since) for id in changed.ids), base, topics)
    return stored(
        json.encode(
            Digest(
                since=since,
                until=changed.until,
                parties=parties,
                topics=topics,
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
        )
    )


def _listed(words: str | None) -> list[str]:
    return list(dict.fromkeys(words.split(","))) if words else []


def _pair(database: Engine, id: str, since: datetime) -> tuple[Briefing | None, Briefing]:
    """A briefing as it was, if it was there, and as it is. One that had been withdrawn counts as not there."""
    before, after = get_briefing_as_of(database, id, since), get_briefing(database, id)
    assert after is not None, "briefings are never deleted"
    old = json.decode(before.body, type=Briefing) if before else None
    return old if old and old.status != "withdrawn" else None, json.decode(after.body, type=Briefing)


handlers = [list_changes, read_digest]
