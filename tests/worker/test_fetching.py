"""What is at an address is fetched within bounds, with manners, and from nowhere but the public internet."""

import socket
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.metadata import version
from typing import Any

import pytest

from pipeline.documents.formats import MAX_BYTES
from store.addresses import Validators
from store.webhooks import Delivery
from tests.site import SLOW, Page, Site, site, zipped
from worker import NotFetched, fetching
from worker.fetching import Fetcher, Manners, unpacked
from worker.webhooks import post

NOTHING = Validators()
Call = Callable[[str], str | None]


@pytest.fixture
def there() -> Iterator[Site]:
    with site() as there:
        there.pages["/talks"] = Page("<p>talks</p>")
        yield there


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(Manners(reach="any", pause=0))


def bomb() -> bytes:
    """400 megabytes of nothing, packed."""
    packing = zlib.compressobj(wbits=31)
    return b"".join(packing.compress(bytes(1_000_000)) for _ in range(400)) + packing.flush()


def refused(fetcher: Fetcher, url: str, known: Validators = NOTHING) -> tuple[str, str, bool]:
    """The reason, the words, and whether to try again."""
    with pytest.raises(NotFetched) as error:
        fetcher.fetch(url, known)
    return error.value.reason, str(error.value), error.value.again


def test_a_page_is_fetched_once_and_not_again_while_it_stays(there: Site, fetcher: Fetcher) -> None:
    fetched = fetcher.fetch(f"{there.url}/talks", NOTHING)
    assert (fetched.data, fetched.url) == (b"<p>talks</p>", f"{there.url}/talks")
    assert fetcher.fetch(fetched.url, fetched.validators).data is None
    there.pages["/talks"] = Page("<p>more talks</p>")
    assert fetcher.fetch(fetched.url, fetched.validators).data == b"<p>more talks</p>"
    assert there.given("/talks") == [200, 304, 200]


def test_it_says_who_asks(there: Site) -> None:
    Fetcher(Manners(reach="any", contact="https://desk.example/bot")).fetch(f"{there.url}/talks", NOTHING)
    agents = {one.headers["user-agent"] for one in there.asked}
    assert agents == {f"Readout/{version('readout')} (+https://desk.example/bot)"}
    assert {one.headers["host"] for one in there.asked} == {there.host}


def test_robots_txt_is_obeyed_and_asked_for_once(there: Site, fetcher: Fetcher) -> None:
    there.pages["/robots.txt"] = Page(
        "User-agent: *\nDisallow: /private*.html\nCrawl-delay: 7\n\nUser-agent: Other\nDisallow: /",
        "text/plain",
    )
    there.pages["/private-1.html"] = Page("<p>private</p>")
    assert fetcher.fetch(f"{there.url}/talks", NOTHING).data
    assert refused(fetcher, f"{there.url}/private-1.html") == (
        "refused-by-robots", "the robots.txt of its site keeps robots out of it", False,
    )  # fmt: skip
    assert fetcher.pause_of(f"{there.url}/talks") == 7
    assert (there.given("/robots.txt"), there.given("/private-1.html")) == ([200], [])


def test_a_redirect_does_not_lead_past_robots_txt(there: Site, fetcher: Fetcher) -> None:
    there.pages["/robots.txt"] = Page("User-agent: Readout\nDisallow: /private", "text/plain")
    there.pages["/open"] = Page(status=302, headers={"Location": "/private"})
    assert refused(fetcher, f"{there.url}/open")[0] == "refused-by-robots"


def test_a_site_whose_robots_txt_fails_is_not_entered_yet(there: Site, fetcher: Fetcher) -> None:
    there.pages["/robots.txt"] = Page("broken", status=503)
    assert refused(fetcher, f"{there.url}/talks") == (
        "address-unreachable", "the robots.txt of its site answered 503", True,
    )  # fmt: skip
    assert there.given("/talks") == []


def test_redirects_are_followed_a_few_times(there: Site, fetcher: Fetcher) -> None:
    there.pages["/moved"] = Page(status=301, headers={"Location": "/talks#today"})
    assert fetcher.fetch(f"{there.url}/moved", NOTHING).url == f"{there.url}/talks"
    there.pages["/round"] = Page(status=302, headers={"Location": "/round"})
    assert refused(fetcher, f"{there.url}/round") == (
        "address-unreachable", "it redirects more than 5 times", False,
    )  # fmt: skip
    there.pages["/away"] = Page(status=302, headers={"Location": "file:///etc/passwd"})
    assert refused(fetcher, f"{there.url}/away") == ("address-not-allowed", "its address is not one", False)


@pytest.mark.parametrize(
    ("status", "reason", "again"),
    [
        (404, "address-not-found", False),
        (410, "address-not-found", False),
        (401, "address-refused", False),
        (451, "address-refused", False),
        (429, "address-unreachable", True),
        (500, "address-unreachable", True),
        (503, "address-unreachable", True),
        (304, "address-unreachable", True),
    ],
)
def test_what_an_answer_means(there: Site, fetcher: Fetcher, status: int, reason: str, again: bool) -> None:
    there.failing = [status]
    assert refused(fetcher, f"{there.url}/talks") == (reason, f"it answered {status}", again)


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("99999999999999999999", timedelta(days=1)),
        ("Mon, 03 Mar 1997 12:00:00 GMT", timedelta()),
        ("soon", None),
    ],
)
def test_a_host_says_how_long_it_wants_to_be_left_alone(
    there: Site, fetcher: Fetcher, told: str, wait: timedelta | None
) -> None:
    there.pages["/talks"] = Page(status=429, headers={"Retry-After": told})
    with pytest.raises(NotFetched) as error:
        fetcher.fetch(f"{there.url}/talks", NOTHING)
    assert error.value.wait == wait


