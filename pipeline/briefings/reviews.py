"""What editors decided about facts, applied to what the documents of a round are read to say.

A decision is about what some words say. It is found again by the fact's id, or by where the fact stood and what it
said.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.briefings.deduplicate import equality_of, joined_tellings
from pipeline.briefings.settlements import Settlement, settled
from pipeline.extraction.kinds.delegates import delegations_of
from pipeline.writing.edited import TextEdit, with_edited
from schemas import (
    Briefing,
    Conflict,
    Correction,
    DocumentReadout,
    Evidence,
    Fact,
    Figure,
    FuzzyDate,
    ReviewDecision,
    Source,
    fuzzy_date,
)
from schemas.kinds import KINDS, LISTED, facts_of_kind, kind_of
from schemas.vocabulary import ReviewStanding

_F = TypeVar("_F", bound=Fact)
QUANTITY = ("value", "value_high", "comparator", "unit", "as_written")
"""Fields of a figure that are corrected together."""
_BY_THE_CLOCK = {"deadline", "event"}
"""Kinds whose status moves on by itself."""
_CONTRADICT = ("value", "attribution")
_BESIDE_CONTENT = {*Fact.__struct_fields__, "positions"}
_Place = tuple[str, int, int]
"""A document and a span of it."""


class Held(Struct, frozen=True):
    """A decision that is in force. `machine`: its fact as it was read then, or as it was added; `places`: where it has
    stood; `fact_ids`: what it was called; `rejected`: the facts that are left out for it, as they were read last.
    """

    review: ReviewDecision
    machine: Fact
    places: frozenset[_Place]
    fact_ids: frozenset[str]
    rejected: tuple[Fact, ...] = ()


class PinnedOrder(Struct, frozen=True):
    """An editor's decision on which facts come first in a briefing, which is in force."""

    review: ReviewDecision
    fact_ids: list[str]


InForce = Held | Settlement | TextEdit | PinnedOrder
"""A decision that is in force."""


class ReviewOutcome(NamedTuple):
    """What a decision has come to in a briefing: `about` a fact or a conflict, which rests on `evidence`, or about the
    briefing itself.
    """

    review_id: str
    standing: ReviewStanding
    about: Fact | Conflict | None = None
    evidence: Sequence[Evidence] = ()


def correctable(kind: type[Fact]) -> list[str]:
    """The fields of a kind of fact that an editor may correct."""
    return [name for name in kind.__struct_fields__ if name not in _BESIDE_CONTENT]


def checked_values(fact: Fact, values: Mapping[str, Any]) -> dict[str, Any]:
    """An editor's values of fields of a fact, as they are kept. Raises ValueError, which says what is wrong.

    A quantity is corrected whole: what belongs to it and is not given stays as the editor sees it.
    """
    if not values:
        raise ValueError("A correction needs a value.")
    hints = get_type_hints(type(fact))
    known = correctable(type(fact))
    given: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"`{name}` is no field of a {kind_of(fact).name} that can be corrected.")
        is_date = FuzzyDate in (hints[name], *get_args(hints[name]))
        given[name] = (
            msgspec.to_builtins(fuzzy_date(value, value)) if is_date and isinstance(value, str) else value
        )
    new: Any = _with(fact, given)
    if isinstance(new, Figure) and not given.keys().isdisjoint(QUANTITY):
        if "as_written" not in given:
            new = replace(new, as_written=_in_figures(new))
        given |= dict.fromkeys(QUANTITY)
    return {name: msgspec.to_builtins(getattr(new, name)) for name in given}


def as_read(fact: _F) -> _F:
    """A fact with the machine's values in place of an editor's."""
    if fact.review is None:
        return fact
    return replace(_with(fact, {one.field: one.machine for one in fact.review.corrections}), review=None)


def added_by(review: ReviewDecision, fact: _F) -> _F:
    """A fact as its document tells it since an editor added it."""
    return replace(fact, review=review.mark())


def with_added(readout: DocumentReadout, added: Iterable[Fact]) -> DocumentReadout:
    """A readout with facts that were added by hand. One that it tells already, of the same words, is one with it."""
    told: dict[str, list[Any]] = {kind.name: [*facts_of_kind(readout, kind)] for kind in KINDS}
    for fact in added:
        others = told[kind_of(fact).name]
        twin = next((one for one in others if _is_told_in(fact, one)), None)
        if twin is not None:
            others.remove(twin)
            fact = _with_twin(fact, twin)
        others.append(fact)
    lists = {kind.plural: told[kind.name] for kind in LISTED}
    return replace(readout, delegations=delegations_of(told["delegate"]), **lists)


def _is_told_in(added: Fact, fact: Fact) -> bool:
    places = [(e.document_id, e.start, e.end) for e in added.evidence]
    same = equality_of(kind_of(added).name).same
    return fact.id == added.id or (any(_stands_at(e, places) for e in fact.evidence) and same(added, fact))


