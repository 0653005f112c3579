"""Date words in running text, and what they resolve to. What nothing fixes stays unresolved."""

import re
from collections.abc import Iterator

from msgspec import Struct

from pipeline.language.dates.grammar import GRAMMAR, MONTH
from pipeline.language.dates.resolve import Context, Tense
from schemas import FuzzyDate, fuzzy_date, unresolved

__all__ = ["MONTH", "Context", "DateWords", "Tense", "find_dates", "resolve"]


class DateWords(Struct, frozen=True):
    """Words of a text that name a date; offsets count from the start of that text."""

    start: int
    end: int
    text: str


def find_dates(text: str) -> Iterator[DateWords]:
    """Date words in order; where two readings overlap, the one that starts first, then the longer."""
    spans = []
    for rule in GRAMMAR:
        group = "words" if "words" in rule.pattern.groupindex else 0
        spans += [match.span(group) for match in rule.pattern.finditer(text)]
    edge = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= edge:
            edge = end
            yield DateWords(start, end, text[start:end])


def resolve(words: str, context: Context) -> FuzzyDate:
    """The date that words mean in a context; the words keep the source's spelling."""
    plain = " ".join(words.split())
    matches = (
        (match, rule)
        for rule in GRAMMAR
        if (match := rule.pattern.search(plain) or rule.pattern.search(f"in {plain}"))
    )
    match, rule = min(matches, key=lambda read: (read[0].start(), -read[0].end()), default=(None, None))
    if match is None or rule is None:
        return unresolved(words)
    try:
        edtf = rule.resolve(match, context)
        if edtf is None:
            return unresolved(words)
        if re.search(r"\d{4}", plain):
            return fuzzy_date(edtf, words)
        return fuzzy_date(edtf, words, "relative", context.reason if context.anchor else context.year_reason)
    except (ValueError, OverflowError):
        return unresolved(words)
