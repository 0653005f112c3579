"""Which documents belong to one round of talks: a score with its reasons, and what an editor decided."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from functools import cached_property, lru_cache, wraps
from itertools import chain, combinations
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from msgspec import Struct

from pipeline.briefings import (
    AFTERMATH,
    CLOSE,
    COMMON_DELEGATE,
    COMMON_TOPICS,
    MANY,
    SAME_DAYS,
    SAME_PARTIES,
    SAME_ROUND,
    SAME_START,
    SAME_VENUE,
    SOME_PARTIES,
)
from pipeline.briefings.memory import Memory, related
from pipeline.language.lexicons import any_of, lexicon
from pipeline.language.people import same_person
from schemas import DocumentReadout, FuzzyDate, Negotiation, Source
from schemas.kinds import LISTED, facts_of_kind

_T = TypeVar("_T")
_P = ParamSpec("_P")
_MOST_SIDES = 8
"""Parties of a document that get blocking keys: their number grows with its square."""
_ORDINALS = lexicon.numbers.ordinals
_NUMBER = re.compile(rf"\b(?:(\d+)(?:st|nd|rd|th)|({any_of(_ORDINALS)}))\b", re.IGNORECASE)


class Part(Struct, frozen=True, dict=True):
    """One document's share in a briefing. It keeps what `found_once` finds out about it."""

    readout: DocumentReadout
    source: Source

    # Asked for by each step of each merge of its round.
    @cached_property
    def id(self) -> str:
        return self.readout.document.id

    @cached_property
    def talks(self) -> Negotiation:
        assert self.readout.negotiation is not None, "parts without talks belong to no round"
        return self.readout.negotiation

    @cached_property
    def published_by(self) -> str:
        """The last day, `YYYY-MM-DD`, on which it can have been published or changed; empty where untold."""
        when = self.source.updated or self.source.published
        return (when.latest if when else None) or ""

    @cached_property
    def start(self) -> FuzzyDate | None:
        """When the round began; None where it tells of an end that it would then not have known."""
        start, published = self.talks.start, self.source.updated or self.source.published
        if start and start.earliest and published and published.latest and self.talks.status in MEETING_OVER:
            return start if start.earliest <= published.latest else None
        return start

    @cached_property
    def day(self) -> date | None:
        """The day by which its round is known: its start, or else the day of publication."""
        return day_of(self.start) or day_of(self.source.published)

    @cached_property
    def knows_of_meeting(self) -> bool:
        """Whether the meeting that it tells of had begun when it was published."""
        start = day_of(self.talks.start)
        return start is not None and start.isoformat() <= self.published_by

    @cached_property
    def fullness(self) -> int:
        """How much it tells of where and when."""
        talks = self.talks
        return bool(talks.venue) * 2 + bool(day_of(talks.start)) + bool(self.source.published)

    @cached_property
    def kept(self) -> dict[object, Any]:
        return {}


def found_once(find: Callable[Concatenate[Part, _P], _T]) -> Callable[Concatenate[Part, _P], _T]:
    """Finds out but once what follows from a document alone: a round is merged again with each that comes."""

    def kept(part: Part, /, *about: _P.args, **named: _P.kwargs) -> _T:
        key: object = (find, *about) if about else find
        found: _T
        try:
            found = part.kept[key]
        except KeyError:
            found = part.kept[key] = find(part, *about, **named)
        return found

    return wraps(find)(kept)


class Fit(Struct, frozen=True):
    """How well a document fits a round: a score from 0 to 1, and what speaks for it."""

    score: float
    reasons: tuple[str, ...]


class Round(Struct):
    """The documents of one round; the briefing that an editor assigned some of them to, if one did, and which."""

    parts: list[Part]
    assigned: str | None = None
    placed: frozenset[str] = frozenset()


class _Home(Round):
    """A round while documents are placed in it.

    `held`: their parts, by `id()`; `table`: the largest of which one tells; `sides`: all that they name.
    """

    held: set[int] = set()
    table: frozenset[str] = frozenset()
    sides: frozenset[str] = frozenset()

    def take(self, part: Part) -> None:
        own = _traits(part).table
        self.parts.append(part)
        self.held.add(id(part))
        self.table = max(self.table, own, key=len)
        if not own <= self.sides:
            self.sides |= own


class BlockingKeys(Struct, frozen=True):
    """`index`: the keys that a round has by this document. `search`: those under which its round may be."""

    index: frozenset[str]
    search: frozenset[str]


MEETING_OVER = {"concluded", "agreed_in_principle", "signed", "in_force", "lapsed"}
"""How talks stand of which the last meeting is over."""
INTERRUPTED = {"suspended", "lapsed"}
"""How talks stand that were broken off."""
_ASSIGNED = Fit(1.0, ("an editor said so",))
_ALONE = Fit(1.0, ("the only document about this round",))


