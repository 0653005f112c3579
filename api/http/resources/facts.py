"""Facts and conflicts across briefings, one list a kind; and the search through everything that briefings say."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from api.http.content import CALENDAR
from api.http.resources.feeds import page_of
from api.http.responses import Database, answers, stored_page
from schemas import FACT_PAGES, ConflictPage, SearchPage
from schemas.fact_queries import FACT_QUERIES, ConflictQuery, FactsQuery
from schemas.kinds import KINDS
from schemas.queries import SearchQuery
from store.facts import page_facts
from store.search import search

_FIRST = ", earliest first, undated ones last"


class _Words(Struct, frozen=True):
    """What the description says of a list. `makes`: representations besides those of all lists."""

    says: str
    makes: tuple[str, ...] = ()


_LISTS = {
    "delegate": _Words("People whom the sources seat at a table, of all briefings."),
    "deadline": _Words(
        "What falls due, of all briefings, earliest first; what no source dates comes last. Calendars subscribe to "
        "`/v1/deadlines.ics`, which takes the same filters.",
        makes=(CALENDAR,),
    ),
    "figure": _Words("Quantities, of all briefings, by their period; those without one last."),
    "statement": _Words("Who said what, of all briefings, verbatim or reported."),
    "event": _Words(
        "What happened or is to happen, of all briefings, earliest first; what no source dates comes last.",
    ),
}
"""Lists of which there is more to say than what they are lists of."""


def _list(
    kind: str, plural: str, about: str, query: type[FactsQuery], shape: type[Struct], order: str = ""
) -> HTTPRouteHandler:
    """The operation that lists a kind of fact."""
    words = _LISTS.get(kind) or _Words(f"{about.rstrip('.')}, of all briefings.")

    def list_facts(
        request: Request[Any, Any, Any], database: Database, asked: NamedDependency[Any]
    ) -> Response[bytes]:
        return page_of(request, database, page_facts(database, kind, asked))

    list_facts.__doc__ = words.says
    list_facts.__name__ = f"list_{plural}"
    handler = get(
        f"/v1/{plural}",
        operation_id=f"list_{plural}",
        tags=[plural],
        summary=f"List {plural}",
        opt={"query": query, "makes": words.makes},
        responses=answers(shape, when=f"A page of {plural}{order}."),
        sync_to_thread=True,
    )
    return handler(list_facts)


@get(
    "/v1/search",
    operation_id="search",
    tags=["search"],
    summary="Search",
    opt={"query": SearchQuery},
    responses=answers(SearchPage, when="A page of what was found, best first."),
    sync_to_thread=True,
)
def search_everything(database: Database, asked: NamedDependency[SearchQuery]) -> Response[bytes]:
    """Briefings, facts and conflicts that have all words of the query, with where they stand.

    First those that have them in their heading, then the rest; in both first those that have them one after another,
    and among equals the shorter. What the sources say in the evidence is searched too.
    """
    found = search(database, asked)
    return stored_page(found.page, capped=found.capped)


handlers = [
    *(
        _list(
            kind.name,
            kind.plural,
            kind.about,
            FACT_QUERIES[kind.name],
            FACT_PAGES[kind.name],
            _FIRST if kind.dated else "",
        )
        for kind in KINDS
    ),
    _list("conflict", "conflicts", "Where sources cannot both be right.", ConflictQuery, ConflictPage),
    search_everything,
]
