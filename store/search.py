"""Full-text search over briefings, facts and conflicts, with the same results on every database.

The databases are given words that are already brought to their stems, and compare nothing else. What is found is
ranked by what its own row says, so pages stay right while other rows come and go.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec import Struct, json
from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Engine,
    Select,
    and_,
    case,
    column,
    false,
    func,
    lateral,
    literal,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col
from Stemmer import Stemmer

from schemas.http import HighlightSpan, SearchHit
from schemas.queries import SearchQuery
from store.paging import Page, decode_cursor, encode_cursor, is_there, scope_of_query
from store.tables import PartyRow, SearchRow

_USUAL_LENGTH = 20
_INDEX = table("search_words", column("rowid"), column("search_words"))
_LETTERS = "[^\\W_]+(?:[\u0300-\u036f]+[^\\W_]*)*"
_WORD = re.compile(f"{_LETTERS}(?:['’]{_LETTERS})*")
_PHRASE = re.compile('["“”„«»]([^"“”„«»]*)["“”„«»]')
_LONGEST = 64
_MOST_TERMS = 32
_COLUMNS = ("heading_words", "words")
"""The columns that are searched."""
_GAP = "s"
_COMMON = frozenset(
    """a an and are as at be been by for from had has have in is it its of on or that the their this to was were which
    will with""".split()  # noqa: SIM905
)

_Term = tuple[str, ...]
"""Words that follow one another; mostly one."""
_Key = tuple[int, int, str]
"""Rank, length and id: the order of what was found."""
_SHOWN = tuple(
    getattr(SearchRow, name) for name in ("number", "kind", "id", "briefing_id", "heading", "text", "length")
)
RANKED = 1_000
"""So many are ordered, the newest; where as many have the words in their heading, others are not looked for."""
_LISTED = 20_000
"""Of so many rows the briefings are listed; where more have the words, it is sooner looked for in each briefing."""
_LOOKED_AT = 2_000
"""Where a kind or a party is asked for, it is looked for among so many."""
_WALKED, _EVERY = 150_000, 401
"""The newest rows, among which it may be looked for what many have; and which of them tell how many have it: by a prime
number, as briefings that are alike come at even distances."""
_APART = 16
"""What the index gives lies anywhere: to read it takes as long as to walk through so many rows side by side."""


class _Sample(NamedTuple):
    """Which part of PostgreSQL's rows has the terms in each column, and how many rows there are."""

    having: Mapping[str, float]
    rows: int

    def is_frequent(self, where: str, most: int) -> bool:
        """Whether so many that have them in a column are sooner reached from the newest on than by the index.

        Of few rows they are not, the index gives them soon enough.
        """
        share = self.having[where]
        return share > 0 and most / share < min(share * self.rows * _APART, _WALKED)


class Found(Struct, frozen=True):
    """A page of what was found; `capped`: whether more was found than is ranked."""

    page: Page
    capped: bool


def search(engine: Engine, asked: SearchQuery) -> Found:
    """What has all words of `q`, and its phrases in quotation marks, best first; nothing where it has no word.

    First what has them in its heading, then the rest; of both the newest `RANKED`, so that a word which is everywhere
    costs no more than another. Among these first what has them one after another, and among equals the shorter.
    Raises BadCursor.
    """
    scope = scope_of_query("search", asked)
    wanted = _terms(asked.q)
    if not wanted:
        return Found(Page(items=[], next_cursor=None), capped=False)
    after = decode_cursor(asked.cursor, scope, int, int, str) if asked.cursor is not None else None
    with Session(engine) as session:
        candidates, capped = _candidates(session, asked, wanted)
        ranked = sorted(one for one in candidates if after is None or one > after)
        shown = ranked[: asked.limit]
        query = select(*_SHOWN).where(col(SearchRow.number).in_([candidates[one] for one in shown]))
        rows = {row.number: row for row in session.execute(query)}
    more = encode_cursor(scope, shown[-1]) if len(ranked) > asked.limit else None
    items = [json.encode(_hit(rows[candidates[one]], one[0], wanted)) for one in shown]
    return Found(Page(items=items, next_cursor=more), capped)


