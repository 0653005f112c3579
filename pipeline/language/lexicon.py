"""Word lists from `lexicons/*.toml`, compiled. Entries are regular expressions of whole words."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

UPPER = f"[{''.join(chr(c) for c in range(ord('A'), 0x250) if chr(c).isupper())}]"
"""Any upper-case letter of the Latin alphabets: names begin with one."""
NAME_WORD = rf"{UPPER}(?:[\w.’'-]*\w)?"
"""A capitalised word, initials, apostrophes and hyphens inside it."""


@cache
def table(name: str) -> dict[str, Any]:
    """The lexicon file of that name."""
    return tomllib.loads(
        (files("pipeline") / "language" / "lexicons" / "en" / f"{name}.toml").read_text("utf-8")
    )


def any_of(words: Iterable[str]) -> str:
    """A group that matches any of the expressions, the longest spelling first."""
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


@cache
def words(name: str, key: str, *, cased: bool = False) -> re.Pattern[str]:
    """Any entry of a list, as whole words, in any case unless `cased`."""
    flags = 0 if cased else re.IGNORECASE
    return re.compile(rf"(?<!\w){any_of(table(name)[key])}(?!\w)", flags)


@cache
def kinds(name: str, key: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Named lists in their order: the first whose words are found gives the name."""
    lists: dict[str, list[str]] = table(name)[key]
    return tuple(
        (kind, re.compile(rf"(?<!\w){any_of(own)}(?!\w)", re.IGNORECASE)) for kind, own in lists.items()
    )


def kind_of(text: str, name: str, key: str, otherwise: str) -> str:
    """The name of the first list that has a word in the text."""
    return next((kind for kind, pattern in kinds(name, key) if pattern.search(text)), otherwise)