def group(
    parts: Iterable[Part], assigned: Mapping[str, str] | None = None, memory: Memory | None = None
) -> list[Round]:
    """Rounds, whatever order the parts come in. `assigned`: briefing ids by document id, by editors.

    The parts that say most are placed first, so that one that says little cannot join two rounds into one; each
    goes to the round it fits best among those from which nothing keeps it apart.
    """
    assigned = assigned or {}
    rounds: dict[str, _Home] = {}
    free: list[Part] = []
    parts = sorted(parts, key=lambda part: (-part.fullness, part.id))
    memory = memory or Memory()
    apart = related(parts, lambda _: None, _are_apart, memory)
    elsewhere = related(parts, lambda _: None, _at_other_tables, memory)
    nobody: Mapping[int, Part] = {}
    for part in parts:
        briefing = assigned.get(part.id)
        if briefing is None:
            free.append(part)
        else:
            home = rounds.setdefault(briefing, _Home([], briefing))
            home.take(part)
            home.placed |= {part.id}
    homes = sorted(rounds.values(), key=lambda home: min(part.id for part in home.parts))
    for part in free:
        others = apart.get(id(part), nobody).keys(), elsewhere.get(id(part), nobody).keys()
        open_to = [home for home in homes if _admits(home, part, *others)]
        if len(open_to) > 1:
            max(open_to, key=lambda home: fit(part, home.parts).score).take(part)
        elif open_to:
            open_to[0].take(part)
        else:
            homes.append(_Home([]))
            homes[-1].take(part)
    rejoined = _rejoined(homes)
    for one in rejoined:
        one.parts.sort(key=lambda part: part.id)
    return rejoined


def _rejoined(homes: Sequence[Round]) -> list[Round]:
    """Rounds without those that were no meeting of their own: their documents are of the meeting that they tell about.

    A meeting that was put off is the one that was held later; who broke talks off ended those that were held last.
    """
    left = list(homes)
    for home in sorted(homes, key=lambda home: min(part.id for part in home.parts)):
        told = sorted(day for part in home.parts if (day := part.day))
        if home.assigned or not told or meeting_began(home.parts):
            continue
        beside = (part for other in left if other is home or _same_sides(home, other) for part in other.parts)
        if any(map(_put_off, home.parts)) or any(_gives_up(part, day) for part in beside for day in told):
            first, last = told[0], told[0] + SAME_ROUND
        elif _broke_off(home):
            first, last = told[0] - AFTERMATH, told[0]
        else:
            continue
        met = [
            (day, other) for other in left if _same_sides(home, other) and (day := meeting_began(other.parts))
        ]
        near = [(abs(day - told[0]), other) for day, other in met if first <= day <= last]
        if near:
            _, other = min(near, key=lambda one: one[0])
            other.parts += home.parts
            left.remove(home)
    return left


def _same_sides(home: Round, other: Round) -> bool:
    return other is not home and any(
        set(a.talks.parties) == set(b.talks.parties) for a in home.parts for b in other.parts
    )


def meeting_began(parts: Iterable[Part]) -> date | None:
    """The first day of a meeting, by the documents that knew that it had begun."""
    days = (day_of(part.talks.start) for part in parts if part.knows_of_meeting)
    return min((day for day in days if day), default=None)


def only_planned(part: Part, start: FuzzyDate | None) -> bool:
    """Whether a document tells of a meeting to come that was held on another day: its place may have changed, too."""
    own = part.start
    return bool(own and start and own.edtf != start.edtf and not part.knows_of_meeting)


def start_of(parts: Sequence[Part]) -> FuzzyDate | None:
    """The finest date that most documents give, of those that knew of the meeting where there are such.

    Words that nothing fixes where no document gives a date.
    """
    knowing = [part for part in parts if part.knows_of_meeting]
    dates = [start for part in knowing or parts if (start := part.start)]
    resolved = [d for d in dates if d.edtf]
    fine = [d for d in resolved if day_of(d)] or resolved or dates
    counts = Counter(d.edtf for d in fine)
    return min(fine, key=lambda d: (-counts[d.edtf], d.edtf or "", d.text), default=None)


def _put_off(part: Part) -> bool:
    return any(event.status == "postponed" for event in part.readout.events)


def _gives_up(part: Part, day: date) -> bool:
    """Whether a document tells that a meeting is not held on a day for which it was planned."""
    return any(
        due.status == "superseded" and due.kind == "meeting" and covers(due.date, day)
        for due in part.readout.deadlines
    )


def _broke_off(home: Round) -> bool:
    return any(part.talks.status in INTERRUPTED for part in home.parts)


