"""Word files (DOCX): paragraphs, items and rows of the text as it stands; headers and footers are left out."""

from collections.abc import Iterator
from typing import Any

from pipeline import Unreadable
from pipeline.documents.formats import DAMAGED, FORMATS, Composer, Content, visible
from pipeline.documents.formats.container import Container

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", _FALLBACK}
"""What is deleted, what tells a field, and what another form of the same tells again."""
_HEADINGS = ("title", "heading", "subtitle")


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    container = Container(data, "docx")
    document = container.xml("word/document.xml")
    body = document.find(f"{_W}body") if document is not None else None
    if body is None:
        raise Unreadable(DAMAGED.format(FORMATS["docx"]))
    headings = set(_heading_styles(container.xml("word/styles.xml")))
    composer = Composer()
    title = None
    items: list[str] = []
    for text, style in [*_blocks(body), ("", None)]:
        if style == "item":
            items.append(f"- {text}")
            continue
        if items:
            composer.add("\n".join(items))
            items = []
        if text:
            heading = style in headings
            title = title or (text if heading else None)
            composer.add(text, "headline" if heading else None)
    for note in _notes(container.xml("word/footnotes.xml")):
        composer.add(note, "boilerplate")
    return composer.content({"title": title} if title else {})


def _heading_styles(styles: Any) -> Iterator[str]:
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        name = style.find(f"{_W}name")
        if name is not None and (name.get(f"{_W}val") or "").lower().startswith(_HEADINGS):
            yield style.get(f"{_W}styleId") or ""


def _blocks(parent: Any) -> Iterator[tuple[str, str | None]]:
    """Paragraphs and tables, each with its style, which is `item` for those of a list."""
    for element in parent:
        if element.tag == f"{_W}p":
            if text := _text(element):
                listed = element.find(f"{_W}pPr/{_W}numPr") is not None
                style = element.find(f"{_W}pPr/{_W}pStyle")
                named = style.get(f"{_W}val") if style is not None else None
                yield text, "item" if listed else named
        elif element.tag == f"{_W}tbl":
            rows = [
                [" ".join(filter(None, map(_text, cell.iter(f"{_W}p")))) for cell in row.findall(f"{_W}tc")]
                for row in element.findall(f"{_W}tr")
            ]
            if lines := [f"| {' | '.join(row)} |" for row in rows if any(row)]:
                yield "\n".join(lines), None
        elif element.tag not in _SKIPPED and len(element):
            yield from _blocks(element)


def _text(paragraph: Any) -> str:
    return "\n".join(filter(None, map(visible, "".join(_pieces(paragraph)).split("\n"))))


def _pieces(parent: Any) -> Iterator[str]:
    for element in parent:
        if element.tag in _SKIPPED:
            continue
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag == f"{_W}tab":
            yield " "
        elif element.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif element.tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _pieces(element)


def _notes(footnotes: Any) -> Iterator[str]:
    for note in footnotes if footnotes is not None else ():
        if text := " ".join(filter(None, map(_text, note.iter(f"{_W}p")))):
            yield text
