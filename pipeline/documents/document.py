"""A document as the pipeline sees it: canonical text and its regions, what kind of publication it is, whom it cites."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from pipeline.documents.formats import PageStart
from pipeline.language.lexicons import any_of, lexicon
from schemas import DetectedMetadata, Source, StatedMetadata
from schemas.briefing import DocumentHead
from schemas.dates import FuzzyDate
from schemas.vocabulary import Region

_SOURCES = lexicon.sources
_OFFICIAL_HOST = re.compile(rf"(?:^|\.){_SOURCES.official_hosts.any}$")
_NAMED = re.compile(rf"(?<![\w(/]){any_of([*_SOURCES.wires, *_SOURCES.outlets])}(?![\w)])")
_AFTER_WIRE = re.compile(rf"\b{_SOURCES.credits.any}{_SOURCES.wires.any}\b")


class Span(Struct, frozen=True, order=True):
    """Code points `start` to `end` (exclusive) of a document's text."""

    start: int
    end: int


class _Placed(Protocol):
    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


Placed = TypeVar("Placed", bound=_Placed)
_START, _END = attrgetter("start"), attrgetter("end")


def touching(placed: Sequence[Placed], start: int, end: int) -> Sequence[Placed]:
    """Those that have a character in `start` to `end`, of things in order that do not overlap."""
    first = bisect_right(placed, start, key=_END)
    return placed[first : bisect_left(placed, end, lo=first, key=_START)]


def inside(placed: Sequence[Placed], start: int, end: int) -> Sequence[Placed]:
    """Those that lie whole in `start` to `end`, of things in order that do not overlap."""
    first = bisect_left(placed, start, key=_START)
    return placed[first : bisect_right(placed, end, lo=first, key=_END)]


class Block(Struct, frozen=True):
    """A run of whole lines that belong to one region of the page."""

    start: int
    end: int
    region: Region


NOTHING_STATED = StatedMetadata(
    title=None, publisher=None, url=None, published=None, rights=None, reliability=None, embargo=None
)
_NOTHING_DETECTED = DetectedMetadata(title=None, publisher=None, url=None, published=None)


class Document(Struct, frozen=True, kw_only=True):
    """Canonical text and metadata. `id` is the SHA-256 of the text as UTF-8.

    `title`, `publisher`, `url` and `published` are those that count: as they were `stated`, else as they were
    `detected`. `language`: its BCP 47 tag, None where its words do not tell. `blocks` cover the text
    without gaps, in order; `pages` tell where the text of each begins.
    """

    id: str
    text: str
    file: str | None
    title: str | None
    publisher: str | None
    url: str | None
    language: str | None = None
    published: FuzzyDate | None
    updated: FuzzyDate | None
    blocks: list[Block]
    pages: list[PageStart] = []
    stated: StatedMetadata = NOTHING_STATED
    detected: DetectedMetadata = _NOTHING_DETECTED

    def page_at(self, offset: int) -> int | None:
        """The number of the page, from 1; None where there are no pages."""
        at = bisect_right(self.pages, offset, key=lambda page: page.start) - 1
        return self.pages[max(at, 0)].number if self.pages else None

    def region_at(self, offset: int) -> Region:
        at = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        return self.blocks[max(at, 0)].region

    def head(self) -> DocumentHead:
        return DocumentHead(
            file=self.file,
            id=self.id,
            title=self.title,
            publisher=self.publisher,
            language=self.language,
            published=self.published,
            chars=len(self.text),
        )


def _host(url: str | None) -> str:
    """Of an address as it was given, which may be none."""
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def _kind(document: Document) -> str:
    """What kind of publication it is, from its title, address, publisher and attributions."""
    title = document.title or ""
    if _SOURCES.joint_titles.search(title):
        return "joint_statement"
    host = _host(document.url)
    authority = document.publisher and _SOURCES.authorities.search(document.publisher)
    if _OFFICIAL_HOST.search(host) or authority:
        return "official"
    if document.publisher and any(wire in document.publisher for wire in _SOURCES.wires):
        return "wire"
    if document.publisher and _SOURCES.think_tanks.search(document.publisher):
        return "think_tank"
    if _AFTER_WIRE.search(document.text):
        return "rewrite"
    return "news" if document.title or document.publisher else "unknown"


def source_of(document: Document) -> Source:
    """The document as a source. Its `origin_group` is its own until documents are compared."""
    body = " ".join(document.text[b.start : b.end] for b in document.blocks if b.region in {"body", "deck"})
    cites = list(dict.fromkeys(match[0] for match in _NAMED.finditer(body)))
    return Source(
        document_id=document.id,
        title=document.title,
        publisher=document.publisher,
        url=document.url,
        language=document.language,
        published=document.published,
        updated=document.updated,
        kind=_kind(document),
        origin_group=document.id[:8],
        cites=cites,
    )
