"""What documents tell apart of one deadline: its day, what lifts it, what follows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.briefings.conflicts.comparison import clause_with, conflict, independent, one_thing
from pipeline.briefings.rounds import Part
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import find, fold
from pipeline.language.quantities import find_quantities
from schemas import Conflict, Deadline, Figure

_ABOUT = 120


def _versions(due: Deadline, parts: Sequence[Part]) -> Iterator[Deadline]:
    """The deadline as each document has it."""
    spans = {(e.document_id, e.start, e.end) for e in due.evidence}
    for part in parts:
        for own in part.readout.deadlines:
            if any((e.document_id, e.start, e.end) in spans for e in own.evidence) and own.kind == due.kind:
                yield own


def _what(due: Deadline) -> str:
    """What falls due, without its date and what would lift it."""
    what = due.what.replace(due.date.text, "").strip()
    return clause_with(what, what[:1])


def _amounts(text: str) -> set[str]:
    """The amounts of a text, counts aside."""
    return {f"{q.value:g} {q.unit}" for q in find_quantities(text) if q.unit != "1"}


def _one_thing(left: Deadline, right: Deadline) -> bool:
    """Whether the same falls due: another amount or another thing is another step."""
    what, other = _what(left), _what(right)
    return _amounts(what) == _amounts(other) and one_thing(what, other)


def days(briefing: str, deadlines: Sequence[Deadline]) -> Iterator[Conflict]:
    """One thing that falls due on different days."""
    for left, right in combinations(deadlines, 2):
        resolved = left.date.edtf and right.date.edtf
        if resolved and left.kind == right.kind and independent(left, right) and _one_thing(left, right):
            sides = {str(left.date.edtf): [left.id], str(right.date.edtf): [right.id]}
            yield conflict(briefing, f"when: {min(left.what, right.what)[:_ABOUT]}", "value", sides)


def _lifts(due: Deadline) -> set[str]:
    """What lifts a deadline by one document; "unless a deal is reached or it is extended" names both."""
    text = " ".join(c.text for c in due.conditions if c.kind != "other")
    named = {row.name for row in lexicon.conflicts.lifts if row.words.search(text)}
    return named | {c.kind for c in due.conditions} - {"other"}


def conditions(briefing: str, parts: Sequence[Part], deadlines: Sequence[Deadline]) -> Iterator[Conflict]:
    """One deadline that documents let different things lift; a document that names both is on no side."""
    for due in deadlines:
        kinds = [_lifts(own) for own in _versions(due, parts)]
        if any(left and right and not left & right for left, right in combinations(kinds, 2)):
            lifts = {c.text: [due.id] for c in due.conditions if c.kind != "other"}
            yield conflict(briefing, f"what lifts the deadline: {due.what[:_ABOUT]}", "scope", lifts)


def _outcome(consequence: str) -> str:
    """What a consequence comes down to: its amounts, or its words where it has none."""
    return ", ".join(sorted(_amounts(consequence))) or fold(consequence)


def consequences(
    briefing: str, parts: Sequence[Part], deadlines: Sequence[Deadline], figures: Sequence[Figure]
) -> Iterator[Conflict]:
    """Documents that let different things follow the same deadline."""
    amounts = [(e, figure.id) for figure in figures for e in figure.evidence]
    for due in deadlines:
        outcomes: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for own in _versions(due, parts):
            if own.consequence:
                outcomes[_outcome(own.consequence)].append((own.consequence, own.evidence[0].document_id))
        if len(outcomes) < 2:
            continue
        sides: dict[str, list[str]] = {}
        for tellings in outcomes.values():
            proof = [
                figure_id
                for e, figure_id in amounts
                if any(document == e.document_id and find(words, e.exact) for words, document in tellings)
            ]
            shortest, _ = min(tellings, key=lambda one: (len(one[0]), one[0]))
            sides[shortest] = proof or [due.id]
        yield conflict(briefing, f"what follows: {due.what[:_ABOUT]}", "value", sides)
