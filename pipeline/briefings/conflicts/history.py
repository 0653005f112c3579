"""The past in words that do not go together: what earlier talks reached, how long a dispute has lasted."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache

from msgspec import Struct

from pipeline.briefings import LONGER
from pipeline.briefings.comparison import Excerpt, conflict
from pipeline.briefings.rounds import Part
from pipeline.language.lexicons import NAME_WORD, any_of, lexicon
from pipeline.language.parties import mentions
from pipeline.language.quantities import find_quantities
from schemas import Conflict

_WORDS = lexicon.conflicts
_FIRM, _PROVISIONAL = _WORDS.firm.any, _WORDS.provisional.any
_OUTCOME = rf"(?P<name>(?:[\w’'-]+ ){{0,3}}?(?:{_FIRM}|{_PROVISIONAL}))\b(?! (?:of|in) (?:the )?(?:talks|negotiations))"
_OUTCOMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_WORDS.reached.any} (?:an? |the |their |its )?{_OUTCOME}",
        rf"\b(?:an?|the|their) {_OUTCOME} (?:that (?:was|were) |which (?:was|were) )?{_WORDS.reached.any}\b",
        rf"\b{_WORDS.presupposes.any} (?:the |their |its ){_OUTCOME}",
    )
)
_MONTH = any_of(month.name for month in lexicon.calendar.months)
_WHEN = re.compile(rf"\blast (?:week|month|year)\b|\b{_MONTH}\b")
_WHERE = re.compile(
    rf"\b(?:in|at) (?P<in>(?!{_MONTH}\b){NAME_WORD})"
    rf"|\b[Tt]he (?P<of>(?!{_MONTH}\b){NAME_WORD}) (?:\w+ )?"
    rf"(?:{_FIRM}|{_PROVISIONAL}|talks|discussions|round|meeting)\b"
)
_BEFORE = 40

_QUARREL = _WORDS.quarrel.any
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3650}
_UCUM = {"d": 1, "wk": 7, "mo": 30, "a": 365}
_UNIT = any_of(_DAYS)
_LONG = re.compile(
    rf"\b(?P<number>\w+-)?(?P<unit>{_UNIT})(?P<many>s)?-(?:long|old) (?P<kind>[\w-]+ )?{_QUARREL}\b"
)
_OVER = re.compile(
    rf"(?P<kind>\b[\w-]+ ){_QUARREL}\b[^.;,]{{0,60}}? (?:over|for|during) the (?:past|last) (?P<number>[\w-]+ )?"
    rf"(?P<unit>{_UNIT})(?P<many>s)?\b"
)


@lru_cache(maxsize=10_000)
def tells_of_past(text: str, _heading: bool) -> bool:
    return any(pattern.search(text) for pattern in (*_OUTCOMES, _LONG, _OVER))


class _Outcome(Struct, frozen=True):
    """What a document calls what talks reached; `keys`: the places and times that its sentence names."""

    document_id: str
    name: str
    firm: bool
    keys: frozenset[str]
    facts: tuple[str, ...]
    spans: int


def _between(text: str, parties: Set[str]) -> bool:
    """Whether a sentence is about the parties alone."""
    return all(mention.place or mention.code in parties for mention in mentions(text))


def _outcomes(parts: Sequence[Part], excerpts: Sequence[Excerpt]) -> Iterator[_Outcome]:
    """What earlier talks between the parties reached, as each sentence calls it."""
    if not excerpts:
        return
    parties = {code for part in parts for code in part.talks.parties}
    venues = {part.talks.venue for part in parts}
    months = {f"{day:%B}" for part in parts if (day := part.day)}
    for excerpt in excerpts:
        text = excerpt.text
        places = {match["in"] or match["of"] for match in _WHERE.finditer(text)} - venues
        keys = frozenset((places | {match[0] for match in _WHEN.finditer(text)}) - months)
        for pattern in _OUTCOMES if keys and _between(text, parties) else ():
            for match in pattern.finditer(text):
                before = text[max(match.start() - _BEFORE, 0) : match.end()]
                wished = pattern is _OUTCOMES[0] and _WORDS.wished.search(before)
                if wished or _WORDS.unsure.search(before):
                    continue
                name = match["name"]
                soft = _WORDS.provisional.search(name) or _WORDS.softer.search(name)
                yield _Outcome(excerpt.document_id, name, not soft, keys, excerpt.facts, excerpt.spans)


def _same_outcome(named: Sequence[_Outcome]) -> list[list[_Outcome]]:
    """Names that share a place or a time, directly or by way of another."""
    groups: list[tuple[set[str], list[_Outcome]]] = []
    for outcome in named:
        keys, together = set(outcome.keys), [outcome]
        apart = []
        for group in groups:
            if group[0] & outcome.keys:
                keys |= group[0]
                together = [*group[1], *together]
            else:
                apart.append(group)
        groups = [*apart, (keys, together)]
    return [together for _, together in groups]


def outcomes(briefing: str, parts: Sequence[Part], excerpts: Sequence[Excerpt]) -> Iterator[Conflict]:
    """What one document calls a deal and another a truce. A document with both words is on no side."""
    for group in _same_outcome(list(_outcomes(parts, excerpts))):
        by_document: dict[str, list[_Outcome]] = defaultdict(list)
        for outcome in group:
            by_document[outcome.document_id].append(outcome)
        plain = [own for own in by_document.values() if len({outcome.firm for outcome in own}) == 1]
        if len({own[0].firm for own in plain}) < 2:
            continue
        sides: dict[str, list[str]] = defaultdict(list)
        for own in plain:
            clearest = min(own, key=lambda outcome: (outcome.spans, outcome.name))
            sides[clearest.name].extend(clearest.facts)
        keys = sorted(key for outcome in group for key in outcome.keys)
        about = max(sorted(set(keys)), key=lambda key: (not _WHEN.fullmatch(key), keys.count(key)))
        when = _WHEN.fullmatch(about) and about.startswith("last")
        yield conflict(briefing, f"what was reached {'' if when else 'in '}{about}", "scope", sides)


class _Duration(Struct, frozen=True):
    """How long a dispute has lasted; `least`: it may have begun earlier."""

    document_id: str
    words: str
    days: float
    least: bool
    facts: tuple[str, ...]


def _days(match: re.Match[str]) -> float:
    """A length in days: "six-month", "the past two years"; a bare plural is two or more."""
    number = (match["number"] or "").strip(" -")
    for quantity in find_quantities(f"{number} {match['unit']}s") if number else ():
        if quantity.unit in _UCUM:
            return quantity.value * _UCUM[quantity.unit]
    return float(_DAYS[match["unit"]] * (2 if match["many"] else 1))


def _durations(excerpts: Sequence[Excerpt], parties: Set[str]) -> Iterator[_Duration]:
    for excerpt in excerpts:
        for pattern in (_LONG, _OVER) if _between(excerpt.text, parties) else ():
            for match in pattern.finditer(excerpt.text):
                kind = (match["kind"] or "").strip().casefold()
                if not kind or _WORDS.whole.fullmatch(kind):
                    least = pattern is _OVER or bool(match["many"])
                    yield _Duration(excerpt.document_id, match[0], _days(match), least, excerpt.facts)


def durations(briefing: str, parts: Sequence[Part], excerpts: Sequence[Excerpt]) -> Iterator[Conflict]:
    """A dispute that one document lets begin well before another does."""
    every = list(_durations(excerpts, {code for part in parts for code in part.talks.parties}))
    sides: dict[str, list[str]] = defaultdict(list)
    for short in every:
        longer = [
            other
            for other in every
            if other.document_id != short.document_id and other.days > LONGER * short.days
        ]
        for side in [short, *longer] if longer and not short.least else ():
            sides[side.words].extend(side.facts)
    if sides:
        yield conflict(briefing, "how long the dispute has lasted", "value", sides)
