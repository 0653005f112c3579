"""Headers that protect whoever reads the answers, and those that tell how often one may still ask."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_ALWAYS = [
    (b"content-security-policy", _NOTHING),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-cache"),
]
_A_YEAR = (b"strict-transport-security", b"max-age=31536000")


def sent(scope: Scope, name: bytes) -> bytes:
    """A header of the request, its first if there are several; empty if there is none."""
    for key, value in scope["headers"]:
        if key == name or key.lower() == name:
            return value
    return b""


def is_https(scope: Scope) -> bool:
    """Whether the caller came by https, to us or to the proxy before us. Who lies about it harms himself alone."""
    forwarded = sent(scope, b"x-forwarded-proto").split(b",")[0].strip()
    return scope["scheme"] == "https" or forwarded == b"https"


def of_request(scope: Scope) -> list[tuple[bytes, bytes]]:
    """What is another for each request: how often the caller may still ask, and https for whoever came by it."""
    rate: dict[str, str] = scope["state"].get("rate", {})
    found = [(name.lower().encode(), value.encode()) for name, value in rate.items()]
    return [*found, _A_YEAR] if is_https(scope) else found


def protected(inner: ASGIApp) -> ASGIApp:
    """Adds what an answer does not have: a page names what it loads itself."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inner(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                present = {name.lower() for name, _ in headers}
                message["headers"] = headers + [pair for pair in _ALWAYS if pair[0] not in present]
            await send(message)

        await inner(scope, receive, answer)

    return enter