def _with_twin(added: Fact, twin: Fact) -> Fact:
    """The fact with what the machine reads besides; flagged where it reads something else in the same words."""
    equality = equality_of(kind_of(added).name)
    if equality.same(added, twin):
        return replace(joined_tellings(added, twin), id=added.id)
    assert added.review is not None
    return replace(added, review=replace(added.review, contradicted=True))


class Reviews:
    """Decisions in force, and what they come to in each briefing."""

    def __init__(self, held: Iterable[InForce] = ()) -> None:
        latest = sorted(held, key=lambda one: (one.review.at, one.review.id), reverse=True)
        self._held = [one for one in latest if isinstance(one, Held)]
        self._settlements = [one for one in latest if isinstance(one, Settlement)]
        self._texts = {one.review.briefing_id: one for one in latest if isinstance(one, TextEdit)}
        self._orders = {one.review.briefing_id: one for one in latest if isinstance(one, PinnedOrder)}
        self.outcomes: dict[str, list[ReviewOutcome]] = defaultdict(list)

    def left_out(self, briefing_id: str) -> list[Fact]:
        """The rejected facts of a briefing, as they were read last."""
        return [fact for one in self._held for fact in one.rejected if fact.briefing_id == briefing_id]

    def applied(
        self, briefing_id: str, facts: Mapping[str, Sequence[Any]], known: Iterable[Fact]
    ) -> dict[str, list[Any]]:
        """Facts by kind, corrected and without those that are rejected. `known`: the briefing's facts before."""
        if not self._held:
            return {kind: [*each] for kind, each in facts.items()}
        before = {fact.id for fact in known}
        reviewed: dict[str, Fact | None] = {}
        for held in self._held:
            fact = _found(held, facts[held.review.kind], before, reviewed)
            if fact is None:
                continue
            if fact.id in reviewed:
                added = held.review.verdict == "added"
                self._note(briefing_id, held, "replaced" if added else "overruled", fact)
                continue
            told = _reviewed(held, fact)
            rejected = held.review.verdict == "rejected"
            reviewed[fact.id] = None if rejected else told
            if rejected:
                self._note(briefing_id, held, _standing(told), told)
        return {
            kind: [one for fact in each if (one := reviewed.get(fact.id, fact)) is not None]
            for kind, each in facts.items()
        }

    def settled(
        self,
        briefing_id: str,
        facts: Mapping[str, Sequence[Any]],
        conflicts: Sequence[Conflict],
        sources: Iterable[Source],
    ) -> list[Conflict]:
        """Conflicts with what was decided about them."""
        if not self._settlements:
            return list(conflicts)
        every = {fact.id: fact for each in facts.values() for fact in each}
        ruling = settled(self._settlements, conflicts, every.values(), sources)
        for settlement, conflict in ruling.decided:
            ids = [id for position in conflict.positions for id in position.fact_ids]
            evidence = [e for id in ids for e in every[id].evidence]
            outcome = ReviewOutcome(settlement.review.id, _standing(conflict), conflict, evidence)
            self.outcomes[briefing_id].append(outcome)
        return ruling.conflicts

    def upheld(
        self, briefing_id: str, facts: Mapping[str, Sequence[Any]], conflicts: Sequence[Conflict]
    ) -> dict[str, list[Any]]:
        """Facts whose corrections stand whatever was derived since, flagged where new documents speak against them."""
        if not self._held:
            return {kind: [*each] for kind, each in facts.items()}
        by_id = {held.review.id: held.review for held in self._held}
        evidence = {fact.id: fact.evidence for each in facts.values() for fact in each}
        told: dict[str, list[Any]] = {kind: [] for kind in facts}
        for kind, each in facts.items():
            for fact in each:
                review = fact.review and by_id.get(fact.review.id)
                if review is not None:
                    fact = _with(fact, {one.field: one.editor for one in fact.review.corrections})
                    if _speaks_against(fact, review, conflicts, evidence):
                        fact = replace(fact, review=replace(fact.review, contradicted=True))
                told[kind].append(fact)
        return told

    def pinned(self, briefing_id: str, facts: Mapping[str, Sequence[Any]]) -> list[str]:
        """Which facts an editor has first, of those that are there."""
        order = self._orders.get(briefing_id)
        if order is None:
            return []
        there = {fact.id for each in facts.values() for fact in each}
        standing: ReviewStanding = "holds" if there.issuperset(order.fact_ids) else "without_fact"
        self.outcomes[briefing_id].append(ReviewOutcome(order.review.id, standing))
        return [id for id in order.fact_ids if id in there]

    def edited(self, briefing: Briefing) -> Briefing | None:
        """A briefing with the text that an editor left it; None where its text is the machine's."""
        edit = self._texts.get(briefing.id)
        if edit is None:
            return None
        if edit.text is None:
            self.outcomes[briefing.id].append(ReviewOutcome(edit.review.id, "holds"))
            return None
        told = with_edited(briefing, edit.review, edit.text)
        contradicted = told.writing.review is not None and told.writing.review.contradicted
        standing: ReviewStanding = "contradicted" if contradicted else "holds"
        self.outcomes[briefing.id].append(ReviewOutcome(edit.review.id, standing))
        return told

    def note(self, briefing_id: str, facts: Iterable[Fact]) -> None:
        """Keep what the decisions about the facts of a finished briefing have come to."""
        for fact in facts:
            if fact.review is not None:
                outcome = ReviewOutcome(fact.review.id, _standing(fact), fact, fact.evidence)
                self.outcomes[briefing_id].append(outcome)

    def _note(self, briefing_id: str, held: Held, standing: ReviewStanding, fact: Fact) -> None:
        told = replace(fact, briefing_id=briefing_id)
        self.outcomes[briefing_id].append(ReviewOutcome(held.review.id, standing, told, fact.evidence))


