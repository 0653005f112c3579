"""Lists asked for as a request does, with parameters as words."""

from typing import Any

from msgspec import convert
from sqlalchemy import Engine

from schemas.fact_queries import FACT_QUERIES, ConflictQuery
from schemas.queries import BriefingQuery, SearchQuery
from store import briefings, facts
from store import search as searching
from store.paging import Page


def page_facts(
    engine: Engine, kind: str, filters: dict[str, str] | None = None, **paging: int | str | None
) -> Page:
    query = ConflictQuery if kind == "conflict" else FACT_QUERIES[kind]
    asked: Any = convert({**(filters or {}), **paging}, query, strict=False)
    return facts.page_facts(engine, kind, asked)


def page_briefings(engine: Engine, **asked: int | str | None) -> Page:
    return briefings.page_briefings(engine, convert(asked, BriefingQuery, strict=False))


def search(engine: Engine, q: str, filters: dict[str, str] | None = None, **paging: Any) -> Page:
    given: dict[str, Any] = {**(filters or {}), **paging}
    return searching.search(engine, SearchQuery(q=q, **given)).page
