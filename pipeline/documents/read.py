"""Bytes -> canonical text with metadata and regions."""

import hashlib
from collections.abc import Mapping, Sequence

from pipeline import Unreadable
from pipeline.documents.document import Block, Document
from pipeline.documents.formats import MAX_BYTES, Mark, format_of, text
from pipeline.documents.formats.sandbox import parse_apart
from pipeline.documents.layout import blocks_of, title_of
from pipeline.documents.publication_date import page_dates
from schemas import FuzzyDate, fuzzy_date


def read(
    data: bytes,
    *,
    file: str | None = None,
    title: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
    published: str | None = None,
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
    title = title or _first(fields, "title", "headline")
    publisher = publisher or _first(fields, "publisher", "site name", "source")
    url = url or _first(fields, "source url", "url", "link")
    blocks = _marked(blocks_of(content.text, content.start, title), content.marks)
    dates = page_dates(content.text, blocks, fields, url, publisher)
    return Document(
        id=hashlib.sha256(content.text.encode()).hexdigest(),
        text=content.text,
        file=file,
        title=title or title_of(content.text, blocks, content.start),
        publisher=publisher,
        url=url,
        published=_day(published) if published else dates.published,
        updated=dates.updated,
        blocks=blocks,
        pages=list(content.pages),
    )


def _first(fields: Mapping[str, str], *names: str) -> str | None:
    """The value of the first of some keys that has one."""
    return next((fields[name] for name in names if name in fields), None)


def _marked(blocks: list[Block], marks: Sequence[Mark]) -> list[Block]:
    """Blocks in which what the structure tells of a region goes before what the words tell."""
    for mark in marks:
        blocks = [part for block in blocks for part in _parted(block, mark)]
    return blocks


def _parted(block: Block, mark: Mark) -> list[Block]:
    start, end = max(block.start, mark.start), min(block.end, mark.end)
    if start >= end:
        return [block]
    parts = (
        Block(block.start, start, block.region),
        Block(start, end, mark.region),
        Block(end, block.end, block.region),
    )
    return [part for part in parts if part.start < part.end]


def _day(published: str) -> FuzzyDate:
    try:
        return fuzzy_date(published, published)
    except ValueError as error:
        raise Unreadable(f"its publication date is wrong: {error}") from None
