"""Sentences with their gold written inside: `It ends on [1 May=2031-05-01].`, in files with headings."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_MARK = re.compile(r"\[(?P<words>[^\]=]+?)(?P<sign>[!*]?)=(?P<value>[^\]]*)\]")


class Mark(NamedTuple):
    """What stands at a place: its words, a sign behind them, and the value that they should be read as."""

    start: int
    end: int
    sign: str
    value: str | None


class Marked(NamedTuple):
    """A sentence of a heading, without its marks; `published`: the day that stands before it, if one does."""

    heading: str
    published: str | None
    text: str
    marks: list[Mark]


def unmarked(line: str) -> tuple[str, list[Mark]]:
    """A line without its marks, and the marks; `?` is a value that nothing fixes."""
    text, marks, at = "", [], 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        value = None if match["value"] == "?" else match["value"]
        marks.append(Mark(len(text), len(text) + len(match["words"]), match["sign"], value))
        text += match["words"]
        at = match.end()
    return text + line[at:], marks


def sentences_of(path: Path) -> Iterator[Marked]:
    """The sentences of a file: `## heading`, then a line each; lines of `# ` are for the reader."""
    heading = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line and not line.startswith("#"):
            day, _, rest = line.partition(" ") if line.startswith("@") else ("", "", line)
            yield Marked(heading, day[1:] or None, *unmarked(rest))
