"""A document as the pipeline sees it: canonical text, what is known about it, and its regions."""

from bisect import bisect_right

from msgspec import Struct

from schemas.briefing import DocumentHead
from schemas.dates import FuzzyDate
from schemas.vocabulary import Region


class Span(Struct, frozen=True, order=True):
    """Code points `start` to `end` (exclusive) of a document's text."""

    start: int
    end: int


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
