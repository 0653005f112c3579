"""Facts and conflicts across briefings: one list a kind."""

from litestar import Response, get
from litestar.di import NamedDependency

from api.answers import Database, answers, page
from api.parameters import filters
from api.queries import (
    ConflictQuery,
    DeadlineQuery,
    DelegateQuery,
    EventQuery,
    FigureQuery,
    PageQuery,
    StakeQuery,
    StatementQuery,
)
from schemas import ConflictPage, DeadlinePage, DelegatePage, EventPage, FigurePage, StakePage, StatementPage
from store.facts import page_facts


def _facts(database: Database, kind: str, asked: NamedDependency[PageQuery]) -> Response[bytes]:
    return page(page_facts(database, kind, limit=asked.limit, cursor=asked.cursor, filters=filters(asked)))


@get(
    "/v1/delegates",
    operation_id="list_delegates",
    tags=["delegates"],
    summary="List delegates",
    opt={"query": DelegateQuery},
    responses=answers(DelegatePage, when="A page of delegates."),
    sync_to_thread=True,
)
def list_delegates(database: Database, asked: NamedDependency[DelegateQuery]) -> Response[bytes]:
    """People whom the sources seat at a table, of all briefings."""
    return _facts(database, "delegate", asked)


@get(
    "/v1/stakes",
    operation_id="list_stakes",
    tags=["stakes"],
    summary="List stakes",
    opt={"query": StakeQuery},
    responses=answers(StakePage, when="A page of stakes."),
    sync_to_thread=True,
)
def list_stakes(database: Database, asked: NamedDependency[StakeQuery]) -> Response[bytes]:
    """What is on the table, of all briefings."""
    return _facts(database, "stake", asked)


@get(
    "/v1/deadlines",
    operation_id="list_deadlines",
    tags=["deadlines"],
    summary="List deadlines",
    opt={"query": DeadlineQuery},
    responses=answers(DeadlinePage, when="A page of deadlines, earliest first, undated ones last."),
    sync_to_thread=True,
)
def list_deadlines(database: Database, asked: NamedDependency[DeadlineQuery]) -> Response[bytes]:
    """What falls due, of all briefings, earliest first; what no source dates comes last."""
    return _facts(database, "deadline", asked)


@get(
    "/v1/figures",
    operation_id="list_figures",
    tags=["figures"],
    summary="List figures",
    opt={"query": FigureQuery},
    responses=answers(FigurePage, when="A page of figures."),
    sync_to_thread=True,
)
def list_figures(database: Database, asked: NamedDependency[FigureQuery]) -> Response[bytes]:
    """Quantities, of all briefings."""
    return _facts(database, "figure", asked)


@get(
    "/v1/statements",
    operation_id="list_statements",
    tags=["statements"],
    summary="List statements",
    opt={"query": StatementQuery},
    responses=answers(StatementPage, when="A page of statements."),
    sync_to_thread=True,
)
def list_statements(database: Database, asked: NamedDependency[StatementQuery]) -> Response[bytes]:
    """Who said what, of all briefings, verbatim or reported."""
    return _facts(database, "statement", asked)


@get(
    "/v1/events",
    operation_id="list_events",
    tags=["events"],
    summary="List events",
    opt={"query": EventQuery},
    responses=answers(EventPage, when="A page of events, earliest first, undated ones last."),
    sync_to_thread=True,
)
def list_events(database: Database, asked: NamedDependency[EventQuery]) -> Response[bytes]:
    """What happened or is to happen, of all briefings, earliest first; what no source dates comes last."""
    return _facts(database, "event", asked)


@get(
    "/v1/conflicts",
    operation_id="list_conflicts",
    tags=["conflicts"],
    summary="List conflicts",
    opt={"query": ConflictQuery},
    responses=answers(ConflictPage, when="A page of conflicts."),
    sync_to_thread=True,
)
def list_conflicts(database: Database, asked: NamedDependency[ConflictQuery]) -> Response[bytes]:
    """Where sources cannot both be right, of all briefings."""
    return _facts(database, "conflict", asked)


handlers = [
    list_delegates,
    list_stakes,
    list_deadlines,
    list_figures,
    list_statements,
    list_events,
    list_conflicts,
]
