"""What the documents of one round say of it together, and the sentences that sum it up."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from pipeline.briefings import LONGEST_SENTENCE, MOST_SENTENCES, SAME_DAYS, SAME_PARTIES, SAME_VENUE
from pipeline.briefings.identity import place
from pipeline.briefings.rounds import (
    Fit,
    Part,
    Round,
    by_day,
    day_of,
    day_of_part,
    knows_of_meeting,
    names_place,
    start_of_part,
    total,
)
from pipeline.language.clauses import certainty_of
from pipeline.language.lexicons import lexicon
from pipeline.language.parties import name_of
from schemas import Deadline, Delegate, Fact, Figure, FuzzyDate, Negotiation, Source, Stake, SummarySentence
from schemas.kinds import LISTED, facts_of_kind, kind_of
from schemas.vocabulary import Level, NegotiationStatus

_PROGRESS = (
    "announced", "scheduled", "in_progress", "concluded", "agreed_in_principle", "signed", "in_force",
)  # fmt: skip
_INTERRUPTED = {"suspended", "lapsed"}
_OVER_NOW = {"concluded", "agreed_in_principle", "signed", "in_force", *_INTERRUPTED}
_FEWEST_SIDES = 2
_LEVELS = ("technical", "ministerial", "leaders")


def negotiation_of(parts: Sequence[Part]) -> Negotiation:
    """The round as a whole, as most of its documents tell it. Its neighbours in time are linked later."""
    talks = [part.talks for part in parts]
    parties = _sides(talks)
    start = _start_of(parts)
    held = [part.talks for part in parts if not _only_planned(part, start)]
    venue = _venue_of(held)
    return Negotiation(
        name=name_of(parties, venue),
        parties=parties,
        venue=venue,
        round=_most_frequent(t.round for t in talks),
        start=start,
        end=_end_of(held, start),
        level=_level(talks),
        status=_status(parts),
        stage=_latest(parts, lambda talks: talks.stage if talks.stage != "unknown" else None),
        outcome=_latest(parts, lambda talks: talks.outcome),
        prior_round=None,
        next_round=None,
    )


def day_of_round(home: Round, talks: Negotiation) -> date | None:
    """The day by which a round is placed among others: its start, or else that of its first document."""
    return day_of(talks.start) or min(
        (day for part in home.parts if (day := day_of_part(part))), default=None
    )


def following(days: Mapping[str, date | None], sides: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Pairs of ids of which the second comes right after the first, on a later day, between the same sides."""
    rounds: dict[frozenset[str], list[tuple[date, str]]] = defaultdict(list)
    for id, day in days.items():
        if day is not None:
            rounds[frozenset(sides[id])].append((day, id))
    return [
        (a, b)
        for dated in rounds.values()
        for (earlier, a), (later, b) in pairwise(sorted(dated))
        if earlier < later
    ]


def share(part: Part, talks: Negotiation) -> tuple[Part, Fit] | None:
    """What a document about another round tells of this one: facts that name its venue or fall on its days.

    Who sits at the other table is not carried over.
    """
    elsewhere = talks.venue if (talks.venue or "").casefold() != (part.talks.venue or "").casefold() else None
    falls_on_day = _falling_on(day_of(talks.start), day_of(talks.end))
    named = _naming(elsewhere)

    def names_venue(fact: Fact) -> bool:
        return named(fact) and not (_has_day(fact) and not falls_on_day(fact))

    lists: dict[str, list[Any]] = {
        kind.plural: [
            fact for fact in facts_of_kind(part.readout, kind) if names_venue(fact) or falls_on_day(fact)
        ]
        for kind in LISTED
    }
    facts = [fact for shared in lists.values() for fact in shared]
    if not facts:
        return None

    def signs() -> Iterator[tuple[float, str]]:
        yield SAME_PARTIES, "same parties"
        if any(names_venue(fact) for fact in facts):
            yield SAME_VENUE, f"tells of {elsewhere}, where this round met"
        if any(falls_on_day(fact) for fact in facts):
            yield SAME_DAYS, "tells of a day of this round"

    return Part(replace(part.readout, delegations=[], **lists), part.source), total(signs())


