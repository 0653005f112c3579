"""What the queue of an editor is made of: facts of the rounds that changed last, and the last decisions."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import convert
from sqlalchemy import ColumnElement, Engine, RowMapping, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Briefing, Fact, ReviewDecision
from schemas.kinds import BY_NAME, facts_of, kind_of
from schemas.vocabulary import Verdict
from store.facts import FactRecord
from store.publication import Columns, working
from store.tables import BriefingDraftRow, FactRow, ReviewOutcomeRow, ReviewRow

ROUNDS, DECISIONS = 100, 1_000
"""So many rounds and decisions, those that changed or were made last, are looked at."""


class Undecided(NamedTuple):
    """Facts about which no decision holds, in columns, and those of drafts whole; and facts whose decisions are
    contradicted, also of such as were rejected.
    """

    facts: Sequence[RowMapping]
    drafted: list[Fact]
    contradicted: list[FactRecord]


class LastDecision(NamedTuple):
    """A decision, and the fact as it was read then."""

    review: ReviewDecision
    machine: Fact

    @property
    def verdict(self) -> Verdict | None:
        """On what a machine read; None of a fact that an editor added."""
        return convert(self.review.verdict, Verdict) if self.review.verdict != "added" else None


def undecided(
    engine: Engine, columns: Sequence[str], *, briefing: str | None, kinds: Sequence[str]
) -> Undecided:
    """Of one briefing, or of the rounds that changed last."""

    def wanted_rounds(of: Columns) -> list[ColumnElement[bool]]:
        return [of["status"] != "withdrawn", *([of["id"] == briefing] if briefing else [])]

    there = working(["id", "updated_at", "edition"], wanted_rounds, newest=ROUNDS).subquery()
    rounds = select(there.c.id, there.c.edition).order_by(there.c.updated_at.desc(), there.c.id.desc())
    row, outcome = FactRow, ReviewOutcomeRow
    wanted: list[Any] = [getattr(row, name) for name in columns]
    with Session(engine) as session:
        here = {id: edition for id, edition in session.execute(rounds.limit(ROUNDS))}
        served = [id for id, edition in here.items() if not edition]
        query = select(*wanted).where(col(row.briefing_id).in_(served), col(row.kind).in_(kinds))
        drafts = select(col(BriefingDraftRow.body)).where(
            col(BriefingDraftRow.briefing_id).in_(here.keys() - set(served))
        )
        outcomes = session.scalars(
            select(outcome).where(col(outcome.briefing_id).in_(here), col(outcome.kind).in_(kinds))
        ).all()
        decided = {one.fact_id for one in outcomes}
        facts = [fact for fact in session.execute(query).mappings() if fact["id"] not in decided]
        drafted = [
            fact
            for body in session.scalars(drafts)
            for fact in facts_of(msgspec.json.decode(body, type=Briefing))
            if kind_of(fact).name in kinds and fact.id not in decided
        ]
    held = {one.fact_id for one in outcomes if one.standing == "holds"}
    return Undecided(
        facts,
        drafted,
        [
            FactRecord(one.kind, one.body, one.sources, one.briefing_id)
            for one in outcomes
            if one.standing == "contradicted" and one.fact_id not in held
        ],
    )


def last_decisions(engine: Engine, most: int | None = DECISIONS) -> list[LastDecision]:
    """Those in force about facts, the last one first; with no limit, all."""
    row = ReviewRow
    query = select(col(row.kind), col(row.machine), col(row.body))
    query = query.where(col(row.replaced_by).is_(None), col(row.kind).in_(BY_NAME)).order_by(
        col(row.at).desc(), col(row.id).desc()
    )
    with Session(engine) as session:
        found = session.execute(query.limit(most)).all()
    return [
        LastDecision(
            msgspec.json.decode(body, type=ReviewDecision),
            msgspec.json.decode(machine, type=BY_NAME[kind].fact),
        )
        for kind, machine, body in found
    ]
