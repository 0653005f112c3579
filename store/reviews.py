"""Editors' decisions about facts: as they were made, and what they have come to since."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, and_, delete, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Briefing, Conflict, Evidence, Fact, ReviewDecision, proving_documents
from schemas.kinds import kind_of
from store.engine import one_of
from store.facts import FactRecord
from store.paging import Page, page_newest, scope_of
from store.read_index import heads_of, source_heads
from store.tables import ReviewOutcomeRow, ReviewPlaceRow, ReviewRow

OF_BRIEFINGS = ("text", "order")
"""Kinds of decisions about a briefing itself."""


class StoredReview(NamedTuple):
    """A decision in force, as it is stored. `outcomes`: of each, the fact's id, and the fact as JSON."""

    body: bytes
    machine: bytes
    places: frozenset[tuple[str, int, int]]
    outcomes: tuple[tuple[str, bytes], ...]


def reviews_in_force(
    session: Session, documents: Collection[str], briefings: Collection[str]
) -> list[StoredReview]:
    """Decisions about what has stood in one of these documents, and about these briefings, oldest first."""
    place = ReviewPlaceRow
    near = select(col(place.review_id)).where(one_of(col(place.document_id), "documents"))
    own = and_(col(ReviewRow.briefing_id).in_(briefings), col(ReviewRow.kind).in_(OF_BRIEFINGS))
    query = select(col(ReviewRow.id), col(ReviewRow.body), col(ReviewRow.machine)).where(
        or_(col(ReviewRow.id).in_(near), own), col(ReviewRow.replaced_by).is_(None)
    )
    ordered = query.order_by(col(ReviewRow.at), col(ReviewRow.id))
    rows = session.execute(ordered, {"documents": list(documents)})
    bodies = {id: (body, machine) for id, body, machine in rows}
    if not bodies:
        return []
    places: dict[str, set[tuple[str, int, int]]] = defaultdict(set)
    for each in session.scalars(select(place).where(col(place.review_id).in_(bodies))):
        places[each.review_id].add((each.document_id, each.start, each.end))
    outcomes: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    known = select(ReviewOutcomeRow).where(col(ReviewOutcomeRow.review_id).in_(bodies))
    for row in session.scalars(known.order_by(col(ReviewOutcomeRow.briefing_id))):
        outcomes[row.review_id].append((row.fact_id, row.body))
    return [StoredReview(*told, frozenset(places[id]), tuple(outcomes[id])) for id, told in bodies.items()]


def add_review(
    session: Session,
    review: ReviewDecision,
    machine: Struct,
    evidence: Iterable[Evidence],
    replaced: Collection[str],
) -> None:
    """Keep a decision about what is read, and where that stands. It takes the place of these decisions."""
    row = ReviewRow(
        id=review.id,
        fact_id=review.about,
        briefing_id=review.briefing_id,
        at=review.at,
        kind=review.kind,
        machine=msgspec.json.encode(machine),
        body=msgspec.json.encode(review),
    )
    session.add(row)
    session.flush()
    same = or_(col(ReviewRow.id).in_(replaced), col(ReviewRow.fact_id) == review.about)
    earlier = (same, col(ReviewRow.id) != review.id, col(ReviewRow.replaced_by).is_(None))
    session.execute(update(ReviewRow).where(*earlier).values(replaced_by=review.id))
    _add_places(session, review.id, evidence)


def save_outcomes(
    session: Session,
    briefing: Briefing,
    outcomes: Iterable[tuple[str, str, Fact | Conflict | None, Iterable[Evidence]]],
) -> None:
    """Keep what decisions have come to in a briefing: of each the id, the standing, what it is about, its evidence."""
    row = ReviewOutcomeRow
    drop_outcomes(session, [briefing.id])
    heads = source_heads(briefing)
    for id, standing, about, evidence in outcomes:
        kind = (
            "briefing"
            if about is None
            else "conflict"
            if isinstance(about, Conflict)
            else kind_of(about).name
        )
        told = proving_documents(about) if isinstance(about, Fact) else [e.document_id for e in evidence]
        session.add(
            row(
                briefing_id=briefing.id,
                review_id=id,
                fact_id=about.id if about else briefing.id,
                kind=kind,
                standing=standing,
                body=msgspec.json.encode(about),
                sources=heads_of(told, heads),
            )
        )
        _add_places(session, id, evidence)
    session.flush()


def drop_outcomes(session: Session, briefings: Collection[str]) -> None:
    """Note that decisions come to nothing in these briefings."""
    session.execute(delete(ReviewOutcomeRow).where(col(ReviewOutcomeRow.briefing_id).in_(briefings)))


def _add_places(session: Session, review_id: str, evidence: Iterable[Evidence]) -> None:
    for e in evidence:
        place = ReviewPlaceRow(document_id=e.document_id, review_id=review_id, start=e.start, end=e.end)
        session.merge(place)


def page_reviews(engine: Engine, briefing: str, *, limit: int, cursor: str | None = None) -> Page:
    """Decisions about the facts of a briefing, newest first, as they have come out. Raises BadCursor."""
    here = select(col(ReviewOutcomeRow.review_id)).where(col(ReviewOutcomeRow.briefing_id) == briefing)
    mine = or_(col(ReviewRow.briefing_id) == briefing, col(ReviewRow.id).in_(here))
    with Session(engine) as session:
        found = session.scalars(
            select(ReviewOutcomeRow)
            .where(col(ReviewOutcomeRow.review_id).in_(select(col(ReviewRow.id)).where(mine)))
            .order_by(col(ReviewOutcomeRow.briefing_id) == briefing, col(ReviewOutcomeRow.briefing_id))
        )
        outcomes = {row.review_id: row for row in found}
    return page_newest(
        engine,
        select(ReviewRow).where(mine),
        (col(ReviewRow.at), col(ReviewRow.id)),
        lambda row: _record(row, outcomes.get(row.id)),
        scope=scope_of("reviews", {"briefing_id": briefing}),
        limit=limit,
        cursor=cursor,
    )


def review_record(session: Session, id: str, briefing: str) -> bytes:
    """A decision as it has come out in a briefing."""
    return _record(session.get_one(ReviewRow, id), session.get(ReviewOutcomeRow, (briefing, id)))


def _record(row: ReviewRow, outcome: ReviewOutcomeRow | None) -> bytes:
    standing = "replaced" if row.replaced_by else outcome.standing if outcome else "without_fact"
    found = conflict = None
    if outcome is None or row.replaced_by:
        pass
    elif outcome.kind == "conflict":
        conflict = msgspec.Raw(outcome.body)
    elif outcome.kind != "briefing":
        found = found_fact(FactRecord(outcome.kind, outcome.body, outcome.sources, outcome.briefing_id))
    told = {
        "decision": msgspec.Raw(row.body),
        "machine": msgspec.Raw(row.machine),
        "standing": standing,
        "found": found,
        "conflict": conflict,
    }
    return msgspec.json.encode(told)


def found_fact(fact: FactRecord) -> msgspec.Raw:
    """The answer about one fact."""
    told = {"kind": fact.kind, "item": msgspec.Raw(fact.body), "sources": msgspec.Raw(fact.sources)}
    return msgspec.Raw(msgspec.json.encode(told))
