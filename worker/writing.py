"""Texts of briefings by a model: a durable workflow for each briefing that waits for one, after the merge.

That a briefing waits is noted with the revision that changed what its text is written from, in one transaction. The
model is asked outside of every lock; its answers are kept, so that a worker which dies in between pays for none twice.
Until its text is there the rules' serves; if the briefing has changed meanwhile in what it is written from, the text is
thrown away and the briefing waits on.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

from dbos import DBOS
from dbos import error as dbos_error
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from pipeline import ModelError
from pipeline.extraction.settings import ModelSettings
from pipeline.writing.material import material_of
from pipeline.writing.text import Style, with_written
from schemas import Briefing, Cause, WrittenText
from store.rebuild import briefing_of, changing, lock_rounds, save_text
from store.writing import drop_unwritten, due_to_be_written, note_written, put_off
from worker.bells import SELDOM
from worker.extractors import Answers, budgeted
from worker.ingest import patient
from worker.jobs import Jobs, queue_each
from worker.observability import DROPPED, WRITTEN
from worker.queue import WRITE, WRITING

if TYPE_CHECKING:
    from pipeline.extraction.model import Complete

WRITTEN_AT_ONCE = 2
"""Briefings that a worker writes of at the same time."""
WRITING_PAUSE = timedelta(minutes=2)
_AT_A_TIME = 100
Author = Callable[[Briefing], WrittenText]
"""Writes of a briefing. Raises ModelError."""
log = logging.getLogger("readout.worker")


def author_of(settings: ModelSettings, asked: "Complete", answers: Answers, style: Style) -> Author:
    """Has the model of the settings write, within its budgets: of each text as of a document, and of the day."""

    # Only who has a model write loads its client.
    from pipeline.writing.author import compose

    def write(briefing: Briefing) -> WrittenText:
        return compose(
            briefing, budgeted(asked, answers, settings), settings.name, style.language, style.length
        )

    return write


def register_writing(engine: Engine, write: Author, pause: timedelta = WRITING_PAUSE) -> None:
    """Make the workflow known to DBOS before its launch. Its checkpoints hold no text."""

    @patient("write")
    def write_text(briefing_id: str) -> bool:
        return write_of(engine, briefing_id, write, pause)

    @DBOS.workflow(name=WRITE, max_recovery_attempts=99)
    def run(briefing_id: str) -> bool:
        return write_text(briefing_id)


def write_of(engine: Engine, briefing_id: str, write: Author, pause: timedelta = WRITING_PAUSE) -> bool:
    """Give a briefing a model's text, as a revision of its own; whether it has got one. It may be run again."""
    with Session(engine) as session:
        briefing = briefing_of(session, briefing_id)
    if briefing is None or briefing.status == "withdrawn" or briefing.writing.by != "rules":
        drop_unwritten(engine, briefing_id)
        return False
    try:
        text = write(briefing)
    except ModelError as error:
        log.warning("the rules' text of briefing %s stays for now: %s", briefing_id, error)
        put_off(engine, briefing_id, datetime.now(UTC), pause)
        return False
    saved = changing(engine, lambda session: _save(session, briefing_id, text))
    if saved:
        WRITTEN.labels("model").inc()
        DROPPED.inc(len(text.writing.dropped))
    return saved


def _save(session: Session, briefing_id: str, text: WrittenText) -> bool:
    before = briefing_of(session, briefing_id)
    if before is None or before.status == "withdrawn":
        note_written(session, briefing_id)
        return False
    lock_rounds(session, [before.negotiation.parties])
    now = briefing_of(session, briefing_id) or before
    if now.writing.by != "rules" or material_of(now).basis() != text.writing.basis:
        return False
    written = replace(with_written(now, text), revision=now.revision + 1, updated_at=datetime.now(UTC))
    save_text(session, written, Cause(kind="written", document_ids=[], reason=None))
    note_written(session, briefing_id)
    return True


def keep_writing(jobs: Jobs, bell: Event) -> None:
    """Put briefings that wait for a text into the queue whenever the bell rings. Any number of workers may."""
    while not bell.is_set():
        try:
            queue_unwritten(jobs, datetime.now(UTC))
        except (SQLAlchemyError, dbos_error.DBOSException) as error:
            log.warning("the database does not answer (%s): writing later", type(error).__name__)
        bell.wait(SELDOM)


def queue_unwritten(jobs: Jobs, now: datetime) -> None:
    """Put each briefing that waits into the queue, where it is not there yet."""
    queue_each(jobs, WRITE, WRITING, dict.fromkeys(due_to_be_written(jobs.engine, now, _AT_A_TIME), 1))
