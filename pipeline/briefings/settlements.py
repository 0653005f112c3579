"""Conflicts that editors settled: what holds of it while a round is merged again.

A settlement is found again by what its conflict was about, or by the sides that it had.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from schemas import (
    NEITHER,
    Conflict,
    ConflictPosition,
    Fact,
    ReviewDecision,
    Source,
)

_KNOWN_AGAIN = 2
"""By so many of its sides a conflict is known again that is told to be about something else."""


class Settlement(Struct, frozen=True):
    """An editor's decision about a conflict, which is in force. `conflict`: as it was then."""

    review: ReviewDecision
    conflict: Conflict


class Ruling(Struct, frozen=True):
    """The conflicts of a briefing after the decisions about them; `decided`: which came to which, by its id."""

    conflicts: list[Conflict]
    decided: list[tuple[Settlement, Conflict]]


def settled(
    settlements: Iterable[Settlement],
    conflicts: Sequence[Conflict],
    facts: Iterable[Fact],
    sources: Iterable[Source],
) -> Ruling:
    """Conflicts with what editors decided about them: open again where documents of other origins speak against it.

    `settlements`: the latest first.
    """
    documents = {fact.id: {e.document_id for e in fact.evidence} for fact in facts}
    origins = {source.document_id: source.origin_group for source in sources}
    rulings = {one.id: one for one in conflicts}
    decided = []
    for settlement in settlements:
        found = _found(settlement, [one for one in conflicts if rulings[one.id].review is None])
        if found is not None:
            rulings[found.id] = _ruling(settlement, found, documents, origins)
            decided.append((settlement, rulings[found.id]))
    return Ruling(list(rulings.values()), decided)


def _found(settlement: Settlement, conflicts: Iterable[Conflict]) -> Conflict | None:
    before = settlement.conflict
    known = [
        (one.about == before.about, len(set(_sides(settlement, one).values())), one.id, one)
        for one in conflicts
        if one.kind == before.kind
    ]
    fit = [one for one in known if one[0] or one[1] >= _KNOWN_AGAIN]
    return max(fit)[-1] if fit else None


def _sides(settlement: Settlement, conflict: Conflict) -> dict[str, str]:
    """Of the positions that the conflict had when it was decided about, each with the one that it had then.

    They are known by their values, or else by their facts where those leave no choice.
    """
    then = {one.value: set(one.fact_ids) for one in settlement.conflict.positions}
    sides = {now.value: now.value for now in conflict.positions if now.value in then}
    left = {value: facts for value, facts in then.items() if value not in sides}
    for now in conflict.positions:
        fit = [value for value, facts in left.items() if not facts.isdisjoint(now.fact_ids)]
        if now.value not in then and len(fit) == 1:
            sides[now.value] = fit[0]
    return sides


def _ruling(
    settlement: Settlement,
    conflict: Conflict,
    documents: Mapping[str, set[str]],
    origins: Mapping[str, str],
) -> Conflict:
    review = settlement.review
    upheld = review.values.get("resolution")
    sides = _sides(settlement, conflict)
    resolution = NEITHER if upheld == NEITHER else next((now for now in sides if sides[now] == upheld), None)
    contradicted = review.verdict == "settled" and (
        resolution is None
        or any(
            _brings_more(position, position.value in sides, review, documents, origins)
            for position in conflict.positions
            if upheld == NEITHER or sides.get(position.value) != upheld
        )
    )
    return replace(
        conflict,
        resolution=None if contradicted else resolution,
        review=review.mark(contradicted=contradicted),
    )


def _brings_more(
    position: ConflictPosition,
    known: bool,
    review: ReviewDecision,
    documents: Mapping[str, set[str]],
    origins: Mapping[str, str],
) -> bool:
    """Whether a side rests on a story that the editor did not see, or is new in a document that the editor saw."""
    seen = set(review.document_ids)
    stories = {origins[document] for document in seen & origins.keys()}
    behind = {document for id in position.fact_ids for document in documents[id]}
    return any(origins[one] not in stories for one in behind) or (not known and not behind.isdisjoint(seen))
