"""Which briefings wait for a model to write of them. A row stands until the text does, whatever dies meanwhile."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, delete, exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import writing
from store.tables import UnwrittenRow

_LONGEST_PAUSE = timedelta(days=1)


def note_unwritten(session: Session, briefing_id: str, due_at: datetime) -> None:
    """Have a briefing written of at that time; one that waits already keeps its own."""
    if session.get(UnwrittenRow, briefing_id) is None:
        session.add(UnwrittenRow(briefing_id=briefing_id, tries=0, due_at=due_at))
        session.flush()


def note_written(session: Session, briefing_id: str) -> None:
    """A briefing waits no more."""
    session.execute(delete(UnwrittenRow).where(col(UnwrittenRow.briefing_id) == briefing_id))


def drop_unwritten(engine: Engine, briefing_id: str) -> None:
    """`note_written` in a transaction of its own."""
    with writing(engine) as session:
        note_written(session, briefing_id)


def any_text_due(now: datetime) -> ColumnElement[bool]:
    """Whether there is a briefing whose time to be written of has come."""
    return exists().where(col(UnwrittenRow.due_at) <= now)


def due_to_be_written(engine: Engine, now: datetime, limit: int) -> list[str]:
    """Briefings whose time has come, the longest waiting first."""
    query = select(col(UnwrittenRow.briefing_id)).where(col(UnwrittenRow.due_at) <= now)
    with Session(engine) as session:
        return list(session.scalars(query.order_by(col(UnwrittenRow.due_at)).limit(limit)))


def put_off(engine: Engine, briefing_id: str, now: datetime, pause: timedelta) -> None:
    """The model gave no text: it is asked again after a pause, which doubles with each try, a day at most."""
    with writing(engine) as session:
        if (row := session.get(UnwrittenRow, briefing_id)) is not None:
            row.due_at = now + min(pause * 2 ** min(row.tries, 20), _LONGEST_PAUSE)
            row.tries += 1
