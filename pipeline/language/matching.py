"""Exact matching of quotes: text folded for comparison, with the way back to the source's own characters. Never fuzzy.

Folding makes typographic variants equal (quotation marks, dashes, white space, compatibility forms, case, what is
invisible, Markdown, footnote markers) and nothing else: a changed word, number, name or "not" never folds away.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pipeline.documents.document import Span

_QUOTES = dict.fromkeys(map(ord, "\"'`´‘’‚‛“”„‟‹›«»′″＂＇"), "'")
_DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−﹘﹣－"), "-")
_TABLE = {**_QUOTES, **_DASHES}
_SQUEEZED = " -"
_MARKUP = re.compile(
    r"(?<!\d)\*+|\*+(?!\d)|(?<![^\W_])_+(?=\w)|(?<=[^\W_])_+(?!\w)|\\(?=[^\w\s])|\[\d{1,3}\](?!\d)"
)
"""Emphasis and escapes of Markdown, footnote markers: a quote may leave them out."""
_NUMBER_GOES_ON = re.compile(r"[.,:/'’]\d")
_EDGE = 4


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    replaced = character.translate(_TABLE)
    if replaced != character:
        return replaced
    if character.isspace():
        return " "
    if unicodedata.category(character) == "Cf":
        return ""
    return unicodedata.normalize("NFKD", character).casefold().translate(_TABLE)


_FOLDED = {chr(code): _fold_character(chr(code)) for code in range(128)}


class Folded:
    """Folded text; `origin[i]` is the source offset of folded character `i`."""

    __slots__ = ("origin", "text")

    def __init__(self, source: str) -> None:
        characters: list[str] = []
        origin: list[int] = []
        last = ""
        markup = {offset for match in _MARKUP.finditer(source) for offset in range(*match.span())}
        for offset, character in enumerate(source):
            if offset in markup:
                continue
            for folded in _FOLDED.get(character) or _fold_character(character):
                if folded == last and folded in _SQUEEZED:
                    continue
                characters.append(folded)
                origin.append(offset)
                last = folded
        self.text = "".join(characters)
        self.origin = origin

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of folded `start` to `end`, trailing marks of the last character included."""
        last = self.origin[end - 1]
        return self.origin[start], last + 1


@lru_cache(maxsize=32)
def folded(source: str) -> Folded:
    return Folded(source)


def fold(text: str) -> str:
    """Folded text without the way back, white space at both ends left out."""
    return Folded(text).text.strip()


def splits_word(text: str, start: int, end: int) -> bool:
    """Whether folded `start` to `end` cuts a word, a number or an accented letter in two."""
    before, first = text[start - 1 : start], text[start]
    last, after = text[end - 1], text[end : end + 1]
    if before.isalnum() and first.isalnum():
        return True
    if after and (unicodedata.combining(after) or (last.isalnum() and after.isalnum())):
        return True
    if last.isdigit() and _NUMBER_GOES_ON.match(text, end):
        return True
    return first.isdigit() and start >= 2 and text[start - 1] in ".,:/'’" and text[start - 2].isdigit()


def occurrences(text: str, quote: str) -> Iterator[Span]:
    """Every place where `quote` stands in `text`, in order, as spans of the source's own characters.

    Quotation marks, dashes, white space, compatibility forms and case may differ; nothing else may.
    A match never cuts a word or a number: "14" is not found in "145", nor "5,864" in "5,864.60".
    """
    source, wanted = folded(text), fold(quote)
    if not any(character.isalnum() for character in wanted):
        return
    at = source.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not splits_word(source.text, at, end):
            yield _verbatim(text, quote.strip(), Span(*source.source_span(at, end)))
        at = source.text.find(wanted, at + 1)


def find(text: str, quote: str) -> list[Span]:
    """All `occurrences` of a quote."""
    return list(occurrences(text, quote))


def _verbatim(text: str, quote: str, span: Span) -> Span:
    """The span with the marks at its edges that folding leaves out, where the text has the quote as it is."""
    for start in range(max(span.start - _EDGE, 0), span.start + 1):
        if text.startswith(quote, start) and span.end <= start + len(quote) <= span.end + _EDGE:
            return Span(start, start + len(quote))
    return span


def first(text: str, quote: str) -> Span | None:
    """Where `quote` stands first as it is, else its first occurrence in another spelling."""
    plain = quote.strip()
    at = text.find(plain) if any(character.isalnum() for character in plain) else -1
    if at >= 0 and not splits_word(text, at, at + len(plain)):
        return Span(at, at + len(plain))
    return next(occurrences(text, quote), None)


def locate(text: str, quote: str, at: int | None = None) -> Span | None:
    """The place of `quote` that is nearest to `at`; without `at`, the first."""
    if at is None:
        return first(text, quote)
    if quote and text.startswith(quote, at):
        return Span(at, at + len(quote))
    return min(occurrences(text, quote), key=lambda span: abs(span.start - at), default=None)
