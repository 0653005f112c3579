"""A document as the pipeline sees it: canonical text, what is known about it, and its regions."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from schemas.briefing import DocumentHead
from schemas.dates import FuzzyDate
from schemas.vocabulary import Region


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


def touching(placed: Sequence[Placed], start: int, end: int) -> Sequence[Placed]:
    """Those that have a character in `start` to `end`, of things in order that do not overlap."""
    first = bisect_right(placed, start, key=lambda one: one.end)
    return placed[first : bisect_left(placed, end, lo=first, key=lambda one: one.start)]


def inside(placed: Sequence[Placed], start: int, end: int) -> Sequence[Placed]:
    """Those that lie whole in `start` to `end`, of things in order that do not overlap."""
    first = bisect_left(placed, start, key=lambda one: one.start)
    return placed[first : bisect_right(placed, end, lo=first, key=lambda one: one.end)]


class Block(Struct, frozen=True):
    """A run of whole lines that belong to one region of the page."""

    start: int
    end: int
    region: Region


class Document(Struct, frozen=True, kw_only=True):
    """Canonical text and metadata. `id` is the SHA-256 of the text as UTF-8.

    `blocks` cover the text without gaps, in order.
    """

    id: str
    text: str
    file: str | None
    title: str | None
    publisher: str | None
    url: str | None
    published: FuzzyDate | None
    updated: FuzzyDate | None
    blocks: list[Block]

    def region_at(self, offset: int) -> Region:
        at = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        return self.blocks[max(at, 0)].region

    def head(self) -> DocumentHead:
        return DocumentHead(
            file=self.file,
            id=self.id,
            title=self.title,
            publisher=self.publisher,
            published=self.published,
            chars=len(self.text),
        )
