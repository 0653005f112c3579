"""The service as one would write it in an afternoon: FastAPI, Pydantic and SQLModel, the ordinary way.

Facts lie in a table each, evidence in a column of JSON; answers are checked against their models. It reads the
same data as we do. `python -m bench.peer URL PORT`
"""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from granian.constants import Interfaces
from granian.server.embed import Server
from pydantic import BaseModel
from sqlalchemy import JSON, Column, create_engine
from sqlmodel import Field, Session, SQLModel, col, select

KEY = "rk_bench_0123456789abcdef0123456789abcdef"


class FuzzyDate(BaseModel):
    edtf: str | None
    text: str
    precision: str
    basis: str
    anchor: str | None
    earliest: str | None
    latest: str | None


class Evidence(BaseModel):
    document_id: str
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str
    region: str
    page: int | None


class FactRead(BaseModel):
    id: str
    briefing_id: str | None
    certainty: str
    proof: str
    evidence: list[Evidence]
    origins: int
    conflict_ids: list[str]
    review: dict[str, Any] | None
    first_revision: int
    changed_revision: int


class DelegateRead(FactRead):
    party: str
    name: str | None
    role: str
    organisation: str | None
    head: bool | None
    capacity: str | None


class DelegationRead(BaseModel):
    party: str
    head: str
    members: list[DelegateRead]


class PositionRead(BaseModel):
    party: str
    ask: str | None
    offer: str | None
    red_line: str | None
    evidence: list[Evidence]


class StakeRead(FactRead):
    topic: str
    title: str | None
    summary: str
    positions: list[PositionRead]
    at_risk: str | None


class DeadlineRead(FactRead):
    what: str
    date: FuzzyDate | None
    starts: FuzzyDate | None
    kind: str
    conditions: list[dict[str, Any]]
    consequence: str | None
    status: str


class FigureRead(FactRead):
    value: float
    value_high: float | None
    comparator: str
    previous_value: float | None
    unit: str
    as_written: str
    measure: str
    subject: str
    period: FuzzyDate | None
    direction: str | None
    comparison_base: str | None
    status: str
    imposed_by: str | None
    applies_to: list[str]
    effective: FuzzyDate | None
    legal_basis: str | None
    reported_by: str | None


class StatementRead(FactRead):
    speaker: str
    role: str | None
    party: str | None
    direct: bool
    text: str
    channel: str | None
    said_on: FuzzyDate | None


class EventRead(FactRead):
    what: str
    date: FuzzyDate
    status: str
    place: str | None


class BriefingRead(BaseModel):
    id: str
    slug: str
    revision: int
    status: str
    title: str
    summary: list[dict[str, Any]]
    negotiation: dict[str, Any]
    delegations: list[DelegationRead]
    stakes: list[StakeRead]
    deadlines: list[DeadlineRead]
    figures: list[FigureRead]
    statements: list[StatementRead]
    events: list[EventRead]
    conflicts: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    memberships: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime


class Briefing(SQLModel, table=True):
    id: str = Field(primary_key=True)
    slug: str = Field(index=True)
    body: dict[str, Any] = Field(sa_column=Column(JSON))


class Deadline(SQLModel, table=True):
    id: str = Field(primary_key=True)
    briefing_id: str = Field(index=True)
    kind: str = Field(index=True)
    earliest: str | None = Field(default=None, index=True)
    latest: str | None = Field(default=None, index=True)
    body: dict[str, Any] = Field(sa_column=Column(JSON))


class Side(SQLModel, table=True):
    briefing_id: str = Field(primary_key=True)
    party: str = Field(primary_key=True, index=True)


class DeadlinePage(BaseModel):
    items: list[DeadlineRead]
    next_cursor: str | None


def create(url: str) -> FastAPI:
    engine = create_engine(url)
    app = FastAPI()

    def session() -> Iterator[Session]:
        with Session(engine) as opened:
            yield opened

    def key(authorization: Annotated[str, Header()] = "") -> None:
        if authorization != f"Bearer {KEY}":
            raise HTTPException(401)

    Opened = Annotated[Session, Depends(session)]

    @app.get("/v1/briefings/{id}", response_model=BriefingRead, dependencies=[Depends(key)])
    def read_briefing(id: str, session: Opened) -> Any:
        found = session.get(Briefing, id)
        if found is None:
            raise HTTPException(404)
        return found.body

    @app.get("/v1/deadlines", response_model=DeadlinePage, dependencies=[Depends(key)])
    def list_deadlines(
        session: Opened,
        kind: str | None = None,
        party: str | None = None,
        date_from: str | None = None,
        limit: int = 20,
    ) -> Any:
        query = select(Deadline).order_by(col(Deadline.earliest), col(Deadline.id))
        if kind is not None:
            query = query.where(Deadline.kind == kind)
        if party is not None:
            query = query.join(Side, col(Side.briefing_id) == col(Deadline.briefing_id))
            query = query.where(Side.party == party)
        if date_from is not None:
            query = query.where(col(Deadline.latest) >= date_from)
        rows = session.exec(query.limit(limit + 1)).all()
        more = rows[limit - 1].id if len(rows) > limit else None
        return {"items": [row.body for row in rows[:limit]], "next_cursor": more}

    return app


async def serve(app: Any, port: int) -> None:
    """On Granian, as we are served ourselves."""
    await Server(app, port=port, interface=Interfaces.ASGI, log_enabled=False, websockets=False).serve()


if __name__ == "__main__":
    asyncio.run(serve(create(sys.argv[1]), int(sys.argv[2])))
