"""Who may come in: this machine only (`local`), or whoever has the key (`required`)."""

import hmac
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import Guard

from api.problems import CROSS_ORIGIN, NOT_LOCAL, UNAUTHORIZED, Refusal
from api.settings import Settings

Connection = ASGIConnection[Any, Any, Any, Any]
_READS = {"GET", "HEAD", "OPTIONS"}
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="readout"'}


def is_open(handler: BaseRouteHandler) -> bool:
    """Health checks answer whoever reaches them."""
    return bool(handler.opt.get("open"))


def _is_loopback(host: str) -> bool:
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        address = ip_address(host.split("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _host_of(netloc: str) -> str:
    """The host of `host`, `host:port` or `[v6]:port`; empty if it is none of them."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


async def local_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """Refuses other machines, other names for this one (DNS rebinding), and other sites' pages that write."""
    if is_open(handler):
        return
    peer = connection.client
    if peer is None or not _is_loopback(peer.host):
        raise Refusal(NOT_LOCAL, "READOUT_AUTH is `local`, and the request comes from another machine.")
    host = connection.headers.get("host", "")
    if not _is_loopback(_host_of(host)):
        raise Refusal(
            NOT_LOCAL, "Call the service by `localhost`, `127.0.0.1` or `[::1]`: other names are refused."
        )
    if isinstance(handler, HTTPRouteHandler) and handler.http_methods <= _READS:
        return
    origin = connection.headers.get("origin")
    elsewhere = connection.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    if elsewhere or (origin is not None and origin != f"{connection.scope['scheme']}://{host}"):
        raise Refusal(
            CROSS_ORIGIN, "A page of another origin tried to write. Send the request from a program."
        )


def key_required(admin_key: str) -> Guard:
    """Refuses whoever does not send `Authorization: Bearer` with the key."""
    expected = admin_key.encode()

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        if is_open(handler):
            return
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refusal(UNAUTHORIZED, "Send the key as `Authorization: Bearer KEY`.", headers=_CHALLENGE)
        if not hmac.compare_digest(token.strip().encode("utf-8", "surrogateescape"), expected):
            raise Refusal(UNAUTHORIZED, "The key is not valid.", headers=_CHALLENGE)

    return guard


def guard_for(settings: Settings) -> Guard:
    if settings.auth == "local":
        return local_only
    if settings.admin_key is None:
        raise ValueError("keys are required and there is none")
    return key_required(settings.admin_key)
