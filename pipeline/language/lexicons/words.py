"""What a lexicon's lists are decoded into: words and signs that compile once, when they are first asked."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Generic, TypeVar

from msgspec import Struct

UPPER = f"[{''.join(chr(c) for c in range(ord('A'), 0x250) if chr(c).isupper())}]"
"""Any upper-case letter of the Latin alphabets: names begin with one."""
NAME_WORD = rf"{UPPER}(?:[\w.’'-]*\w)?"
"""A capitalised word, initials, apostrophes and hyphens inside it."""


def any_of(expressions: Iterable[str]) -> str:
    """A group that matches any of the expressions, the longest spelling first."""
    return f"(?:{'|'.join(sorted(expressions, key=len, reverse=True))})"


class WordList:
    """A list of regular expressions of whole words. Its methods find any of them, in any case."""

    def __init__(self, expressions: Iterable[str]) -> None:
        self._expressions = tuple(expressions)

    def __iter__(self) -> Iterator[str]:
        return iter(self._expressions)

    def __repr__(self) -> str:
        return f"WordList({list(self._expressions)!r})"

    @cached_property
    def any(self) -> str:
        """A group of all of them, to build patterns with."""
        return any_of(self._expressions)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w){self.any}(?!\w)", re.IGNORECASE)

    @cached_property
    def cased(self) -> re.Pattern[str]:
        """As they are written, capitals and all."""
        return re.compile(rf"(?<!\w){self.any}(?!\w)")

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        return self.pattern.search(text, start, len(text) if end is None else end)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self.pattern.fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(text)


class SignList:
    """A list of regular expressions that say themselves where a word begins and ends, or a line."""

    def __init__(self, expressions: Iterable[str]) -> None:
        self._expressions = tuple(expressions)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(self._expressions), re.IGNORECASE | re.DOTALL)

    def search(self, text: str) -> re.Match[str] | None:
        return self.pattern.search(text)


Name = TypeVar("Name", bound=str)


class Row(Struct, Generic[Name], frozen=True, forbid_unknown_fields=True):
    """A name for what its words tell. Rows are asked in their order: the first whose words are found wins."""

    name: Name
    words: WordList


def classify(text: str, rows: Iterable[Row[Name]], otherwise: Name) -> Name:
    """The name of the first row that has a word in the text."""
    return next((row.name for row in rows if row.words.search(text)), otherwise)