def words_filter(session: Session, query: str) -> dict[str, Any]:
    """A filter for the briefings of which some part has all words and phrases, as `search` takes them.

    `q`: their ids; or, where so many may be found that this takes longer than to look at each, `words`: what
    `has_words` is asked with.
    """
    wanted, dialect = _terms(query), session.get_bind().dialect.name
    if not wanted:
        return {"q": []}
    if _is_everywhere(session, wanted):
        return {"words": _all_of(wanted, dialect)}
    number = col(SearchRow.number) if dialect == "postgresql" else _INDEX.c.rowid
    rows = select(number).where(_has("words", wanted, dialect))
    found = select(col(SearchRow.briefing_id)).distinct().where(col(SearchRow.number).in_(rows))
    return {"q": list(session.scalars(found))}


def _is_everywhere(session: Session, wanted: list[_Term]) -> bool:
    """Whether more rows have all terms than are listed; by a sample on PostgreSQL, whose index finds all or none."""
    if session.get_bind().dialect.name == "postgresql":
        sample = _sample(session, wanted)
        return sample.having["words"] * sample.rows > _LISTED
    rows_with = select(_INDEX.c.rowid).where(_has("words", wanted, "sqlite")).limit(_LISTED + 1)
    return session.scalar(select(func.count()).select_from(rows_with.subquery())) == _LISTED + 1


def has_words(briefing_id: Any, words: Any) -> ColumnElement[bool]:
    """Whether some part of a briefing has the words of a `words_filter`."""
    part = select(literal(1)).where(
        col(SearchRow.briefing_id) == briefing_id, _HasAll(col(SearchRow.words), words)
    )
    return is_there(part)


def has_words_of(briefing_id: Any, query: str, dialect: str) -> ColumnElement[bool]:
    """As `has_words`, for words as they are typed."""
    wanted = _terms(query)
    return has_words(briefing_id, literal(_all_of(wanted, dialect))) if wanted else false()


def _all_of(wanted: list[_Term], dialect: str) -> str:
    """Terms as `_HasAll` takes them."""
    if dialect == "postgresql":
        return _meant(wanted)
    return json.encode([f" {' '.join(term)} " for term in wanted]).decode()


class _HasAll(FunctionElement[bool]):
    """Whether words of the index have all terms."""

    type = Boolean()
    inherit_cache = True


@compiles(_HasAll, "postgresql")
def _in_vector(element: _HasAll, compiler: SQLCompiler, **options: Any) -> str:
    words, terms = (compiler.process(one, **options) for one in element.clauses)
    return f"{words} @@ CAST({terms} AS TSQUERY)"


@compiles(_HasAll, "sqlite")
def _in_text(element: _HasAll, compiler: SQLCompiler, **options: Any) -> str:
    words, terms = (compiler.process(one, **options) for one in element.clauses)
    lacks = f"instr(' ' || {words} || ' ', term.value) = 0"
    return f"NOT EXISTS (SELECT 1 FROM json_each({terms}) AS term WHERE {lacks})"


def _candidates(session: Session, asked: SearchQuery, wanted: list[_Term]) -> tuple[dict[_Key, int], bool]:
    """The numbers of the rows that are ranked, by rank, length and id; and whether there are more."""
    found: dict[_Key, int] = {}
    known: set[int] = set()
    capped = False
    by_index = session.get_bind().dialect.name == "sqlite" or asked.briefing_id is not None
    sample = None if by_index else _sample(session, wanted)
    for rank, where in zip((0, 2), _COLUMNS, strict=True):
        if len(found) >= RANKED:
            return found, True
        rows, more = _ranked(session, asked, where, wanted, sample)
        capped = capped or more
        new = [row for row in rows if row[0] not in known]
        found |= {(rank if follow else rank + 1, length, id): number for number, length, id, follow in new}
        known.update(number for number, *_ in new)
    return found, capped


