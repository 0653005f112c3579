"""Which representations a resource has, and which of them a request accepts (RFC 9110, 12.5.1)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct
from msgspec.structs import fields

from api.http.problems import NOT_ACCEPTABLE, UNSUPPORTED_MEDIA_TYPE, Refusal
from schemas import Briefing
from schemas.digest import Digest

JSON = "application/json"
MSGPACK = "application/msgpack"
CSV = "text/csv"
MARKDOWN = "text/markdown"
HTML = "text/html"
CALENDAR = "text/calendar"
ATOM = "application/atom+xml"
TEXTS = frozenset({CSV, MARKDOWN, HTML, CALENDAR, ATOM})
"""What has a form of its own, so that no schema tells it."""


_READ: dict[Any, tuple[str, ...]] = {Briefing: (MARKDOWN,), Digest: (MARKDOWN, HTML)}


def _success(handler: BaseRouteHandler) -> ResponseSpec | None:
    declared = handler.responses if isinstance(handler, HTTPRouteHandler) else None
    return next((spec for status, spec in (declared or {}).items() if status < 300), None)


def shape_of(handler: BaseRouteHandler) -> Any:
    """What a successful answer holds: a type, or None where that is not declared."""
    spec = _success(handler)
    return spec.data_container if spec else None


def offered(handler: BaseRouteHandler) -> tuple[str, ...]:
    """Media types of a successful answer, the usual one first. Empty where that is not declared.

    Those in `opt["makes"]` the handler makes itself.
    """
    spec = _success(handler)
    return (*_offers(spec.media_type, shape_of(handler)), *handler.opt.get("makes", ())) if spec else ()


@cache
def _offers(usual: str, shape: Any) -> tuple[str, ...]:
    if usual != JSON:
        return (usual,)
    return (JSON, MSGPACK, CSV) if is_page(shape) else (JSON, MSGPACK, *_READ.get(shape, ()))


def is_page(shape: Any) -> bool:
    """Whether it is a page of a collection."""
    if not (isinstance(shape, type) and issubclass(shape, Struct)):
        return False
    return [field.name for field in fields(shape)] == ["items", "next_cursor"]


def _quality(wanted: str, offer: str) -> float:
    """How much a list of ranges wants an offer, 0 to 1: the closest range decides."""
    best = (-1, 0.0)
    for part in wanted.split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        if name in (offer, "*", "*/*"):
            close = 2 if name == offer else 0
        elif name.endswith("/*") and offer.startswith(name[:-1]):
            close = 1
        else:
            continue
        given = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        try:
            best = max(best, (close, min(float(given), 1.0)))
        except ValueError:
            continue
    return best[1]


def choose(wanted: str, offers: Sequence[str]) -> str | None:
    """The offer that is wanted most, the first of equals; None where none is."""
    quality, place = max((_quality(wanted, offer), -place) for place, offer in enumerate(offers))
    return offers[-place] if quality > 0 else None


async def acceptable(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: settles the representation before any work is done."""
    offers = offered(handler)
    if not offers:
        return
    wanted = ",".join(connection.headers.getall("accept", []))
    chosen = choose(wanted, offers) if wanted not in ("", "*/*") else offers[0]
    if chosen is None:
        raise Refusal(NOT_ACCEPTABLE, f"This resource is served as {', '.join(offers)}.")
    connection.scope["state"]["representation"] = chosen


async def known_body(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: a body that the operation does not take is not read."""
    taken = handler.opt.get("body")
    if taken and isinstance(connection, Request) and connection.content_type[0] not in taken:
        raise Refusal(
            UNSUPPORTED_MEDIA_TYPE,
            f"This operation takes {' or '.join(f'`{kind}`' for kind in taken)}.",
            headers={"Accept": ", ".join(taken)},
        )
