"""Where sources cannot all be right. Conflicts are shown, never settled."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from pipeline.combine import alike, dates_agree, same_person
from pipeline.fold import fold
from pipeline.ground import find
from pipeline.quantities import find_quantities
from pipeline.rounds import Part
from pipeline.titles import party_name
from schemas import Conflict, ConflictPosition, Deadline, Delegate, Figure

_ALIKE = 0.5
_CLOSE = 0.005


def conflict(briefing: str, about: str, kind: str, sides: dict[str, list[str]]) -> Conflict:
    """A conflict whose id follows from what it is about."""
    digest = hashlib.sha256(f"{briefing}|{kind}|{about}".encode()).hexdigest()
    return Conflict(
        id=f"cfl_{digest[:16]}",
        briefing_id=briefing,
        about=about,
        kind=kind,
        positions=[ConflictPosition(value=value, fact_ids=ids) for value, ids in sorted(sides.items())],
        resolution=None,
    )


def heads(briefing: str, parts: Sequence[Part], delegates: Sequence[Delegate]) -> list[Conflict]:
    """Documents that name different heads of one delegation. Naming none is no position."""
    conflicts = []
    for party in sorted({person.party for person in delegates}):
        sides: dict[str, list[str]] = defaultdict(list)
        for part in parts:
            members = [m for d in part.readout.delegations if d.party == party for m in d.members if m.head]
            named = [
                person
                for person in delegates
                if person.party == party and any(same_person(person.name, m.name) for m in members)
            ]
            if named:
                value = " and ".join(sorted(person.name for person in named))
                sides[value].extend(person.id for person in named if person.id not in sides[value])
        if len(sides) > 1:
            conflicts.append(
                conflict(briefing, f"who heads the delegation of {party_name(party)}", "attribution", sides)
            )
    return conflicts


def _apart(left: Figure, right: Figure) -> bool:
    """Two values of one quantity that cannot both hold."""
    kinds = {left.comparator, right.comparator}
    if not kinds <= {"eq", "approx"}:
        return False
    slack = 0.05 if "approx" in kinds else _CLOSE
    return abs(left.value - right.value) > slack * max(abs(left.value), abs(right.value))


def _one_quantity(left: Figure, right: Figure) -> bool:
    """The same thing measured over the same time: another period, base or scope is another fact."""
    if (left.measure, left.unit, left.status) != (right.measure, right.unit, right.status):
        return False
    if (left.period is None) != (right.period is None) or left.comparison_base != right.comparison_base:
        return False
    if left.period and right.period and not dates_agree(left.period, right.period):
        return False
    said = left.evidence[0].exact, right.evidence[0].exact
    return alike(left.subject, right.subject) >= _ALIKE and alike(*said) >= _ALIKE / 2


def values(briefing: str, figures: Iterable[Figure]) -> list[Conflict]:
    conflicts = []
    for left, right in combinations(figures, 2):
        documents = {e.document_id for e in left.evidence} & {e.document_id for e in right.evidence}
        if not documents and _one_quantity(left, right) and _apart(left, right):
            sides = {left.as_written: [left.id], right.as_written: [right.id]}
            conflicts.append(
                conflict(briefing, f"{left.measure.replace('_', ' ')}: {left.subject}", "value", sides)
            )
    return list({c.id: c for c in conflicts}.values())


def dates(briefing: str, deadlines: Iterable[Deadline]) -> list[Conflict]:
    """One thing that falls due on different days, and one deadline that different conditions lift."""
    conflicts = []
    for left, right in combinations(deadlines, 2):
        documents = {e.document_id for e in left.evidence} & {e.document_id for e in right.evidence}
        resolved = left.date.edtf and right.date.edtf
        if resolved and not documents and left.kind == right.kind and alike(left.what, right.what) >= _ALIKE:
            sides = {str(left.date.edtf): [left.id], str(right.date.edtf): [right.id]}
            conflicts.append(conflict(briefing, f"when: {left.what[:120]}", "value", sides))
    for deadline in deadlines:
        kinds = {c.kind for c in deadline.conditions} - {"other"}
        if len(kinds) > 1:
            lifts = {c.text: [deadline.id] for c in deadline.conditions if c.kind in kinds}
            conflicts.append(
                conflict(briefing, f"what lifts the deadline: {deadline.what[:120]}", "scope", lifts)
            )
    return list({c.id: c for c in conflicts}.values())


def _outcome(consequence: str) -> str:
    """What a consequence comes down to: its amounts, or its words where it has none."""
    amounts = {f"{q.value:g} {q.unit}" for q in find_quantities(consequence) if q.unit != "1"}
    return ", ".join(sorted(amounts)) or fold(consequence)


def consequences(
    briefing: str, parts: Sequence[Part], deadlines: Iterable[Deadline], figures: Sequence[Figure]
) -> list[Conflict]:
    """Documents that let different things follow the same deadline."""
    conflicts = []
    for due in deadlines:
        spans = {(e.document_id, e.start) for e in due.evidence}
        told: dict[str, list[str]] = defaultdict(list)
        for part in parts:
            for own in part.readout.deadlines:
                if own.consequence and any((e.document_id, e.start) in spans for e in own.evidence):
                    told[_outcome(own.consequence)].append(own.consequence)
        if len(told) < 2:
            continue
        sides: dict[str, list[str]] = {}
        for said in told.values():
            proof = [f.id for f in figures if any(find(words, e.exact) for words in said for e in f.evidence)]
            sides[min(said, key=len)] = proof or [due.id]
        conflicts.append(conflict(briefing, f"what follows: {due.what[:120]}", "value", sides))
    return conflicts
