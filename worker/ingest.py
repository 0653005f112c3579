"""The work on one document as a durable workflow: read, extract, merge. Any step may run again unharmed."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

import msgspec
from dbos import DBOS
from sqlalchemy import Engine
from structlog.contextvars import bound_contextvars

from pipeline.documents.document import Document
from schemas import DocumentReadout
from store.documents import get_layout, get_text, save_readout
from store.engine import contention, outage
from store.model_calls import upgraded, wait_for_model
from worker.batching import Gathering
from worker.extractors import waits
from worker.isolation import TRUSTED, DocumentLost
from worker.metrics import FACTS, FAILED, READ, REJECTED, timed
from worker.queue import WORKFLOW
from worker.rebuild import rebuild, rebuild_waiting, wait_no_more, wait_to_rebuild
from worker.states import PREFIX
from worker.upgrades import PAUSE

Readout = Callable[[Document], DocumentReadout]
log = logging.getLogger("readout.worker")
access = logging.getLogger("readout.access")

# Deaths of workers after which a document is given up though none of them can be laid to it. One that takes down
# the process which reads it apart is given up before.
MOST_DEATHS = 99

# What the database cannot do now it is asked again, for a day: a document that was accepted is read.
_EVERY = 2.0  # seconds
_LAYOUT = msgspec.json.Decoder(Document)
_TIMES = 43_200


class IngestError(Exception):
    """Why a document could not be worked on, in a sentence."""


P = ParamSpec("P")
R = TypeVar("R")


def patient(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A step that waits for a database which cannot do its work."""
    return DBOS.step(
        name=name,
        retries_allowed=True,
        should_retry=lambda error: bool(outage(error) or contention(error)),
        interval_seconds=_EVERY,
        backoff_rate=1.0,
        max_attempts=_TIMES,
    )


def register(
    engine: Engine,
    readout: Readout,
    gathering: Gathering,
    pause: timedelta = PAUSE,
    apart: Readout | None = None,
) -> None:
    """Make the workflow known to DBOS before its launch. Checkpoints hold ids and counts, never documents.

    `apart` reads documents that were there when workers died, in a process of their own.
    """

    @patient("read")
    def read(document_id: str) -> int:
        with explained("read", document_id):
            return len(load(engine, document_id).text)

    @patient("extract")
    def extract(document_id: str) -> int:
        with explained("extract", document_id):
            suspect = apart if apart and _attempts(document_id) > TRUSTED else None
            found = (suspect or readout)(load(engine, document_id))
            _queue_for_model(engine, document_id, found, pause)
            save_readout(engine, document_id, found)
            _count(found)
            return sum(map(len, facts(found)))

    @patient("merge")
    def merge_round(document_id: str) -> list[str]:
        wait_to_rebuild(engine, document_id)
        with gathering.turn(), explained("merge", document_id):
            return _merge(engine, document_id)

    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_DEATHS)
    def ingest(document_id: str) -> list[str]:
        read(document_id)
        extract(document_id)
        return merge_round(document_id)


def _merge(engine: Engine, document_id: str) -> list[str]:
    """Merge the document, and others with it; alone where they fail together, for one of them is at fault."""
    try:
        return rebuild_waiting(engine, document_id)
    except Exception as error:
        if outage(error) or contention(error):
            raise
        log.warning("documents are merged one by one: together they failed (%s)", type(error).__name__)
        wait_no_more(engine, document_id)
        return rebuild(engine, document_id)


def _attempts(document_id: str) -> int:
    [found] = DBOS.list_workflows(
        workflow_ids=[f"{PREFIX}{document_id}"], load_input=False, load_output=False
    )
    return found.recovery_attempts or 0


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
    return msgspec.structs.replace(_LAYOUT.decode(layout), text=text)


def facts(readout: DocumentReadout) -> Sequence[Sequence[object]]:
    members = [member for side in readout.delegations for member in side.members]
    return (members, readout.stakes, readout.deadlines, readout.figures, readout.statements, readout.events)


@contextmanager
def explained(step: str, document_id: str) -> Iterator[None]:
    """Turns what goes wrong into a sentence for the job, and a traceback for the log; counts and times the step."""
    with bound_contextvars(job_id=f"{PREFIX}{document_id}", document_id=document_id), timed(step):
        try:
            yield
        except Exception as error:
            if outage(error) or contention(error):
                raise
            FAILED.labels(step).inc()
            if isinstance(error, DocumentLost):
                log.error("document %s is put aside: %s", document_id, error)
                raise IngestError(str(error)) from error
            what = _STEPS[step]
            log.exception("%s of document %s failed", what, document_id)
            said = " ".join(str(error).split()) or "no reason given"
            raise IngestError(
                f"The {what} of this document failed: {said} ({type(error).__name__})."
            ) from error


_STEPS = {"read": "reading", "extract": "extraction", "merge": "merging"}


def _count(found: DocumentReadout) -> None:
    asked = found.extractor.stands_in_for
    proven = sum(map(len, facts(found)))
    access.info("read: %d facts proven, %d proposals rejected", proven, len(found.rejected))
    READ.labels(f"{asked} stand-in" if asked else found.extractor.name).inc()
    for kind, of_kind in zip(_KINDS, facts(found), strict=True):
        FACTS.labels(kind).inc(len(of_kind))
    for rejection in found.rejected:
        REJECTED.labels(rejection.kind).inc()


_KINDS = ("delegate", "stake", "deadline", "figure", "statement", "event")
