"""A document in parts that fit a call: cut between paragraphs, never inside a sentence or a number."""

import re
from collections.abc import Iterator

from msgspec import Struct

from pipeline.documents.document import Document, Span
from pipeline.documents.layout import body_paragraphs

_SENTENCE_END = re.compile(r"(?<=[.!?][\"'”’)\]])\s+|(?<=[.!?])\s+(?=[^\W\d_a-z]|[“\"])")


class TextSection(Struct, frozen=True):
    """Body paragraphs, in order, that go to the model in one call."""

    parts: list[Span]

    @property
    def span(self) -> Span:
        return Span(self.parts[0].start, self.parts[-1].end)

    def text(self, document: Document) -> str:
        return "\n\n".join(document.text[part.start : part.end] for part in self.parts)

    def halves(self) -> list["TextSection"]:
        """The section in two, or nothing where it is one paragraph."""
        middle = len(self.parts) // 2
        return [TextSection(self.parts[:middle]), TextSection(self.parts[middle:])] if middle else []


def _pieces(document: Document, paragraph: Span, most: int) -> Iterator[Span]:
    """A paragraph, cut between sentences where it is too long for one call."""
    if paragraph.end - paragraph.start <= most:
        yield paragraph
        return
    start, last = paragraph.start, paragraph.start
    for gap in _SENTENCE_END.finditer(document.text, paragraph.start, paragraph.end):
        if gap.start() - start > most and last > start:
            yield Span(start, last)
            start = _skip(document, last)
        last = gap.start()
    if paragraph.end - start > most and last > start:
        yield Span(start, last)
        start = _skip(document, last)
    yield Span(start, paragraph.end)


def _skip(document: Document, offset: int) -> int:
    """The first character behind the white space at an offset."""
    found = re.compile(r"\s*").match(document.text, offset)
    return found.end() if found else offset


def sections(document: Document, most: int) -> list[TextSection]:
    """The body in sections of about `most` characters; a single sentence may be longer."""
    found: list[TextSection] = []
    parts: list[Span] = []
    size = 0
    for paragraph in body_paragraphs(document.text, document.blocks):
        for piece in _pieces(document, paragraph, most):
            length = piece.end - piece.start
            if parts and size + length > most:
                found.append(TextSection(parts))
                parts, size = [], 0
            parts.append(piece)
            size += length
    return [*found, TextSection(parts)] if parts else found