def _naming(venue: str | None) -> Callable[[Fact], bool]:
    if venue is None:
        return lambda _: False
    return lambda fact: names_place(fact, venue)


def _has_day(fact: Any) -> bool:
    return kind_of(fact).dated and day_of(fact.date) is not None


def _falling_on(first: date | None, last: date | None) -> Callable[[Any], bool]:
    def falls(fact: Any) -> bool:
        day = day_of(fact.date) if kind_of(fact).dated else None
        return bool(first and day and first <= day <= (last or first))

    return falls


def _sides(talks: Sequence[Negotiation]) -> list[str]:
    """The parties that most documents name, in the order of the first that names them all.

    Who is named once, in passing, is no side; where fewer than two are left, those that are named most are.
    """
    counts = Counter(party for each in talks for party in each.parties)
    sides = {party for party, count in counts.items() if 2 * count > len(talks)}
    if len(sides) < _FEWEST_SIDES:
        return min(
            (each.parties for each in talks),
            key=lambda own: (-sum(map(counts.__getitem__, own)) / len(own), own),
        )
    named = sorted((each.parties for each in talks), key=lambda own: (-len(sides & set(own)), len(own), own))
    first = [party for party in named[0] if party in sides]
    return [*first, *sorted(sides - set(first))]


def _venue_of(talks: Sequence[Negotiation]) -> str | None:
    """What most documents give; of two, the one of a document that knows when the round began there."""
    counts = Counter(each.venue for each in talks if each.venue)
    begun = {each.venue for each in talks if day_of(each.start)}
    return min(counts, key=lambda venue: (-counts[venue], venue not in begun, venue), default=None)


def _level(talks: Sequence[Negotiation]) -> Level:
    """What most documents that tell one say; of two, the higher."""
    told: list[Level] = [each.level for each in talks if each.level != "unknown"]
    return max(told, key=lambda level: (told.count(level), _LEVELS.index(level)), default="unknown")


def _status(parts: Sequence[Part]) -> NegotiationStatus:
    """The furthest that half of those documents tell that could know of it; or what ended it later.

    A document could know what another told on its day or before. Talks that a later document tells to be suspended or
    lapsed are that, however far they had come.
    """
    told = [(_day_published(part), part.talks.status) for part in parts if part.talks.status != "unknown"]
    last = max((day for day, _ in told), default="")
    latest = Counter(status for day, status in told if day == last)
    stopped = sorted(s for s in _INTERRUPTED & latest.keys() if 2 * latest[s] >= latest.total())
    return stopped[0] if stopped else next((s for s in reversed(_PROGRESS) if _reached(s, told)), "unknown")


def _reached(status: NegotiationStatus, told: Sequence[tuple[str, NegotiationStatus]]) -> bool:
    """Whether half of those that could know it, by their days, have the talks so far or further."""
    telling = [day for day, own in told if _rank(own) >= _rank(status)]
    could = [day for day, own in told if telling and day >= min(telling) and own in _PROGRESS]
    return bool(telling) and 2 * len(telling) >= len(could)


def _rank(status: NegotiationStatus) -> int:
    return _PROGRESS.index(status) if status in _PROGRESS else -1


def _only_planned(part: Part, start: FuzzyDate | None) -> bool:
    """Whether a document tells of a meeting to come that was held on another day: its place may have changed, too."""
    own = start_of_part(part)
    return bool(own and start and own.edtf != start.edtf and not knows_of_meeting(part))


def _end_of(talks: Sequence[Negotiation], start: FuzzyDate | None) -> FuzzyDate | None:
    """The day that most documents give, if it is none before the start."""
    first = (start.earliest if start else None) or ""
    ends = [each.end for each in talks if each.end and (each.end.latest or "") >= first]
    counts = Counter(end.edtf for end in ends)
    return min(ends, key=lambda end: (-counts[end.edtf], end.edtf or ""), default=None)


def _start_of(parts: Sequence[Part]) -> FuzzyDate | None:
    """The finest date that most documents give, of those that knew of the meeting where there are such.

    Words that nothing fixes where no document gives a date.
    """
    knowing = [part for part in parts if knows_of_meeting(part)]
    dates = [start for part in knowing or parts if (start := start_of_part(part))]
    resolved = [d for d in dates if d.edtf]
    fine = [d for d in resolved if day_of(d)] or resolved or dates
    counts = Counter(d.edtf for d in fine)
    return min(fine, key=lambda d: (-counts[d.edtf], d.edtf or "", d.text), default=None)


