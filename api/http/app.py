"""The HTTP service: a Litestar application, served on Granian in this very process."""

import asyncio
import gc
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.http.auth.guard import Limits, Streams, guard_for
from api.http.auth.keyring import Keyring
from api.http.auth.sign_in import sign_in_pages
from api.http.caching import ResponseCache, sane_condition
from api.http.content import acceptable, negotiated
from api.http.middleware import AccessLog, Connection, Guard, doorway, named, observed, protected, traced
from api.http.parameters import asked, known_path, known_query
from api.http.requests import in_time, known_body
from api.http.resources import (
    administration,
    agents,
    briefings,
    documents,
    export,
    facts,
    feeds,
    issues,
    jobs,
    publication,
    review_queue,
    reviews,
    service,
    subscriptions,
    verification,
    watches,
)
from api.newsletters import templates_of
from api.reader import pages
from api.reader.errors import as_page
from api.settings import BadSetting, Settings, check_address, check_serving, comma_separated
from schemas import learn_shapes
from store.changes import watch
from store.current import current_briefings
from store.keys import any_in_force
from worker.addresses import Reach
from worker.jobs import Jobs, connect_jobs
from worker.observability import log_to_stderr, start_tracing, stop_tracing

_EXPOSED = [
    "Content-Language",
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
]


def _cors(settings: Settings) -> CORSConfig | None:
    """Which pages of other sites may call the service. They bring a key: cookies are not for them."""
    if not (allowed := comma_separated(settings.cors_origins)):
        return None
    return CORSConfig(allow_origins=list(allowed), expose_headers=_EXPOSED, max_age=3600)


def _has_keys(engine: Engine) -> bool:
    """Whether the database has keys; one that cannot be asked yet may have."""
    try:
        return any_in_force(engine)
    except SQLAlchemyError:
        return True


def _in_turn(*guards: Guard) -> Guard:
    """One guard of several: Litestar would copy the handler for each."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        for each in guards:
            await each(connection, connection.scope["route_handler"])

    return guard


def create_app(settings: Settings, log: AccessLog | None = None) -> Litestar:
    """The whole service on one database; each request is told to `log`.

    Raises BadSetting where the settings would leave the door open.
    """
    templates = templates_of(settings)
    work = connect_jobs(settings.database_url, settings.queue_limit, reviewed=settings.publish == "reviewed")
    needs_one = settings.auth == "required" and settings.admin_key is None
    try:
        check_serving(settings, keys=needs_one and _has_keys(work.engine))
    except BadSetting:
        work.close()
        raise
    keyring = Keyring(work.engine, settings.admin_key)
    figures = service.stored_figures(work)
    limits = Limits(work.engine, settings.rate_limit) if settings.rate_limit else None
    streams = Streams(settings.stream_limit)
    guard = guard_for(settings, keyring, streams, limits)
    freshness = watch(work.engine)
    current = current_briefings(work.engine)

    async def provide_keyring() -> Keyring:
        return keyring

    async def provide_work() -> Jobs:
        return work

    async def provide_figures() -> CollectorRegistry:
        return figures

    async def provide_reach() -> Reach:
        return settings.webhooks

    async def provide_database() -> Engine:
        return work.engine

    @asynccontextmanager
    async def connected(app: Litestar) -> AsyncIterator[None]:
        yield
        await agents.hang_up(app)
        await keyring.close()
        freshness.close()
        await current.close()
        work.close()

    app = Litestar(
        route_handlers=[
            *service.handlers,
            *briefings.handlers,
            *documents.handlers,
            *facts.handlers,
            *reviews.handlers,
            *publication.handlers,
            *review_queue.handlers,
            *feeds.handlers,
            *issues.handlers,
            *subscriptions.handlers,
            *export.handlers,
            *jobs.handlers,
            *watches.handlers,
            *verification.handlers,
            *administration.handlers,
            *agents.handlers,
            *sign_in_pages,
            *pages,
        ],
        dependencies={
            "asked": Provide(asked),
            "database": Provide(provide_database),
            "figures": Provide(provide_figures),
            "keyring": Provide(provide_keyring),
            "reach": Provide(provide_reach),
            "work": Provide(provide_work),
        },
        guards=[_in_turn(guard, acceptable, known_body, known_path, known_query, sane_condition)],
        exception_handlers={Exception: as_page},
        cors_config=_cors(settings),
        lifespan=[connected],
        openapi_config=None,
        logging_config=None,
    )
    proxies = comma_separated(settings.trusted_proxies)
    made = streams.around(in_time(app.asgi_handler))
    answering = ResponseCache(freshness, guard, current).around(named(protected(negotiated(made, templates))))
    app.asgi_handler = doorway(traced(observed(answering, log)))
    if proxies:
        app.asgi_handler = wrap_asgi_with_proxy_headers(app.asgi_handler, list(proxies))
    return app


_GRACE = 2.0  # seconds that requests under way have when the service is told to stop
_HEAD = 30.0  # seconds that the head of a request may take, and so that a connection may be idle before it
_LARGEST_HEAD = 65_536  # bytes
_CONNECTIONS, _BACKLOG = 8_192, 1_024  # that are open, and that wait to be
_BESIDES = 256  # files that a process has open besides connections


def serve(settings: Settings) -> NoReturn:
    """Serve until SIGINT or SIGTERM, answer what is under way, and end the process with status 0.

    Raises BadSetting, before anything is started, where the settings or the address do not allow it.
    """
    check_address(settings.host, settings.port)
    log_to_stderr("api", settings.log_format, settings.log_level)
    start_tracing("readout-api")
    access = AccessLog(sys.stderr.buffer, settings.log_format) if settings.access_log == "on" else None
    asyncio.run(_serve(settings, access))
    _end(access)


async def _serve(settings: Settings, access: AccessLog | None) -> None:
    app = create_app(settings, access)
    learn_shapes()
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,  # where it may be HTTP/2, a connection that never says a word has no deadline
        http1_settings=HTTP1Settings(header_read_timeout=int(_HEAD * 1_000), max_buffer_size=_LARGEST_HEAD),
        backlog=_BACKLOG,
        backpressure=_room(),
        log_enabled=False,
        websockets=False,
    )
    loop = asyncio.get_running_loop()
    # What is there now stays: a request would wait while all of it is looked through for garbage.
    gc.collect()
    gc.freeze()

    def stop() -> None:
        loop.call_soon(server.stop)
        loop.call_later(_GRACE, _end, access)

    for number in (signal.SIGINT, signal.SIGTERM):
        # The loop's own handlers hear by a pipe, which is full while hundreds hang up, and then miss the signal.
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
    await server.serve()


def _room() -> int:
    """How many connections may be open: each is a file, so the system is asked for as many as it allows."""
    files = _CONNECTIONS + _BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return files - _BESIDES


def _end(access: AccessLog | None) -> NoReturn:
    if access is not None:
        access.flush()
    stop_tracing()
    sys.stdout.flush()
    sys.stderr.flush()
    # Granian's threads may still hold Python objects, and abort the process if the interpreter is taken down.
    os._exit(0)
