"""The lexicon of a language: a folder of TOML files, each decoded into its struct when it is first asked.

A key that is missing, misspelt or of another shape fails there, with its path in the file.
"""

import re
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, TypeVar

import msgspec

from pipeline.language.lexicons.schema import (
    NAME_WORD,
    UPPER,
    Calendar,
    Commitments,
    Conflicts,
    Countries,
    Deadlines,
    Figures,
    Modality,
    Noise,
    Numbers,
    Offices,
    Parties,
    Publication,
    Quantities,
    Regions,
    Relevance,
    Row,
    Sentences,
    SignList,
    Signs,
    Sources,
    Speech,
    Stakes,
    Talks,
    Topics,
    Wording,
    WordList,
    any_of,
    classify,
)

__all__ = [
    "NAME_WORD",
    "UPPER",
    "Lexicon",
    "Row",
    "SignList",
    "Signs",
    "WordList",
    "any_of",
    "classify",
    "decode_lexicon",
    "lexicon",
    "lexicon_of",
]


File = TypeVar("File")


def _list(kind: type, value: Any) -> Any:
    """A list of a lexicon as the words or the signs that it holds; an empty one would match everywhere."""
    if not isinstance(value, list) or not value or not all(isinstance(entry, str) for entry in value):
        raise TypeError("Expected a list of expressions")
    return kind(value)


def decode_lexicon(text: bytes | str, kind: type[File]) -> File:
    """A file of a lexicon. Raises msgspec.ValidationError, which names the key that is wrong."""
    return msgspec.toml.decode(text, type=kind, dec_hook=_list)


class Lexicon:
    """The words of one language. A file is read when it is first asked for."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._folder = files(__name__) / language

    def _read(self, kind: type[File]) -> File:
        text = (self._folder / f"{kind.__name__.lower()}.toml").read_text("utf-8")
        if kind is not Calendar:
            text = re.sub("<(month|weekday)>", self._named, text)
        return decode_lexicon(text, kind)

    def _named(self, match: re.Match[str]) -> str:
        """Any full name of the calendar that another file writes a sign for."""
        return self.calendar.month if match[1] == "month" else self.calendar.weekday

    @cached_property
    def calendar(self) -> Calendar:
        return self._read(Calendar)

    @cached_property
    def commitments(self) -> Commitments:
        return self._read(Commitments)

    @cached_property
    def conflicts(self) -> Conflicts:
        return self._read(Conflicts)

    @cached_property
    def countries(self) -> Countries:
        return self._read(Countries)

    @cached_property
    def deadlines(self) -> Deadlines:
        return self._read(Deadlines)

    @cached_property
    def figures(self) -> Figures:
        return self._read(Figures)

    @cached_property
    def modality(self) -> Modality:
        return self._read(Modality)

    @cached_property
    def noise(self) -> Noise:
        return self._read(Noise)

    @cached_property
    def numbers(self) -> Numbers:
        return self._read(Numbers)

    @cached_property
    def offices(self) -> Offices:
        return self._read(Offices)

    @cached_property
    def parties(self) -> Parties:
        return self._read(Parties)

    @cached_property
    def publication(self) -> Publication:
        return self._read(Publication)

    @cached_property
    def quantities(self) -> Quantities:
        return self._read(Quantities)

    @cached_property
    def regions(self) -> Regions:
        return self._read(Regions)

    @cached_property
    def relevance(self) -> Relevance:
        return self._read(Relevance)

    @cached_property
    def sentences(self) -> Sentences:
        return self._read(Sentences)

    @cached_property
    def sources(self) -> Sources:
        return self._read(Sources)

    @cached_property
    def speech(self) -> Speech:
        return self._read(Speech)

    @cached_property
    def stakes(self) -> Stakes:
        return self._read(Stakes)

    @cached_property
    def talks(self) -> Talks:
        return self._read(Talks)

    @cached_property
    def topics(self) -> Topics:
        return self._read(Topics)

    @cached_property
    def wording(self) -> Wording:
        return self._read(Wording)


@cache
def lexicon_of(language: str) -> Lexicon:
    """The lexicon of a language, by the name of its folder."""
    return Lexicon(language)


lexicon = lexicon_of("en")
"""The words that documents are read with."""
