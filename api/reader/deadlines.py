"""The page of deadlines: a calendar of those that fall on a day, and the list of all."""

from datetime import UTC, datetime
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, json
from msgspec.structs import replace

from api.http.auth import BRIEFINGS_READ
from api.http.responses import Database, whole
from api.reader.home import named_parties
from api.rendering.html import render_page
from api.rendering.timeline import months
from schemas import BriefingId, Deadline
from schemas.fact_queries import DeadlineQuery
from schemas.vocabulary import DEADLINE_KINDS, DEADLINE_STATUSES
from store.digest import summaries_of
from store.facts import page_facts


class DeadlinesQuery(DeadlineQuery, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=100, description="Deadlines on a page.")] = 100


@get(
    "/deadlines",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"query": DeadlinesQuery, "form": True, "scope": (BRIEFINGS_READ,)},
)
def show_deadlines(database: Database, asked: NamedDependency[DeadlinesQuery]) -> Response[str]:
    """Without a first day, from today on."""
    today = datetime.now(UTC).date()
    asked = replace(asked, date_from=asked.date_from or today, sort="date")
    listed = page_facts(database, "deadline", asked)
    deadlines = [json.decode(item, type=Deadline[BriefingId]) for item in listed.items]
    return whole(
        render_page(
            "deadlines.html",
            title="Deadlines",
            home="/",
            asked=asked,
            parties=named_parties(database),
            kinds=DEADLINE_KINDS,
            statuses=DEADLINE_STATUSES,
            deadlines=deadlines,
            months=months(deadlines, today),
            briefings=summaries_of(database, (one.briefing_id for one in deadlines)),
            today=today,
            next_cursor=listed.next_cursor,
        )
    )
