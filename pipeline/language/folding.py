"""Text folded for comparison, with the way back to the source's own characters.

Folding makes typographic variants equal (quotation marks, dashes, white space, compatibility forms, case, what is
invisible, Markdown, footnote markers) and nothing else: a changed word, number, name or "not" never folds away.
"""

import re
import unicodedata
from functools import lru_cache

_QUOTES = dict.fromkeys(map(ord, "\"'`´‘’‚‛“”„‟‹›«»′″＂＇"), "'")
_DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−﹘﹣－"), "-")
_TABLE = {**_QUOTES, **_DASHES}
_SQUEEZED = " -"
_MARKUP = re.compile(
    r"(?<!\d)\*+|\*+(?!\d)|(?<![^\W_])_+(?=\w)|(?<=[^\W_])_+(?!\w)|\\(?=[^\w\s])|\[\d{1,3}\](?!\d)"
)
"""Emphasis and escapes of Markdown, footnote markers: a quote may leave them out."""


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


class Folded:
    """Folded text; `origin[i]` is the source offset of folded character `i`."""

    __slots__ = ("length", "origin", "text")

    def __init__(self, source: str) -> None:
        characters: list[str] = []
        origin: list[int] = []
        last = ""
        markup = {offset for found in _MARKUP.finditer(source) for offset in range(*found.span())}
        for offset, character in enumerate(source):
            if offset in markup:
                continue
            for folded in _fold_character(character):
                if folded == last and folded in _SQUEEZED:
                    continue
                characters.append(folded)
                origin.append(offset)
                last = folded
        self.text = "".join(characters)
        self.origin = origin
        self.length = len(source)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of folded `start` to `end`, trailing marks of the last character included."""
        last = self.origin[end - 1]
        return self.origin[start], last + 1


@lru_cache(maxsize=32)
def folded(source: str) -> Folded:
    return Folded(source)


def visible(text: str) -> str:
    """Text without the characters that are not seen."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def fold(text: str) -> str:
    """Folded text without the way back, white space at both ends left out."""
    return Folded(text).text.strip()


_NUMBER_GOES_ON = re.compile(r"[.,:/']\d")


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
    return first.isdigit() and start >= 2 and text[start - 1] in ".,:/'" and text[start - 2].isdigit()
