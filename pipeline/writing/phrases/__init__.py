"""The templates by which the rules write, a file a language."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class Sound(Struct, frozen=True, forbid_unknown_fields=True):
    """A word that is another before some sounds: "y" is "e" before "India"."""

    word: str
    before: str
    becomes: str


class Phrases(Struct, frozen=True, forbid_unknown_fields=True):
    """The templates of a language."""

    headlines: dict[str, str]
    talks: dict[str, str]
    events: dict[str, str]
    deadlines: dict[str, str]
    positions: dict[str, str]
    people: dict[str, str]
    disputes: dict[str, str]
    figures: dict[str, str]
    changes: dict[str, str]
    words: dict[str, str]
    articles: dict[str, str]
    """Before the names of parties."""
    names: dict[str, str] = {}
    """Of parties, where they have others than in the tables of the locale."""
    places: dict[str, str] = {}
    """Of towns, where they are written otherwise than in English."""
    sounds: list[Sound] = []

    def word(self, name: str, **parts: str) -> str:
        return self.words[name].format(**parts)

    def joined(self, words: Sequence[str], by: str = "and") -> str:
        """Words as a list, with an "and" or "or" before the last."""
        *others, last = words
        if not others:
            return last
        joiner = self.word(by)
        for sound in self.sounds:
            if joiner == sound.word and re.match(sound.before, last, re.IGNORECASE):
                joiner = sound.becomes
        return f"{', '.join(others)} {joiner} {last}"

    def text(self, template: str, **parts: str) -> str | None:
        """A template by table and name, filled; None where the language has none."""
        table, _, name = template.partition(".")
        words: str | None = getattr(self, table).get(name)
        return words.format(**parts) if words is not None else None


@cache
def phrases(language: str) -> Phrases:
    """The templates of a language, by the name of its file."""
    text = (files(__package__) / f"{language}.toml").read_text("utf-8")
    return msgspec.toml.decode(text, type=Phrases)
