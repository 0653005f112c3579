"""Which addresses are called: those of webhooks, and those that documents are fetched from. Imports little, for the API
asks too.

With `public`, every address that a name has is looked at, and one that is not on the public internet is enough to
refuse them all.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal
from urllib.parse import urlsplit

from worker import NotCalled, NotLookedUp

Reach = Literal["public", "any"]
"""`public`: the public internet alone; `any`: private networks and this machine too."""
_GLOBAL_UNICAST = ip_network("2000::/3")
_SPECIAL = [
    ip_network(block)
    for block in (
        "192.0.0.0/24",  # of the IETF's protocols
        "192.31.196.0/24", "192.175.48.0/24", "2620:4f:8000::/48",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24", "2002::/16",  # 6to4
        "2001::/23",  # of the IETF's protocols: Teredo, ORCHID, benchmarks
        "2001:db8::/32", "3fff::/20",  # examples
    )
]  # fmt: skip
"""Of the registries of special-purpose addresses (RFC 6890), what Python or the prefix lets pass."""
_OF_INTERFACE = 0x03000000  # bits that say whether an interface's id is unique, and of a group
_PORTS = {"http": 80, "https": 443}


def check(url: str, reach: Reach) -> None:
    """Raises NotCalled where a webhook may not have this address. With `any`, names are not looked up yet."""
    check_secure(url, reach)
    if reach == "public":
        resolved(url, reach)


def check_secure(url: str, reach: Reach) -> None:
    """Raises NotCalled where an address on the public internet is not of https."""
    _split(url)
    if reach == "public" and urlsplit(url).scheme != "https":
        raise NotCalled("its address does not begin with https")


def resolved(url: str, reach: Reach) -> list[str]:
    """The addresses of a host that may be called, in the order in which the system would. Raises NotCalled."""
    host, port = _split(url)
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotLookedUp("its name cannot be looked up") from None
    addresses = [str(each[4][0]) for each in infos]
    if reach == "public" and not all(is_public(address) for address in addresses):
        raise NotCalled("its address is not on the public internet")
    return addresses


def _split(url: str) -> tuple[str, int]:
    """Host and port."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise NotCalled("its address is not one") from None
    if host is None or parts.username is not None or not (url.isascii() and url.isprintable()):
        raise NotCalled("its address is not one")
    return host, port


def is_public(address: str) -> bool:
    """Whether an address is on the public internet. One that leads to another is not."""
    given = ip_address(address.partition("%")[0])
    if any(given in block for block in _SPECIAL):
        return False
    if isinstance(given, IPv4Address):
        return given.is_global and not given.is_multicast
    return given in _GLOBAL_UNICAST and not _is_isatap(given)


def _is_isatap(address: IPv6Address) -> bool:
    """Whether the interface is `…5efe` and an IPv4 address (RFC 5214), whatever the prefix."""
    return (int(address) >> 32) & ~_OF_INTERFACE & 0xFFFFFFFF == 0x5EFE
