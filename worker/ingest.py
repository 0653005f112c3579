"""The work on one document as a durable workflow: read, extract, merge. Any step may run again unharmed."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
from dbos import DBOS
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from pipeline.document import Document
from schemas import DocumentReadout
from store.documents import get_layout, get_text, save_readout
from store.rounds import Rules, rebuild
from store.upgrades import upgraded, wait_for_model
from worker.extractor import waits
from worker.system import WORKFLOW
from worker.upgrades import PAUSE

Readout = Callable[[Document], DocumentReadout]
log = logging.getLogger("readout.worker")

# A document that takes its worker down with it is given up after this many.
MOST_DEATHS = 9


class IngestError(Exception):
    """Why a document could not be worked on, in a sentence."""


def register(engine: Engine, readout: Readout, rules: Rules, pause: timedelta = PAUSE) -> None:
    """Make the workflow known to DBOS before its launch. Checkpoints hold ids and counts, never documents."""

    def on_database_trouble(error: BaseException) -> bool:
        return isinstance(error, OperationalError)

    @DBOS.step(name="read", retries_allowed=True, should_retry=on_database_trouble)
    def read(document_id: str) -> int:
        with explained("reading", document_id):
            return len(load(engine, document_id).text)

    @DBOS.step(name="extract", retries_allowed=True, should_retry=on_database_trouble)
    def extract(document_id: str) -> int:
        with explained("extraction", document_id):
            found = readout(load(engine, document_id))
            _queue_for_model(engine, document_id, found, pause)
            save_readout(engine, document_id, found)
            return sum(map(len, facts(found)))

    @DBOS.step(name="merge", retries_allowed=True, should_retry=on_database_trouble)
    def merge_round(document_id: str) -> list[str]:
        with explained("merging", document_id):
            return rebuild(engine, document_id, rules)

    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_DEATHS)
    def ingest(document_id: str) -> list[str]:
        read(document_id)
        extract(document_id)
        return merge_round(document_id)


def _queue_for_model(engine: Engine, document_id: str, found: DocumentReadout, pause: timedelta) -> None:
    """A document about which the model may say more is read again later, `pause` from now at the earliest."""
    if waits(found):
        wait_for_model(engine, document_id, datetime.now(UTC) + pause)
    elif found.extractor.name == "model":
        upgraded(engine, document_id)


def load(engine: Engine, document_id: str) -> Document:
    """A stored document as its reader left it."""
    text, layout = get_text(engine, document_id), get_layout(engine, document_id)
    if text is None or layout is None:
        raise LookupError("the document is not in the database")
    return msgspec.structs.replace(msgspec.json.decode(layout, type=Document), text=text)


def facts(readout: DocumentReadout) -> Sequence[Sequence[object]]:
    members = [member for side in readout.delegations for member in side.members]
    return (members, readout.stakes, readout.deadlines, readout.figures, readout.statements, readout.events)


@contextmanager
def explained(what: str, document_id: str) -> Iterator[None]:
    """Turns what goes wrong into a sentence for the job, and a traceback for the log."""
    try:
        yield
    except OperationalError:
        raise
    except Exception as error:
        log.exception("%s of document %s failed", what, document_id)
        said = " ".join(str(error).split()) or "no reason given"
        raise IngestError(f"The {what} of this document failed: {said} ({type(error).__name__}).") from error
