"""Which documents a text is checked against, and what they hold."""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct, json
from sqlalchemy import ColumnElement, Engine, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas.http import SearchHit
from schemas.queries import SearchQuery
from store.embargoes import NOBODY, told_to
from store.search import search
from store.tables import DocumentRow, MemberRow

_HITS = 5
"""Of each search, so many lead to documents."""
_LONGEST_QUERY = 500


class InScope(Struct, frozen=True):
    """Ids of documents; `left_out`: how many more there are."""

    ids: list[str]
    left_out: int


def documents_in_scope(
    engine: Engine,
    briefing_ids: Collection[str],
    document_ids: Collection[str],
    searches: Iterable[str],
    most: int,
) -> InScope:
    """The documents of these briefings and these documents, or all; of those that count, and that everybody is told of.

    Where they are more than `most`, first those behind what the searches find, then the newest.
    """
    counts = [
        *told_to(NOBODY),
        col(DocumentRow.withdrawn_at).is_(None),
        col(DocumentRow.replaced_by).is_(None),
        col(DocumentRow.status) != "refused",
    ]
    if briefing_ids or document_ids:
        counts.append(or_(col(DocumentRow.id).in_(document_ids), _behind(briefing_ids)))
    newest = select(col(DocumentRow.id)).where(*counts)
    newest = newest.order_by(col(DocumentRow.added_at).desc(), col(DocumentRow.id).desc()).limit(most)
    with Session(engine) as session:
        total = session.scalar(select(func.count()).select_from(DocumentRow).where(*counts)) or 0
        ids = list(session.scalars(newest))
    if total > most:
        found = list(dict.fromkeys(id for query in searches for id in _hits(engine, query)))
        with Session(engine) as session:
            behind = select(col(DocumentRow.id)).where(*counts, _behind(found)).limit(most)
            ids = list(dict.fromkeys([*session.scalars(behind), *ids]))[:most]
    return InScope(ids, total - len(ids))


def _behind(briefing_ids: Collection[str]) -> ColumnElement[bool]:
    members = select(col(MemberRow.document_id)).where(col(MemberRow.briefing_id).in_(briefing_ids))
    return col(DocumentRow.id).in_(members)


def _hits(engine: Engine, query: str) -> list[str]:
    """The briefings of what a search finds."""
    page = search(engine, SearchQuery(q=query[:_LONGEST_QUERY], limit=_HITS)).page
    return [json.decode(item, type=SearchHit).briefing_id for item in page.items]


def contents_of(engine: Engine, ids: Sequence[str]) -> list[tuple[str, bytes]]:
    """Texts of documents with what the reader kept beside them, in the order of `ids`."""
    query = select(col(DocumentRow.id), col(DocumentRow.text), col(DocumentRow.layout))
    with Session(engine) as session:
        rows = session.execute(query.where(col(DocumentRow.id).in_(ids)))
        contents = {id: (text, layout) for id, text, layout in rows}
    return [contents[id] for id in ids if id in contents]


def unknown_sources(
    engine: Engine, briefing_ids: Sequence[str], document_ids: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Those of these briefings and documents that are not there, or that not all are told of."""
    there = select(col(DocumentRow.id)).where(col(DocumentRow.id).in_(document_ids), *told_to(NOBODY))
    held = select(col(MemberRow.briefing_id)).where(col(MemberRow.briefing_id).in_(briefing_ids))
    with Session(engine) as session:
        documents, briefings = set(session.scalars(there)), set(session.scalars(held))
    return (
        [id for id in briefing_ids if id not in briefings],
        [id for id in document_ids if id not in documents],
    )
