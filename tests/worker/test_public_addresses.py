"""Which addresses are on the public internet, and so may be those of webhooks and of documents."""

import pytest

from worker.addresses import is_public


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "192.0.1.1", "193.0.6.139", "2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::1"],
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("address", "of"),
    [
        ("0.0.0.0", "this host"),
        ("10.1.2.3", "private networks"),
        ("100.64.0.1", "carriers"),
        ("127.0.0.1", "this host"),
        ("169.254.169.254", "the link: metadata of clouds"),
        ("172.16.0.1", "private networks"),
        ("192.0.0.8", "the IETF's protocols: a dummy"),
        ("192.0.0.9", "the IETF's protocols: anycast"),
        ("192.0.0.170", "the IETF's protocols: discovery of NAT64"),
        ("192.0.2.1", "examples"),
        ("192.31.196.1", "AS112"),
        ("192.52.193.1", "AMT"),
        ("192.88.99.1", "6to4 relays"),
        ("192.168.0.1", "private networks"),
        ("192.175.48.1", "AS112"),
        ("198.18.0.1", "benchmarks"),
        ("198.51.100.1", "examples"),
        ("203.0.113.1", "examples"),
        ("224.0.1.1", "groups"),
        ("239.255.255.250", "groups"),
        ("240.0.0.1", "nobody yet"),
        ("255.255.255.255", "everybody"),
    ],
)
def test_ipv4_addresses_that_are_not_public(address: str, of: str) -> None:
    assert not is_public(address), of


@pytest.mark.parametrize(
    ("address", "of"),
    [
        ("::", "this host"),
        ("::1", "this host"),
        ("100::1", "nobody: what is sent there is dropped"),
        ("2001:2::1", "benchmarks"),
        ("2001:10::1", "ORCHID"),
        ("2001:20::1", "ORCHID, its second version"),
        ("2001:db8::1", "examples"),
        ("2620:4f:8000::1", "AS112"),
        ("3fff::1", "examples"),
        ("4000::1", "nobody yet"),
        ("5f00::1", "segments of routes"),
        ("fc00::1", "private networks"),
        ("fd12:3456::1", "private networks"),
        ("fe80::1", "the link"),
        ("fe80::1%eth0", "the link"),
        ("fec0::1", "sites, as they once were"),
        ("feff::1", "sites, as they once were"),
        ("ff0e::1", "groups"),
    ],
)
def test_ipv6_addresses_that_are_not_public(address: str, of: str) -> None:
    assert not is_public(address), of


@pytest.mark.parametrize(
    "address",
    [
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:10.1.2.3",
        "::ffff:8.8.8.8",
        "::ffff:0:10.1.2.3",
        "::ffff:0:8.8.8.8",
        "64:ff9b::10.1.2.3",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::10.1.2.3",
        "64:ff9b:1::8.8.8.8",
        "2001:0:a01:203::1",
        "2001:0:4136:e378:8000:63bf:f5fe:fdfc",
        "2002:a01:203::",
        "2002:808:808::",
        "2606:4700::5efe:10.1.2.3",
        "2606:4700::200:5efe:10.1.2.3",
        "2606:4700::200:5efe:8.8.8.8",
        "2606:4700::300:5efe:10.1.2.3",
        "fe80::5efe:127.0.0.1",
    ],
)
def test_an_address_that_leads_to_another_is_not_public(address: str) -> None:
    """Compatible, mapped, translated, of a NAT64, Teredo, 6to4, ISATAP: public or not, there is no need of them."""
    assert not is_public(address)
