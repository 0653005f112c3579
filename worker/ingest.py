"""The work on one document as a durable workflow: read, extract, merge. Any step may run again unharmed."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import ParamSpec, TypeVar

import msgspec
from dbos import DBOS
from sqlalchemy import Engine

from pipeline.documents.copies import is_near_copy
from pipeline.documents.document import Document
from pipeline.documents.noise import noise_of
from schemas import DocumentReadout, DocumentRefusal
from schemas.kinds import KINDS, facts_of, facts_of_kind
from store.copies import like, note_copy
from store.documents import get_content, refuse_document, save_readout
from store.engine import contention, outage
from store.webhooks import job_failed
from store.workers import upgraded, wait_for_model
from worker import NOT_READ, DocumentLost, DocumentRefused, IngestError
from worker.extractors import waits
from worker.isolation import TRUSTED
from worker.maintenance import MOST_DEATHS, PAUSE
from worker.observability import FACTS, FAILED, READ, REJECTED, timed, working_on
from worker.queue import QUEUE, WORKFLOW, Places
from worker.rebuild import ROUND_RULES, RoundRules, rebuild, rebuild_waiting, wait_no_more, wait_to_rebuild
from worker.states import PREFIX

Readout = Callable[[Document], DocumentReadout]
log = logging.getLogger("readout.worker")
access = logging.getLogger("readout.access")

# What the database cannot do now it is asked again, for a day: a document that was accepted is read.
_EVERY = 2.0  # seconds
_STEPS = {"read": "reading", "extract": "extraction", "merge": "merging"}
_LAYOUT = msgspec.json.Decoder(Document)
_TIMES = 43_200
LONGEST_WAIT = 5.0
"""Seconds that a document waits to be merged while others are read."""
_MOST_TOGETHER = 100
_LOOK = 0.1  # seconds


_P = ParamSpec("_P")
_R = TypeVar("_R")


def patient(name: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A step that waits for a database which cannot do its work."""
    return DBOS.step(
        name=name,
        retries_allowed=True,
        should_retry=lambda error: bool(outage(error) or contention(error)),
        interval_seconds=_EVERY,
        backoff_rate=1.0,
        max_attempts=_TIMES,
    )


