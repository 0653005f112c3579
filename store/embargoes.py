"""Documents that not everybody is told of: until a moment, or until a briefing that rests on them is published."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Engine,
    and_,
    exists,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import writing
from store.tables import WITHHELD, DocumentRow, ReadoutRow


def under_embargo(at: BindParameter[datetime] | None = None) -> ColumnElement[bool]:
    """Of documents: whether their embargo lasts. `at`: the moment, of a statement that is made before it comes."""
    embargo = col(DocumentRow.embargo)
    return and_(embargo.is_not(None), embargo > (datetime.now(UTC) if at is None else at))


class Cleared(NamedTuple):
    """Which documents somebody is told of besides those that everybody is."""

    embargoed: bool
    withheld: bool


NOBODY = Cleared(embargoed=False, withheld=False)


def told_to(who: Cleared) -> list[ColumnElement[bool]]:
    """Of documents: what must hold of those that somebody is told of."""
    conditions = []
    if not who.embargoed:
        conditions.append(~under_embargo())
    if not who.withheld:
        conditions.append(~col(DocumentRow.withheld))
    return conditions


def is_restricted(engine: Engine, id: str | None = None) -> bool:
    """Whether some are not told of a document; without one, whether there is any such."""
    this = () if id is None else (col(DocumentRow.id) == id,)
    row = exists().select_from(DocumentRow)
    query = select(or_(row.where(under_embargo(), *this), row.where(text(WITHHELD), *this)))
    with Session(engine) as session:
        return bool(session.scalar(query))


def told_among(engine: Engine, ids: Iterable[str], who: Cleared) -> set[str]:
    """Those of these documents that somebody is told of."""
    query = select(col(DocumentRow.id)).where(col(DocumentRow.id).in_(list(ids)), *told_to(who))
    with Session(engine) as session:
        return set(session.scalars(query))


def any_embargo_over(now: datetime) -> ColumnElement[bool]:
    """Whether there is an embargo that is over and has not been lifted."""
    return exists().where(col(DocumentRow.embargo) <= now)


def embargoes_over(engine: Engine, limit: int) -> list[tuple[str, bool]]:
    """Documents whose embargo is over and has not been lifted, the longest over first; whether each has been read."""
    query = (
        select(col(DocumentRow.id), col(ReadoutRow.document_id).is_not(None))
        .outerjoin(ReadoutRow, col(ReadoutRow.document_id) == col(DocumentRow.id))
        .where(col(DocumentRow.embargo) <= datetime.now(UTC))
        .order_by(col(DocumentRow.embargo))
        .limit(limit)
    )
    with Session(engine) as session:
        return [(id, read) for id, read in session.execute(query)]


def lift(engine: Engine, id: str) -> None:
    """Note that an embargo is over and nothing is left to do for it."""
    over = col(DocumentRow.embargo) <= datetime.now(UTC)
    with writing(engine) as session:
        session.execute(update(DocumentRow).where(col(DocumentRow.id) == id, over).values(embargo=None))
