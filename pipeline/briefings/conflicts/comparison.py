"""What detectors compare: excerpts that facts rest on, and the conflict that comes of it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from schemas import Conflict, ConflictPosition, Deadline, Delegate, Fact, Figure, Stake, Statement
from schemas.vocabulary import Region

Sides = Mapping[str, Iterable[str]]
"""What is said, each with the ids of the facts that say so."""

_FULLEST = (Statement, Stake, Delegate, Deadline, Figure)
"""Which kind of fact is about all that its sentence says, rather than about a value in it."""
_RETROSPECTIVE = {"implementation", "dispute_settlement"}
"""Topics that are about earlier talks and disputes themselves."""


class Excerpt(Struct, frozen=True):
    """A span of a document that facts rest on; `facts`: those that say most of it, which rest on `spans` spans."""

    document_id: str
    text: str
    region: Region
    facts: tuple[str, ...]
    spans: int


def excerpts_of(facts: Sequence[Fact]) -> list[Excerpt]:
    """Every span that facts rest on, in a fixed order."""
    resting_on: dict[tuple[str, int, int], list[Fact]] = defaultdict(list)
    for fact in facts:
        for e in fact.evidence:
            resting_on[e.document_id, e.start, e.end].append(fact)
    excerpts = []
    for span, resting in sorted(resting_on.items()):
        proof = next(e for e in resting[0].evidence if (e.document_id, e.start, e.end) == span)
        kind = next(kind for kind in _FULLEST if any(isinstance(fact, kind) for fact in resting))
        resting = [fact for fact in resting if isinstance(fact, kind)]
        resting = [f for f in resting if isinstance(f, Stake) and f.topic in _RETROSPECTIVE] or resting
        fewest = min(len(fact.evidence) for fact in resting)
        ids = tuple(sorted(fact.id for fact in resting if len(fact.evidence) == fewest))
        excerpts.append(Excerpt(proof.document_id, " ".join(proof.exact.split()), proof.region, ids, fewest))
    return excerpts


def conflict(briefing: str, about: str, kind: str, sides: Sides) -> Conflict:
    """A conflict whose id follows from what it is about."""
    digest = hashlib.sha256(f"{briefing}|{kind}|{about}".encode()).hexdigest()
    return Conflict(
        id=f"cfl_{digest[:16]}",
        briefing_id=briefing,
        about=about,
        kind=kind,
        positions=[
            ConflictPosition(value=value, fact_ids=sorted(set(ids))) for value, ids in sorted(sides.items())
        ],
        resolution=None,
    )


def by_matter(briefing: str, conflicts: Iterable[Conflict]) -> list[Conflict]:
    """One conflict for each matter, with the positions of all that are about it, in a fixed order."""
    sides: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in conflicts:
        for position in one.positions:
            sides[one.kind, one.about][position.value].update(position.fact_ids)
    whole = [conflict(briefing, about, kind, positions) for (kind, about), positions in sides.items()]
    return sorted(whole, key=lambda one: (one.kind, one.about))


def independent(left: Fact, right: Fact) -> bool:
    """Whether no document tells both: what one document tells side by side is no contradiction."""
    return not {e.document_id for e in left.evidence} & {e.document_id for e in right.evidence}
