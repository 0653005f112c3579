"""What is at an address on the web: fetched within bounds, where its site lets robots in, and if it has changed."""

import asyncio
import re
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
from msgspec import Struct
from protego import Protego

from pipeline.documents.formats import MAX_BYTES
from store.addresses import Validators
from worker import NotCalled, NotFetched, NotLookedUp
from worker.addresses import Reach
from worker.calls import CALL_ERRORS, called, why_failed

NAME = "Readout"
"""By which `robots.txt` may call us."""
LONGEST_FETCH = 30.0
"""Seconds that an address may take in all, redirects included."""
MOST_REDIRECTS = 5
_MOVED = {301, 302, 303, 307, 308}
_LATER = {408, 425, 429}
_LONGEST_WAIT = timedelta(days=1)
_ROBOTS_KEPT = 3600.0  # seconds
_ROBOTS_BYTES = 512_000  # of which the first are read, as RFC 9309 has it
_MOST_ROBOTS = 1_000
_LONGEST_DELAY = 30.0
_UNREAD = re.compile(r"(?:image|audio|video|font)/", re.IGNORECASE)
_GZIP = 31  # of zlib: with the header of gzip
_MAGIC = b"\x1f\x8b"


class Manners(Struct, frozen=True):
    """How addresses are fetched. `pause`: seconds between two from one host; `contact`: what sites are told of us."""

    reach: Reach = "public"
    pause: float = 1.0
    contact: str | None = None


CAREFUL = Manners()


class Fetched(Struct, frozen=True):
    """What is at an address, and where it was found; without `data`, what was there before still is."""

    url: str
    data: bytes | None
    validators: Validators


Fetch = Callable[[str, Validators], Fetched]
"""Raises NotFetched."""


