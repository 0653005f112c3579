"""The first page: briefings by negotiation, with the beginning of the digest, which has a page; what a search finds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, json
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_READ
from api.http.resources.briefings import id_of_sides
from api.http.responses import Database, whole
from api.newsletters import digest_of
from api.rendering.html import render_page
from api.rendering.newsletter import newsletter
from pipeline.language.parties import name_of, party_name
from schemas import BriefingSummary, HighlightSpan, SearchHit
from schemas.queries import BriefingQuery, DigestQuery, SearchQuery
from schemas.vocabulary import TOPICS
from store.briefings import page_briefings, parties_at_tables
from store.digest import summaries_of
from store.paging import Page
from store.rebuild import sides_of
from store.search import search

_AHEAD = timedelta(weeks=8)
_DUE, _NEWS = 8, 5
"""So many deadlines, and briefings that changed, are told of beside the list."""


class HomeQuery(BriefingQuery, frozen=True, kw_only=True):
    q: Annotated[str, Meta(min_length=1, max_length=500, description="What is searched for.")] | None = None


class ListedTalks(Struct, frozen=True):
    """The rounds of one negotiation that are listed."""

    id: str
    name: str
    rounds: list[BriefingSummary]


def _by_negotiation(listed: Page) -> list[ListedTalks]:
    """In the order of their first round."""
    talks: dict[str, ListedTalks] = {}
    for briefing in (json.decode(item, type=BriefingSummary) for item in listed.items):
        sides = sides_of(briefing.negotiation.parties)
        id = id_of_sides(sides)
        talks.setdefault(id, ListedTalks(id, name_of(sides.split("+"), None), [])).rounds.append(briefing)
    return list(talks.values())


@get(
    "/",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"query": HomeQuery, "form": True, "scope": (BRIEFINGS_READ,)},
)
def show_home(database: Database, asked: NamedDependency[HomeQuery]) -> Response[str]:
    if asked.q:
        return _found(database, asked, asked.q)
    query = BriefingQuery(
        party=asked.party,
        topic=asked.topic,
        date_from=asked.date_from,
        date_to=asked.date_to,
        limit=asked.limit,
        cursor=asked.cursor,
        sort="-updated_at",
    )
    listed = page_briefings(database, query)
    today = datetime.now(UTC).date()
    news = DigestQuery(parties=asked.party, topics=asked.topic, date_to=today + _AHEAD, limit=_DUE)
    return whole(
        render_page(
            "index.html",
            title="Briefings",
            home="/",
            asked=asked,
            parties=named_parties(database),
            topics=TOPICS,
            talks=_by_negotiation(listed),
            narrowed=any((asked.party, asked.topic, asked.date_from, asked.date_to, asked.cursor)),
            digest=digest_of(database, news, base=""),
            news=_NEWS,
            today=today,
            next_cursor=listed.next_cursor,
        )
    )


def named_parties(database: Engine) -> list[tuple[str, str]]:
    """The parties that can be chosen from, with their names and by them."""
    named = ((party, party_name(party)) for party in parties_at_tables(database))
    return sorted(named, key=lambda pair: pair[1])


class _Hit(Struct, frozen=True):
    """A hit as the page shows it: where it leads, and its words cut where those of the query stand."""

    kind: str
    briefing: str
    address: str
    heading: list[tuple[str, bool]]
    text: list[tuple[str, bool]]


_EXCERPT = 300  # characters of the text


def _found(database: Engine, asked: HomeQuery, words: str) -> Response[str]:
    query = SearchQuery(q=words, party=asked.party, limit=asked.limit, cursor=asked.cursor)
    found = search(database, query)
    hits = [json.decode(item, type=SearchHit) for item in found.page.items]
    briefings = summaries_of(database, (hit.briefing_id for hit in hits))
    return whole(
        render_page(
            "search.html",
            title=f"Search: {words}",
            home="/",
            asked=asked,
            hits=[
                _Hit(
                    kind=hit.kind,
                    briefing="" if hit.kind == "briefing" else briefings[hit.briefing_id].title,
                    address=f"/briefings/{hit.briefing_id}{'' if hit.kind == 'briefing' else f'#{hit.id}'}",
                    heading=list(_parts(hit.heading, hit.heading_highlights)),
                    text=list(_parts(hit.text[:_EXCERPT], hit.text_highlights)),
                )
                for hit in hits
            ],
            capped=found.capped,
            next_cursor=found.page.next_cursor,
        )
    )


def _parts(text: str, highlights: list[HighlightSpan]) -> Iterator[tuple[str, bool]]:
    """Runs of the text, and whether each is what was searched for."""
    at = 0
    for one in highlights:
        if at <= one.start < len(text):
            yield text[at : one.start], False
            yield text[one.start : one.end], True
            at = one.end
    yield text[at:], False


@get(
    "/digest",
    include_in_schema=False,
    sync_to_thread=True,
    opt={"query": DigestQuery, "form": True, "scope": (BRIEFINGS_READ,)},
)
def show_digest(database: Database, asked: NamedDependency[DigestQuery]) -> Response[str]:
    letter = newsletter(digest_of(database, asked, base=""))
    return whole(render_page("digest_page.html", title=letter.title, home="/", letter=letter))
