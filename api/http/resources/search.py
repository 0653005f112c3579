"""Search in everything that briefings say."""

from litestar import Response, get
from litestar.di import NamedDependency

from api.http.parameters import filters
from api.http.queries import SearchQuery
from api.http.responses import Database, answers, page
from schemas import SearchPage
from store.search import search


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
    return page(search(database, asked.q, limit=asked.limit, cursor=asked.cursor, filters=filters(asked)))


handlers = [search_everything]
