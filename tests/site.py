"""A site on this machine: real pages that change, a server that fails as told, and a list of what it was asked."""

import gzip
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

SLOW = 0
"""A status of which the answer never ends."""


class Page(NamedTuple):
    """What is at a path. `status` other than 200 has the headers too, and of the content what is there."""

    content: str | bytes = ""
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = {}
    status: int = 200

    @property
    def body(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.encode()

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:16]}"'


class Asked(NamedTuple):
    """A GET: its path, its headers by name in lower case, and the status of the answer."""

    path: str
    headers: dict[str, str]
    status: int


@dataclass
class Site:
    """`pages` by path; `failing`: the statuses of the next answers, whatever is asked but robots.txt."""

    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    failing: list[int] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def given(self, path: str) -> list[int]:
        """The statuses of the answers to whoever asked for a path."""
        return [one.status for one in self.asked if one.path == path]


@contextmanager
def site() -> Iterator[Site]:
    there = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = there.pages.get(self.path, Page("nothing", status=404))
            if there.failing and self.path != "/robots.txt":
                page = Page("it fails", status=there.failing.pop(0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if page.status == 200 and headers.get("if-none-match") == page.etag:
                page = page._replace(status=304, content=b"")
            there.asked.append(Asked(self.path, headers, page.status))
            if page.status == SLOW:
                self._trickle()
                return
            self.send_response(page.status)
            for name, value in {"Content-Type": page.type, "ETag": page.etag, **page.headers}.items():
                self.send_header(name, value)
            if page.status != 304:
                self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            self.wfile.write(page.body)

        def _trickle(self) -> None:
            try:
                while True:
                    self.wfile.write(b"H")
                    time.sleep(0.01)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield there
    server.shutdown()
    thread.join()
    server.server_close()


def zipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def story(number: int, words: str = "") -> str:
    """A page about trade talks."""
    return (
        f"<!doctype html><html><head><title>Talks, day {number}</title></head><body><article>"
        f"<h1>Norway and Chile hold round {number} of trade talks</h1>"
        f"<p>Norway and Chile held round {number} of their trade talks in Oslo on 3 March 2031. {words}</p>"
        f"<p>The trade ministers of Norway and Chile discussed tariffs on salmon and wine.</p>"
        "</article></body></html>"
    )


def rss(items: Mapping[str, str]) -> Page:
    """A feed of titles by link."""
    told = "".join(f"<item><title>{title}</title><link>{link}</link></item>" for link, title in items.items())
    return Page(
        f'<?xml version="1.0"?><rss version="2.0"><channel>{told}</channel></rss>', "application/rss+xml"
    )
