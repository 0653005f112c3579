"""Bytes -> canonical text with metadata and regions."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from pipeline import Unreadable
from pipeline.documents.document import Block, Document, touching
from pipeline.documents.formats import MAX_BYTES, Mark, format_of, text
from pipeline.documents.formats.sandbox import parse_apart
from pipeline.documents.language import language_of
from pipeline.documents.layout import blocks_of, title_of
from pipeline.documents.publication_date import page_dates
from schemas import FuzzyDate, fuzzy_date

_TOLD_IN = {"headline", "deck", "body"}
"""Where a document is in its own language, whatever the page around it is in."""


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
        language=_language(content.text, blocks, _first(fields, "lang", "language", "content language")),
        published=_day(published) if published else dates.published,
        updated=dates.updated,
        blocks=blocks,
        pages=list(content.pages),
    )


def _first(fields: Mapping[str, str], *names: str) -> str | None:
    """The value of the first of some keys that has one."""
    return next((fields[name] for name in names if name in fields), None)


def _language(text: str, blocks: Sequence[Block], hint: str | None) -> str | None:
    told = (text[block.start : block.end] for block in blocks if block.region in _TOLD_IN)
    return language_of("\n".join(told) or text, hint)


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
