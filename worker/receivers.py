"""Receivers of webhooks: which addresses may be called, and one call.

A name is resolved before each call, every address that it has is looked at, and the call goes to one of these and no
other: what a name says later does not count. Of an answer nothing is read but its status.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

import httpx
from msgspec import Struct
from standardwebhooks import Webhook as Signer

from store.webhooks import Delivery

Reach = Literal["public", "any"]
"""`public`: https to public addresses; `any`: plain http and private networks too."""
TIMEOUT = 10.0
"""Seconds that a call may take in all."""
_NAT64 = ip_network("64:ff9b::/96")
_GONE = 410


class NotCalled(Exception):
    """Why a receiver may not or cannot be called, in words that follow "it" or "its"."""


class Outcome(Struct, frozen=True):
    """`error`: why the call failed; None: it was taken. `gone`: the receiver wants nothing any more."""

    error: str | None = None
    gone: bool = False


def check(url: str, reach: Reach) -> None:
    """Raises NotCalled where a webhook may not have this address. With `any`, names are not looked up yet."""
    address = _allowed(url, reach)
    if reach == "public":
        _resolved(address, reach)


def post(delivery: Delivery, reach: Reach, timeout: float = TIMEOUT) -> Outcome:
    """One call, which never raises."""
    now = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Readout",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(delivery.secret).sign(delivery.id, now, delivery.body.decode()),
    }
    try:
        url = _allowed(delivery.url, reach)
        addresses = _resolved(url, reach)
        status = asyncio.run(_status(url, addresses, headers, delivery.body, timeout))
    except NotCalled as error:
        return Outcome(str(error))
    except TimeoutError:
        return Outcome(f"no answer within {timeout:g} s")
    except (httpx.HTTPError, OSError) as error:
        return Outcome(_words(error))
    if status == _GONE:
        return Outcome(f"it answered {status}: it wants nothing any more", gone=True)
    return Outcome() if 200 <= status < 300 else Outcome(f"it answered {status}")


async def _status(
    url: httpx.URL, addresses: list[str], headers: dict[str, str], body: bytes, timeout: float
) -> int:
    """The status that the first address which can be reached answers with."""
    named = {**headers, "Host": url.netloc.decode("ascii")}
    beside = {"sni_hostname": url.host}
    # Neither proxies nor credentials of the environment: the call goes to the address that was looked at.
    async with (
        asyncio.timeout(timeout),
        httpx.AsyncClient(verify=_trust(), trust_env=False, timeout=timeout) as client,
    ):
        for last, address in ((one == addresses[-1], one) for one in addresses):
            there = url.copy_with(host=address)
            try:
                async with client.stream(
                    "POST", there, content=body, headers=named, extensions=beside
                ) as answer:
                    return answer.status_code
            except httpx.ConnectError:
                if last:
                    raise
    raise NotCalled("its name has no address")


def _allowed(url: str, reach: Reach) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        raise NotCalled("its address is not one") from None
    if reach == "public" and address.scheme != "https":
        raise NotCalled("its address does not begin with https")
    return address


def _resolved(url: httpx.URL, reach: Reach) -> list[str]:
    """The addresses of a name, in the order in which the system would try them."""
    try:
        found = socket.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotCalled("its name cannot be looked up") from None
    addresses = [str(each[4][0]) for each in found]
    if reach == "public" and not all(is_public(address) for address in addresses):
        raise NotCalled("its address is not on the public internet")
    return addresses


def is_public(address: str) -> bool:
    """Whether an address is on the public internet, and so is the IPv4 address that it stands for, if it does."""
    given = ip_address(address.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in (given, *_meant(given)))


def _meant(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    """IPv4 addresses that an IPv6 address may lead to."""
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _words(error: BaseException) -> str:
    """What went wrong on the way, without a word of the receiver's."""
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "its certificate is not valid for its name, or not trusted"
        if isinstance(cause, ssl.SSLError):
            return "no secure connection could be made to it"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectError):
        return "it could not be reached"
    return "the connection to it broke, or it did not answer in HTTP"
