"""The worker as a process of its own."""

import ctypes
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Event, Thread, Timer
from uuid import uuid4

from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from pipeline.documents.read import read
from pipeline.extraction.readout import about_talks, readout
from pipeline.extraction.settings import ModelSettings
from pipeline.writing.text import STANDARD, Style
from schemas import ExtractorInfo, learn_shapes
from store.agenda import Matter
from store.engine import connect
from store.workers import beat, leave
from worker.addresses import Reach
from worker.bells import Bell, keep_agenda, keep_ringing
from worker.extractors import answers_of, info_of, provider, reader
from worker.fetching import CAREFUL, Fetcher, Manners
from worker.hosts import HOSTS_AT_ONCE, keep_fetching, register_fetching
from worker.ingest import Gathering, Readout, register
from worker.isolation import apart
from worker.jobs import connect_jobs as connect_jobs
from worker.jobs import prepare
from worker.maintenance import (
    EMBARGOES,
    KEPT,
    PAUSE,
    keep_clean,
    keep_current,
    keep_embargoes,
    keep_upgrading,
    keep_watch,
    pause_in_outages,
)
from worker.observability import LogFormat, LogLevel, is_tracing, log_to_stderr, start_tracing, stop_tracing
from worker.queue import (
    APPLICATION,
    DELIVERIES,
    FETCHES,
    QUEUE,
    SERIALIZER,
    SILENCE,
    UPKEEP,
    WORKFLOW,
    WORKFLOW_VERSION,
    WRITING,
    Places,
    connect_system,
    stop_polling,
    system_url,
    take_from,
    take_places,
)
from worker.rebuild import RoundRules
from worker.reingest import register_reingest
from worker.schedules import Newsroom, keep_sending, left_to_others
from worker.webhooks import AT_ONCE, keep_delivering, post, register_deliveries
from worker.writing import WRITTEN_AT_ONCE, Author, author_of, keep_writing, register_writing

DRAIN = 2.5  # seconds that work under way has to finish when the worker is told to stop
LAST = 4.0  # seconds after which the worker ends, whatever it still waits for
LISTEN = 0.2  # seconds between looks for a signal
NICE = 5
LOOKED_THROUGH = 50_000  # objects more than before, when it is looked for garbage among them
_FIRST = b"Norway and Chile opened trade talks in Oslo on 3 March 2031."
log = logging.getLogger("readout.worker")


def run(
    database_url: str,
    model: ModelSettings | None = None,
    concurrency: int = 2,
    style: LogFormat = "text",
    level: LogLevel = "info",
    access: bool = False,
    kept: timedelta = KEPT,
    webhooks: Reach = "public",
    summaries: Style = STANDARD,
    manners: Manners | None = CAREFUL,
    newsroom: Callable[[Engine], Newsroom] | None = None,
    reviewed: bool = False,
) -> None:
    """Work until SIGTERM or SIGINT, then end the process with status 0 within five seconds.

    Reads with the model where one is given, else with the embedded extractor. `reviewed`: editors publish what it
    makes.

    What is unfinished by then is taken up by another worker, or by the next one that starts.
    """
    on_signals(lambda: os._exit(0))
    log_to_stderr("worker", style, level, access)
    start_tracing("readout-worker")
    # Whoever reads briefings on the same machine goes first.
    os.nice(NICE)
    prepare(database_url)
    # Loads the language model now, so that the first document does not wait for it.
    readout(read(_FIRST))
    upgrading = PAUSE if model else None
    engine = connect(database_url)
    asked = provider(model, engine) if model else None
    read_here, read_apart = reader(model, engine, asked), apart(database_url, model)
    writes = author_of(model, asked, answers_of(engine), summaries) if model and asked else None
    work(
        database_url,
        read_here,
        concurrency,
        upgrading=upgrading,
        apart=read_apart,
        reads_with=info_of(model),
        kept=kept,
        webhooks=webhooks,
        writes=writes,
        summaries=summaries,
        copies=readout if model else None,
        manners=manners,
        newsroom=newsroom(engine) if newsroom else None,
        reviewed=reviewed,
    )