def memberships(home: Round) -> list[tuple[Part, Fit]]:
    """Why each document is in its round."""
    company = _Company(map(_traits, home.parts))
    told: dict[tuple[_Traits, str | None], Fit] = {}

    def why(part: Part) -> Fit:
        if part.id in home.placed:
            return _ASSIGNED
        if len(home.parts) == 1:
            return _ALONE
        # Many documents of a round have the same traits.
        traits = _traits(part), part.talks.venue
        if traits not in told:
            told[traits] = total(_signs(part, company, among=True))
        return told[traits]

    return [(part, why(part)) for part in home.parts]


def fit(part: Part, others: Sequence[Part]) -> Fit:
    """How well a document fits the documents of a round that nothing keeps it apart from."""
    return total(_signs(part, _Company(map(_traits, others))))


def total(signs: Iterable[tuple[float, str]]) -> Fit:
    """The sum of what speaks for a document, each with its weight."""
    weights, reasons = zip(*signs, strict=True)
    return Fit(round(sum(weights), 2), reasons)


@found_once
def blocking_keys(part: Part) -> BlockingKeys:
    """Which rounds a document is compared with at all, so that work grows with the round alone.

    Each two parties, with the time in slices of a round's length, or without it. Two documents
    that one round can hold find each other: days that are close enough lie in the same slice or in neighbouring ones,
    and a document without a day is looked for by its parties alone.
    """
    sides = sorted(set(part.talks.parties))[:_MOST_SIDES]
    pairs = ["+".join(pair) for pair in combinations(sides, 2)]
    day = part.day
    index, search = set(pairs), set()
    for pair in pairs:
        index.add(f"{pair}@{_slice(day) if day else 'undated'}")
        search.add(f"{pair}@undated")
        if day:
            search.update(f"{pair}@{near}" for near in range(_slice(day) - 1, _slice(day) + 2))
        else:
            search.add(pair)
    return BlockingKeys(frozenset(index), frozenset(search))


def day_of(when: FuzzyDate | None) -> date | None:
    """A day or a week as its first day; None for anything coarser."""
    if when is None or when.earliest is None or when.precision not in {"day", "week"}:
        return None
    return date.fromisoformat(when.earliest)


def by_day(when: FuzzyDate | None) -> str:
    """Sorts dates by the first day that they can be; what has none comes last."""
    return (when.earliest if when else None) or "9999"


def covers(when: FuzzyDate | None, day: date | None) -> bool:
    """Whether a day is one of those that a date can mean; never where either is not known."""
    if when is None or when.earliest is None or when.latest is None or day is None:
        return False
    return when.earliest <= day.isoformat() <= when.latest


def _slice(day: date) -> int:
    return day.toordinal() // SAME_ROUND.days


def _admits(home: _Home, part: Part, apart: Set[int], elsewhere: Set[int]) -> bool:
    """A round that editors made up may hold documents that the rules would keep apart: one that fits is enough.

    `apart`: parts from which something keeps this one; `elsewhere`: those of another table. Both by `id()`.
    """
    if _sits_among(part, home):
        elsewhere = frozenset()
    if not home.assigned:
        return apart.isdisjoint(home.held) and elsewhere.isdisjoint(home.held)
    return len((apart | elsewhere) & home.held) < len(home.parts)


def _at_other_tables(left: Part, right: Part) -> bool:
    """Whether of neither document all parties are among those of the other."""
    a, b = left.talks.parties, right.talks.parties
    return a != b and not (_within(a, b) or _within(b, a))


def _sits_among(part: Part, home: _Home) -> bool:
    """Whether a document's parties are of a table of many, of which each document names some."""
    if len(home.table) <= MANY or 2 * len(home.table) < len(home.sides):
        return False
    own = set(part.talks.parties)
    return 2 * len(own & home.sides) > len(own)


def _are_apart(left: Part, right: Part) -> bool:
    """Whether something that both say keeps them apart: the venue, the round's number, the days."""
    if _tells_apart(left) == _tells_apart(right):  # as most of a round
        return False
    a, b = left.talks, right.talks
    if a.venue and b.venue and a.venue.casefold() != b.venue.casefold() and not _one_meeting(left, right):
        return True
    numbers = number_of_round(a.round), number_of_round(b.round)
    if None not in numbers and numbers[0] != numbers[1]:
        return True
    starts = day_of(left.start), day_of(right.start)
    if starts[0] and starts[1]:
        return abs(starts[0] - starts[1]) > SAME_START
    days = left.day, right.day
    return bool(days[0] and days[1] and abs(days[0] - days[1]) > SAME_ROUND)


@found_once
def _tells_apart(part: Part) -> tuple[object, ...]:
    """What of a document may keep it apart from another: never from one that has the same."""
    talks = part.talks
    return talks.venue, number_of_round(talks.round), day_of(part.start), part.day


