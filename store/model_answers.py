"""Answers of language models: kept at once, found again by the request, and added up."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import writing
from store.tables import AnswerRow


class Answer(Struct, frozen=True, kw_only=True):
    """An answer in its owner's encoding; `cost` in US dollars, null without a price."""

    key: str
    model: str
    body: bytes
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: float | None
    created_at: datetime


class Spent(Struct, frozen=True, kw_only=True):
    """What answers cost together; `cost` is of those that have a price."""

    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: float


def get_answer(engine: Engine, key: str) -> bytes | None:
    with Session(engine) as session:
        return session.scalar(select(col(AnswerRow.body)).where(col(AnswerRow.key) == key))


def add_answer(engine: Engine, answer: Answer) -> None:
    """Keep an answer for ever: once this returns, it survives a crash. One that is there already stays."""
    row = AnswerRow(
        key=answer.key,
        model=answer.model,
        body=answer.body,
        prompt_tokens=answer.prompt_tokens,
        cached_tokens=answer.cached_tokens,
        completion_tokens=answer.completion_tokens,
        cost=answer.cost,
        created_at=answer.created_at,
    )
    try:
        with writing(engine) as session:
            session.add(row)
    except IntegrityError:
        return


def spent(engine: Engine, since: datetime | None = None) -> dict[str, Spent]:
    """What the answers cost, by model; those from a moment on, where one is given."""
    query = select(
        col(AnswerRow.model),
        func.count(),
        func.sum(AnswerRow.prompt_tokens),
        func.sum(AnswerRow.cached_tokens),
        func.sum(AnswerRow.completion_tokens),
        func.sum(AnswerRow.cost),
    ).group_by(col(AnswerRow.model))
    if since is not None:
        query = query.where(col(AnswerRow.created_at) >= since)
    with Session(engine) as session:
        return {
            model: Spent(
                calls=calls,
                prompt_tokens=int(prompt),
                cached_tokens=int(cached),
                completion_tokens=int(written),
                cost=float(cost or 0.0),
            )
            for model, calls, prompt, cached, written, cost in session.execute(query)
        }
