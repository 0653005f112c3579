"""What a newsletter is made of."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, json
from sqlalchemy import Engine

from api.http.problems import INVALID_PARAMETER, Refusal
from api.http.responses import Database, answers, stored
from api.http.urls import base_of
from api.rendering.digest import ahead, edition
from schemas import Briefing, Deadline, FieldError
from schemas.digest import Digest
from schemas.vocabulary import Day
from store.briefings import get_briefing, get_briefing_as_of
from store.digest import changed_since, deadlines_ahead, sources_of, summaries_of

_A_WEEK = timedelta(days=7)
_PARTY = "(?:[A-Z]{2}|X-[A-Z0-9]+(?:-[A-Z0-9]+)*)"
_TOPIC = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"


class DigestQuery(Struct, frozen=True, kw_only=True):
    since: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="Changes after this moment: RFC 3339 with a time zone, or a day, which begins at "
                "midnight UTC. Seven days ago, if not given.",
                examples=["2031-03-14T09:30:00Z"],
            ),
        ]
        | None
    ) = None
    parties: (
        Annotated[
            str,
            Meta(
                pattern=f"^{_PARTY}(?:,{_PARTY}){{0,49}}$",
                description="Only talks with any of these at the table, separated by commas.",
                examples=["EU,IN"],
            ),
        ]
        | None
    ) = None
    topics: (
        Annotated[
            str,
            Meta(
                pattern=f"^{_TOPIC}(?:,{_TOPIC}){{0,49}}$",
                description="Only talks with any of these at stake, separated by commas; `market_access` is all "
                "that narrows it, too.",
                examples=["tariffs,market_access"],
            ),
        ]
        | None
    ) = None
    date_from: (
        Annotated[
            Day, Meta(description="Only deadlines that can be on this day or later. Today, if not given.")
        ]
        | None
    ) = None
    date_to: Annotated[Day, Meta(description="Only deadlines that can be on this day or earlier.")] | None = (
        None
    )
    limit: Annotated[int, Meta(ge=1, le=100, description="Briefings that changed, and deadlines.")] = 50


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
    first, last = _day("date_from", asked.date_from) or now.date(), _day("date_to", asked.date_to)
    parties, topics = _listed(asked.parties), _listed(asked.topics)
    changed = changed_since(database, since, parties=parties, topics=topics, limit=asked.limit)
    coming = deadlines_ahead(database, first, last, parties=parties, topics=topics, limit=asked.limit)
    deadlines = [json.decode(item, type=Deadline) for item in coming.items]
    proofs = (evidence.document_id for deadline in deadlines for evidence in deadline.evidence)
    briefings = summaries_of(database, (str(deadline.briefing_id) for deadline in deadlines))
    base = base_of(request)
    told = edition((_pair(database, id, since) for id in changed.ids), base, topics)
    return stored(
        json.encode(
            Digest(
                since=since,
                until=changed.until,
                parties=parties,
                topics=topics,
                date_from=first.isoformat(),
                date_to=last.isoformat() if last else None,
                briefings=told.briefings,
                changes=told.changes,
                deadlines=ahead(
                    deadlines,
                    {id: briefing.title for id, briefing in briefings.items()},
                    sources_of(database, proofs),
                    base,
                ),
                conflicts=told.conflicts,
                briefings_left_out=changed.left_out,
                deadlines_left_out=coming.left_out,
            )
        )
    )


def _listed(words: str | None) -> list[str]:
    return list(dict.fromkeys(words.split(","))) if words else []


def _day(name: str, given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        wrong = FieldError(pointer=name, detail=f"{given!r} is not a day of the calendar")
        raise Refusal(INVALID_PARAMETER, "A parameter has a value that it cannot have.", [wrong]) from None


def _pair(database: Engine, id: str, since: datetime) -> tuple[Briefing | None, Briefing]:
    """A briefing as it was, if it was there, and as it is. One that had been withdrawn counts as not there."""
    before, after = get_briefing_as_of(database, id, since), get_briefing(database, id)
    assert after is not None, "briefings are never deleted"
    old = json.decode(before.body, type=Briefing) if before else None
    return old if old and old.status != "withdrawn" else None, json.decode(after.body, type=Briefing)


handlers = [read_digest]
