"""Which addresses webhooks may have. Imports little, for the API asks too.

With `public`, every address that a name has is looked at, and one that is not on the public internet is enough to
refuse them all.
"""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal
from urllib.parse import urlsplit

from worker import NotCalled

Reach = Literal["public", "any"]
"""`public`: https to public addresses; `any`: plain http and private networks too."""
_NAT64 = ip_network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}


def check(url: str, reach: Reach) -> None:
    """Raises NotCalled where a webhook may not have this address. With `any`, names are not looked up yet."""
    _split(url, reach)
    if reach == "public":
        resolved(url, reach)


def resolved(url: str, reach: Reach) -> list[str]:
    """The addresses of a receiver that may be called, in the order in which the system would. Raises NotCalled."""
    host, port = _split(url, reach)
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotCalled("its name cannot be looked up") from None
    addresses = [str(each[4][0]) for each in infos]
    if reach == "public" and not all(is_public(address) for address in addresses):
        raise NotCalled("its address is not on the public internet")
    return addresses


def _split(url: str, reach: Reach) -> tuple[str, int]:
    """Host and port."""
    parts = urlsplit(url)
    if parts.hostname is None or not (url.isascii() and url.isprintable()):
        raise NotCalled("its address is not one")
    if reach == "public" and parts.scheme != "https":
        raise NotCalled("its address does not begin with https")
    return parts.hostname, parts.port or _PORTS[parts.scheme]


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
