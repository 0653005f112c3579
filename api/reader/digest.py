"""The page of the digest, which newsletters take as mail."""

from litestar import Response, get
from litestar.di import NamedDependency

from api.http.auth import BRIEFINGS_READ
from api.http.resources.feeds import digest_of
from api.http.responses import Database, whole
from api.rendering.html import render_page
from api.rendering.newsletter import newsletter
from schemas.queries import DigestQuery


@get(
    "/digest",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"query": DigestQuery, "form": True, "scope": (BRIEFINGS_READ,)},
)
def show_digest(database: Database, asked: NamedDependency[DigestQuery]) -> Response[str]:
    letter = newsletter(digest_of(database, asked, base=""))
    return whole(render_page("digest_page.html", title=letter.title, home="/", letter=letter))
