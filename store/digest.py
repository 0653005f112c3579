"""What a digest, a calendar and a feed are made of: which briefings changed, what falls due, and who says so."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct, json
from sqlalchemy import ColumnElement, Engine, Select, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import BriefingSummary, Source, SummarySentence
from schemas.vocabulary import OPEN_DEADLINES
from store.tables import BriefingRow, DocumentRow, FactRow, RevisionRow

_AT_ONCE = 500  # values in one query, fewer than any database takes


class Changed(Struct, frozen=True):
    """Briefings that changed after a moment, the newest change first."""

    ids: list[str]
    left_out: int
    until: datetime


class Ahead(Struct, frozen=True):
    """Deadlines from a day on, earliest first, as their JSON."""

    items: list[bytes]
    left_out: int


class BriefingText(Struct):
    """The headline and the summary of a briefing, which is not wanted whole."""

    headline: SummarySentence | None
    summary: list[SummarySentence]


def changed_since(
    engine: Engine, since: datetime, *, parties: Sequence[str], topics: Sequence[str], limit: int
) -> Changed:
    """Briefings with a revision after the moment that are about any of the parties and any of the topics.

    Of those that were withdrawn nobody knows the topics: they are among them.
    """
    updated = col(BriefingRow.updated_at)
    about = [updated > since, *_about(parties, topics)]
    query = select(col(BriefingRow.id), updated).where(*about).order_by(updated.desc(), col(BriefingRow.id))
    with Session(engine) as session:
        rows = session.execute(query.limit(limit)).all()
        more = session.scalar(select(func.count()).select_from(BriefingRow).where(*about)) or 0
    return Changed([id for id, _ in rows], more - len(rows), rows[0][1] if rows else since)


def deadlines_ahead(
    engine: Engine,
    first: date,
    last: date | None,
    *,
    parties: Sequence[str],
    topics: Sequence[str],
    limit: int,
) -> Ahead:
    """Deadlines that can fall between these days and are not known to be over, of briefings about these."""
    starts, ends = col(FactRow.earliest), col(FactRow.latest)
    about = [
        col(FactRow.kind) == "deadline",
        col(FactRow.status).in_(OPEN_DEADLINES),
        or_(ends >= first, ends.is_(None) & starts.is_not(None)),
    ]
    if last is not None:
        about.append(or_(starts <= last, starts.is_(None)))
    if conditions := _about(parties, topics):
        about.append(col(FactRow.briefing_id).in_(select(col(BriefingRow.id)).where(*conditions)))
    order = (col(FactRow.day), col(FactRow.briefing_id), col(FactRow.position))
    with Session(engine) as session:
        items = session.scalars(select(col(FactRow.body)).where(*about).order_by(*order).limit(limit)).all()
        more = session.scalar(select(func.count()).select_from(FactRow).where(*about)) or 0
    return Ahead([*items], more - len(items))


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


def _about(parties: Sequence[str], topics: Sequence[str]) -> list[ColumnElement[bool]]:
    """Conditions on a briefing: any of the parties sits at its table, any of the topics lies on it."""
    conditions = []
    if parties:
        sides = "+" + col(BriefingRow.sides) + "+"
        conditions.append(or_(*(sides.contains(f"+{party}+", autoescape=True) for party in parties)))
    if topics:
        topic = col(FactRow.topic)
        on = or_(topic.in_(topics), *(topic.startswith(f"{name}.", autoescape=True) for name in topics))
        stakes = select(col(FactRow.briefing_id)).where(col(FactRow.kind) == "stake", on)
        withdrawn = col(BriefingRow.status) == "withdrawn"
        conditions.append(or_(withdrawn, col(BriefingRow.id).in_(stakes)))
    return conditions


def _of_each(
    engine: Engine, query: Select[*tuple[Any, ...]], column: Any, values: Iterable[str]
) -> Iterator[Any]:
    wanted = sorted(set(values))
    with Session(engine) as session:
        for start in range(0, len(wanted), _AT_ONCE):
            yield from session.execute(query.where(column.in_(wanted[start : start + _AT_ONCE])))
