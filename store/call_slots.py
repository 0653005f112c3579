"""Calls of a model that are under way, of all processes: how many there may be at a time, and how soon the next.

A call is a row that its process renews. One whose process died lapses, and its place is free.
"""

from collections.abc import Collection

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import clock, lock, writing
from store.tables import CallRow, RateRow

LASTING = 10.0
"""Seconds after which a call that is not renewed counts no more."""
_SOON = 1.0  # seconds; nobody reserves a moment further ahead
_AGAIN = 0.1


def begin(engine: Engine, provider: str, id: str, *, at_once: int, apart: float = 0.0) -> tuple[bool, float]:
    """Whether a call may begin, and in how many seconds; where it may not, when to ask again.

    `at_once` calls are under way at the same time, each begun `apart` seconds after the one before.
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
            free = max(_next(session, provider, now), now)
            wait = free - now
            if wait > _SOON:
                return False, wait - _SOON
            caller = col(RateRow.caller) == _caller(provider)
            session.execute(update(RateRow).where(caller).values(full_at=free + apart))
        session.add(CallRow(id=id, provider=provider, until=now + wait + LASTING))
        return True, wait


def renew(engine: Engine, ids: Collection[str]) -> None:
    """These calls are still under way."""
    with writing(engine) as session:
        until = clock(session) + LASTING
        session.execute(update(CallRow).where(col(CallRow.id).in_(ids)).values(until=until))


def end(engine: Engine, id: str) -> None:
    with writing(engine) as session:
        session.execute(delete(CallRow).where(col(CallRow.id) == id))


def _next(session: Session, provider: str, now: float) -> float:
    """When the next call may begin; the row is held, so that it is not tidied away meanwhile."""
    query = select(col(RateRow.full_at)).where(col(RateRow.caller) == _caller(provider)).with_for_update()
    found = session.scalar(query)
    if found is None:
        session.add(RateRow(caller=_caller(provider), full_at=now))
        session.flush()
    return found or now


def _caller(provider: str) -> str:
    return f"to {provider}"
