"""Facts and conflicts across briefings: one list a kind."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from api.http.parameters import filters
from api.http.queries import (
    ConflictQuery,
    DeadlineQuery,
    DelegateQuery,
    EventQuery,
    FigureQuery,
    StakeQuery,
    StatementQuery,
)
from api.http.representations import CALENDAR
from api.http.responses import Database, answers
from api.rendering.subscriptions import page_of
from schemas import FACT_PAGES, ConflictPage
from store.facts import page_facts


def _list(
    kind: str,
    query: type[Struct],
    shape: type[Struct],
    says: str,
    when: str = "",
    *,
    makes: tuple[str, ...] = (),
) -> HTTPRouteHandler:
    """The operation that lists a kind of fact. `makes`: representations besides those of all lists."""
    kinds = f"{kind}s"

    def list_facts(
        request: Request[Any, Any, Any], database: Database, asked: NamedDependency[Any]
    ) -> Response[bytes]:
        given = filters(asked)
        found = page_facts(
            database, kind, limit=asked.limit, cursor=asked.cursor, sort=asked.sort, filters=given
        )
        return page_of(request, database, found)

    list_facts.__doc__ = says
    list_facts.__name__ = f"list_{kinds}"
    handler = get(
        f"/v1/{kinds}",
        operation_id=f"list_{kinds}",
        tags=[kinds],
        summary=f"List {kinds}",
        opt={"query": query, "makes": makes},
        responses=answers(shape, when=f"A page of {kinds}{when}."),
        sync_to_thread=True,
    )
    return handler(list_facts)


_FIRST = ", earliest first, undated ones last"

handlers = [
    _list(
        "delegate",
        DelegateQuery,
        FACT_PAGES["delegate"],
        "People whom the sources seat at a table, of all briefings.",
    ),
    _list("stake", StakeQuery, FACT_PAGES["stake"], "What is on the table, of all briefings."),
    _list(
        "deadline",
        DeadlineQuery,
        FACT_PAGES["deadline"],
        "What falls due, of all briefings, earliest first; what no source dates comes last. Calendars subscribe to "
        "`/v1/deadlines.ics`, which takes the same filters.",
        _FIRST,
        makes=(CALENDAR,),
    ),
    _list(
        "figure",
        FigureQuery,
        FACT_PAGES["figure"],
        "Quantities, of all briefings, by their period; those without one last.",
    ),
    _list(
        "statement",
        StatementQuery,
        FACT_PAGES["statement"],
        "Who said what, of all briefings, verbatim or reported.",
    ),
    _list(
        "event",
        EventQuery,
        FACT_PAGES["event"],
        "What happened or is to happen, of all briefings, earliest first; what no source dates comes last.",
        _FIRST,
    ),
    _list("conflict", ConflictQuery, ConflictPage, "Where sources cannot both be right, of all briefings."),
]
