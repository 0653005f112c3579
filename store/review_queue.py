"""What the queue of an editor is made of: facts of the rounds that changed last, and the last decisions."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import convert
from sqlalchemy import Engine, RowMapping, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Fact, ReviewDecision
from schemas.kinds import BY_NAME
from schemas.vocabulary import Verdict
from store.facts import FactRecord
from store.tables import BriefingRow, FactRow, ReviewOutcomeRow, ReviewRow

ROUNDS, DECISIONS = 100, 1_000
"""So many rounds and decisions, those that changed or were made last, are looked at."""


class Undecided(NamedTuple):
    """Columns of facts about which no decision holds; and facts whose decisions are contradicted, also of such as were
    rejected.
    """

    facts: Sequence[RowMapping]
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
    rounds = select(col(BriefingRow.id)).where(col(BriefingRow.status) != "withdrawn")
    if briefing is None:
        rounds = rounds.order_by(col(BriefingRow.updated_at).desc(), col(BriefingRow.id).desc()).limit(ROUNDS)
    else:
        rounds = rounds.where(col(BriefingRow.id) == briefing)
    row, outcome = FactRow, ReviewOutcomeRow
    wanted: list[Any] = [getattr(row, name) for name in columns]
    with Session(engine) as session:
        here = session.scalars(rounds).all()
        query = select(*wanted).where(col(row.briefing_id).in_(here), col(row.kind).in_(kinds))
        outcomes = session.scalars(
            select(outcome).where(col(outcome.briefing_id).in_(here), col(outcome.kind).in_(kinds))
        ).all()
        decided = {one.fact_id for one in outcomes}
        facts = [fact for fact in session.execute(query).mappings() if fact["id"] not in decided]
    held = {one.fact_id for one in outcomes if one.standing == "holds"}
    return Undecided(
        facts,
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
