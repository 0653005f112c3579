"""Full-text search over briefings, facts and conflicts, with the same results on every database.

The databases are given words that are already brought to their stems, and compare nothing else. What is found is
ranked by what its own row says, so pages stay right while other rows come and go.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import json
from sqlalchemy import ColumnElement, Engine, case, cast, column, exists, literal, select, table, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.http import Highlight, SearchHit
from schemas.queries import SearchQuery
from store.filters import scope_of_query
from store.paging import Page, decode_cursor, encode_cursor
from store.search_words import Term, found_in, terms
from store.tables import PartyRow, SearchRow

_USUAL_LENGTH = 20
_INDEX = table("search_words", column("rowid"), column("search_words"))


def search(engine: Engine, asked: SearchQuery) -> Page:
    """What has all words of `q`, and its phrases in quotation marks, best first; nothing where it has no word.

    First what has them in its heading, then the rest; in both first what has them one after another, and among
    equals the shorter. Raises BadCursor.
    """
    scope = scope_of_query("search", asked)
    wanted = terms(asked.q)
    if not wanted:
        return Page(items=[], next_cursor=None)
    dialect = engine.dialect.name
    rank = _rank(wanted, dialect).label("rank")
    key = (rank, col(SearchRow.length), col(SearchRow.id))
    query = select(*key, SearchRow).where(_has("words", wanted, dialect)).order_by(*key)
    if asked.kind is not None:
        query = query.where(col(SearchRow.kind) == asked.kind)
    if asked.briefing_id is not None:
        query = query.where(col(SearchRow.briefing_id) == asked.briefing_id)
    if asked.party is not None:
        sides = col(PartyRow.briefing_id) == col(SearchRow.briefing_id)
        query = query.where(exists().where(sides, col(PartyRow.party) == asked.party))
    if asked.cursor is not None:
        query = query.where(tuple_(*key) > decode_cursor(asked.cursor, scope, int, int, str))
    limit = asked.limit
    with Session(engine) as session:
        rows = session.execute(query.limit(limit + 1)).all()
    more = encode_cursor(scope, tuple(rows[limit - 1][:3])) if len(rows) > limit else None
    items = [json.encode(_hit(row, rank, wanted)) for rank, _, _, row in rows[:limit]]
    return Page(items=items, next_cursor=more)


def _rank(wanted: list[Term], dialect: str) -> ColumnElement[int]:
    phrase = [tuple(form for term in wanted for form in term)]
    return case(
        (_has("heading_words", phrase, dialect), 0),
        (_has("heading_words", wanted, dialect), 1),
        (_has("words", phrase, dialect), 2),
        else_=3,
    )


def _has(where: str, wanted: Sequence[Term], dialect: str) -> ColumnElement[bool]:
    """Whether a column has all terms. Their words are letters and digits, so nothing needs to be escaped."""
    if dialect == "postgresql":
        meant = " & ".join(f"({' <-> '.join(term)})" for term in wanted)
        words: Any = col(getattr(SearchRow, where))
        found: ColumnElement[bool] = words.op("@@", is_comparison=True)(cast(literal(meant), TSQUERY))
        return found
    phrases = " AND ".join(f'"{" ".join(term)}"' for term in wanted)
    matching = _INDEX.c.search_words.op("MATCH", is_comparison=True)(f"{{{where}}} : ({phrases})")
    return col(SearchRow.number).in_(select(_INDEX.c.rowid).where(matching))


def _hit(row: SearchRow, rank: int, wanted: list[Term]) -> SearchHit:
    return SearchHit(
        kind=row.kind,
        id=row.id,
        briefing_id=row.briefing_id,
        heading=row.heading,
        text=row.text,
        heading_highlights=_highlights(row.heading, wanted),
        text_highlights=_highlights(row.text, wanted),
        score=round((4 - rank - row.length / (row.length + _USUAL_LENGTH)) / 4, 4),
    )


def _highlights(text: str, wanted: list[Term]) -> list[Highlight]:
    return [Highlight(start=start, end=end) for start, end in found_in(text, wanted)]
