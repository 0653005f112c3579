"""Who leads a delegation, and which office somebody holds."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.conflicts.shape import conflict
from pipeline.names import same_person
from pipeline.rounds import Part
from pipeline.titles import party_name
from schemas import Conflict, Delegate


def heads(briefing: str, parts: Sequence[Part], delegates: Sequence[Delegate]) -> Iterator[Conflict]:
    """Documents that name different heads of one delegation. Naming none is no position."""
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
                sides[" and ".join(sorted(person.name for person in named))].extend(p.id for p in named)
        if len(sides) > 1:
            about = f"who heads the delegation of {party_name(party)}"
            yield conflict(briefing, about, "attribution", sides)