def _latest(parts: Iterable[Part], told: Callable[[Negotiation], str | None]) -> str | None:
    """What the document that was published last tells, of those that tell it."""
    telling = [(part, value) for part in parts if (value := told(part.talks))]
    _, last = max(telling, key=lambda one: _published(one[0]), default=(None, None))
    return last


def _published(part: Part) -> tuple[str, str]:
    return _day_published(part), part.id


def _day_published(part: Part) -> str:
    """The last day on which it can have been published; before all others where nothing tells it."""
    when = part.source.updated or part.source.published
    return (when.latest if when else None) or ""


def _most_frequent(words: Iterable[str | None]) -> str | None:
    counts = Counter(word for word in words if word)
    return min(counts, key=lambda word: (-counts[word], word), default=None)


_SENTENCE = re.compile(r"[^\W\d_a-z].*[.!?][\"”’]?", re.DOTALL)
_TELLING_MEASURES = {
    "tariff_rate",
    "commitment",
    "quota",
    "purchase",
    "investment",
    "trade_volume",
    "trade_value",
}


def summarise(
    talks: Negotiation,
    sources: Iterable[Source],
    delegates: Iterable[Delegate],
    deadlines: Sequence[Deadline],
    stakes: Iterable[Stake],
    figures: Iterable[Figure],
) -> list[SummarySentence]:
    """The meeting, who sits there, what is at stake, what falls due, a figure: a sentence each."""
    lines_of = _Lines(talks, sources)
    ranked: tuple[Sequence[Fact], ...] = (
        _soonest(due for due in deadlines if due.kind == "meeting"),
        _most_told(delegates),
        _most_told(stakes),
        _most_told(due for due in deadlines if due.kind != "meeting"),
        _most_told(figure for figure in figures if figure.measure in _TELLING_MEASURES),
    )
    cited: dict[str, list[str]] = {}
    for facts in ranked:
        lines = ((line, fact) for fact in facts for line in lines_of(fact)[:1])
        line, fact = next(lines, (None, None))
        if line and fact:
            cited.setdefault(line, []).append(fact.id)
    return [SummarySentence(text=text, fact_ids=ids) for text, ids in list(cited.items())[:MOST_SENTENCES]]


class _Lines:
    """The sentences that may speak for a fact: those of documents that know how the talks went on."""

    def __init__(self, talks: Negotiation, sources: Iterable[Source]) -> None:
        self._day = {
            source.document_id: when.latest
            for source in sources
            if (when := source.updated or source.published) and when.latest
        }
        last = max(self._day.values(), default="")
        begun = talks.start.earliest if talks.start else None
        self._over_by = last if talks.status in _OVER_NOW or (begun and begun <= last) else None
        self._begun = begun or last

    def _is_overtaken(self, document: str, line: str) -> bool:
        """Whether a sentence announces what later documents tell the end of."""
        day = self._day.get(document)
        return bool(
            self._over_by
            and day
            and day < min(self._begun, self._over_by)
            and lexicon.modality.future.search(line)
        )

    def __call__(self, fact: Fact) -> list[str]:
        """Whole sentences of reasonable length, plain before hedged, of later documents first, short before long."""
        days: dict[str, str] = {}
        for e in fact.evidence:
            line = " ".join(e.exact.split())
            if e.region == "body" and not self._is_overtaken(e.document_id, line):
                days[line] = max(days.get(line, ""), self._day.get(e.document_id, ""))
        whole = [line for line in days if _SENTENCE.fullmatch(line) and len(line) <= LONGEST_SENTENCE]
        whole.sort(key=lambda line: (len(line), line))
        whole.sort(key=lambda line: days[line], reverse=True)
        return sorted(whole, key=lambda line: certainty_of(line) == "claimed")


def _soonest(deadlines: Iterable[Deadline]) -> list[Deadline]:
    return sorted(deadlines, key=lambda due: (by_day(due.date), -due.origins, place(due)))


def _most_told(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (-fact.origins, place(fact)))
