"""What the service says of itself: whether it lives, its figures, and its description."""

from functools import cache
from importlib.resources import files
from typing import Any

import zstandard
from litestar import Litestar, Request, Response, get
from msgspec import json
from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    generate_latest,
)
from sqlalchemy.exc import SQLAlchemyError

from api.http.caching import entity_tag
from api.http.problems import NOT_READY, Refusal
from api.http.responses import Database, StoredFigures, answers, stored
from api.rendering.html import render_page
from schemas import FieldError, Health
from store import LaterVersion
from store.migrate import pending
from worker.jobs import Jobs
from worker.observability import AsOfNow, OfAllWorkers

DATABASE = Gauge("readout_database_up", "Whether the database answered when it was asked for figures.")
_WELL = json.encode(Health(status="ok"))


@get(
    "/health/live",
    operation_id="get_liveness",
    tags=["health"],
    summary="Is the process alive?",
    opt={"open": True},
    responses=answers(Health, when="The process answers."),
    sync_to_thread=False,
)
def live() -> Response[bytes]:
    """Answers as long as the process does. Restart it when this fails."""
    return stored(_WELL)


@get(
    "/health/ready",
    operation_id="get_readiness",
    tags=["health"],
    summary="Can the service do its work?",
    opt={"open": True},
    responses=answers(Health, when="The database answers and its tables are those of this version."),
    sync_to_thread=True,
)
def ready(database: Database) -> Response[bytes]:
    """Send requests only while this answers 200: the database is reachable and its migrations are current."""
    try:
        missing = pending(database)
    except LaterVersion:
        # While a new version is rolled out, the old one goes on serving: migrations add and do not take away.
        return stored(_WELL)
    except SQLAlchemyError:
        raise _not_ready("database", "The database does not answer.") from None
    if missing:
        raise _not_ready("migrations", "The tables are not those of this version: run `readout migrate`.")
    return stored(_WELL)


def _not_ready(what: str, detail: str) -> Refusal:
    return Refusal(NOT_READY, detail, [FieldError(pointer=what, detail=detail)], headers={"Retry-After": "1"})


@get("/metrics", include_in_schema=False, sync_to_thread=True, opt={"scope": ()})
def metrics(figures: StoredFigures) -> Response[bytes]:
    """Of this process and of all workers. Takes any key; docs/operations.md tells the figures."""
    return Response(
        exposition(figures), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}
    )


def stored_figures(jobs: Jobs) -> CollectorRegistry:
    """What the database has to tell. One is kept, which need not count many rows each time."""
    figures = CollectorRegistry()
    figures.register(AsOfNow(jobs.engine, jobs.client))
    figures.register(OfAllWorkers(jobs.engine))
    return figures


def exposition(figures: CollectorRegistry) -> bytes:
    """Everything, in Prometheus's text format; of this process alone while the database does not answer."""
    try:
        told = generate_latest(figures)
        DATABASE.set(1)
    except SQLAlchemyError:
        told = b""
        DATABASE.set(0)
    return generate_latest(REGISTRY) + told


SCALAR = "1.76.0"
_BUNDLE = f"/docs/scalar-{SCALAR}.js"
# Scalar would otherwise fetch fonts, count its visitors and offer services of its maker. It writes style elements.
_CONFIGURATION: dict[str, Any] = {
    "agent": {"disabled": True},
    "authentication": {"preferredSecurityScheme": "key"},
    "defaultOpenAllTags": True,
    "hideClientButton": True,
    "mcp": {"disabled": True},
    "servers": [{"url": "/", "description": "This service."}],
    "showDeveloperTools": "never",
    "telemetry": False,
    "withDefaultFonts": False,
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def _described(app: Litestar) -> bytes:
    """As JSON, which is a fraction of what it is made of."""
    if "openapi" not in app.state:
        # What describes the service is loaded when somebody asks.
        from api.http.openapi import document

        app.state["openapi"] = json.encode(document(app))
    described: bytes = app.state["openapi"]
    return described


@get("/openapi.json", include_in_schema=False, sync_to_thread=True, opt={"scope": ()})
def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI document as JSON."""
    return stored(_described(request.app))


@get("/openapi.yaml", include_in_schema=False, sync_to_thread=True, opt={"scope": ()})
def openapi_yaml(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI document as YAML, as in the repository."""
    from api.http.openapi import to_yaml

    body = to_yaml(json.decode(_described(request.app))).encode()
    return Response(body, media_type="application/yaml", headers={"ETag": entity_tag(body)})


@cache
def _page() -> str:
    return render_page("docs.html", bundle=_BUNDLE, configuration=json.encode(_CONFIGURATION).decode())


@get(
    "/docs",
    include_in_schema=False,
    sync_to_thread=False,
    opt={"scope": ()},
)
def reference_page() -> Response[str]:
    """The operations, with a form to try each."""
    headers = {"Content-Security-Policy": _POLICY, "ETag": entity_tag(_page().encode())}
    return Response(_page(), media_type="text/html", headers=headers)


@get(_BUNDLE, include_in_schema=False, sync_to_thread=True, opt={"scope": ()})
def reference_bundle() -> Response[bytes]:
    """Scalar's script. The path has its version, so it never changes."""
    packed = files("api.http").joinpath("scalar", f"standalone-{SCALAR}.js.zst").read_bytes()
    body = zstandard.decompress(packed)
    headers = {"ETag": entity_tag(body), "Cache-Control": "private, max-age=31536000, immutable"}
    return Response(body, media_type="text/javascript", headers=headers)


handlers = [live, ready, metrics, openapi_json, openapi_yaml, reference_page, reference_bundle]
