"""Date words in running text, and what they resolve to. What nothing fixes stays unresolved."""

import re
from collections.abc import Iterator
from functools import partial

from msgspec import Struct

from pipeline.language.dates.grammar import GRAMMAR, MONTH, SIGNS
from pipeline.language.dates.resolve import (
    FROM_TOLD,
    Context,
    Resolver,
    Tense,
    resolve_next_day,
    resolve_signed,
)
from schemas import FuzzyDate, fuzzy_date, unresolved

__all__ = ["FROM", "MONTH", "UNTIL", "Context", "DateWords", "Tense", "find_dates", "resolve"]

FROM, UNTIL = "from", "until"
_SAYS_ITS_YEAR = re.compile(r"(?:19|20|21)\d\d")


class DateWords(Struct, frozen=True):
    """Words of a text that name a date, and the rule that reads them; offsets count from the start of that text."""

    start: int
    end: int
    text: str
    match: re.Match[str]
    resolver: Resolver

    def meaning(self, context: Context) -> FuzzyDate:
        """The date that the words mean in a context."""
        return _date(self.text, self.match, self.resolver, context)

    @property
    def leans(self) -> bool:
        """Whether they name a date only beside one that was told before: "the next day"."""
        return self.resolver is resolve_next_day

    def ends(self, text: str) -> "tuple[tuple[DateWords, str], ...]":
        """Of `from 6 to 13 October` both days, each with the word before it; of other words, nothing."""
        link = (self.match.groupdict().get("to") or "").strip()
        if not link.isalpha() or not text[: self.start].lower().endswith(f"{FROM} "):
            return ()
        shift = self.start - self.match.start()
        until, since = self.match.start("to") + shift, self.match.end("to") + shift
        return (
            (self._part(self.start, until, partial(_end, self.resolver, 0)), FROM),
            (self._part(since, self.end, partial(_end, self.resolver, 1)), link),
        )

    def first_and_last(self) -> "tuple[tuple[DateWords, str], ...]":
        """Of `one year, starting on 6 May` the last day and the first, each with what it does to a measure."""
        groups = self.match.re.groupindex
        if "starting" not in groups or self.match["starting"] is None:
            return ()
        shift = self.start - self.match.start()
        lasts, begins = self.match.start("starting") + shift, self.match.start("of") + shift
        lasting = self.text[: lasts - self.start].rstrip(" ,")
        inner = next(find_dates(self.text[begins - self.start :]))
        first = DateWords(begins + inner.start, begins + inner.end, inner.text, inner.match, inner.resolver)
        last = DateWords(self.start, self.start + len(lasting), lasting, self.match, self.resolver)
        return ((last, UNTIL), (first, FROM))

    def _part(self, start: int, end: int, resolver: Resolver) -> "DateWords":
        return DateWords(start, end, self.text[start - self.start : end - self.start], self.match, resolver)


def _end(resolver: Resolver, which: int, match: re.Match[str], context: Context) -> str | None:
    """The first or the last of what a range means."""
    edtf = resolver(match, context)
    return edtf and edtf.split("/")[which]


def _date(words: str, match: re.Match[str], resolver: Resolver, context: Context) -> FuzzyDate:
    try:
        edtf = resolver(match, context)
        if edtf is None:
            return unresolved(words)
        if _SAYS_ITS_YEAR.search(match[0]):
            return fuzzy_date(edtf, words)
        if resolver in FROM_TOLD and context.told:
            return fuzzy_date(edtf, words, "relative", f"counted from {context.told}")
        if resolver is resolve_signed:
            return fuzzy_date(edtf, words, "relative", f"signed {context.signed}")
        return fuzzy_date(edtf, words, "relative", context.reason if context.anchor else context.year_reason)
    except (ValueError, OverflowError):
        return unresolved(words)


def find_dates(text: str) -> Iterator[DateWords]:
    """Date words in order; where two readings overlap, the one that starts first, then the longer."""
    signs = {name for name, pattern in SIGNS.items() if pattern.search(text)}
    read = []
    for rule in GRAMMAR:
        if rule.needs not in signs:
            continue
        group = "words" if "words" in rule.pattern.groupindex else 0
        read += [(match.span(group), match, rule.resolve) for match in rule.pattern.finditer(text)]
    edge = 0
    for (start, end), match, resolver in sorted(read, key=lambda each: (each[0][0], -each[0][1])):
        if start >= edge:
            edge = end
            if resolver:
                yield DateWords(start, end, text[start:end], match, resolver)


def resolve(words: str, context: Context) -> FuzzyDate:
    """The date that words mean in a context; the words keep the source's spelling."""
    plain = " ".join(words.split())
    read = (next(find_dates(f"{lead}{plain}"), None) for lead in ("", "within ", "in ", "on ", "before "))
    found = next((each for each in read if each), None)
    return _date(words, found.match, found.resolver, context) if found else unresolved(words)
