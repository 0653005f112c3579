"""Whose delegate somebody is, and whether an office is theirs: read from the words around the name."""

import re

from pipeline.fold import fold
from pipeline.lexicon import table, words
from pipeline.parties import mentions

_OWNERS: dict[str, list[str]] = table("offices")["owners"]
_LEADS = re.compile(r"\b(?:lead|leads|led|head|heads|represent\w*)\b")
_BESIDE = 12


def holds(office: str, offices: list[str]) -> bool:
    """Whether an office is one of some, or one with a rank or a portfolio before it."""
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", office) for word in offices)


def owner_of(sentence: str, start: int, end: int, office: str, parties: frozenset[str]) -> str | None:
    """Whose delegate the person is who is named, office and all, at `sentence[start:end]`.

    Said beside the office ("China's Vice Premier"), or by an office that only one of the parties has, or by the
    group before ("the Indian team will include"), or by whom they lead ("will lead Peru's delegation").
    """
    beside = [
        m for m in mentions(sentence[: start + len(office)]) if m.code in parties and m.end > start - _BESIDE
    ]
    if beside and not re.search(r"[,;.]", sentence[beside[0].end : start]):
        return beside[0].code
    for code, offices in _OWNERS.items():
        if code in parties and holds(office, offices):
            return code
    before = sentence[:start]
    named = [m for m in mentions(before) if m.code in parties and not m.place]
    if named and words("offices", "groups").search(before, named[-1].end):
        return named[-1].code
    after = sentence[end:]
    behind = next((m for m in mentions(after) if m.code in parties and not m.place), None)
    if behind and _LEADS.search(after[: behind.start]):
        return behind.code
    if named:
        return named[-1].code
    return behind.code if behind else None


def has_office(text: str, name: str, office: str) -> bool:
    """Whether a text gives somebody an office: right before the name, or right after it."""
    person, role = re.escape(fold(name)), re.escape(fold(office))
    before = rf"{role}[ ,]+(?:[\w.']+ ){{0,2}}?{person}"
    after = rf"{person}(?: \([^)]*\))?,? (?:[\w.'-]+ ){{0,5}}?{role}"
    return re.search(rf"(?<!\w)(?:{before}|{after})(?!\w)", fold(text)) is not None
