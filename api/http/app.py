"""The HTTP service as a Litestar application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from litestar import Litestar, Router
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.http.auth.guard import guard_for
from api.http.auth.keyring import Keyring
from api.http.auth.rate_limits import Limits
from api.http.auth.sign_in import instead_of_a_page, sign_in_pages
from api.http.caching import ResponseCache, sane_condition
from api.http.content import acceptable, negotiated
from api.http.middleware import Connection, Guard, doorway, protected
from api.http.observability import AccessLog, named, observed, traced
from api.http.parameters import asked, known_path, known_query
from api.http.problems import Refusal, on_error
from api.http.requests import known_body
from api.http.resources import (
    briefings,
    changes,
    description,
    documents,
    facts,
    feeds,
    health,
    jobs,
    keys,
    webhooks,
)
from api.reader import pages
from api.settings import BadSetting, Settings, check_serving, comma_separated
from store.changes import watch
from store.keys import any_in_force
from worker.addresses import Reach
from worker.jobs import Jobs, connect_jobs

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
    work = connect_jobs(settings.database_url, settings.queue_limit)
    needs_one = settings.auth == "required" and settings.admin_key is None
    try:
        check_serving(settings, keys=needs_one and _has_keys(work.engine))
    except BadSetting:
        work.close()
        raise
    keyring = Keyring(work.engine, settings.admin_key)
    limits = Limits(work.engine, settings.rate_limit) if settings.rate_limit else None

    guard = guard_for(settings, keyring, limits)
    freshness = watch(work.engine)

    async def provide_keyring() -> Keyring:
        return keyring

    async def provide_work() -> Jobs:
        return work

    async def provide_reach() -> Reach:
        return settings.webhooks

    async def provide_database() -> Engine:
        return work.engine

    @asynccontextmanager
    async def connected(_: Litestar) -> AsyncIterator[None]:
        yield
        await keyring.close()
        freshness.close()
        work.close()

    app = Litestar(
        route_handlers=[
            *health.handlers,
            *briefings.handlers,
            *documents.handlers,
            *facts.handlers,
            *changes.handlers,
            *feeds.handlers,
            *jobs.handlers,
            *keys.handlers,
            *webhooks.handlers,
            *description.handlers,
            *sign_in_pages,
            Router("/", route_handlers=pages, exception_handlers={Refusal: instead_of_a_page}),
        ],
        dependencies={
            "asked": Provide(asked),
            "database": Provide(provide_database),
            "keyring": Provide(provide_keyring),
            "reach": Provide(provide_reach),
            "work": Provide(provide_work),
        },
        guards=[_in_turn(guard, acceptable, known_body, known_path, known_query, sane_condition)],
        exception_handlers={Exception: on_error},
        cors_config=_cors(settings),
        lifespan=[connected],
        openapi_config=None,
        logging_config=None,
    )
    proxies = comma_separated(settings.trusted_proxies)
    answering = ResponseCache(freshness, guard).around(named(protected(negotiated(app.asgi_handler))))
    app.asgi_handler = doorway(traced(observed(answering, log)))
    if proxies:
        app.asgi_handler = wrap_asgi_with_proxy_headers(app.asgi_handler, list(proxies))
    return app