def _within(parties: Iterable[str], others: Iterable[str]) -> bool:
    """Whether all of some parties are among others, be it by the body that they are members of or by its members."""
    members = lexicon.parties.members
    known = set(others)
    return all(
        party in known
        or any(party in members.get(other, ()) for other in known)
        or bool(known & set(members.get(party, ())))
        for party in parties
    )


def _one_meeting(left: Part, right: Part) -> bool:
    """Whether two names of a place are of one meeting: the same sides do the same on the same day.

    Or one of the two, about which no day is known, names the other's place.
    """
    if set(left.talks.parties) != set(right.talks.parties):
        return False
    days = [_acts(part) for part in (left, right)]
    if days[0] & days[1]:
        return True
    return any(
        not own and _names_venue(part, other)
        for own, part, other in zip(days, (left, right), (right, left), strict=True)
    )


@found_once
def _acts(part: Part) -> set[date]:
    """The days on which the sides are told to have met or come to something."""
    days = {day_of(event.date) for event in part.readout.events if event.status == "occurred"}
    return {day for day in (*days, day_of(part.start)) if day}


def _names_venue(part: Part, other: Part) -> bool:
    if other.talks.venue is None:
        return False
    facts = (fact for kind in LISTED for fact in facts_of_kind(part.readout, kind))
    return any(is_in_place(e.exact, other.talks.venue) for fact in facts for e in fact.evidence)


@lru_cache(maxsize=10_000)
def is_in_place(text: str, place: str) -> bool:
    """Whether words have something be in a place, or are filed from there: a capital alone may be its government."""
    return (
        re.search(rf"\b(?:in|at) {re.escape(place)}\b|^{re.escape(place)}: ", text, re.IGNORECASE) is not None
    )


def number_of_round(name: str | None) -> int | None:
    """The number of a round, of `third round` or `3rd round`."""
    match = _NUMBER.search(name or "")
    if match is None:
        return None
    return int(match[1]) if match[1] else _ORDINALS[match[2].lower()]


class _Traits(NamedTuple):
    """By what a document is told to be of the round of others."""

    table: frozenset[str]
    venue: str
    day: date | None
    people: frozenset[tuple[str, str]]
    topics: frozenset[str]


class _Company:
    """How many documents of a round have which of their traits."""

    def __init__(self, traits: Iterable[_Traits]) -> None:
        tables, venues, days, people, topics = zip(*traits, strict=True)
        self.tables, self.venues = Counter(tables), Counter(venues)
        self.days = Counter(day for day in days if day)
        self.people, self.topics = Counter(chain.from_iterable(people)), Counter(chain.from_iterable(topics))


@found_once
def _traits(part: Part) -> _Traits:
    members = ((side.party, member.name) for side in part.readout.delegations for member in side.members)
    return _Traits(
        table=frozenset(part.talks.parties),
        venue=(part.talks.venue or "").casefold(),
        day=part.day,
        people=frozenset((party, name) for party, name in members if name),
        topics=frozenset(stake.topic for stake in part.readout.stakes),
    )


def _signs(part: Part, others: _Company, among: bool = False) -> Iterator[tuple[float, str]]:
    """What speaks for a document's being about the same round as others, each with its weight.

    `among`: it is counted among them.
    """
    own = _traits(part)
    if others.tables[own.table] > among:
        yield SAME_PARTIES, "same parties"
    else:
        yield SOME_PARTIES, "the parties of one are among the other's"
    if own.venue and others.venues[own.venue] > among:
        yield SAME_VENUE, f"same venue: {part.talks.venue}"
    gap = _gap(own.day, _told_by_others(others.days, {own.day}, among)) if own.day else None
    if gap is not None:
        distance = "same day" if not gap else f"{gap.days} day{'s' * (gap.days > 1)} apart"
        yield (SAME_DAYS if gap <= CLOSE else SAME_DAYS / 2), distance
    people = _told_by_others(others.people, own.people, among)
    if own.people & people or any(p == q and same_person(a, b) for p, a in own.people for q, b in people):
        yield COMMON_DELEGATE, "a delegate in common"
    common = _told_by_others(others.topics, own.topics, among) & own.topics
    if common:
        share = COMMON_TOPICS * len(common) / len(own.topics)
        yield share, f"topics in common: {', '.join(sorted(common))}"


def _told_by_others(counts: Counter[_T], own: Set[_T], among: bool) -> Set[_T]:
    """What documents tell beside one that tells its own. `among`: that is counted, too."""
    alone = {each for each in own if counts.get(each) == 1} if among else set()
    return counts.keys() - alone if alone else counts.keys()


def _gap(day: date, others: Set[date]) -> timedelta | None:
    """How far the nearest of other days is."""
    return timedelta(0) if day in others else min((abs(day - other) for other in others), default=None)
