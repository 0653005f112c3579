"""How much each caller may still ask: one row a caller, leased in blocks, so that few requests write.

The generic cell rate algorithm: a row holds the moment at which its caller will have everything again, and
what is taken moves it. A row in the past says nothing, and goes.
"""

from msgspec import Struct
from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import writing
from store.tables import Moment, RateRow

_ROUNDING = 1e-3  # of a request
_AT_A_TIME = 100


class Lease(Struct, frozen=True):
    """`granted` requests may be answered, `left` more could be leased; `wait`: seconds to the next one, if none."""

    granted: int
    left: int
    wait: float


def lease(
    engine: Engine, caller: str, *, count: int, seconds: float, wanted: int, returned: int = 0
) -> Lease:
    """Takes up to `wanted` of the `count` requests that a caller has in any `seconds`, on all processes.

    `returned` of an earlier lease were not used. Towards the end blocks get small, so that nothing is left
    idle with one process while another refuses.
    """
    each = seconds / count
    with writing(engine) as session:
        now, full_at = _held(session, caller)
        full_at = max(full_at - returned * each, now)
        available = int((now + seconds - full_at) / each + _ROUNDING)
        granted = min(wanted, max(1, available // 4), available)
        session.execute(
            update(RateRow).where(col(RateRow.caller) == caller).values(full_at=full_at + granted * each)
        )
    wait = 0.0 if granted else full_at + each - (now + seconds)
    return Lease(granted=granted, left=available - granted, wait=max(wait, 0.0))


def _held(session: Session, caller: str) -> tuple[float, float]:
    """The time by the database's clock, and the caller's row, which nobody else changes meanwhile."""
    row = select(col(RateRow.full_at)).where(col(RateRow.caller) == caller).with_for_update()
    now = session.scalars(select(func.current_timestamp(type_=Moment))).one().timestamp()
    full_at = session.scalar(row)
    if full_at is None:
        _forget_the_full(session, now)
        try:
            with session.begin_nested():
                session.execute(insert(RateRow).values(caller=caller, full_at=now))
        except IntegrityError:  # another process made it at the same time
            pass
        full_at = session.scalars(row).one()
    return now, full_at


def _forget_the_full(session: Session, now: float) -> None:
    full = select(col(RateRow.caller)).where(col(RateRow.full_at) < now).limit(_AT_A_TIME)
    names = session.scalars(full.with_for_update(skip_locked=True)).all()
    if names:
        session.execute(delete(RateRow).where(col(RateRow.caller).in_(names)))