def _ranked(
    session: Session, asked: SearchQuery, where: str, terms: list[_Term], sample: _Sample | None
) -> tuple[list[tuple[int, int, str, bool]], bool]:
    """Number, length and id of the newest rows that have all terms in a column, and whether the terms follow one
    another there; and whether there may be more rows.
    """
    dialect = session.get_bind().dialect.name
    most = _LOOKED_AT if asked.party is not None or asked.kind is not None else RANKED
    fitting: list[tuple[int, int, str, bool]] = []
    for matching in _matching(asked, where, terms, most, sample, dialect):
        rows = session.execute(_looked_at(asked, matching, where, terms, dialect)).all()
        fitting = [(number, length, id, follow) for number, length, id, fits, follow in rows if fits][:RANKED]
        if len(rows) == most:
            return fitting, True
    return fitting, len(fitting) == RANKED


def _matching(
    asked: SearchQuery, where: str, terms: list[_Term], most: int, sample: _Sample | None, dialect: str
) -> Iterator[Select[Any]]:
    """The numbers of the newest rows that have all terms in a column, of one briefing if it is asked for; another way
    where that did not give the `most`.

    PostgreSQL's index knows no order, and its planner does not know which words come together. So what the newest rows
    often have is looked for by walking through them, not forever, and all else by the index.
    """
    on_server = dialect == "postgresql"
    if sample and sample.is_frequent(where, most):
        yield _walked(where, terms).limit(most)
    number = col(SearchRow.number) if on_server else _INDEX.c.rowid
    query = select(number.label("number")).where(_has(where, terms, dialect))
    if asked.briefing_id is not None:
        own = select(col(SearchRow.number)).where(col(SearchRow.briefing_id) == asked.briefing_id)
        query = query.where(number.in_(own))
    order = number + 0 if on_server else number  # no walk
    yield query.order_by(order.desc()).limit(most)


def _sample(session: Session, terms: list[_Term]) -> _Sample:
    """Of the newest rows; none is taken of a few rows, as if nothing had the terms."""
    number = col(SearchRow.number)
    last = select(func.max(number)).scalar_subquery()
    every = func.generate_series(case((last > _WALKED, last - _WALKED), else_=last + 1), last, _EVERY)
    at = every.table_valued("number").render_derived()
    # Looked up one by one: a planner that may join them reads all rows.
    row = select(*(_meets(col(getattr(SearchRow, one)), terms).label(one) for one in _COLUMNS))
    each = lateral(row.where(number == at.c.number).limit(1))
    having = (func.count().filter(each.c[one]) for one in _COLUMNS)
    query = select(*having, func.count(), last).select_from(at.join(each, true()))
    *found, sampled, rows = session.execute(query).one()
    return _Sample(
        {one: count / max(1, sampled) for one, count in zip(_COLUMNS, found, strict=True)}, rows or 0
    )


def _walked(where: str, terms: list[_Term]) -> Select[Any]:
    """The numbers of those among the newest rows that have all terms in a column."""
    newest: Any = select(col(SearchRow.number), col(getattr(SearchRow, where)).label("words"))
    rows = newest.order_by(col(SearchRow.number).desc()).limit(_WALKED).subquery()
    return select(rows.c.number).where(_meets(rows.c.words, terms)).order_by(rows.c.number.desc())


def _looked_at(
    asked: SearchQuery, matching: Select[Any], where: str, terms: list[_Term], dialect: str
) -> Select[*tuple[Any, ...]]:
    """Number, length and id of these rows, whether each is of the kind and the party that are asked for, and whether
    it has the terms one after another.
    """
    there = matching.cte()
    fits: list[ColumnElement[bool]] = [true()]
    if asked.kind is not None:
        fits.append(col(SearchRow.kind).in_(asked.kind.split(",")))
    if asked.party is not None:
        sides = col(PartyRow.briefing_id) == col(SearchRow.briefing_id)
        one = select(literal(1)).where(sides, col(PartyRow.party).in_(asked.party.split(",")))
        fits.append(is_there(one))
    follow = _follow(where, terms, there, dialect) if len(terms) > 1 else true()
    row = (col(SearchRow.number), col(SearchRow.length), col(SearchRow.id))
    query = select(*row, and_(*fits).label("fits"), follow.label("follow"))
    return query.join(there, there.c.number == col(SearchRow.number)).order_by(there.c.number.desc())


