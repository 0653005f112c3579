"""Entity tags and `If-None-Match` (RFC 9110, 8.8.3 and 13.1.2)."""

import re
from hashlib import blake2b
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from api.http.problems import BAD_ETAG, Refusal

_TAG = rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
CONDITION = re.compile(rb"[ \t,]*" + _TAG + rb"(?:[ \t]*,[ \t,]*" + _TAG + rb")*[ \t,]*")
_OPAQUE = re.compile(rb'"[^"]*"')
_VERSION = re.compile(rb'"r([0-9]+)-')
_CODED = re.compile(rb'-(?:gzip|zstd)"$')


def entity_tag(body: bytes, version: int | None = None) -> str:
    """A strong tag. The version leads where the resource has one; the digest tells two databases apart."""
    digest = blake2b(body, digest_size=9).hexdigest()
    return f'"{digest}"' if version is None else f'"r{version}-{digest}"'


def tag_of_representation(etag: bytes, body: bytes) -> bytes:
    """The tag of another representation of what has this tag."""
    version = _VERSION.match(etag)
    return entity_tag(body, int(version[1]) if version else None).encode()


def tag_of_coding(etag: bytes, coding: str) -> bytes:
    """The tag of the same representation when it is compressed."""
    return etag[:-1] + b"-" + coding.encode() + b'"'


def plain_tag(etag: bytes) -> bytes:
    """The tag without its coding: what `If-Match` has to compare."""
    return _CODED.sub(b'"', etag)


def if_none_match(scope: Scope) -> bytes | None:
    """The header's value, its repetitions joined; None where it is not given."""
    values = [value for name, value in scope["headers"] if name.lower() == b"if-none-match"]
    return b",".join(values).strip() if values else None


def matching(condition: bytes | None, etag: bytes) -> bytes | None:
    """The tag among those that the caller has which is current, whatever its coding; None: none is."""
    if condition is None:
        return None
    if condition in (b"*", etag):
        return etag
    return next((tag for tag in _OPAQUE.findall(condition) if plain_tag(tag) == plain_tag(etag)), None)


async def sane_condition(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: a condition that cannot be understood is an error, not a miss."""
    condition = if_none_match(connection.scope)
    if condition not in (None, b"*") and not CONDITION.fullmatch(condition):
        raise Refusal(
            BAD_ETAG, 'If-None-Match takes `*` or entity tags in quotation marks, such as `"r3-0f…"`.'
        )
