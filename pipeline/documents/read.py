"""Bytes -> canonical text with metadata and regions; a file may hold several documents."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict, replace

from pipeline import Unreadable
from pipeline.documents.document import Block, Document, touching
from pipeline.documents.formats import MAX_BYTES, MOST_MEMBERS, Content, Mark, format_of, text
from pipeline.documents.formats.sandbox import parse_apart
from pipeline.documents.language import language_of
from pipeline.documents.layout import blocks_of, title_of
from pipeline.documents.publication_date import page_dates
from schemas import AboutDocument, DetectedMetadata, FuzzyDate, StatedMetadata, fuzzy_date
from schemas.vocabulary import Reliability

_NOTHING_SAID = AboutDocument()
_DEEPEST = 3
"""So many files may be around one."""


class Enclosed(Struct, frozen=True, kw_only=True):
    """What came in a file: the document that it is, or one `inside` of it; `problem`: why there is none."""

    file: str | None
    inside: bool
    document: Document | None = None
    problem: str | None = None


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
    rights: str | None = None,
    reliability: Reliability | None = None,
    embargo: datetime | None = None,
    format: str | None = None,
) -> Document:
    """A document from its bytes. What the caller says of it (`published`: EDTF) goes before what it says.

    `format`: the one that it is, whatever it looks like. Raises Unreadable, whose message is one sentence about "it".
    """
    content = _content(data, format)
    if not content.text:
        raise Unreadable("it holds several documents and is none itself: give one of them")
    about = AboutDocument(
        title=title,
        publisher=publisher,
        url=url,
        published=published,
        rights=rights,
        reliability=reliability,
        embargo=embargo,
    )
    return _document(content, file, about)


def read_all(
    data: bytes, *, file: str | None = None, about: AboutDocument = _NOTHING_SAID, format: str | None = None
) -> list[Enclosed]:
    """The document that a file is, where it is one, then those inside of it: attachments, files of an archive.

    Title and address of `about` are those of the first, the rest is of all. Raises Unreadable where none can be read.
    """
    content = _content(data, format)
    enclosed = (
        [Enclosed(file=file, inside=False, document=_document(content, file, about))] if content.text else []
    )
    for one in _inside(content, file, replace(about, title=None, url=None)):
        if len(enclosed) > MOST_MEMBERS:
            raise Unreadable(f"it holds more than {MOST_MEMBERS} files: split it")
        enclosed.append(one)
    if not any(one.document for one in enclosed):
        raise Unreadable(f"it holds nothing that can be read: {enclosed[0].file}: {enclosed[0].problem}")
    return enclosed


def _inside(content: Content, file: str | None, about: AboutDocument, depth: int = 1) -> Iterator[Enclosed]:
    """What is inside of a file, each followed by what is inside of it."""
    for member in content.members:
        name = f"{file}/{member.file}" if file else member.file
        try:
            if member.problem:
                raise Unreadable(member.problem)
            if depth > _DEEPEST:
                raise Unreadable("it is too deep inside of other files: give it as a file of its own")
            inner = _content(member.data)
        except Unreadable as error:
            yield Enclosed(file=name, inside=True, problem=str(error))
            continue
        if inner.text:
            yield Enclosed(file=name, inside=True, document=_document(inner, name, about))
        yield from _inside(inner, name, about, depth + 1)


def _content(data: bytes, format: str | None = None) -> Content:
    if len(data) > MAX_BYTES:
        raise Unreadable(f"it has {len(data):,} bytes, the limit is {MAX_BYTES:,}: split it")
    format = format or format_of(data)
    return text.parse(data) if format == "text" else parse_apart(format, data)


def _document(content: Content, file: str | None, about: AboutDocument) -> Document:
    fields = content.fields
    named = _first(fields, "title", "headline")
    publisher = _first(fields, "publisher", "site name", "source")
    url = _first(fields, "source url", "url", "link")
    blocks = _marked(blocks_of(content.text, content.start, about.title or named), content.marks)
    dates = page_dates(content.text, blocks, fields, about.url or url, about.publisher or publisher)
    return _settled(
        Document(
            id=hashlib.sha256(content.text.encode()).hexdigest(),
            text=content.text,
            file=file,
            title=None,
            publisher=None,
            url=None,
            language=_language(content.text, blocks, _first(fields, "lang", "language", "content language")),
            published=None,
            updated=dates.updated,
            blocks=blocks,
            pages=list(content.pages),
            stated=StatedMetadata(
                title=about.title,
                publisher=about.publisher,
                url=about.url,
                published=about.published,
                rights=about.rights,
                reliability=about.reliability,
                embargo=about.embargo,
            ),
            detected=DetectedMetadata(
                title=named or title_of(content.text, blocks, content.start),
                publisher=publisher,
                url=url,
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
