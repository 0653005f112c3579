"""Local mode: open to this machine, by its own names, and to no other site's pages that write."""

from collections.abc import Collection
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.http.auth.scopes import is_open, is_read
from api.http.problems import CROSS_ORIGIN, NOT_LOCAL, Refusal

Connection = ASGIConnection[Any, Any, Any, Any]


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


def local_only(connection: Connection, handler: BaseRouteHandler, origins: Collection[str]) -> None:
    """Refuses other machines, other names for this one (DNS rebinding), and other sites' pages that write.

    Pages of `origins` may write: the operator said so.
    """
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
    if is_read(handler) or connection.headers.get("origin") in origins:
        return
    origin = connection.headers.get("origin")
    elsewhere = connection.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    if elsewhere or (origin is not None and origin != f"{connection.scope['scheme']}://{host}"):
        raise Refusal(
            CROSS_ORIGIN, "A page of another origin tried to write. Send the request from a program."
        )
