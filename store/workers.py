"""What workers share through the database: who is alive, what all did, and the calls of a model that are under way."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, json
from sqlalchemy import CursorResult, Engine, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import clock, count_rows, insert_into, lock, writing
from store.tables import (
    AnswerRow,
    CallRow,
    DocumentRow,
    FactRow,
    Moment,
    NegotiationRow,
    RateRow,
    TotalRow,
    UpgradeRow,
    WorkerRow,
)

Sample = tuple[str, tuple[tuple[str, str], ...]]
"""The name of a counter and its labels, sorted."""


def beat(engine: Engine, worker: str, amounts: Mapping[Sample, float] | None = None) -> datetime:
    """Say that a worker is alive, and add to the totals what it counted since the last time; the database's time."""
    with writing(engine) as session:
        _add(session, amounts or {})
        new = insert_into(session, WorkerRow).values(id=worker, seen_at=func.current_timestamp())
        known = new.on_conflict_do_update(index_elements=["id"], set_={"seen_at": new.excluded.seen_at})
        return session.scalars(known.returning(col(WorkerRow.seen_at))).one()


def leave(engine: Engine, worker: str) -> None:
    """Say that a worker has stopped."""
    with writing(engine) as session:
        session.execute(delete(WorkerRow).where(col(WorkerRow.id) == worker))


def alive(engine: Engine, within: timedelta) -> set[str]:
    """Workers that were alive not longer ago than that. One seen in the future was, before the clock was put back."""
    seen = col(WorkerRow.seen_at)
    with Session(engine) as session:
        now = session.scalars(select(func.current_timestamp(type_=Moment))).one()
        return set(session.scalars(select(col(WorkerRow.id)).where(seen.between(now - within, now + within))))


def add_counted(engine: Engine, amounts: Mapping[Sample, float]) -> None:
    """Add to the totals of all workers, which outlive them, what one counted since the last time."""
    with writing(engine) as session:
        _add(session, amounts)


def _add(session: Session, amounts: Mapping[Sample, float]) -> None:
    if not amounts:
        return
    # In one order, so that two workers never wait for each other.
    rows = [
        {"name": name, "labels": json.encode(labels).decode(), "value": amount}
        for (name, labels), amount in sorted(amounts.items())
    ]
    new = insert_into(session, TotalRow).values(rows)
    more = {"value": TotalRow.value + new.excluded.value}
    session.execute(new.on_conflict_do_update(index_elements=["name", "labels"], set_=more))


def counted(engine: Engine) -> dict[Sample, float]:
    """The totals of everything counted so far."""
    with Session(engine) as session:
        rows = session.execute(select(col(TotalRow.name), col(TotalRow.labels), col(TotalRow.value))).all()
    return {
        (name, json.decode(labels, type=tuple[tuple[str, str], ...])): value for name, labels, value in rows
    }


def row_counts(engine: Engine) -> dict[str, tuple[str, int]]:
    """What the database holds, in words, and how many, by the name of a metric."""
    with Session(engine) as session:
        rounds = session.scalar(select(func.sum(col(NegotiationRow.rounds))))
        return {
            "documents": ("Documents stored.", count_rows(session, DocumentRow)),
            "briefings": ("Briefings that are not withdrawn.", rounds or 0),
            "current_facts": ("Facts and conflicts of the current briefings.", count_rows(session, FactRow)),
            "awaiting_model": (
                "Documents that wait for the model to read them after all.",
                count_rows(session, UpgradeRow),
            ),
        }


LASTING = 10.0
"""Seconds after which a call that is not renewed counts no more."""
_SOON = 1.0  # seconds; nobody reserves a moment further ahead
_AGAIN = 0.1
_LONGEST_PAUSE = timedelta(days=1)


class KeptAnswer(Struct, frozen=True, kw_only=True):
    """An answer in its owner's encoding; `cost` in US dollars, null without a price."""

    key: str
    model: str
    body: bytes
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: float | None
    created_at: datetime


def get_answer(engine: Engine, key: str) -> bytes | None:
    """The answer to the same request as before."""
    with Session(engine) as session:
        return session.scalar(select(col(AnswerRow.body)).where(col(AnswerRow.key) == key))


def add_answer(engine: Engine, answer: KeptAnswer) -> None:
    """Keep an answer: once this returns, it survives a crash. One that is there already stays."""
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