def _follow(where: str, terms: list[_Term], there: CTE, dialect: str) -> ColumnElement[bool]:
    """Whether one of these rows has all terms one after another in a column."""
    phrase = [tuple(form for term in terms for form in term)]
    if dialect == "postgresql":
        return _meets(col(getattr(SearchRow, where)), phrase)
    among = (
        select(func.min(there.c.number)).scalar_subquery(),
        select(func.max(there.c.number)).scalar_subquery(),
    )
    having = select(_INDEX.c.rowid).where(_has(where, phrase, dialect), _INDEX.c.rowid.between(*among))
    return col(SearchRow.number).in_(having)


def _has(where: str, wanted: Sequence[_Term], dialect: str) -> ColumnElement[bool]:
    """Whether a column has all terms. Their words are letters and digits, so nothing needs to be escaped."""
    if dialect == "postgresql":
        return _meets(col(getattr(SearchRow, where)), wanted)
    phrases = " AND ".join(f'"{" ".join(term)}"' for term in wanted)
    return _INDEX.c.search_words.op("MATCH", is_comparison=True)(f"{{{where}}} : ({phrases})")


def _meets(words: Any, wanted: Sequence[_Term]) -> ColumnElement[bool]:
    """`_has` of a column of PostgreSQL."""
    condition: ColumnElement[bool] = words.op("@@", is_comparison=True)(literal(_meant(wanted), _Meant()))
    return condition


class _Meant(TSQUERY):
    """Given as what it is: of a text, PostgreSQL would read the terms anew for each row."""

    render_bind_cast = True


def _meant(wanted: Sequence[_Term]) -> str:
    return " & ".join(f"({' <-> '.join(term)})" for term in wanted)


def _hit(row: Any, rank: int, wanted: list[_Term]) -> SearchHit:
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


def _highlights(text: str, wanted: list[_Term]) -> list[HighlightSpan]:
    return [HighlightSpan(start=start, end=end) for start, end in _found_in(text, wanted)]


def _forms_of(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return [_form(word) for word in _WORD.findall(text)]


def index_words(*texts: str) -> str:
    """The words of these texts for a full-text index. No phrase reaches from one text into the next."""
    return f" {_GAP} ".join(map(_forms, texts))


@lru_cache(maxsize=10_000)
def _forms(text: str) -> str:
    return " ".join(_forms_of(text))


def _terms(query: str) -> list[_Term]:
    """What is to be found, all of it: words, and phrases in quotation marks. Other marks part words, no more."""
    phrases = [tuple(_forms_of(phrase)) for phrase in _PHRASE.findall(query)]
    plain = [(word[0], _form(word[0])) for word in _WORD.finditer(_PHRASE.sub(" ", query))]
    telling = [(form,) for word, form in plain if word.lower() not in _COMMON]
    chosen = [phrase for phrase in phrases if phrase] + telling
    return list(dict.fromkeys(chosen or [(form,) for _, form in plain]))[:_MOST_TERMS]


def _found_in(text: str, wanted: list[_Term]) -> list[tuple[int, int]]:
    """Where a text has one of these terms: code points, in order; spans neither touch nor overlap."""
    forms = _forms_of(text)
    places = [
        (at, at + len(term) - 1)
        for term in wanted
        if term[0] in forms
        for at, form in enumerate(forms)
        if form == term[0] and tuple(forms[at : at + len(term)]) == term
    ]
    if not places:
        return []
    stand = [match.span() for match in _WORD.finditer(text)]
    hits = sorted((stand[first][0], stand[last][1]) for first, last in places)
    merged: list[tuple[int, int]] = []
    for start, end in hits:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=50_000)
def _form(word: str) -> str:
    """Letters and digits of ASCII whatever the word is written in, so that no database takes it apart."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    # A stemmer keeps what it is at work on in itself: each thread needs its own.
    stem = Stemmer("english").stemWord(plain.casefold().replace("’", "'"))[:_LONGEST] or word
    return f"w{stem}" if stem.isascii() and stem.isalnum() else f"u{stem.encode().hex()}"
