"""Documents that nothing is to be told of until a moment."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, and_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import writing
from store.tables import DocumentRow, ReadoutRow


def under_embargo() -> ColumnElement[bool]:
    """Of documents: whether their embargo lasts."""
    embargo = col(DocumentRow.embargo)
    return and_(embargo.is_not(None), embargo > datetime.now(UTC))


def is_embargoed(engine: Engine, id: str | None = None) -> bool:
    """Whether a document is under an embargo; without one, whether any is."""
    query = select(col(DocumentRow.id)).where(under_embargo()).limit(1)
    with Session(engine) as session:
        return session.scalar(query if id is None else query.where(col(DocumentRow.id) == id)) is not None


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
