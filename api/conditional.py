"""Entity tags and `If-None-Match` (RFC 9110, 8.8.3 and 13.1.2)."""

import re
from hashlib import blake2b
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from api.problems import BAD_ETAG, Refusal

_TAG = rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rb"[ \t,]*" + _TAG + rb"(?:[ \t]*,[ \t,]*" + _TAG + rb")*[ \t,]*")
_OPAQUE = re.compile(rb'"[^"]*"')


def entity_tag(body: bytes, version: int | None = None) -> str:
    """A strong tag. The version leads where the resource has one; the digest tells two databases apart."""
    digest = blake2b(body, digest_size=9).hexdigest()
    return f'"{digest}"' if version is None else f'"r{version}-{digest}"'


def if_none_match(scope: Scope) -> bytes | None:
    """The header's value, its repetitions joined; None where it is not given."""
    values = [value for name, value in scope["headers"] if name.lower() == b"if-none-match"]
    return b",".join(values).strip() if values else None


def matches(condition: bytes | None, etag: bytes) -> bool:
    """Weak comparison of one entity tag with a well-formed condition."""
    if condition is None:
        return False
    return condition == b"*" or etag.removeprefix(b"W/") in _OPAQUE.findall(condition)


async def sane_condition(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: a condition that cannot be understood is an error, not a miss."""
    condition = if_none_match(connection.scope)
    if condition not in (None, b"*") and not _LIST.fullmatch(condition):
        raise Refusal(
            BAD_ETAG, 'If-None-Match takes `*` or entity tags in quotation marks, such as `"r3-0f…"`.'
        )
