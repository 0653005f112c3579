"""The guard of every operation: is the caller known, within its rate, and allowed to do this?"""

import asyncio
import math
import time
from base64 import b64decode
from collections import Counter, OrderedDict
from collections.abc import Collection
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from litestar.concurrency import sync_to_thread
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.http.auth import ADMIN, BRIEFINGS_READ, is_open, is_read, needed
from api.http.auth.keyring import Keyring, is_over, why_not
from api.http.middleware import Connection, Guard, is_https, sent
from api.http.problems import (
    BAD_REQUEST,
    CROSS_ORIGIN,
    MISSING_SCOPE,
    NOT_LOCAL,
    TOO_MANY_REQUESTS,
    TOO_MANY_STREAMS,
    UNAUTHORIZED,
    Refusal,
)
from api.settings import Settings, comma_separated
from pipeline.extraction.settings import per_seconds
from schemas.jobs import Key
from store.keys import lease

_BLOCKS = 50  # a window's worth of requests is leased in about as many blocks
_CALLERS = 10_000  # whose leases a process remembers
_STREAM_RETRY = 10  # seconds: nobody knows when a stream ends


class _Account(Struct):
    """What this process holds for a caller. `held` requests are good until `until` (monotonic seconds)."""

    turn: asyncio.Lock
    held: int = 0
    left: int = 0
    until: float = 0.0
    refused_until: float = 0.0


