"""Sentences and quotations of languages whose grammar is not read."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.documents.document import Span
from pipeline.documents.language import unspaced
from pipeline.language.foreign import tongue

_OPENING = r"(?:[\"'“‘„«»(\[¡¿「『（《]+[ \u00a0\u202f]?)?"
_WIDE_STOP = r"[。！？][\"'”’»)\]」』）》]*"
_CLOSING = r"(?:[\"'”’“»)\]]|[ \u00a0\u202f]»)*"
_STOP = re.compile(rf"{_WIDE_STOP}|(?P<stop>[.!?…]){_CLOSING}(?=\s+{_OPENING}[^\W_a-zà-öø-ÿ])|\n\s*\n")
_INITIAL = re.compile(r"(?<!\w)[^\W\d_]$")
_NUMBER = re.compile(r"(?<![\d.])\d{1,2}$")
_BACK = 12
_MARKS = ("«»", "»«", "„“", "„”", "“”", "「」", "『』", '""', "‹›")
_QUOTED = re.compile(
    "|".join(rf"{a}(?P<m{i}>[^{a}{b}]{{2,}}?){b}" for i, (a, b) in enumerate(map(tuple, _MARKS)))
)
_NAME_PARTS = re.compile(r"[\s·・]+")
_FAMILY_NAME = 2
"""Letters of a Japanese name by which a person is called; Chinese names are told whole."""


def split_foreign(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    """The sentences of `text[start:end]` in order, white space between them left out."""
    begun = start
    for stop in _STOP.finditer(text, start, end):
        if stop["stop"] != "." or _ends(text, begun, stop.start(), language):
            yield from _trimmed(text, begun, stop.end())
            begun = stop.end()
    yield from _trimmed(text, begun, end)


def _ends(text: str, start: int, at: int, language: str) -> bool:
    """Whether a full stop ends a sentence: not behind an initial, an abbreviation or the number of a day."""
    before = text[max(start, at - _BACK) : at]
    numbered = _NUMBER.search(before) is not None and bool(re.fullmatch(tongue(language).ordinal, "."))
    return not (numbered or _INITIAL.search(before) or _abbreviations(language).search(before))


@cache
def _abbreviations(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(tongue(language).abbreviations) or '(?!)'})$")


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    words = text[start:end]
    if words.strip():
        yield Span(start + len(words) - len(words.lstrip()), start + len(words.rstrip()))


def quoted_in(text: str, start: int, end: int) -> Iterator[Span]:
    """What stands between quotation marks in `text[start:end]`, the marks left out."""
    for match in _QUOTED.finditer(text, start, end):
        inner = Span(*match.span(str(match.lastgroup)))
        yield from _trimmed(text, inner.start, inner.end)


def leaves_open(sentence: str, language: str) -> bool:
    """Whether a sentence leaves open what it says, or puts it in the mouth of somebody who claims it."""
    return re.search(tongue(language).hedges, sentence, re.IGNORECASE) is not None


def parts(between: str, language: str) -> bool:
    """Whether words part what is said of one from what is said of another: "…, and the delegation of …"."""
    return re.search(tongue(language).apart, between) is not None


def is_called(name: str, words: str) -> bool:
    """Whether words name a person, be it by a part of the name that a comma, a blank or a dot sets apart."""
    first, *rest = _NAME_PARTS.split(name)
    if rest:
        return rest[-1] in words
    return first in words or (unspaced(first) > 0 and first[:_FAMILY_NAME] in words)
