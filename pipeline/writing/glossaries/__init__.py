"""What a translation must not change, a file a language."""

from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class SameWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What an English expression becomes; `both`: nor may the other stand where the English has none."""

    what: str
    en: str
    to: str
    both: bool = False


class Glossary(Struct, frozen=True, forbid_unknown_fields=True):
    """How a language says what a translation must not change."""

    towards: str
    """A pattern for what stands before the later of two amounts: the "to" of "from 10 to 4"."""
    of: str
    """A pattern for what may stand between a day and its month, or a month and its year."""
    before_months: str
    """A pattern for words before a month without a day."""
    scales: dict[str, float]
    """Words behind a number, by what they multiply it with."""
    wording: list[SameWords]
    """Looked for in this order; what one has found is not found again by the next."""
    parties: dict[str, list[str]]
    """Patterns for other names and adjectives of parties."""


@cache
def glossary(language: str) -> Glossary:
    text = (files(__package__) / f"{language}.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Glossary)