class Limits:
    """`rate`: such as `600/minute`."""

    def __init__(self, engine: Engine, rate: str) -> None:
        self._engine = engine
        self._count, self._seconds = per_seconds(rate)
        self._accounts: OrderedDict[str, _Account] = OrderedDict()
        self.policy = f'"default";q={self._count};w={self._seconds}'

    async def take(self, caller: str) -> dict[str, str]:
        """Counts a request of the caller, and gives the headers that tell what is left. Raises Refusal."""
        account = self._account(caller)
        if not account.held or time.monotonic() > account.until:
            async with account.turn:
                await self._renew(caller, account)
        if not account.held:
            wait = max(1, math.ceil(account.refused_until - time.monotonic()))
            raise Refusal(
                TOO_MANY_REQUESTS,
                f"There were more than {self._count:,} requests in {self._seconds:,} s: wait {wait} s.",
                headers={"Retry-After": str(wait)} | self._headers(0),
            )
        account.held -= 1
        return self._headers(account.held + account.left)

    async def _renew(self, caller: str, account: _Account) -> None:
        now = time.monotonic()
        if (account.held and now <= account.until) or now < account.refused_until:
            return  # another request did it while this one waited
        unused, account.held = account.held, 0
        leased = await sync_to_thread(
            lease,
            self._engine,
            caller,
            count=self._count,
            seconds=self._seconds,
            wanted=max(1, self._count // _BLOCKS),
            returned=unused,
        )
        account.held, account.left = leased.granted, leased.left
        account.until = time.monotonic() + max(1.0, self._seconds / 10)
        account.refused_until = time.monotonic() + leased.wait

    def _account(self, caller: str) -> _Account:
        account = self._accounts.get(caller)
        if account is None:
            account = self._accounts[caller] = _Account(turn=asyncio.Lock())
            if len(self._accounts) > _CALLERS:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(caller)
        return account

    def _headers(self, remaining: int) -> dict[str, str]:
        full = math.ceil((self._count - remaining) * self._seconds / self._count)
        return {"RateLimit-Policy": self.policy, "RateLimit": f'"default";r={remaining};t={full}'}


class Streams:
    """Event streams and exports that callers hold open in this process: at most `most` each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    def take(self, connection: Connection) -> None:
        """One more for the caller, until the request is over. Raises Refusal."""
        state = connection.scope["state"]
        caller = state["caller"]
        if self._open[caller] >= self._most:
            raise Refusal(
                TOO_MANY_STREAMS,
                f"There are {self._most:,} streams open already: close one, or follow several jobs by "
                "`GET /v1/jobs`.",
                headers={"Retry-After": str(_STREAM_RETRY)},
            )
        self._open[caller] += 1
        state["streams_for"] = caller

    def around(self, inner: ASGIApp) -> ASGIApp:
        """Gives back what a request took."""

        async def enter(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await inner(scope, receive, send)
            finally:
                if caller := scope["state"].pop("streams_for", None):
                    self._open[caller] -= 1
                    if not self._open[caller]:
                        del self._open[caller]

        return enter


COOKIE = "readout_key"
_CHALLENGE = 'Bearer realm="readout"'
_BASIC = 'Basic realm="readout", charset="UTF-8"'


def _asked_once(guard: Guard) -> Guard:
    """The guard, which says of a request what it said first: before what is kept in memory, and before the handler."""

    async def remembering(connection: Connection, handler: BaseRouteHandler) -> None:
        state = connection.scope["state"]
        if "verdict" not in state:
            try:
                await guard(connection, handler)
                state["verdict"] = None
            except Refusal as error:
                state["verdict"] = error
                state["refused"] = error.reason
            except SQLAlchemyError as error:
                state["verdict"] = error
        if state["verdict"] is not None:
            raise state["verdict"]

    return remembering


def guard_for(settings: Settings, keyring: Keyring, streams: Streams, limits: Limits | None) -> Guard:
    """In local mode keys are not looked at; everywhere else each request needs one. It is counted once.

    From then on the caller, a key's id or an address, is in `state["caller"]` of the request; the id of a key that is
    real, in force or not, in `state["key_id"]`; the scopes of one that is let in, in `state["scopes"]`; and why the
    caller is refused, in `state["refused"]`.
    """
    allowed = comma_separated(settings.cors_origins)

    async def count(connection: Connection, caller: str) -> None:
        connection.scope["state"]["caller"] = caller
        if limits is not None:
            connection.scope["state"]["rate"] = await limits.take(caller)

    def hold(connection: Connection, handler: BaseRouteHandler) -> None:
        if handler.opt.get("stream"):
            streams.take(connection)

    async def local(connection: Connection, handler: BaseRouteHandler) -> None:
        _check_local(connection, handler, allowed)
        if not is_open(handler):
            await count(connection, _address(connection))
            hold(connection, handler)

    async def required(connection: Connection, handler: BaseRouteHandler) -> None:
        if is_open(handler):
            if handler.opt.get("counted"):
                await count(connection, _address(connection))
            return
        if handler.opt.get("addressed"):
            await addressed(connection, handler)
            return
        token = _token(connection, handler)
        if is_form(handler):
            check_origin(connection)
        key = await keyring.owner(token) if token else None
        over = is_over(key) if key else None
        if key is not None:
            connection.scope["state"]["key_id"] = key.id
        await count(connection, key.id if key and not over else _address(connection))
        if token is None:
            raise _unauthorized(handler, "no-key", "Send the key as `Authorization: Bearer KEY`.")
        if key is None or over:
            raise _unauthorized(handler, over or "unknown-key", why_not(key), ', error="invalid_token"')
        _check_scope(key, handler)
        connection.scope["state"]["scopes"] = key.scopes
        if handler.opt.get("own_origin"):
            _check_origin(connection, allowed)
        hold(connection, handler)

    async def addressed(connection: Connection, handler: BaseRouteHandler) -> None:
        """An address has its key in itself, which opens that feed alone. A request is counted as the subscription's."""
        secret = connection.path_params["secret"]
        subscription = await keyring.subscription(secret)
        await count(connection, subscription.id if subscription else _address(connection))
        if subscription is None:
            raise _unauthorized(handler, "unknown-address", "The address was revoked, or never was one.")
        connection.scope["state"]["key_id"] = subscription.id

    mode = local if settings.auth == "local" else required

    async def checked(connection: Connection, handler: BaseRouteHandler) -> None:
        _check_host(connection)
        await mode(connection, handler)

    return _asked_once(checked)


def _check_host(connection: Connection) -> None:
    """Refuses a request with two hosts (RFC 9112): a proxy may have gone by the one, and we by the other."""
    if sum(name.lower() == b"host" for name, _ in connection.scope["headers"]) > 1:
        raise Refusal(BAD_REQUEST, "Send one `Host` header.", reason="two-hosts")


def _check_local(connection: Connection, handler: BaseRouteHandler, origins: Collection[str]) -> None:
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
    if not is_read(handler):
        _check_origin(connection, origins)


def _check_origin(connection: Connection, origins: Collection[str]) -> None:
    """Refuses pages of other sites but `origins`."""
    origin = connection.headers.get("origin")
    if origin in origins:
        return
    elsewhere = connection.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    scheme = "https" if is_https(connection.scope) else connection.scope["scheme"]
    own = f"{scheme}://{connection.headers.get('host', '')}"
    if elsewhere or (origin is not None and origin != own):
        raise Refusal(
            CROSS_ORIGIN, "A page of another origin tried to write. Send the request from a program."
        )


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


def _address(connection: Connection) -> str:
    """The caller's address; of IPv6 the network that one customer has."""
    host = connection.client.host if connection.client else ""
    try:
        address = ip_address(host.split("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network(f"{address}/64", strict=False))
    return str(address)


def _token(connection: Connection, handler: BaseRouteHandler) -> str | None:
    """The key that was sent: in the header, or by a browser that signed in and reads."""
    # Not through the connection, which would take all headers apart for it.
    scheme, _, token = sent(connection.scope, b"authorization").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    if scheme.lower() == "basic" and _is_subscribed(handler):
        return _password(token.strip())
    return connection.cookies.get(COOKIE) if _takes_cookie(handler) else None


def _takes_cookie(handler: BaseRouteHandler) -> bool:
    """Pages with a form, and what the form sends; and reads that `briefings:read` is enough for."""
    scopes = needed(handler)
    enough = scopes is not None and (not scopes or BRIEFINGS_READ in scopes)
    return bool(handler.opt.get("form")) or (is_read(handler) and enough)


def is_form(handler: BaseRouteHandler) -> bool:
    """Whether it takes what the form of a page sends, and so a cookie that writes."""
    return bool(handler.opt.get("form")) and not is_read(handler)


def check_origin(connection: Connection) -> None:
    """Refuses forms of other sites (CSRF): browsers say where a form comes from, by either of these headers."""
    origin = connection.headers.get("origin")
    if origin is None:
        own = connection.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    else:
        own = urlsplit(origin).netloc == connection.headers.get("host", "")
    if not own:
        raise Refusal(CROSS_ORIGIN, "A page of another origin sent the form.")


def _is_subscribed(handler: BaseRouteHandler) -> bool:
    """Whether calendars and feed readers fetch it, which know passwords and no other keys."""
    return bool(handler.opt.get("subscribed"))


def _password(credentials: str) -> str | None:
    """The password of RFC 7617; the name does not matter."""
    try:
        name, colon, password = b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return None
    return password or (None if colon else name) or None


def _check_scope(key: Key, handler: BaseRouteHandler) -> None:
    wanted = needed(handler)
    if wanted is None:
        raise Refusal(MISSING_SCOPE, "No scope is declared for this operation, so no key opens it.")
    if wanted and not {ADMIN, *wanted} & set(key.scopes):
        needs = " or ".join(f"`{scope}`" for scope in wanted)
        has = ", ".join(f"`{scope}`" for scope in key.scopes)
        challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{" ".join(wanted)}"'
        raise Refusal(
            MISSING_SCOPE,
            f"This takes a key with the scope {needs}; yours has {has}.",
            headers={"WWW-Authenticate": challenge},
        )


def _unauthorized(handler: BaseRouteHandler, reason: str, detail: str, error: str = "") -> Refusal:
    challenge = f"{_BASIC}, {_CHALLENGE}" if _is_subscribed(handler) else _CHALLENGE
    return Refusal(UNAUTHORIZED, detail, headers={"WWW-Authenticate": challenge + error}, reason=reason)
