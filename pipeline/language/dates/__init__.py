"""Date words in running text, and what they resolve to. What nothing fixes stays unresolved."""

import re
from collections.abc import Iterator

from msgspec import Struct

from pipeline.language.dates.grammar import RULES
from pipeline.language.dates.resolve import MONTH, Context, Tense
from schemas import FuzzyDate, fuzzy_date, unresolved

__all__ = ["MONTH", "Context", "DateWords", "Tense", "find_dates", "resolve"]


class DateWords(Struct, frozen=True):
    """Words of a text that name a date; offsets count from the start of that text."""

    start: int
    end: int
    text: str


def find_dates(text: str) -> Iterator[DateWords]:
    """Date words in order; where two readings overlap, the one that starts first, then the longer."""
    found = []
    for pattern, _ in RULES:
        for match in pattern.finditer(text):
            start, end = match.span("words") if "words" in match.re.groupindex else match.span()
            found.append((start, -end))
    edge = 0
    for start, minus_end in sorted(found):
        if start >= edge:
            edge = -minus_end
            yield DateWords(start, edge, text[start:edge])


def resolve(words: str, context: Context) -> FuzzyDate:
    """The date that words mean in a context; the words keep the source's spelling."""
    plain = " ".join(words.split())
    readings = [
        (match.start(), -match.end(), i, match, resolver)
        for i, (pattern, resolver) in enumerate(RULES)
        if (match := pattern.search(plain) or pattern.search(f"in {plain}"))
    ]
    if not readings:
        return unresolved(words)
    *_, match, resolver = min(readings, key=lambda reading: reading[:3])
    try:
        edtf = resolver(match, context)
        if edtf is None:
            return unresolved(words)
        if re.search(r"\d{4}", plain):
            return fuzzy_date(edtf, words)
        return fuzzy_date(edtf, words, "relative", context.reason if context.anchor else context.year_reason)
    except (ValueError, OverflowError):
        return unresolved(words)
