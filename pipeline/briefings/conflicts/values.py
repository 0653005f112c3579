"""One thing with two values: a quantity, a day, what lifts a deadline or follows from it."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from pipeline.briefings import ALIKE_SUBJECTS, APPROXIMATE, EXACT
from pipeline.briefings.comparison import (
    act_of,
    alike,
    charged_on,
    clause_with,
    conflict,
    independent,
    one_thing,
    stems,
)
from pipeline.briefings.deduplicate import MAYBE_MEETING, days_agree, told_apart
from pipeline.briefings.memory import Memory, each_two
from pipeline.briefings.rounds import Part, day_of, found_once
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import find, fold
from pipeline.language.parties import mentions, without_parties
from pipeline.language.quantities import find_quantities
from schemas import Conflict, Deadline, Event, Evidence, Figure

_NEAR = 30


def differ(left: Figure, right: Figure) -> bool:
    """Two values of one quantity that cannot both hold."""
    kinds = {left.comparator, right.comparator}
    if not kinds <= {"eq", "approx"}:
        return False
    slack = APPROXIMATE if "approx" in kinds else EXACT
    return abs(left.value - right.value) > slack * max(abs(left.value), abs(right.value))


class _Wording(NamedTuple):
    """A figure as it is told."""

    subject: str
    value: str
    sentence: str

    def qualities(self) -> frozenset[str]:
        """Words beside an amount that make it a quantity of its own: "the current 10 per cent baseline"."""
        at = max(self.sentence.find(self.value), 0)
        near = self.sentence[max(at - _NEAR, 0) : at + len(self.value) + _NEAR]
        found = lexicon.conflicts.qualifies.finditer(f"{self.subject} {near}")
        return frozenset(match[0].casefold() for match in found)


def _wording(figure: Figure) -> _Wording:
    return _Wording(figure.subject, figure.as_written, figure.evidence[0].exact)


_MEASURE = ("imposed_by", "applies_to", "effective")


@lru_cache(maxsize=10_000)
def _parties_in(text: str) -> tuple[str, ...]:
    """In their order: exports of one to the other are not those of the other to the one."""
    return tuple(mention.code for mention in mentions(text))


def _other_scope(left: Figure, right: Figure) -> bool:
    """Whether two amounts are of different goods, sides, levels or measures."""
    return any(told_apart(getattr(left, name), getattr(right, name)) for name in _MEASURE) or _told_of_others(
        _wording(left), _wording(right)
    )


@lru_cache(maxsize=20_000)
def _told_of_others(left: _Wording, right: _Wording) -> bool:
    goods = [charged_on(left.sentence), charged_on(right.sentence)]
    sides = [set(_parties_in(left.sentence)), set(_parties_in(right.sentence))]
    one, other = _parties_in(left.subject), _parties_in(right.subject)
    return (
        (set(one) == set(other) and one != other)
        or (all(goods) and not goods[0] & goods[1])
        or not (sides[0] <= sides[1] or sides[1] <= sides[0])
        or left.qualities() != right.qualities()
    )


def _days(figure: Figure) -> tuple[str | None, ...] | None:
    """The days that it covers: a month is another period than its year."""
    period = figure.period
    if period is None:
        return None
    return (period.earliest, period.latest) if period.edtf else (period.text.casefold(),)


def one_quantity(left: Figure, right: Figure) -> bool:
    """The same thing measured over the same time, be it what is so or what somebody aims at."""
    if (left.measure, left.unit) != (right.measure, right.unit):
        return False
    if _days(left) != _days(right) or left.comparison_base != right.comparison_base:
        return False
    if not _on_one_subject(left.subject, right.subject) or _other_scope(left, right):
        return False
    one, other = (clause_with(" ".join(f.evidence[0].exact.split()), f.as_written) for f in (left, right))
    return one_thing(one, other) or bool(charged_on(one) & charged_on(other))


@lru_cache(maxsize=65_536)
def _on_one_subject(left: str, right: str) -> bool:
    """Whether two figures are of the same, by the words that tell what they are about."""
    one, other = (" ".join(sorted(stems(subject))) for subject in (left, right))
    return alike(one, other) >= ALIKE_SUBJECTS


def values(
    briefing: str, parts: Sequence[Part], figures: Sequence[Figure], memory: Memory
) -> Iterator[Conflict]:
    published = {part.id: part.published_by for part in parts}
    for left, right in each_two(figures, _quantity, _contradict, memory):
        if not _counted_on(left, right, published):
            yield memory.once(_of_values, left, right, beside=(briefing,))


def _of_values(left: Figure, right: Figure, briefing: str) -> Conflict:
    sides = {left.as_written: [left.id], right.as_written: [right.id]}
    return conflict(briefing, quantity_in_words(left, right), "value", sides)


def _quantity(figure: Figure) -> Hashable:
    """What all figures of one quantity have in common."""
    return figure.status, figure.measure, figure.unit, _days(figure), figure.comparison_base


def _contradict(left: Figure, right: Figure) -> bool:
    return differ(left, right) and independent(left, right) and one_quantity(left, right)


def quantity_in_words(left: Figure, right: Figure) -> str:
    """What two figures of one quantity are about."""
    return f"{left.measure.replace('_', ' ')}: {min(left.subject, right.subject)}"


def _counted_on(left: Figure, right: Figure, published: Mapping[str, str]) -> bool:
    """Whether one count is a later one: eleven chapters closed on one day are twelve on another."""
    if left.measure != "count":
        return False
    days = [{published[e.document_id] for e in figure.evidence} for figure in (left, right)]
    if "" in days[0] | days[1]:
        return False
    return max(days[0]) < min(days[1]) or max(days[1]) < min(days[0])


_ABOUT = 120


class Versions:
    """Deadlines as each document has them."""

    def __init__(self, parts: Sequence[Part], memory: Memory) -> None:
        self._parts = {part.id: part for part in parts}
        self._last: Mapping[int, _Versions]
        self._last, self._now = memory.of_parts(Versions, self._parts)

    def of(self, due: Deadline) -> list[Deadline]:
        known = self._now.get(id(due)) or self._last.get(id(due)) or self._find(due)
        self._now[id(due)] = known
        return known.told

    def _find(self, due: Deadline) -> "_Versions":
        """Of its kind, each once, what falls due by its spans."""
        by_span = ((_due_on(self._parts[e.document_id]), (e.start, e.end)) for e in due.evidence)
        told = {id(own): own for due_on, span in by_span for own in due_on.get(span, ())}
        return _Versions(due, [own for own in told.values() if own.kind == due.kind])


class _Versions(NamedTuple):
    """A deadline, and how documents have it."""

    due: Deadline
    told: list[Deadline]


@found_once
def _due_on(part: Part) -> dict[tuple[int, int], list[Deadline]]:
    """What falls due by each span of a document."""
    resting: dict[tuple[int, int], list[Deadline]] = defaultdict(list)
    for due in part.readout.deadlines:
        for e in due.evidence:
            resting[e.start, e.end].append(due)
    return resting


def _what(due: Deadline) -> str:
    """What falls due, without its date and what would lift it."""
    what = due.what.replace(due.date.text, "").strip() if due.date else due.what
    return clause_with(what, what[:1])


@lru_cache(maxsize=10_000)
def _amounts(text: str) -> frozenset[str]:
    """The amounts of a text, counts aside."""
    return frozenset(f"{q.value:g} {q.unit}" for q in find_quantities(text) if q.unit != "1")


def falls_due_alike(left: Deadline, right: Deadline) -> bool:
    """Whether the same falls due: another amount or another thing is another step."""
    what, other = _what(left), _what(right)
    return _amounts(what) == _amounts(other) and one_thing(what, other)


def days(briefing: str, deadlines: Sequence[Deadline], memory: Memory) -> Iterator[Conflict]:
    """One thing that falls due on different days. A day that another has taken the place of contradicts none."""
    standing = [
        due
        for due in deadlines
        if due.status not in {"extended", "superseded"} and due.date and due.date.edtf
    ]
    for left, right in each_two(standing, lambda due: None, _due_on_others, memory):
        yield memory.once(_of_days, left, right, beside=(briefing,))


def _due_on_others(left: Deadline, right: Deadline) -> bool:
    kinds = {left.kind, right.kind}
    meet = kinds <= MAYBE_MEETING and _near(left, right) and _one_act(left, right, ALIKE_SUBJECTS)
    return (meet or (len(kinds) == 1 and falls_due_alike(left, right))) and independent(left, right)


def _of_days(left: Deadline | Event, right: Deadline | Event, briefing: str) -> Conflict:
    about = f"when: {min(left.what, right.what)[:_ABOUT]}"
    told = [((fact.date and fact.date.edtf) or "", [fact.id]) for fact in (left, right)]
    return conflict(briefing, about, "value", dict(told))


_UNLIKE = {"end", "call off"}
"""Acts of which talks between two sides see several in a few days."""
_A_FEW_DAYS = timedelta(days=4)
_FEWEST_IN_COMMON = 3


def event_days(briefing: str, events: Sequence[Event], memory: Memory) -> Iterator[Conflict]:
    """One thing done by the sides, or to be done, that documents put on different days.

    Where a document has it on both days, it is two things.
    """
    dated = [event for event in events if day_of(event.date) and act_of(event) not in _UNLIKE]
    for left, right in each_two(dated, lambda event: (act_of(event), event.status), _on_others, memory):
        yield memory.once(_of_days, left, right, beside=(briefing,))


def _on_others(left: Event, right: Event) -> bool:
    first, last = day_of(left.date), day_of(right.date)
    near = first and last and timedelta(0) < abs(first - last) <= _A_FEW_DAYS
    return bool(
        near
        and not days_agree(left.date, right.date)
        and independent(left, right)
        and _one_act(left, right, ALIKE_SUBJECTS)
    )


def _near(left: Deadline, right: Deadline) -> bool:
    first, last = day_of(left.date), day_of(right.date)
    return bool(first and last and abs(first - last) <= _A_FEW_DAYS)


def _one_act(left: Event | Deadline, right: Event | Deadline, share: float) -> bool:
    """Whether two clauses are of one thing: so much of what the shorter is about, the other is about, too."""
    one, other = _done(left), _done(right)
    common = len(one & other)
    return common >= _FEWEST_IN_COMMON and common >= share * min(len(one), len(other))


def _done(fact: Event | Deadline) -> frozenset[str]:
    """What is done on a day, by the words of its clause, or by its sentence where the clause tells not what."""
    words = fact.date.text if fact.date else ""
    clause = clause_with(fact.what, words) if words else fact.what
    told = stems(without_parties(clause.replace(words, " ")))
    return told if len(told) >= _FEWEST_IN_COMMON else stems(without_parties(fact.what.replace(words, " ")))


def _lifts(due: Deadline) -> frozenset[str]:
    """What lifts a deadline by one document; "unless a deal is reached or it is extended" names both."""
    text = " ".join(c.text for c in due.conditions if c.kind != "other")
    named = frozenset(row.name for row in lexicon.conflicts.lifts if row.words.search(text))
    return named | {c.kind for c in due.conditions} - {"other"}


def conditions(
    briefing: str, versions: Versions, deadlines: Sequence[Deadline], memory: Memory
) -> Iterator[Conflict]:
    """One deadline that documents let different things lift; a document that names both is on no side."""
    for due in deadlines:
        kinds = {memory.once(_lifts, own) for own in versions.of(due)}
        if any(left and right and not left & right for left, right in combinations(kinds, 2)):
            lifts = {c.text: [due.id] for c in due.conditions if c.kind != "other"}
            yield conflict(briefing, f"what lifts the deadline: {due.what[:_ABOUT]}", "scope", lifts)


def _outcome(consequence: str) -> str:
    """What a consequence comes down to: its amounts, or its words where it has none."""
    return ", ".join(sorted(_amounts(consequence))) or fold(consequence)


def _by_document(figures: Sequence[Figure]) -> Mapping[str, list[tuple[Evidence, str]]]:
    """Where each document tells figures, and which."""
    told: dict[str, list[tuple[Evidence, str]]] = defaultdict(list)
    for figure in figures:
        for e in figure.evidence:
            told[e.document_id].append((e, figure.id))
    return told


def consequences(
    briefing: str, versions: Versions, deadlines: Sequence[Deadline], figures: Sequence[Figure]
) -> Iterator[Conflict]:
    """Documents that let different things follow the same deadline."""
    told: Mapping[str, list[tuple[Evidence, str]]] = {}
    for due in deadlines:
        outcomes: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for own in versions.of(due):
            if own.consequence:
                outcomes[_outcome(own.consequence)].append((own.consequence, own.evidence[0].document_id))
        if len(outcomes) < 2:
            continue
        told = told or _by_document(figures)
        sides: dict[str, list[str]] = {}
        for tellings in outcomes.values():
            proof = [
                figure_id
                for words, document in tellings
                for e, figure_id in told.get(document, ())
                if find(words, e.exact)
            ]
            shortest, _ = min(tellings, key=lambda one: (len(one[0]), one[0]))
            sides[shortest] = proof or [due.id]
        yield conflict(briefing, f"what follows: {due.what[:_ABOUT]}", "value", sides)
