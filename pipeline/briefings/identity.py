"""What lasts of a fact: its id, origins and certainty, its conflicts, and the revisions that changed it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from pipeline.briefings.deduplicate import equality_of
from pipeline.language.cues import certainty_of
from schemas import Briefing, Conflict, Fact, Source
from schemas.kinds import facts_of, kind_of
from schemas.vocabulary import Certainty

_F = TypeVar("_F", bound=Fact)
# Sources that name things differently, or tell more than others, can all be right.
_CONTRADICT = ("value", "attribution")


def place(fact: Fact) -> tuple[str, int, int]:
    """Where a fact stands first: an order that does not depend on when documents came in."""
    return min((e.document_id, e.start, e.end) for e in fact.evidence)


class Identities:
    """Gives the facts of one briefing what lasts. `known`: facts that may have been these before."""

    def __init__(self, briefing: str, sources: Sequence[Source], known: Iterable[Fact]) -> None:
        self._briefing = briefing
        self._origin = {source.document_id: source.origin_group for source in sources}
        self._known: dict[tuple[str, int, int], list[Fact]] = defaultdict(list)
        for fact in known:
            for e in fact.evidence:
                self._known[e.document_id, e.start, e.end].append(fact)

    def assign(self, facts: Iterable[_F]) -> list[_F]:
        """Facts with their lasting id, their origins and the certainty that follows."""
        assigned: dict[str, _F] = {}
        for fact in facts:
            spans = [(e.document_id, e.start, e.end) for e in fact.evidence]
            old = (known for span in spans for known in self._known[span] if _lasts(known, fact))
            new = hashlib.sha256(f"{self._briefing}|{type(fact).__name__}|{fact.id}".encode()).hexdigest()
            fact_id = next((known.id for known in old if known.id not in assigned), f"fct_{new[:16]}")
            origins = len({self._origin[e.document_id] for e in fact.evidence})
            plain = [e for e in fact.evidence if certainty_of(e.exact) != "claimed"]
            outright = len({self._origin[e.document_id] for e in plain})
            assigned[fact_id] = replace(
                fact,
                id=fact_id,
                briefing_id=self._briefing,
                origins=origins,
                certainty=_certainty(fact.certainty, outright),
            )
        return list(assigned.values())


def _lasts(old: Fact, new: Fact) -> bool:
    """Whether two facts that rest on one sentence are the same one."""
    kind = kind_of(new)
    return kind_of(old) is kind and equality_of(kind.name).lasts(old, new)


def _certainty(certainty: Certainty, outright: int) -> Certainty:
    """Two origins that say it outright confirm what one reports; a claim repeated stays a claim."""
    return "confirmed" if certainty == "reported" and outright > 1 else certainty


def disputed(facts: Iterable[_F], conflicts: Sequence[Conflict]) -> list[_F]:
    """Facts with the conflicts they stand in. They are disputed where they cannot all be right."""
    marked = []
    for fact in facts:
        mine = [c for c in conflicts if any(fact.id in p.fact_ids for p in c.positions)]
        against = any(c.kind in _CONTRADICT for c in mine)
        marked.append(
            replace(
                fact,
                conflict_ids=[c.id for c in mine],
                certainty="disputed" if against else fact.certainty,
            )
        )
    return marked


def with_revisions(facts: Iterable[_F], previous: Briefing | None, revision: int) -> list[_F]:
    """Facts with the revision that brought them and the one that last changed them."""
    before = {fact.id: fact for fact in facts_of(previous)} if previous else {}
    marked = []
    for fact in facts:
        old = before.get(fact.id)
        first = old.first_revision if old else revision
        unchanged = old is not None and old == replace(
            fact, first_revision=first, changed_revision=old.changed_revision
        )
        changed = old.changed_revision if old and unchanged else revision
        marked.append(replace(fact, first_revision=first, changed_revision=changed))
    return marked
