"""OpenDocument texts (ODT): paragraphs, items and rows; what was deleted is not read."""

from collections.abc import Iterator
from typing import Any

from pipeline import Unreadable
from pipeline.documents.formats import DAMAGED, FORMATS, Composer, Content, visible
from pipeline.documents.formats.container import Container

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SKIPPED = {f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_TEXT}sequence-decls", f"{_OFFICE}annotation"}


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    document = Container(data, "odt").xml("content.xml")
    body = document.find(f"{_OFFICE}body/{_OFFICE}text") if document is not None else None
    if body is None:
        raise Unreadable(DAMAGED.format(FORMATS["odt"]))
    composer = Composer()
    title = None
    for text, region in _blocks(body):
        title = title or (text if region else None)
        composer.add(text, region)
    for note in body.iter(f"{_TEXT}note-body"):
        if text := " ".join(filter(None, map(_text, note))):
            composer.add(text, "boilerplate")
    return composer.content({"title": title} if title else {})


def _blocks(parent: Any) -> Iterator[tuple[str, str | None]]:
    for element in parent:
        if element.tag in _SKIPPED:
            continue
        if element.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            titled = element.tag == f"{_TEXT}h" or element.get(f"{_TEXT}style-name") == "Title"
            if text := _text(element):
                yield text, "headline" if titled else None
        elif element.tag == f"{_TEXT}list":
            items = (" ".join(filter(None, map(_text, item))) for item in element.iter(f"{_TEXT}list-item"))
            if lines := [f"- {item}" for item in items if item]:
                yield "\n".join(lines), None
        elif element.tag == f"{_TABLE}table":
            rows = [
                [" ".join(filter(None, map(_text, cell))) for cell in row.findall(f"{_TABLE}table-cell")]
                for row in element.iter(f"{_TABLE}table-row")
            ]
            if lines := [f"| {' | '.join(row)} |" for row in rows if any(row)]:
                yield "\n".join(lines), None
        elif len(element):
            yield from _blocks(element)


def _text(paragraph: Any) -> str:
    if paragraph.tag not in (f"{_TEXT}p", f"{_TEXT}h"):
        return ""
    return "\n".join(filter(None, map(visible, "".join(_pieces(paragraph)).split("\n"))))


def _pieces(element: Any) -> Iterator[str]:
    if element.tag == f"{_TEXT}line-break":
        yield "\n"
    elif element.tag in (f"{_TEXT}s", f"{_TEXT}tab"):
        yield " "
    yield element.text or ""
    for child in element:
        if child.tag not in _SKIPPED:
            yield from _pieces(child)
        yield child.tail or ""
