"""What a digest, a calendar and a feed are made of: which briefings changed, what falls due, and who says so."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from msgspec import Struct, json
from sqlalchemy import ColumnElement, Engine, Select, TextClause, func, or_, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import BriefingSummary, Source, SummarySentence
from schemas.vocabulary import with_those_below
from store.engine import one_of
from store.facts import first_facts, has_topic, with_topic
from store.paging import ALL, FITTING, counts_of, is_there, leading
from store.revisions import body_of
from store.search import has_words_of, words_filter
from store.tables import WITHDRAWN, BriefingRow, DocumentRow, FactRow, PartyRow, RevisionRow

MOST_COUNTED = 100
"""How far that is counted which a digest leaves out."""
_GONE = text(WITHDRAWN)
_AT_ONCE = 500  # values in one query, fewer than any database takes


class Changed(Struct, frozen=True):
    """Briefings that changed after a moment, the newest change first; `left_out` are counted up to `MOST_COUNTED`."""

    ids: list[str]
    left_out: int
    until: datetime


class Ahead(Struct, frozen=True):
    """Deadlines from a day on, earliest first, as their JSON; `left_out` are counted up to `MOST_COUNTED`."""

    items: list[bytes]
    left_out: int


class BriefingText(Struct):
    """The headline and the summary of a briefing, which is not wanted whole."""

    headline: SummarySentence | None
    summary: list[SummarySentence]


def changed_since(
    engine: Engine,
    since: datetime,
    *,
    parties: Sequence[str],
    topics: Sequence[str],
    words: str | None = None,
    limit: int,
) -> Changed:
    """Briefings with a revision after the moment that are about any of the parties, any of the topics and the words."""
    updated, id = col(BriefingRow.updated_at), col(BriefingRow.id)
    about = is_about(parties, topics, words, engine.dialect.name)
    query = select(id, updated).where(updated > since, *about)
    query = query.order_by(updated.desc(), id).limit(limit + MOST_COUNTED)
    with Session(engine) as session:
        few = _few_about(session, parties, topics, words)
        values = {"few": ALL, "ids": few.ids if few else None}
        found = [(id, at) for way in _ways(few) for id, at in session.execute(query.where(*way), values)]
    rows = sorted(sorted(found), key=lambda row: row[1], reverse=True)[: limit + MOST_COUNTED]
    until = rows[0][1] if rows else since
    return Changed([id for id, _ in rows[:limit]], max(0, len(rows) - limit), until)


def _ways(few: "_Few | None") -> list[list[ColumnElement[bool] | TextClause]]:
    """Conditions by which changed briefings are looked for, one after the other."""
    if few is None:
        return [[]]
    return [[few.are, col(BriefingRow.status) != "withdrawn"], [_GONE]] if few.stand else [[few.are]]


class _Few(NamedTuple):
    """Briefings that are sooner looked through than what changed, by their `ids` or without.

    `stand`: those that were withdrawn are not among them, and may be asked for, too.
    """

    are: ColumnElement[bool]
    stand: bool
    ids: list[str] | None = None


def _few_about(
    session: Session, parties: Sequence[str], topics: Sequence[str], words: str | None
) -> _Few | None:
    """The briefings that are about these parties, topics or words, whichever are few."""
    id = col(BriefingRow.id)
    if words is not None and (ids := words_filter(session, words).get("q")) is not None:
        return _Few(one_of(id, "ids"), stand=True, ids=ids)
    among: dict[str, Select[Any]] = {}
    if topics:
        among["topic"] = with_topic(with_those_below(topics)).limit(FITTING)
    if parties:
        among["party"] = _tables_of(parties).limit(FITTING)
    if not among:
        return None
    lead = leading(session, counts_of(among.values()), [*among], {})
    return _Few(id.in_(among[lead]), stand=lead == "topic") if lead else None


def since_then(
    engine: Engine, briefing_ids: Sequence[str], moment: datetime
) -> Iterator[tuple[bytes | None, bytes]]:
    """Each of these briefings as it stood at a moment, None if it was not there yet, and as it stands."""
    id, number = col(RevisionRow.briefing_id), col(RevisionRow.revision)
    now = (
        select(id, number, col(RevisionRow.body))
        .join(BriefingRow, col(BriefingRow.id) == id)
        .where(col(BriefingRow.revision) == number, id.in_(briefing_ids))
    )
    then = select(id, func.max(number)).where(id.in_(briefing_ids), col(RevisionRow.created_at) <= moment)
    with Session(engine) as session:
        last = {row.briefing_id: row for row in session.execute(now)}
        first: dict[str, int] = {id: number for id, number in session.execute(then.group_by(id))}
        for one in briefing_ids:
            yield body_of(session, one, first[one]) if one in first else None, last[one].body


def deadlines_ahead(
    engine: Engine,
    first: date,
    last: date | None,
    *,
    parties: Sequence[str],
    topics: Sequence[str],
    words: str | None = None,
    limit: int,
) -> Ahead:
    """Deadlines that can fall between these days and are not known to be over, of briefings about these."""
    given: dict[str, Any] = {"date_from": first, "open": True}
    if last is not None:
        given["date_to"] = last
    if topics:
        given["topics"] = with_those_below(topics)
    found: dict[Any, bytes] = {}
    with Session(engine) as session:
        if words is not None:
            given |= words_filter(session, words)
        for wanted in [given | {"party": [party]} for party in parties] or [given]:
            rows = first_facts(session, "deadline", "date", wanted, limit + MOST_COUNTED)
            found |= {row.key: row.body for row in rows}
    items = [found[key] for key in sorted(found)[:limit]]
    return Ahead(items, min(len(found) - len(items), MOST_COUNTED))


def sources_of(engine: Engine, document_ids: Iterable[str]) -> dict[str, Source]:
    """What is known of these documents."""
    query = select(col(DocumentRow.id), col(DocumentRow.source))
    rows = _of_each(engine, query, col(DocumentRow.id), document_ids)
    return {id: json.decode(source, type=Source) for id, source in rows}


def summaries_of(engine: Engine, briefing_ids: Iterable[str]) -> dict[str, BriefingSummary]:
    """What a list shows of these briefings."""
    query = select(col(BriefingRow.id), col(BriefingRow.summary))
    rows = _of_each(engine, query, col(BriefingRow.id), briefing_ids)
    return {id: json.decode(summary, type=BriefingSummary) for id, summary in rows}


def told_of(engine: Engine, briefing_ids: Iterable[str]) -> dict[str, BriefingText]:
    """The text of each of these briefings, sentence by sentence."""
    query = (
        select(col(RevisionRow.briefing_id), col(RevisionRow.body))
        .join(BriefingRow, col(BriefingRow.id) == col(RevisionRow.briefing_id))
        .where(col(BriefingRow.revision) == col(RevisionRow.revision))
    )
    rows = _of_each(engine, query, col(RevisionRow.briefing_id), briefing_ids)
    return {id: json.decode(body, type=BriefingText) for id, body in rows}


def changes_of(engine: Engine, fact_ids: Iterable[str]) -> dict[tuple[str, str], datetime]:
    """When these facts last changed, by briefing and fact."""
    query = select(col(FactRow.briefing_id), col(FactRow.id), col(FactRow.updated_at))
    return {(briefing, id): at for briefing, id, at in _of_each(engine, query, col(FactRow.id), fact_ids)}


def is_about(
    parties: Sequence[str], topics: Sequence[str], words: str | None, dialect: str
) -> list[ColumnElement[bool]]:
    """Conditions on a briefing: any of the parties sits at its table, any of the topics lies on it, it has the words.

    Of those that were withdrawn nobody knows topics and words: they are among them.
    """
    withdrawn = col(BriefingRow.status) == "withdrawn"
    conditions: list[ColumnElement[bool]] = []
    if parties:
        at_table = col(PartyRow.briefing_id) == col(BriefingRow.id)
        conditions.append(is_there(_tables_of(parties).where(at_table)))
    if topics:
        conditions.append(or_(withdrawn, has_topic(col(BriefingRow.id), with_those_below(topics))))
    if words is not None:
        conditions.append(or_(withdrawn, has_words_of(col(BriefingRow.id), words, dialect)))
    return conditions


def _tables_of(parties: Sequence[str]) -> Select[str]:
    """For each seat of one of these parties, the briefing that has it."""
    return select(col(PartyRow.briefing_id)).where(col(PartyRow.party).in_(parties))


def _of_each(
    engine: Engine, query: Select[*tuple[Any, ...]], column: Any, values: Iterable[str]
) -> Iterator[Any]:
    wanted = sorted(set(values))
    with Session(engine) as session:
        for start in range(0, len(wanted), _AT_ONCE):
            yield from session.execute(query.where(column.in_(wanted[start : start + _AT_ONCE])))
