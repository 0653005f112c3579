"""The pages of a briefing, as it is, as it was, and how it came to be; and of a negotiation, its rounds in a row."""

from datetime import UTC, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import json

from api.http.auth import BRIEFINGS_READ
from api.http.resources.briefings import (
    IdOrSlug,
    id_of_sides,
    one_briefing,
    one_negotiation,
    one_revision,
)
from api.http.responses import Database, whole
from api.rendering.comparison import compared_pages
from api.rendering.html import html, render_page
from api.rendering.wording import announced, day
from schemas import Briefing, RevisionInfo
from schemas.queries import DiffQuery, Revision
from schemas.vocabulary import NegotiationId
from store.briefings import BriefingRecord, page_revisions
from store.digest import sources_of
from store.rebuild import sides_of

_REVISIONS = 100  # that are listed


def _page(record: BriefingRecord, notice: str | None = None) -> Response[str]:
    briefing = json.decode(record.body, type=Briefing)
    negotiation = id_of_sides(sides_of(briefing.negotiation.parties))
    return whole(html(briefing, documents="/documents", home="/", negotiation=negotiation, notice=notice))


@get(
    "/briefings/{id_or_slug:str}",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"scope": (BRIEFINGS_READ,)},
)
def show_briefing(database: Database, id_or_slug: IdOrSlug) -> Response[str]:
    record = one_briefing(database, id_or_slug)
    briefing = json.decode(record.body, type=Briefing)
    if (note := briefing.note) is not None:
        return _page(record, f"{day(note.at.date().isoformat())}. {announced(note)}")
    return _page(record, "It was withdrawn." if briefing.status == "withdrawn" else None)


@get(
    "/briefings/{id_or_slug:str}/revisions/{revision:str}",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"scope": (BRIEFINGS_READ,)},
)
def show_revision(database: Database, id_or_slug: IdOrSlug, revision: Revision) -> Response[str]:
    return _page(one_revision(database, id_or_slug, revision), "This is an earlier revision.")


@get(
    "/briefings/{id_or_slug:str}/history",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"query": DiffQuery, "form": True, "scope": (BRIEFINGS_READ,)},
)
def show_history(
    database: Database, asked: NamedDependency[DiffQuery], id_or_slug: IdOrSlug
) -> Response[str]:
    """The revisions, and what is different between two of them: without any given, the last two."""
    current = one_briefing(database, id_or_slug)
    to = asked.to or current.revision
    from_ = asked.from_ or max(to - 1, 1)
    before, after = (
        json.decode(one_revision(database, current.id, number).body, type=Briefing) for number in (from_, to)
    )
    listed = page_revisions(database, current.id, limit=_REVISIONS)
    revisions = [json.decode(item, type=RevisionInfo) for item in listed.items]
    brought = (id for revision in revisions for id in revision.cause.document_ids)
    return whole(
        render_page(
            "history.html",
            title=f"History of {after.title}",
            home="/",
            current=current,
            revisions=revisions,
            more=listed.next_cursor is not None,
            sources=sources_of(database, brought),
            from_=from_,
            to=to,
            lines=compared_pages(before, after),
        )
    )


@get(
    "/negotiations/{negotiation_id:str}",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"scope": (BRIEFINGS_READ,)},
)
def show_negotiation(database: Database, negotiation_id: NegotiationId) -> Response[str]:
    today = datetime.now(UTC).date()
    record = one_negotiation(database, negotiation_id, today)
    return whole(render_page("negotiation.html", title=record.name, home="/", record=record, today=today))
