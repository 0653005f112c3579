"""What the queue of an editor is made of: facts of the rounds that changed last, and the last decisions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Engine, Row, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Fact, ReviewDecision
from schemas.kinds import BY_NAME
from schemas.vocabulary import Verdict
from store.facts import FactRecord
from store.publication import Columns, working
from store.tables import BriefingDraftRow, FactRow, ReviewOutcomeRow, ReviewRow

ROUNDS, DECISIONS = 100, 1_000
"""So many rounds and decisions, those that changed or were made last, are looked at."""


class Undecided(NamedTuple):
    """Facts in columns, and drafts whole, with what was decided of both; and facts whose decisions are contradicted,
    also of such as were rejected.
    """

    facts: Sequence[Row[Any]]
    drafts: Sequence[bytes]
    decided: Collection[str]
    contradicted: list[FactRecord]


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
        facts, drafted = session.execute(query).all(), session.scalars(drafts).all()
    held = {one.fact_id for one in outcomes if one.standing == "holds"}
    return Undecided(
        facts,
        drafted,
        {one.fact_id for one in outcomes},
        [
            FactRecord(one.kind, one.body, one.sources, one.briefing_id)
            for one in outcomes
            if one.standing == "contradicted" and one.fact_id not in held
        ],
    )


class LastDecision(NamedTuple):
    """A decision, and the fact as it was read then."""

    review: ReviewDecision
    machine: Fact


class Judged(NamedTuple):
    """What was decided about a fact that a machine read, and when; and the JSON of the fact as it was then."""

    kind: str
    machine: bytes
    verdict: Verdict
    at: datetime


def last_decisions(engine: Engine) -> list[LastDecision]:
    """All decisions in force about facts, the last one first."""
    with Session(engine) as session:
        rows = session.execute(_IN_FORCE).all()
    return [
        LastDecision(
            msgspec.json.decode(body, type=ReviewDecision),
            msgspec.json.decode(machine, type=BY_NAME[kind].fact),
        )
        for kind, machine, body in rows
    ]


def last_judged(engine: Engine) -> list[Judged]:
    """What the last decisions in force were about facts that machines had read."""
    with Session(engine) as session:
        rows = session.execute(_IN_FORCE.limit(DECISIONS)).all()
    decided = ((kind, machine, _VERDICT.decode(body)) for kind, machine, body in rows)
    return [
        Judged(kind, machine, one.verdict, one.at) for kind, machine, one in decided if one.verdict != "added"
    ]


class _Verdict(Struct):
    verdict: Verdict | Literal["added"]
    at: datetime


_VERDICT = msgspec.json.Decoder(_Verdict)
_IN_FORCE = (
    select(col(ReviewRow.kind), col(ReviewRow.machine), col(ReviewRow.body))
    .where(col(ReviewRow.replaced_by).is_(None), col(ReviewRow.kind).in_(BY_NAME))
    .order_by(col(ReviewRow.at).desc(), col(ReviewRow.id).desc())
)
