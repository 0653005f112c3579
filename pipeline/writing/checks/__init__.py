"""Whether a written sentence says what the facts say that it cites: every number, day, name, side and hedge of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from pipeline.writing.checks.amounts import check_amounts
from pipeline.writing.checks.days import check_days
from pipeline.writing.checks.doers import check_doers, check_positions, check_splices
from pipeline.writing.checks.grounds import Ground, KnownPerson, Written
from pipeline.writing.checks.people import check_names, check_offices, check_people, check_sides
from pipeline.writing.checks.wording import (
    check_claims,
    check_comparisons,
    check_disputes,
    check_form,
    check_goods,
    check_measures,
    check_ordinals,
    check_quotes,
    check_speakers,
    check_support,
)
from pipeline.writing.claims import told
from pipeline.writing.edition import english_edition
from schemas import Briefing, Conflict
from schemas.kinds import facts_of


class Checker:
    """Checks sentences against the facts of one briefing."""

    def __init__(self, briefing: Briefing, before: Briefing | None = None) -> None:
        """`before`: another revision or round, whose facts may be cited too."""
        briefing, before = english_edition(briefing), before and english_edition(before)
        self.briefing = briefing
        self.talks = briefing.negotiation
        old = {fact.id: fact for fact in facts_of(before)} if before else {}
        self._facts = old | {fact.id: fact for fact in facts_of(briefing)}
        self._grounds: dict[str, Ground] = {}
        self._publishers = {
            s.document_id: f"{s.publisher or ''} {' '.join(s.cites)}" for s in briefing.sources
        }
        self._open: dict[str, dict[int, Conflict]] = defaultdict(dict)
        for place, conflict in enumerate(briefing.conflicts):
            for id in (id for position in conflict.positions for id in position.fact_ids):
                if conflict.resolution is None:
                    self._open[id][place] = conflict

    def faults(self, text: str, fact_ids: Sequence[str], heading: bool = False) -> list[str]:
        """Why a sentence does not stand; nothing where it does. `heading`: it is none, and needs no full stop."""
        if not fact_ids:
            return ["it cites no fact of the briefing"]
        if any(id not in self._facts for id in fact_ids):
            return ["it cites a fact that is not in the briefing"]
        grounds = [self._ground(id) for id in dict.fromkeys(fact_ids)]
        documents = {e.document_id for ground in grounds for e in ground.fact.evidence}
        sources = " ".join(self._publishers.get(id, "") for id in sorted(documents))
        sentence = Written(text, told(text), grounds, self.talks, self._roster, sources)
        faults = list(check_form(text, heading))
        for check in _CHECKS:
            faults += check(sentence)
        open_ = {place: one for id in fact_ids for place, one in self._open.get(id, {}).items()}
        faults += check_disputes(sentence, [open_[place] for place in sorted(open_)])
        return list(dict.fromkeys(faults))

    def _ground(self, id: str) -> Ground:
        if id not in self._grounds:
            self._grounds[id] = Ground(self._facts[id])
        return self._grounds[id]

    @cached_property
    def _roster(self) -> list[KnownPerson]:
        """Who is known by which office and on which side: any fact of the briefing may tell that."""
        people = [
            KnownPerson(m.name, f"{m.role} {m.organisation or ''}", m.party)
            for side in self.briefing.delegations
            for m in side.members
            if m.name
        ]
        return people + [KnownPerson(s.speaker, s.role or "", s.party) for s in self.briefing.statements]


_CHECKS: tuple[Callable[[Written], Iterator[str]], ...] = (
    check_quotes,
    check_speakers,
    check_amounts,
    check_days,
    check_people,
    check_offices,
    check_sides,
    check_names,
    check_doers,
    check_positions,
    check_splices,
    check_comparisons,
    check_ordinals,
    check_claims,
    check_goods,
    check_measures,
    check_support,
)