def test_pictures_are_not_documents(there: Site, fetcher: Fetcher) -> None:
    there.pages["/flag"] = Page(b"\x89PNG", "image/png")
    assert refused(fetcher, f"{there.url}/flag") == (
        "address-unreadable", "it is image/png, not a document", False,
    )  # fmt: skip


def test_an_answer_that_never_ends_is_given_up(
    there: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LONGEST_FETCH", 0.5)
    there.failing = [SLOW]
    assert refused(fetcher, f"{there.url}/talks") == (
        "address-unreachable", "it did not answer within 0.5 s", True,
    )  # fmt: skip


def test_what_is_packed_is_unpacked_once_and_never_beyond_the_limit(there: Site, fetcher: Fetcher) -> None:
    packed = {"Content-Encoding": "gzip"}
    there.pages["/packed"] = Page(zipped(b"talks") + zipped(b" go on"), headers=packed)
    assert fetcher.fetch(f"{there.url}/packed", NOTHING).data == b"talks go on"
    inner = zipped(bomb())
    there.pages["/nested"] = Page(zipped(inner), headers=packed)
    assert fetcher.fetch(f"{there.url}/nested", NOTHING).data == inner
    there.pages["/named"] = Page(zipped(inner), headers={"Content-Encoding": "gzip, gzip"})
    assert refused(fetcher, f"{there.url}/named")[0] == "address-unreadable"
    there.pages["/broken"] = Page(b"talks", headers=packed)
    assert refused(fetcher, f"{there.url}/broken")[0] == "address-unreadable"


def test_a_bomb_takes_no_memory(there: Site, fetcher: Fetcher) -> None:
    there.pages["/bomb"] = Page(bomb(), headers={"Content-Encoding": "gzip"})
    there.pages["/bomb.gz"] = Page(bomb(), "application/gzip")
    tracemalloc.start()
    too_large = ("address-too-large", "it has more than 5,000,000 bytes, the limit", False)
    assert refused(fetcher, f"{there.url}/bomb") == too_large
    with pytest.raises(NotFetched):
        unpacked(fetcher.fetch(f"{there.url}/bomb.gz", NOTHING).data or b"")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * MAX_BYTES


def test_more_than_a_document_may_have_is_not_read(there: Site, fetcher: Fetcher) -> None:
    there.pages["/large"] = Page(b"x" * (MAX_BYTES + 1), "text/plain")
    assert refused(fetcher, f"{there.url}/large")[0] == "address-too-large"


def fetch_publicly(url: str) -> str | None:
    """Why it is not fetched."""
    try:
        Fetcher(Manners()).fetch(url, NOTHING)
    except NotFetched as error:
        return str(error)
    return None


def post_publicly(url: str) -> str | None:
    """Why it is not called."""
    delivery = Delivery(
        webhook_id="wbh_1", url=url, secrets=["whsec_MDAwMA=="], id="msg_1", type="briefing.changed", body=b"{}",
        after=0, number=1, failures=0,
    )  # fmt: skip
    return post(delivery, "public").error


BOTH_CALLERS = pytest.mark.parametrize("call", [fetch_publicly, post_publicly])
PRIVATE = "its address is not on the public internet"


@BOTH_CALLERS
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "10.0.0.1", "169.254.169.254", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[64:ff9b::7f00:1]", "[64:ff9b::808:808]",
        "[64:ff9b:1::a01:203]", "[2002:7f00:1::]", "[2002:808:808::]", "[2001:0:a01:203::1]", "[fe80::1]",
        "[fd00::1]", "[fec0::1]", "[4000::1]", "[2001:db8::1]", "[3fff::1]", "[2606:4700::5efe:a01:203]",
        "[ff0e::1]",
    ],
)  # fmt: skip
def test_neither_webhooks_nor_fetching_go_to_an_address_that_is_not_public(call: Call, host: str) -> None:
    assert call(f"https://{host}/latest/meta-data") == PRIVATE


@BOTH_CALLERS
def test_one_private_address_of_a_name_is_enough(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering(["8.8.8.8", "10.0.0.1"]))
    assert call("https://both.example/") == PRIVATE


@BOTH_CALLERS
def test_what_a_name_says_later_does_not_count(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked up once, and the connection goes to what was looked at: here one that nobody routes."""
    monkeypatch.setattr("worker.addresses.is_public", lambda address: address == "127.9.9.9")
    asked: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", answering(["127.9.9.9"], ["127.0.0.1"], asked=asked))
    assert call("https://rebound.example:9/") == "it could not be reached"
    assert [host for host in asked if host != "127.9.9.9"] == ["rebound.example"]


def test_a_redirect_does_not_lead_to_a_private_address(there: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first address counts as public here, what it leads to does not."""
    monkeypatch.setattr("worker.addresses.is_public", lambda address: address == "127.0.0.1")
    for place in ("http://127.0.0.2/", "http://[::1]/", "//10.0.0.1/", "http://user@127.0.0.1/"):
        there.pages["/talks"] = Page(status=302, headers={"Location": place})
        with pytest.raises(NotFetched) as error:
            Fetcher(Manners()).fetch(f"{there.url}/talks", NOTHING)
        assert error.value.reason == "address-not-allowed"


def answering(*answers: list[str], asked: list[str] | None = None) -> Any:
    """A resolver that gives these addresses for names, the last ones for ever; addresses are their own."""
    left, real = list(answers), socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *args: Any, **named: Any) -> Any:
        if asked is not None:
            asked.append(str(host))
        if host.replace(".", "").isdecimal():
            return real(host, port, *args, **named)
        given = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in given]

    return getaddrinfo
