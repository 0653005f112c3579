"""The page of the digest, which newsletters take as mail."""

from litestar import Response, get
from litestar.di import NamedDependency

from api.http.auth import BRIEFINGS_READ
from api.http.resources.feeds import digest_of
from api.http.responses import Database, whole
from api.rendering.html import digest_page
from schemas.queries import DigestQuery


@get(
    "/digest",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"query": DigestQuery, "form": True, "scope": (BRIEFINGS_READ,)},
)
def show_digest(database: Database, asked: NamedDependency[DigestQuery]) -> Response[str]:
    return whole(digest_page(digest_of(database, asked, base="")))