def _with(fact: _F, values: Mapping[str, Any]) -> _F:
    return msgspec.convert(msgspec.to_builtins(fact) | dict(values), type(fact)) if values else fact


def _in_figures(figure: Figure) -> str:
    """A quantity as an editor who gives no words for it means it."""
    high = "" if figure.value_high is None else f"–{figure.value_high:,.15g}"
    unit = {"%": "%", "1": ""}.get(figure.unit, f" {figure.unit}")
    return f"{figure.value:,.15g}{high}{unit}"


def _found(
    held: Held, facts: Sequence[Fact], before: set[str], reviewed: Mapping[str, Fact | None]
) -> Fact | None:
    """The fact that a decision is about, of those of its kind."""
    machine = held.machine
    corrected = _with(machine, held.review.values)
    lasts = equality_of(held.review.kind).lasts
    stands = any(fact.id in held.fact_ids for fact in facts)
    others = before - held.fact_ids if stands else set()
    ranked: list[tuple[int, int, str, Fact]] = []
    fresh: list[Fact] = []
    for fact in facts:
        alike = sum(
            getattr(fact, name) == getattr(machine, name)
            for name in fact.__struct_fields__
            if name not in _BESIDE_CONTENT
        )
        if fact.review and fact.review.id == held.review.id:
            return fact
        if fact.id in held.fact_ids:
            ranked.append((2, alike, fact.id, fact))
        elif fact.id in others or not any(_stands_at(e, held.places) for e in fact.evidence):
            continue
        elif lasts(machine, fact) or lasts(corrected, fact):
            ranked.append((1, alike, fact.id, fact))
        elif fact.id not in before and fact.id not in reviewed:
            fresh.append(fact)
    if ranked:
        return max(ranked)[-1]
    # The same words, read otherwise for the first time.
    return fresh[0] if len(fresh) == 1 else None


def _stands_at(e: Evidence, places: Iterable[_Place]) -> bool:
    return any(
        e.document_id == document and e.start < end and start < e.end for document, start, end in places
    )


def _reviewed(held: Held, fact: Fact) -> Fact:
    review = held.review
    corrections = [
        Correction(field=name, machine=msgspec.to_builtins(getattr(fact, name)), editor=value)
        for name, value in review.values.items()
    ]
    mark = review.mark(corrections, _told_otherwise(held, fact))
    return replace(_with(fact, review.values), review=mark)


def _told_otherwise(held: Held, fact: Fact) -> bool:
    """Whether the machine reads something in it that is neither what it read at the decision nor the editor's."""
    review, machine = held.review, held.machine
    if fact.review and fact.review.contradicted:
        return True
    if review.verdict == "rejected":
        new = any(e.document_id not in review.document_ids for e in fact.evidence)
        return new and fact.origins > machine.origins
    kind = kind_of(fact)
    typed = {*kind.columns.values(), *([kind.date] if kind.date else [])}
    fields = (set(review.values) or typed) - {"as_written"}
    if kind.name in _BY_THE_CLOCK:
        fields.discard("status")
    corrected = _with(machine, review.values)
    return any(
        _said(getattr(fact, name)) not in (_said(getattr(machine, name)), _said(getattr(corrected, name)))
        for name in fields
    )


def _said(value: Any) -> Any:
    """A date by its days, for documents word it differently."""
    return (value.edtf, value.earliest) if isinstance(value, FuzzyDate) else value


def _speaks_against(
    fact: Fact,
    review: ReviewDecision,
    conflicts: Iterable[Conflict],
    evidence: Mapping[str, Sequence[Evidence]],
) -> bool:
    """Whether an open conflict sets the fact against one that rests on documents alone that came after the decision."""
    return any(
        documents and documents.isdisjoint(review.document_ids)
        for one in conflicts
        if one.kind in _CONTRADICT
        and one.resolution is None
        and any(fact.id in position.fact_ids for position in one.positions)
        for position in one.positions
        if fact.id not in position.fact_ids
        for id in position.fact_ids
        for documents in [{e.document_id for e in evidence.get(id, ())}]
    )


def _standing(about: Fact | Conflict) -> ReviewStanding:
    return "contradicted" if about.review and about.review.contradicted else "holds"