def spent_since(engine: Engine, moment: datetime) -> float:
    """US dollars that the answers since then cost; those without a price nothing."""
    cost = select(func.sum(AnswerRow.cost)).where(col(AnswerRow.created_at) >= moment)
    with Session(engine) as session:
        return float(session.scalar(cost) or 0.0)


def drop_answers(engine: Engine, before: datetime) -> int:
    """Drop answers from before that moment; how many. A document that waits for the model keeps what it has."""
    waiting = (
        select(func.min(col(DocumentRow.added_at), type_=Moment))
        .join(UpgradeRow, col(UpgradeRow.document_id) == col(DocumentRow.id))
    )  # fmt: skip
    with writing(engine) as session:
        first = session.scalar(waiting)
        old = col(AnswerRow.created_at) < (min(before, first) if first else before)
        dropped = session.execute(delete(AnswerRow).where(old))
        assert isinstance(dropped, CursorResult)
        return dropped.rowcount


def begin_call(
    engine: Engine, provider: str, id: str, *, at_once: int, apart: float = 0.0
) -> tuple[bool, float]:
    """Whether a call may begin, and in how many seconds; where it may not, when to ask again.

    `at_once` calls are under way at the same time, by whichever process, each begun `apart` seconds after the one
    before.
    """
    with writing(engine) as session:
        lock(session, [f"calls {provider}"])
        now = clock(session)
        of_provider = col(CallRow.provider) == provider
        session.execute(delete(CallRow).where(of_provider, col(CallRow.until) < now))
        under_way = session.scalar(select(func.count()).select_from(CallRow).where(of_provider)) or 0
        if under_way >= at_once:
            return False, _AGAIN
        wait = 0.0
        if apart:
            free = max(_next_begin(session, provider, now), now)
            wait = free - now
            if wait > _SOON:
                return False, wait - _SOON
            caller = col(RateRow.caller) == _caller(provider)
            session.execute(update(RateRow).where(caller).values(full_at=free + apart))
        session.add(CallRow(id=id, provider=provider, until=now + wait + LASTING))
        return True, wait


def renew_calls(engine: Engine, ids: Collection[str]) -> None:
    """These calls are still under way."""
    with writing(engine) as session:
        until = clock(session) + LASTING
        session.execute(update(CallRow).where(col(CallRow.id).in_(ids)).values(until=until))


def end_call(engine: Engine, id: str) -> None:
    with writing(engine) as session:
        session.execute(delete(CallRow).where(col(CallRow.id) == id))


def _next_begin(session: Session, provider: str, now: float) -> float:
    """When the next call may begin; the row is held, so that it is not tidied away meanwhile."""
    query = select(col(RateRow.full_at)).where(col(RateRow.caller) == _caller(provider)).with_for_update()
    free_at = session.scalar(query)
    if free_at is None:
        session.add(RateRow(caller=_caller(provider), full_at=now))
        session.flush()
    return free_at or now


def _caller(provider: str) -> str:
    return f"to {provider}"


def wait_for_model(engine: Engine, document_id: str, due_at: datetime) -> None:
    """Let a document be tried again at that time; one that waits already keeps its own."""
    with writing(engine) as session:
        if session.get(UpgradeRow, document_id) is None:
            session.add(UpgradeRow(document_id=document_id, tries=0, due_at=due_at))


def upgraded(engine: Engine, document_id: str) -> None:
    """The model has answered: the document waits no more."""
    with writing(engine) as session:
        session.execute(delete(UpgradeRow).where(col(UpgradeRow.document_id) == document_id))


def claim_upgrades(
    engine: Engine, now: datetime, pause: timedelta, limit: int, every: bool = False
) -> list[str]:
    """Documents whose time has come (or `every` one), the longest waiting first.

    Their next time is set at once: `pause` from now, doubled with each try, a day at most. So none is tried twice
    at a time, and none in a loop, whatever becomes of the try.
    """
    query = select(UpgradeRow).order_by(col(UpgradeRow.due_at)).limit(limit).with_for_update(skip_locked=True)
    if not every:
        query = query.where(col(UpgradeRow.due_at) <= now)
    with writing(engine) as session:
        rows = session.scalars(query).all()
        for row in rows:
            row.tries += 1
            row.due_at = now + min(pause * 2 ** min(row.tries, 20), _LONGEST_PAUSE)
        return [row.document_id for row in rows]
