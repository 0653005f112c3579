"""What documents tell apart of one deadline: its day, what lifts it, what follows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.combine import alike
from pipeline.conflicts.shape import apart, conflict
from pipeline.fold import fold
from pipeline.ground import find
from pipeline.lexicon import words
from pipeline.quantities import find_quantities
from pipeline.rounds import Part
from schemas import Conflict, Deadline, Figure

_ALIKE = 0.5
_ABOUT = 120


def _told(due: Deadline, parts: Sequence[Part]) -> Iterator[Deadline]:
    """The deadline as each document has it."""
    spans = {(e.document_id, e.start, e.end) for e in due.evidence}
    for part in parts:
        for own in part.readout.deadlines:
            if any((e.document_id, e.start, e.end) in spans for e in own.evidence) and own.kind == due.kind:
                yield own


def days(briefing: str, deadlines: Sequence[Deadline]) -> Iterator[Conflict]:
    """One thing that falls due on different days."""
    for left, right in combinations(deadlines, 2):
        resolved = left.date.edtf and right.date.edtf
        same = left.kind == right.kind and alike(left.what, right.what) >= _ALIKE
        if resolved and apart(left, right) and same:
            sides = {str(left.date.edtf): [left.id], str(right.date.edtf): [right.id]}
            yield conflict(briefing, f"when: {min(left.what, right.what)[:_ABOUT]}", "value", sides)


def _lifts(due: Deadline) -> set[str]:
    """What lifts a deadline by one document; "unless a deal is reached or it is extended" names both."""
    said = " ".join(c.text for c in due.conditions if c.kind != "other")
    named = {kind for kind in ("unless_deal", "unless_extended") if words("wording", kind).search(said)}
    return named | {c.kind for c in due.conditions} - {"other"}


def conditions(briefing: str, parts: Sequence[Part], deadlines: Sequence[Deadline]) -> Iterator[Conflict]:
    """One deadline that documents let different things lift; a document that names both is on no side."""
    for due in deadlines:
        kinds = [_lifts(own) for own in _told(due, parts)]
        if any(left and right and not left & right for left, right in combinations(kinds, 2)):
            lifts = {c.text: [due.id] for c in due.conditions if c.kind != "other"}
            yield conflict(briefing, f"what lifts the deadline: {due.what[:_ABOUT]}", "scope", lifts)


def _outcome(consequence: str) -> str:
    """What a consequence comes down to: its amounts, or its words where it has none."""
    amounts = {f"{q.value:g} {q.unit}" for q in find_quantities(consequence) if q.unit != "1"}
    return ", ".join(sorted(amounts)) or fold(consequence)


def consequences(
    briefing: str, parts: Sequence[Part], deadlines: Sequence[Deadline], figures: Sequence[Figure]
) -> Iterator[Conflict]:
    """Documents that let different things follow the same deadline."""
    for due in deadlines:
        told: dict[str, list[str]] = defaultdict(list)
        for own in _told(due, parts):
            if own.consequence:
                told[_outcome(own.consequence)].append(own.consequence)
        if len(told) < 2:
            continue
        sides: dict[str, list[str]] = {}
        for said in told.values():
            proof = [f.id for f in figures if any(find(words, e.exact) for words in said for e in f.evidence)]
            sides[min(said, key=lambda words: (len(words), words))] = proof or [due.id]
        yield conflict(briefing, f"what follows: {due.what[:_ABOUT]}", "value", sides)
