"""What makes one fact of what documents say over time: lasting ids, marks, and the revisions that brought them."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from pipeline.briefings.deduplicate import equality_of
from pipeline.briefings.memory import Memory
from pipeline.language.clauses import certainty_of
from schemas import Briefing, Conflict, Fact, Source, is_upheld
from schemas.kinds import facts_of, kind_of
from schemas.vocabulary import Certainty

_F = TypeVar("_F", bound=Fact)
_Span = tuple[str, str, int, int]
"""A kind of fact by its name, a document, and where in it words begin and end."""
# Sources that name things differently, or tell more than others, can all be right.
_CONTRADICT = ("value", "attribution")


def place(fact: Fact) -> tuple[str, int, int]:
    """Where a fact stands first: an order that does not depend on when documents came in."""
    first = fact.evidence[0]
    document, start, end = first.document_id, first.start, first.end
    for e in islice(fact.evidence, 1, None):
        if e.document_id != document:  # as documents are sorted
            break
        start, end = min((start, end), (e.start, e.end))
    return document, start, end


class _Lasting(NamedTuple):
    """A fact as it was read, the documents that tell it and those that tell it outright, and the fact that lasts.

    `marks`: its id, its origins, its certainty; `known`: which of those that stood before it is, if any.
    """

    fact: Fact
    told: set[str]
    plainly: set[str]
    marks: tuple[str, int, Certainty]
    known: Fact | None
    lasts: Any


class Identities:
    """Gives the facts of one briefing what lasts. `known`: facts that may have been these before."""

    def __init__(
        self, briefing: str, sources: Sequence[Source], known: Iterable[Fact], memory: Memory
    ) -> None:
        self._briefing = briefing
        self._origin = {source.document_id: source.origin_group for source in sources}
        self._same_origins = _are_alike(memory.kept.get(_are_alike, {}), self._origin)
        memory.kept[_are_alike] = self._origin
        self._known = list(known)
        self._standing = _standing(self._known, memory)
        self._last: dict[int, _Lasting] = memory.kept.get(Identities, {})
        self._now: dict[int, _Lasting] = {}
        memory.kept[Identities] = self._now

    def assign(self, facts: Iterable[_F]) -> list[_F]:
        """Facts with their lasting id, their origins and the certainty that follows."""
        assigned: dict[str, _F] = {}
        for fact in facts:
            last = self._last.get(id(fact))
            known = self._before(fact, assigned, last)
            lasting = known.id if known else self._new_id(fact, assigned)
            assigned[lasting] = self._told_as(fact, lasting, known, last)
        return list(assigned.values())

    def _told_as(self, fact: _F, lasting: str, known: Fact | None, last: _Lasting | None) -> _F:
        """A fact with what lasts; the very one of the `last` merge where all of it is the same."""
        if last is None or not self._same_origins or last.marks[0] != lasting:
            told, plainly = (last.told, last.plainly) if last else _documents(fact)
            origins = self._origins_of(told)
            outright = origins if plainly is told else self._origins_of(plainly)
            marks = (lasting, origins, _certainty(fact.certainty, outright))
            if last is None or last.marks != marks:
                last = _Lasting(fact, told, plainly, marks, known, _marked(fact, self._briefing, *marks))
        if last.known is not known:
            last = last._replace(known=known)
        self._now[id(fact)] = last
        lasts: _F = last.lasts
        return lasts

    def _origins_of(self, documents: Collection[str]) -> int:
        return len(set(map(self._origin.__getitem__, documents))) if len(documents) > 1 else len(documents)

    def _before(self, fact: Fact, assigned: Container[str], last: _Lasting | None) -> Fact | None:
        """The fact that stood on one of its spans, and is not another one by now. `last`: of the last merge."""
        then = last.known if last else None
        kind = type(fact).__name__
        for e in fact.evidence:
            stood = self._standing.get((kind, e.document_id, e.start, e.end))
            if stood is None:
                continue
            first = stood if len(stood) == 1 else sorted(stood, key=self._order.__getitem__)
            for known in map(stood.__getitem__, first):
                if known.id not in assigned and (known is then or _lasts(known, fact)):
                    return known
        return None

    @cached_property
    def _order(self) -> dict[int, int]:
        return {id(fact): order for order, fact in enumerate(self._known)}

    def _new_id(self, fact: Fact, assigned: Container[str]) -> str:
        """An id that follows from the fact; another where one that was with it before has kept that."""
        told = f"{self._briefing}|{type(fact).__name__}|{fact.id}"
        salted = (hashlib.sha256(f"{told}{salt}".encode()).hexdigest() for salt in ("", *range(1, 1_000)))
        ids = (f"fct_{digest[:16]}" for digest in salted)
        return next(id for id in ids if id not in assigned)


def _are_alike(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether documents that were there before are of one origin if, and only if, they were."""
    both = {(before[document], origin) for document, origin in now.items() if document in before}
    return len(both) == len({old for old, _ in both}) == len({new for _, new in both})


