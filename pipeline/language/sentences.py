"""Where sentences begin and end: the one splitter, for running text with or without line breaks."""

import re
from collections.abc import Iterator

from pipeline.documents.document import Span
from pipeline.language.lexicons import UPPER, lexicon

LONGEST = 2_000
"""A sentence that is longer, in characters, is cut at a space: whoever reads sentences works in linear time."""
_CLOSING, _OPENING = r"[\"'”’»)\]]*", r"[\"'“‘„«(\[]*"
_STOP = re.compile(rf"(?<=[.!?…]){_CLOSING}(?P<gap>\s+)(?={_OPENING}(?:{UPPER}|\d))|\n\s*\n")
_RUN_IN_HEADING = re.compile(rf"{UPPER}[{UPPER[1:-1]}’' .,&/()-]{{4,80}}:\s+(?={_OPENING}{UPPER})")
"""`PROMOTING FAIR TRADE: Today …`, `THE PRESIDENT: Good morning …`"""
_INITIAL = re.compile(rf"(?<!\w){UPPER}\.$")
_INITIALISM = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}$")


_ABBREVIATION = re.compile(rf"(?<!\w){lexicon.sentences.abbreviations.any}\.$", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(rf"(?<!\w){lexicon.sentences.before_numbers.any}\.$", re.IGNORECASE)
_OPENER = re.compile(rf"{_OPENING}{lexicon.sentences.openers.any}(?!\w)")


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a full stop, an exclamation or a question mark ends a sentence here."""
    if stop["gap"] is None:
        return True
    after = stop.end()
    words = text[max(start, stop.start() - 24) : stop.start()]
    if not words.endswith("."):
        return True
    if text[after].isdigit() and _BEFORE_NUMBER.search(words):
        return False
    if _INITIALISM.search(words):
        return _OPENER.match(text, after) is not None
    return not (_INITIAL.search(words) or _ABBREVIATION.search(words))


def _capped(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST) + 1 or start + LONGEST
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


def split(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The sentences of `text[start:end]` in order, white space between them left out."""
    last = len(text) if end is None else end
    heading = _RUN_IN_HEADING.match(text, start, last)
    edges = [heading.end()] if heading else []
    edges += [stop.end() for stop in _STOP.finditer(text, start, last) if _ends(text, start, stop)]
    for edge in (*edges, last):
        first, stop = start, edge
        while first < stop and text[first].isspace():
            first += 1
        while stop > first and text[stop - 1].isspace():
            stop -= 1
        if stop > first:
            yield from _capped(text, first, stop)
        start = max(start, edge)