class Fetcher:
    """Fetches as `manners` say. Sites' rules for robots are kept for an hour."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        contact = f" (+{manners.contact})" if manners.contact else ""
        self._headers = {
            "User-Agent": f"{NAME}/{version('readout')}{contact}",
            "Accept-Encoding": "gzip",
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        }
        self._robots: dict[str, tuple[float, Protego | None]] = {}

    def fetch(self, url: str, known: Validators) -> Fetched:
        """What is at an address, unless it is still what is known. Raises NotFetched."""
        try:
            return asyncio.run(self._in_time(url, known))
        except NotLookedUp as error:
            raise NotFetched("address-unreachable", str(error), again=True) from None
        except NotCalled as error:
            raise NotFetched("address-not-allowed", str(error)) from None
        except TimeoutError:
            why = f"it did not answer within {LONGEST_FETCH:g} s"
            raise NotFetched("address-unreachable", why, again=True) from None
        except CALL_ERRORS as error:
            raise NotFetched("address-unreachable", why_failed(error), again=True) from None

    def pause_of(self, url: str) -> float:
        """Seconds to wait between two requests to the site of an address."""
        _, rules = self._robots.get(_origin(url), (0.0, None))
        return max(self.manners.pause, min(rules.crawl_delay(NAME) or 0.0, _LONGEST_DELAY) if rules else 0.0)

    async def _in_time(self, url: str, known: Validators) -> Fetched:
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        headers = self._headers | {name: value for name, value in asked.items() if value}
        async with asyncio.timeout(LONGEST_FETCH):
            for _ in range(MOST_REDIRECTS + 1):
                await self._check_robots(url)
                async with called("GET", url, self.manners.reach, headers=headers) as answer:
                    if (there := _moved(answer, url)) is None:
                        return await _read(answer, url, known)
                    url = there
        raise NotFetched("address-unreachable", f"it redirects more than {MOST_REDIRECTS} times")

    async def _check_robots(self, url: str) -> None:
        origin = _origin(url)
        until, rules = self._robots.get(origin, (0.0, None))
        if time.monotonic() > until:
            rules = await self._rules(f"{origin}/robots.txt")
            if len(self._robots) >= _MOST_ROBOTS:
                self._robots.clear()
            self._robots[origin] = time.monotonic() + _ROBOTS_KEPT, rules
        if rules is not None and not rules.can_fetch(url, NAME):
            raise NotFetched("refused-by-robots", "the robots.txt of its site keeps robots out of it")

    async def _rules(self, url: str) -> Protego | None:
        """What a site asks of robots; None: nothing. One that fails to say is not entered."""
        for _ in range(MOST_REDIRECTS + 1):
            async with called("GET", url, self.manners.reach, headers=self._headers) as answer:
                if there := _moved(answer, url):
                    url = there
                    continue
                status = answer.status_code
                if status in _LATER or status >= 500:
                    why = f"the robots.txt of its site answered {status}"
                    raise NotFetched("address-unreachable", why, again=True, wait=_wait(answer))
                if not answer.is_success:
                    return None
                body = await _body(answer, _ROBOTS_BYTES, cut=True)
                return Protego.parse(body.decode("utf-8", "replace"))
        return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _moved(answer: httpx.Response, url: str) -> str | None:
    """Where an answer leads."""
    if answer.status_code not in _MOVED or not (there := answer.headers.get("Location")):
        return None
    try:
        return normal(urljoin(url, there))
    except ValueError:
        raise NotCalled("it redirects to an address that is not one") from None


def normal(url: str) -> str:
    """An address as it is asked for: without fragment, in ASCII. Raises ValueError."""
    try:
        return str(httpx.URL(urldefrag(url.strip()).url))
    except (httpx.InvalidURL, TypeError) as error:
        raise ValueError(str(error)) from None


async def _read(answer: httpx.Response, url: str, known: Validators) -> Fetched:
    status = answer.status_code
    if status == 304 and known != Validators():
        return Fetched(url, None, known)
    if status in (404, 410):
        raise NotFetched("address-not-found", f"it answered {status}")
    if 400 <= status < 500 and status not in _LATER:
        raise NotFetched("address-refused", f"it answered {status}")
    if not answer.is_success:
        raise NotFetched("address-unreachable", f"it answered {status}", again=True, wait=_wait(answer))
    if _UNREAD.match(kind := answer.headers.get("Content-Type", "")):
        raise NotFetched(
            "address-unreadable", f"it is {kind.partition(';')[0].strip()[:100]}, not a document"
        )
    validators = Validators(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
    return Fetched(url, await _body(answer, MAX_BYTES), validators)


async def _body(answer: httpx.Response, most: int, cut: bool = False) -> bytes:
    """The body, unpacked once as it comes, and no more of it than may be; `cut`: the rest does not matter."""
    coding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip"):
        raise NotFetched("address-unreadable", "it comes in an encoding that was not asked for")
    body = _Unpacked(most) if "gzip" in coding else _Bounded(most)
    try:
        async for chunk in answer.aiter_raw():
            body.add(chunk)
    except NotFetched:
        if not cut:
            raise
    return bytes(body.data[:most])


class _Bounded:
    """Bytes that come in parts, at most so many."""

    def __init__(self, most: int) -> None:
        self.data = bytearray()
        self._most = most

    def add(self, chunk: bytes) -> None:
        self.data += chunk
        if len(self.data) > self._most:
            raise NotFetched("address-too-large", f"it has more than {self._most:,} bytes, the limit")


class _Unpacked(_Bounded):
    """The same of gzip: never more is unpacked than may be."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._inflating = zlib.decompressobj(_GZIP)

    def add(self, chunk: bytes) -> None:
        while chunk:
            if self._inflating.eof:
                self._inflating = zlib.decompressobj(_GZIP)
            try:
                super().add(self._inflating.decompress(chunk, self._most - len(self.data) + 1))
            except zlib.error:
                raise NotFetched("address-unreadable", "what it sends is not the gzip that it says") from None
            chunk = self._inflating.unused_data


def unpacked(data: bytes) -> bytes:
    """What is in a file of gzip, as sitemaps are; other data as they are. Raises NotFetched."""
    if not data.startswith(_MAGIC):
        return data
    body = _Unpacked(MAX_BYTES)
    body.add(data)
    return bytes(body.data)


def _wait(answer: httpx.Response) -> timedelta | None:
    """How long a host wants to be left alone: seconds, or a moment (RFC 9110)."""
    told = answer.headers.get("Retry-After", "").strip()
    try:
        if told.isdecimal():
            wait = timedelta(seconds=min(int(told), _LONGEST_WAIT.total_seconds()))
        else:
            wait = parsedate_to_datetime(told).astimezone(UTC) - datetime.now(UTC)
    except (ValueError, OverflowError):
        return None
    return min(max(wait, timedelta()), _LONGEST_WAIT)
