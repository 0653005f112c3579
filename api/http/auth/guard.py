"""The guard of every operation: is the caller known, within its rate, and allowed to do this?"""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address, ip_network

from litestar.handlers import BaseRouteHandler

from api.http.auth.keyring import Keyring, is_over
from api.http.auth.local import Connection, local_only
from api.http.auth.rate_limits import Limits
from api.http.auth.scopes import ADMIN, READ, is_open, is_read, needed
from api.http.headers import sent
from api.http.problems import MISSING_SCOPE, UNAUTHORIZED, Refusal
from api.settings import Settings, listed
from schemas.keys import Key

COOKIE = "readout_key"
Check = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
_CHALLENGE = 'Bearer realm="readout"'
_BASIC = 'Basic realm="readout", charset="UTF-8"'


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
    if is_read(handler) and needed(handler) == (READ,):
        return connection.cookies.get(COOKIE)
    return None


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
        said = " or ".join(f"`{scope}`" for scope in wanted)
        has = ", ".join(f"`{scope}`" for scope in key.scopes)
        challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{" ".join(wanted)}"'
        raise Refusal(
            MISSING_SCOPE,
            f"This takes a key with the scope {said}; yours has {has}.",
            headers={"WWW-Authenticate": challenge},
        )


def _unauthorized(handler: BaseRouteHandler, detail: str, error: str = "") -> Refusal:
    challenge = f"{_BASIC}, {_CHALLENGE}" if _is_subscribed(handler) else _CHALLENGE
    return Refusal(UNAUTHORIZED, detail, headers={"WWW-Authenticate": challenge + error})


def guard_for(settings: Settings, keyring: Keyring, limits: Limits | None) -> Check:
    """In local mode keys are not looked at; everywhere else each request needs one.

    The caller, a key's id or an address, is in `state["caller"]` of the request from then on.
    """
    allowed = listed(settings.cors_origins)

    async def count(connection: Connection, caller: str) -> None:
        connection.scope["state"]["caller"] = caller
        if limits is not None:
            connection.scope["state"]["rate"] = await limits.take(caller)

    async def local(connection: Connection, handler: BaseRouteHandler) -> None:
        local_only(connection, handler, allowed)
        if not is_open(handler):
            await count(connection, _address(connection))

    async def required(connection: Connection, handler: BaseRouteHandler) -> None:
        if is_open(handler):
            if handler.opt.get("counted"):
                await count(connection, _address(connection))
            return
        token = _token(connection, handler)
        key = await keyring.owner(token) if token else None
        over = is_over(key) if key else None
        await count(connection, key.id if key and not over else _address(connection))
        if token is None:
            raise _unauthorized(handler, "Send the key as `Authorization: Bearer KEY`.")
        if key is None or over:
            raise _unauthorized(handler, over or "The key is not valid.", ', error="invalid_token"')
        _check_scope(key, handler)

    return local if settings.auth == "local" else required
