"""A running service, asked over HTTP. One that was there and is away for a moment is waited for."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event
from urllib.parse import urlsplit

import httpx
from msgspec import DecodeError, Struct, json

from api.cli import Failed, Interrupted, Refused, Unusable, complain
from api.settings import LOOPBACK
from schemas import Briefing, DocumentAdded, Job, Problem
from schemas.drafts import DraftToVerify, VerifiedDraft
from schemas.watches import Watch, WatchItem, WatchItemPage, WatchPage

_BUSY = (429, 503)
_PAUSE = 1.0  # seconds, where the service does not say how long
_LONGEST_PAUSE = 60.0
_LONGEST_CHECK = 90.0  # seconds
_AT_ONCE = 16
Tick = Callable[[], None]


class _Next(Struct):
    """Where a list goes on."""

    next_cursor: str | None


def service_at(server: str, key: str | None) -> "Service":
    """The service at that address. A proxy of the environment is not asked about this machine."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(f"{server!r} is not the address of a service: write it as http://127.0.0.1:8000")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    local = parts.hostname in LOOPBACK
    limits = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE)
    http = httpx.Client(base_url=server, headers=headers, timeout=30, trust_env=not local, limits=limits)
    return Service(http)


@dataclass
class Service:
    """A service that several threads may ask. `patience`: seconds that it may be away once it has answered.

    What asks it raises Unusable where there is none, Refused, Failed, and Interrupted once `stop` is set.
    """

    http: httpx.Client
    patience: float = 600.0
    stop: Event = field(default_factory=Event)
    """Set it to end every wait with Interrupted."""
    _seen: float | None = None
    _away: bool = False

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def is_ready(self) -> bool:
        try:
            return self.http.get("/health/ready", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def add(self, file: str, data: bytes, about: Mapping[str, str]) -> DocumentAdded:
        """Sends a document."""
        files = {"file": (file, data, "application/octet-stream")}
        body = self._ask("POST", "/v1/documents", data=about, files=files)
        return json.decode(body, type=DocumentAdded)

    def fetch(self, url: str, about: Mapping[str, str]) -> DocumentAdded:
        """Has the service fetch a document."""
        body = self._ask("POST", "/v1/documents", json={"url": url, **about})
        return json.decode(body, type=DocumentAdded)

    def job(self, job_id: str) -> Job:
        return json.decode(self._ask("GET", f"/v1/jobs/{job_id}"), type=Job)

    def watch(self, url: str, every: int) -> Watch:
        """Has the service look at an address from now on."""
        return json.decode(self._ask("POST", "/v1/watches", json={"url": url, "every": every}), type=Watch)

    def watches(self) -> Iterator[Watch]:
        for body in self._pages("/v1/watches"):
            yield from json.decode(body, type=WatchPage).items

    def watch_items(self, watch_id: str) -> Iterator[WatchItem]:
        for body in self._pages(f"/v1/watches/{watch_id}/items"):
            yield from json.decode(body, type=WatchItemPage).items

    def pause_watch(self, watch_id: str, paused: bool) -> Watch:
        body = self._ask("PATCH", f"/v1/watches/{watch_id}", json={"paused": paused})
        return json.decode(body, type=Watch)

    def remove_watch(self, watch_id: str) -> None:
        self._ask("DELETE", f"/v1/watches/{watch_id}")

    def _pages(self, path: str) -> Iterator[bytes]:
        """The pages of a list."""
        cursor: str | None = ""
        while cursor is not None:
            body = self._ask("GET", path, params={"limit": 100} | ({"cursor": cursor} if cursor else {}))
            yield body
            cursor = json.decode(body, type=_Next).next_cursor

    def briefing(self, briefing_id: str, revision: str | None = None) -> Briefing:
        of = f"/revisions/{revision}" if revision else ""
        return json.decode(self._ask("GET", f"/v1/briefings/{briefing_id}{of}"), type=Briefing)

    def verify(self, draft: DraftToVerify) -> VerifiedDraft:
        """Has the service check a draft, which takes it some seconds."""
        headers = {"Content-Type": "application/json"}
        body = self._ask(
            "POST", "/v1/verify", content=json.encode(draft), headers=headers, timeout=_LONGEST_CHECK
        )
        return json.decode(body, type=VerifiedDraft)

    def digest(self, asked: Mapping[str, str], media_type: str) -> str:
        """A digest in that representation."""
        body = self._ask("GET", "/v1/digest", params=asked, headers={"Accept": media_type})
        return body.decode()

    def _ask(self, method: str, path: str, **content: object) -> bytes:
        answer = self._send(method, path, **content)
        if answer.is_success:
            return answer.content
        base = self.http.base_url
        try:
            problem = json.decode(answer.content, type=Problem)
        except DecodeError:
            raise Unusable(f"{base}: it answers {answer.status_code}, and not as Readout does") from None
        if problem.status >= 500:
            raise Failed(f"{base}: {problem.title} (request {problem.request_id}): {problem.detail}")
        raise (Unusable if problem.status in (401, 403) else Refused)(problem.detail or problem.title)

    def _send(self, method: str, path: str, **content: object) -> httpx.Response:
        """An answer that is not "later"."""
        while True:
            try:
                answer = self.http.request(method, path, **content)  # type: ignore[arg-type]
            except httpx.TransportError as error:
                self._check_patience(str(error))
                pause = _PAUSE
            else:
                if answer.status_code not in _BUSY:
                    self._seen, self._away = time.monotonic(), False
                    return answer
                if answer.status_code == 429:
                    self._seen = time.monotonic()
                else:
                    self._check_patience(f"it answers {answer.status_code}")
                pause = _pause(answer.headers.get("Retry-After", ""))
            if self.stop.wait(pause):
                raise Interrupted

    def _check_patience(self, reason: str) -> None:
        if self._seen is None or time.monotonic() - self._seen > self.patience:
            raise Unusable(
                f"{self.http.base_url}: no service answers ({reason}): "
                "start one with `readout up`, or name one with --server"
            ) from None
        if not self._away:
            self._away = True
            complain(f"{self.http.base_url}: the service is away ({reason}): waiting for it")


def _pause(retry_after: str) -> float:
    return min(max(float(retry_after), 0.1), _LONGEST_PAUSE) if retry_after.isdecimal() else _PAUSE