def work(
    database_url: str,
    readout: Readout,
    concurrency: int,
    silence: timedelta = SILENCE,
    upgrading: timedelta | None = None,
    apart: Readout | None = None,
    reads_with: ExtractorInfo | None = None,
    kept: timedelta = KEPT,
    webhooks: Reach | None = None,
    writes: Author | None = None,
    summaries: Style = STANDARD,
    copies: Readout | None = None,
    manners: Manners | None = None,
    newsroom: Newsroom | None = None,
    reviewed: bool = False,
) -> None:
    """Take documents from the queue until a signal ends the process.

    `upgrading`: how soon the model is asked again about documents for which it failed; None: never. `apart` reads
    those that were there when workers died. `reads_with`: what its readouts say; those of others are read again where
    somebody asks for it. `kept`: how long answers of the model are. `webhooks`: which addresses may be called; None:
    none is. `writes`: who writes of briefings; None: the rules alone. `copies` reads near copies of documents; None:
    whoever reads the others. `manners`: how addresses are fetched; None: none is. `newsroom`: who writes and sends
    issues; None: nobody does. `reviewed`: whether briefings are drafts until an editor publishes them.
    """
    engine = connect(database_url, reviewed=reviewed)
    client = connect_system(database_url)
    worker = f"worker-{uuid4().hex}"
    beat(engine, worker)
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": system_url(database_url),
        "application_version": WORKFLOW_VERSION,
        "executor_id": worker,
        "serializer": SERIALIZER,
        "sys_db_pool_size": 8 + concurrency,
        "log_level": "WARNING",
        "enable_otlp": is_tracing(),
        "otel_attribute_format": "semconv",
    }
    pause_in_outages()
    dbos = DBOS(config=config)
    at_once = {QUEUE: concurrency, UPKEEP: 1}
    if webhooks:
        at_once[DELIVERIES] = AT_ONCE
    if manners:
        at_once[FETCHES] = HOSTS_AT_ONCE
    if writes:
        at_once[WRITING] = WRITTEN_AT_ONCE
    bells = {queue: Bell() for queue in at_once}
    places = Places(bells)
    take_places(dbos, places)
    gathering = Gathering(places, is_queued)
    rules = RoundRules(summaries, author=writes is not None)
    register(engine, readout, gathering, upgrading or PAUSE, apart, rules, copies)
    if writes:
        register_writing(engine, writes)
    learn_shapes()
    jobs = connect_jobs(database_url, reviewed=reviewed)
    if reads_with:
        register_reingest(jobs, reads_with)
    if webhooks:
        register_deliveries(engine, partial(post, reach=webhooks))
    if manners:
        register_fetching(jobs, Fetcher(manners), about_talks)
    spare_what_is_loaded()
    DBOS.listen_queues([])
    DBOS.launch()
    stop_polling(dbos)
    # A list, which a handler may change at any moment: an Event would lock up.
    signalled: list[None] = []
    on_signals(lambda: signalled.append(None))
    for queue, bell in bells.items():
        take_from(dbos, queue, at_once[queue], bell)
    stop = Event()
    Thread(target=keep_ringing, args=(engine, system_url(database_url), bells, stop), daemon=True).start()
    due: dict[Matter, Bell] = {"publishing": Bell(EMBARGOES)}
    Thread(target=keep_embargoes, args=(engine, due["publishing"], rules), daemon=True).start()
    if webhooks:
        due["delivering"] = Bell()
        Thread(target=keep_delivering, args=(jobs, due["delivering"]), daemon=True).start()
    if manners:
        due["fetching"] = Bell()
        Thread(target=keep_fetching, args=(jobs, due["fetching"]), daemon=True).start()
    if newsroom:
        due["sending"] = Bell()
        Thread(target=keep_sending, args=(engine, newsroom, due["sending"]), daemon=True).start()
    if writes:
        due["writing"] = Bell()
        Thread(target=keep_writing, args=(jobs, due["writing"]), daemon=True).start()
    leaving = left_to_others(newsroom.outlets) if newsroom else ()
    Thread(target=keep_agenda, args=(engine, due, stop, leaving), daemon=True).start()
    watch = Thread(target=keep_watch, args=(dbos, places, engine, worker, silence, stop), daemon=True)
    watch.start()
    if upgrading:
        Thread(target=keep_upgrading, args=(jobs, upgrading, stop), daemon=True).start()
    Thread(target=keep_clean, args=(jobs, kept, stop), daemon=True).start()
    Thread(target=keep_current, args=(engine, stop, rules), daemon=True).start()
    log.info("ready to read documents")
    # Never asleep for long: a signal that comes just before is seen when the thread wakes.
    while not signalled:
        time.sleep(LISTEN)
    # Threads that still extract, or a database that does not answer, must not keep the process from ending.
    Timer(LAST, os._exit, args=(0,)).start()
    stop.set()
    for bell in (*bells.values(), *due.values()):
        bell.set()
    gathering.hurry()
    Thread(target=DBOS.destroy, kwargs={"workflow_completion_timeout_sec": 3}, daemon=True).start()
    with suppress(SQLAlchemyError):
        unfinished = drain(client, worker)
        watch.join(timeout=1)
        leave(engine, worker)
        log.info("stopped, %d documents unfinished", unfinished)
    stop_tracing()
    sys.stderr.flush()
    os._exit(0)


def spare_what_is_loaded() -> None:
    """What is there now stays: no document waits while all of it is looked through for garbage.

    What loading it took goes back to the system, where its C library can give it back. What comes later is looked
    through less often than Python does by itself: of a long round much is kept, and little of it is garbage that only
    a search finds.
    """
    gc.collect()
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    gc.freeze()
    gc.set_threshold(LOOKED_THROUGH)


def is_queued() -> bool:
    """Whether a document waits to be read."""
    return bool(
        DBOS.list_workflows(status="ENQUEUED", name=WORKFLOW, limit=1, load_input=False, load_output=False)
    )


def on_signals(act: Callable[[], None]) -> None:
    """What SIGTERM and SIGINT do from now on."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: act())


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
