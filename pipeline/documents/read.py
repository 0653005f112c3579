"""Bytes -> canonical text with metadata and regions."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec.structs import asdict, replace

from pipeline import Unreadable
from pipeline.documents.document import Block, Document, touching
from pipeline.documents.formats import MAX_BYTES, Mark, format_of, text
from pipeline.documents.formats.sandbox import parse_apart
from pipeline.documents.layout import blocks_of, title_of
from pipeline.documents.publication_date import page_dates
from schemas import DetectedMetadata, FuzzyDate, StatedMetadata, fuzzy_date
from schemas.vocabulary import Reliability


def read(
    data: bytes,
    *,
    file: str | None = None,
    title: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
    published: str | None = None,
    rights: str | None = None,
    reliability: Reliability | None = None,
    embargo: datetime | None = None,
    format: str | None = None,
) -> Document:
    """A document from its bytes. What the caller says of it (`published`: EDTF) goes before what it says.

    `format`: the one that it is, whatever it looks like. Raises Unreadable, whose message is one sentence about "it".
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"it has {len(data):,} bytes, the limit is {MAX_BYTES:,}: split it")
    format = format or format_of(data)
    content = text.parse(data) if format == "text" else parse_apart(format, data)
    fields = content.fields
    named = _first(fields, "title", "headline")
    own_publisher = _first(fields, "publisher", "site name", "source")
    own_url = _first(fields, "source url", "url", "link")
    blocks = _marked(blocks_of(content.text, content.start, title or named), content.marks)
    dates = page_dates(content.text, blocks, fields, url or own_url, publisher or own_publisher)
    return _settled(
        Document(
            id=hashlib.sha256(content.text.encode()).hexdigest(),
            text=content.text,
            file=file,
            title=None,
            publisher=None,
            url=None,
            published=None,
            updated=dates.updated,
            blocks=blocks,
            pages=list(content.pages),
            stated=StatedMetadata(
                title=title,
                publisher=publisher,
                url=url,
                published=published,
                rights=rights,
                reliability=reliability,
                embargo=embargo,
            ),
            detected=DetectedMetadata(
                title=named or title_of(content.text, blocks, content.start),
                publisher=own_publisher,
                url=own_url,
                published=dates.published,
            ),
        )
    )


def stated_before(document: Document, before: StatedMetadata) -> Document:
    """The document with what its sender said of it before, where that is left out now."""
    now = {name: value for name, value in asdict(document.stated).items() if value is not None}
    return _settled(replace(document, stated=replace(before, **now)))


def _settled(document: Document) -> Document:
    """What is stated of a document counts, else what is detected."""
    stated, detected = document.stated, document.detected
    return replace(
        document,
        title=stated.title or detected.title,
        publisher=stated.publisher or detected.publisher,
        url=stated.url or detected.url,
        published=_day(stated.published) if stated.published else detected.published,
    )


def _first(fields: Mapping[str, str], *names: str) -> str | None:
    """The value of the first of some keys that has one."""
    return next((fields[name] for name in names if name in fields), None)


def _marked(blocks: list[Block], marks: Sequence[Mark]) -> list[Block]:
    """Blocks in which what the structure tells of a region goes before what the words tell."""
    return [part for block in blocks for part in _parts(block, touching(marks, block.start, block.end))]


def _parts(block: Block, marks: Sequence[Mark]) -> Iterator[Block]:
    edge = block.start
    for mark in marks:
        start, end = max(mark.start, edge), min(mark.end, block.end)
        if edge < start:
            yield Block(edge, start, block.region)
        yield Block(start, end, mark.region)
        edge = end
    if edge < block.end:
        yield Block(edge, block.end, block.region)


def _day(published: str) -> FuzzyDate:
    try:
        return fuzzy_date(published, published)
    except ValueError as error:
        raise Unreadable(f"its publication date is wrong: {error}") from None