class Gathering:
    """When a worker merges: at once where nothing else is read, else once many documents have come together.

    One that waits to be merged leaves its place to another that is to be read, so that even a worker which reads one
    at a time gathers those of one round, and makes one revision of them. `queued`: whether others wait to be read.
    """

    def __init__(self, places: Places, queued: Callable[[], bool]) -> None:
        self.places = places
        self._queued = queued
        self._lock = Lock()
        self._turn = Lock()
        self._over = Event()
        self._looked = (0.0, False)

    def alone(self) -> bool:
        """Whether nothing is to be gathered: no other document is at work here, and none is queued."""
        return self.places.count_for_queue(QUEUE) + self.places.waiting == 1 and self._idle()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until it is time to merge; one document at a time then does."""
        with self._lock:
            self.places.wait(1)
        try:
            self._wait()
            self._turn.acquire()
        finally:
            with self._lock:
                self.places.wait(-1)
        try:
            yield
        finally:
            self._turn.release()

    def hurry(self) -> None:
        """Nobody waits from now on: the worker is about to end."""
        self._over.set()

    def _wait(self) -> None:
        until = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < until and self.places.waiting < _MOST_TOGETHER:
            if not self.places.count_for_queue(QUEUE) and self._idle():
                return
            if self._over.wait(_LOOK):
                return

    def _idle(self) -> bool:
        """Whether no document waits to be read. The queue is looked at for all who ask at a time."""
        with self._lock:
            if time.monotonic() > self._looked[0] + _LOOK:
                self._looked = time.monotonic(), self._queued()
            return not self._looked[1]


def register(
    engine: Engine,
    readout: Readout,
    gathering: Gathering,
    pause: timedelta = PAUSE,
    apart: Readout | None = None,
    rules: RoundRules = ROUND_RULES,
    copies: Readout | None = None,
) -> None:
    """Make the workflow known to DBOS before its launch. Checkpoints hold ids and counts, never documents.

    `apart` reads documents that were there when workers died, in a process of their own; `copies` those that are near
    copies of others, where they are read otherwise.
    """

    # The first that a client sees of the work: a document that cannot be loaded fails here. Work that an earlier
    # version began goes on only where the steps are the same.
    @patient("read")
    def read(document_id: str, loaded: list[Document]) -> int:
        with explained(engine, "read", document_id):
            document = load(engine, document_id)
            check_worth(engine, document)
            loaded.append(document)
            return len(document.text)

    @patient("extract")
    def extract(document_id: str, loaded: list[Document]) -> int:
        with explained(engine, "extract", document_id):
            document = loaded.pop() if loaded else load(engine, document_id)
            suspect = apart if apart and _attempts(document_id) > TRUSTED else None
            copy = note_original(engine, document) and copies
            made = (suspect or copy or readout)(document)
            _queue_for_model(engine, document_id, made, pause)
            save_readout(engine, document_id, made)
            _count(made)
            return sum(1 for _ in facts_of(made))

    @patient("merge")
    def merge_round(document_id: str) -> list[str]:
        if gathering.alone():
            with explained(engine, "merge", document_id):
                return rebuild(engine, document_id, rules)
        wait_to_rebuild(engine, document_id)
        with gathering.turn(), explained(engine, "merge", document_id):
            return _merge(engine, document_id, rules)

    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_DEATHS)
    def ingest(document_id: str) -> list[str]:
        # From one step to the next in memory; whoever goes on for another worker loads it anew.
        loaded: list[Document] = []
        read(document_id, loaded)
        extract(document_id, loaded)
        return merge_round(document_id)


def _merge(engine: Engine, document_id: str, rules: RoundRules) -> list[str]:
    """Merge the document, and others with it; alone where they fail together, for one of them is at fault."""
    try:
        return rebuild_waiting(engine, document_id, rules)
    except Exception as error:
        if outage(error) or contention(error):
            raise
        log.warning("documents are merged one by one: together they failed (%s)", type(error).__name__)
        wait_no_more(engine, document_id)
        return rebuild(engine, document_id, rules)


def _attempts(document_id: str) -> int:
    [workflow] = DBOS.list_workflows(
        workflow_ids=[f"{PREFIX}{document_id}"], load_input=False, load_output=False
    )
    return workflow.recovery_attempts or 0


def _queue_for_model(engine: Engine, document_id: str, made: DocumentReadout, pause: timedelta) -> None:
    """A document about which the model may say more is read again later, `pause` from now at the earliest."""
    if waits(made):
        wait_for_model(engine, document_id, datetime.now(UTC) + pause)
    elif made.extractor.name == "model":
        upgraded(engine, document_id)


def check_worth(engine: Engine, document: Document) -> None:
    """Raises DocumentRefused where a page stands in place of a document, and keeps why."""
    kind = noise_of(document)
    refusal = DocumentRefusal(kind=kind.name, reason=kind.reason) if kind else None
    if refusal:
        refuse_document(engine, document.id, refusal)
        raise DocumentRefused(f"{NOT_READ}: {refusal.reason}")


def note_original(engine: Engine, document: Document) -> str | None:
    """The earlier document of which this is a near copy, which is kept with it."""
    text = document.text
    original = next((id for id, other in like(engine, document.id) if is_near_copy(text, other)), None)
    note_copy(engine, document.id, original)
    return original


def load(engine: Engine, document_id: str) -> Document:
    """A stored document as its reader left it."""
    content = get_content(engine, document_id)
    if content is None:
        raise LookupError("the document is not in the database")
    text, layout = content
    return msgspec.structs.replace(_LAYOUT.decode(layout), text=text)


@contextmanager
def explained(engine: Engine, step: str, document_id: str) -> Iterator[None]:
    """Turns what goes wrong into a sentence for the job, and a traceback for the log; counts, times, tells webhooks."""
    with working_on(job_id=f"{PREFIX}{document_id}", document_id=document_id), timed(step):
        try:
            yield
        except Exception as error:
            if outage(error) or contention(error):
                raise
            if isinstance(error, DocumentRefused):
                log.info("document %s is not read: %s", document_id, error)
                raise
            FAILED.labels(step).inc()
            job_failed(engine, f"{PREFIX}{document_id}")
            if isinstance(error, DocumentLost):
                log.error("document %s is put aside: %s", document_id, error)
                raise IngestError(str(error)) from error
            what = _STEPS[step]
            log.exception("%s of document %s failed", what, document_id)
            reason = " ".join(str(error).split()) or "no reason given"
            raise IngestError(
                f"The {what} of this document failed: {reason} ({type(error).__name__})."
            ) from error


def _count(readout: DocumentReadout) -> None:
    asked = readout.extractor.stands_in_for
    proven = sum(1 for _ in facts_of(readout))
    access.info("read: %d facts proven, %d proposals rejected", proven, len(readout.rejected))
    READ.labels(f"{asked} stand-in" if asked else readout.extractor.name).inc()
    for kind in KINDS:
        FACTS.labels(kind.name).inc(len(facts_of_kind(readout, kind)))
    for rejection in readout.rejected:
        REJECTED.labels(rejection.kind).inc()