def _standing(facts: Sequence[Fact], memory: Memory) -> dict[_Span, dict[int, Fact]]:
    """Which facts of a kind stand on each span: those of the last merge, but for what came and went since."""
    here = dict(zip(map(id, facts), facts, strict=True))
    before: dict[int, Fact]
    standing: dict[_Span, dict[int, Fact]]
    before, standing = memory.kept.pop(_standing, ({}, {}))
    for gone in before.keys() - here.keys():
        for span in _spans(before[gone]):
            del standing[span][gone]
            if not standing[span]:
                del standing[span]
    for new in here.keys() - before.keys():
        for span in _spans(here[new]):
            standing.setdefault(span, {})[new] = here[new]
    memory.kept[_standing] = here, standing
    return standing


def _spans(fact: Fact) -> set[_Span]:
    kind = type(fact).__name__
    return {(kind, e.document_id, e.start, e.end) for e in fact.evidence}


def _documents(fact: Fact) -> tuple[set[str], set[str]]:
    """Those that tell a fact, and those that tell it outright; one set where all do."""
    told = {e.document_id for e in fact.evidence}
    plain = {e.document_id for e in fact.evidence if certainty_of(e.exact) != "claimed"}
    return told, told if plain == told else plain


def _marked(fact: _F, briefing: str, id: str, origins: int, certainty: Certainty) -> _F:
    return replace(fact, id=id, briefing_id=briefing, origins=origins, certainty=certainty)


def _lasts(old: Fact, new: Fact) -> bool:
    """Whether two facts of a kind that rest on one sentence are the same one."""
    return equality_of(kind_of(new).name).lasts(old, new)


def _certainty(certainty: Certainty, outright: int) -> Certainty:
    """Two origins that say it outright confirm what one reports; a claim repeated stays a claim."""
    return "confirmed" if certainty == "reported" and outright > 1 else certainty


_Marks = tuple[list[str], Certainty, float]


class _Marked(NamedTuple):
    """A fact with its marks as it was told last; `read`: as it was before it had any.

    `marks`: its conflicts, its certainty, how much it weighs.
    """

    read: Fact
    marks: _Marks
    told: Any


class Telling:
    """Gives the facts of a briefing their marks, and the revisions that brought them and last changed them.

    They are disputed where they cannot all be right, unless an editor holds them to be. `weigh`: how much a fact
    weighs, given whether it stands in a conflict. A fact that comes to what it was told as last is that very object.
    """

    def __init__(
        self,
        conflicts: Iterable[Conflict],
        weigh: Callable[[Fact, bool], float],
        previous: Briefing | None,
        revision: int,
        memory: Memory,
    ) -> None:
        self._about: dict[str, list[Conflict]] = defaultdict(list)
        for one in conflicts:
            for id in {id for position in one.positions for id in position.fact_ids}:
                self._about[id].append(one)
        self._weigh = weigh
        self._before: dict[str, Any] = {fact.id: fact for fact in facts_of(previous)} if previous else {}
        self._revision = revision
        self._last: dict[str, _Marked] = memory.kept.get(Telling, {})
        self._now: dict[str, _Marked] = {}
        memory.kept[Telling] = self._now

    def of(self, facts: Iterable[_F]) -> list[_F]:
        return [self._told(fact) for fact in facts]

    def _told(self, fact: _F) -> _F:
        marks, last = self._marks(fact), self._last.get(fact.id)
        old = self._before.get(fact.id)
        if last is None or last.told is not old or last.read is not fact or last.marks != marks:
            conflicts, certainty, salience = marks
            marked = replace(fact, conflict_ids=conflicts, certainty=certainty, salience=salience)
            last = _Marked(fact, marks, self._revised(marked, old))
        self._now[fact.id] = last
        told: _F = last.told
        return told

    def _marks(self, fact: Fact) -> _Marks:
        mine = self._about.get(fact.id)
        if mine is None:
            return fact.conflict_ids, fact.certainty, self._weigh(fact, bool(fact.conflict_ids))
        against = any(c.kind in _CONTRADICT and not is_upheld(c, fact.id) for c in mine)
        certainty = "disputed" if against else fact.certainty
        return [c.id for c in mine], certainty, self._weigh(fact, True)

    def _revised(self, fact: _F, old: Any) -> _F:
        if old is None:
            return replace(fact, first_revision=self._revision, changed_revision=self._revision)
        first, changed = old.first_revision, old.changed_revision
        same = replace(fact, first_revision=first, changed_revision=changed)
        if same == old:
            unchanged: _F = old
            return unchanged
        if replace(same, salience=old.salience) == old:
            return same
        return replace(fact, first_revision=first, changed_revision=self._revision)
