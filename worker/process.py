"""The worker as a process of its own."""

import logging
import os
import signal
import sys
import time
from datetime import timedelta
from threading import Event, Thread
from types import FrameType
from uuid import uuid4

from dbos import DBOS, DBOSClient, DBOSConfig

from pipeline.extract import readout
from pipeline.read import read
from store.engine import connect
from store.heartbeats import beat, leave
from store.rounds import Merge
from worker.ingest import Readout, merge_parts, register
from worker.jobs import prepare
from worker.recovery import SILENCE, keep_watch
from worker.system import APPLICATION, QUEUE, SERIALIZER, VERSION, WORKFLOW, connect_system, system_url

POLL = 0.2  # seconds between looks into the queue
DRAIN = 2.5  # seconds that work under way has to finish when the worker is told to stop
_FIRST = b"Norway and Chile opened trade talks in Oslo on 3 March 2031."
log = logging.getLogger("readout.worker")


def run(database_url: str, extractor: str, concurrency: int = 2) -> None:
    """Work until SIGTERM or SIGINT, then end the process with status 0 within five seconds.

    What is unfinished by then is taken up by another worker, or by the next one that starts.
    """
    stop = Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    _log_to_stderr()
    prepare(database_url)
    # Loads the language model now, so that the first document does not wait for it.
    readout(read(_FIRST), extractor)
    if not stop.is_set():
        work(database_url, lambda document: readout(document, extractor), merge_parts, concurrency, stop)
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that still extract would keep the interpreter from ending.
    os._exit(0)


def work(
    database_url: str,
    readout: Readout,
    merge: Merge,
    concurrency: int,
    stop: Event,
    silence: timedelta = SILENCE,
) -> None:
    """Take documents from the queue until `stop` is set."""
    engine = connect(database_url)
    client = connect_system(database_url)
    worker = f"worker-{uuid4().hex}"
    beat(engine, worker)
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": system_url(database_url),
        "application_version": VERSION,
        "executor_id": worker,
        "serializer": SERIALIZER,
        "sys_db_pool_size": 8 + concurrency,
        "log_level": "WARNING",
    }
    DBOS(config=config)
    register(engine, readout, merge)
    DBOS.launch()
    DBOS.register_queue(
        QUEUE, worker_concurrency=concurrency, polling_interval_sec=POLL, on_conflict="always_update"
    )
    watch = Thread(target=keep_watch, args=(engine, worker, silence, stop), daemon=True)
    watch.start()
    log.info("ready to read documents")
    stop.wait()
    # Its own thread, because it may wait for threads of DBOS for longer than we have.
    Thread(target=DBOS.destroy, kwargs={"workflow_completion_timeout_sec": 3}, daemon=True).start()
    unfinished = drain(client, worker)
    watch.join(timeout=1)
    leave(engine, worker)
    log.info("stopped, %d documents unfinished", unfinished)


def drain(client: DBOSClient, worker: str) -> int:
    """Wait a moment for the work under way; how much of it is left."""
    until = time.monotonic() + DRAIN
    while True:
        held = client.list_workflows(
            status="PENDING", name=WORKFLOW, executor_id=worker, load_input=False, load_output=False
        )
        if not held or time.monotonic() > until:
            return len(held)
        time.sleep(0.05)


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("worker: %(message)s"))
    logging.getLogger().addHandler(handler)
    log.setLevel(logging.INFO)
