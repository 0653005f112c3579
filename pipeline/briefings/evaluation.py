"""How well documents were merged, against the briefings that an editor made of them.

An annotated fact has words of every document that tells it, so that it holds however it is told and joined. Facts that
an annotator did not see are neither asked for nor held against anybody: repeats and foldings are counted of the others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import Annotated, Any

from msgspec import Meta, Struct, field, json
from msgspec.structs import replace

from pipeline.documents.document import Span
from pipeline.evaluation import GoldFigure, dates_agree, same_amount
from pipeline.language.matching import find
from pipeline.language.people import same_person
from schemas import (
    Briefing,
    Conflict,
    Deadline,
    Delegate,
    Event,
    Fact,
    Figure,
    FuzzyDate,
    Stake,
    own_documents,
)
from schemas.dates import Edtf
from schemas.kinds import facts_of


class Support(Struct, frozen=True, kw_only=True):
    """Words of a document, by its file's name, that tell a fact."""

    file: str
    quote: str


class MergedFact(Struct, frozen=True, kw_only=True):
    """Something that documents of a round tell. `must`: false for what a briefing may leave out.

    `origins`: of how many origins the documents are that tell it, where that is annotated.
    """

    support: list[Support]
    must: bool = True
    in_scope: bool = True
    origins: int | None = None


class MergedFigure(MergedFact, frozen=True, kw_only=True):
    """A quantity. `unit`: UCUM or ISO 4217, as in a briefing."""

    value: float
    unit: str


class MergedDated(MergedFact, frozen=True, kw_only=True):
    """A deadline or an event; `date_accept`: other dates that are right as well."""

    date_edtf: Edtf | None = None
    date_accept: list[Edtf | None] = []


class MergedMember(MergedFact, frozen=True, kw_only=True):
    name: str | None


class MergedSide(Struct, frozen=True, kw_only=True):
    """A delegation; `party`: its code."""

    party: str
    members: list[MergedMember]


class MergedTalks(Struct, frozen=True, kw_only=True):
    """The round itself. `status_accept`, `start_accept`: what is right as well; `round_start`: the start, too."""

    parties: list[str]
    status: str | None = None
    status_accept: list[str] = []
    start: Edtf | None = None
    round_start: Edtf | None = None
    start_accept: list[Edtf] = []

    @property
    def starts(self) -> list[Edtf]:
        """The days that are right; none where none is annotated."""
        return [day for day in (self.start, self.round_start, *self.start_accept) if day]


class MergedPosition(Struct, frozen=True, kw_only=True):
    value: str
    support: list[Support]


class MergedConflict(Struct, frozen=True, kw_only=True):
    """What the sources disagree on, by positions, or `values`; `must`: false where it may be left out."""

    on: str
    positions: list[MergedPosition] = []
    values: list[MergedPosition] = []
    must: bool = True


class OriginGroup(Struct, frozen=True, kw_only=True):
    """Files that have one story from one origin."""

    group: str
    files: list[str]


class MergedSource(Struct, frozen=True, kw_only=True):
    """A document; `independence_group`: its origin, where `origin_groups` do not tell it."""

    file: str
    independence_group: str | None = None


_DATED: tuple[type[Fact], ...] = (Deadline, Event)
_FORBIDDEN: dict[str, tuple[type[Fact], ...]] = {
    **dict.fromkeys(("venue", "start", "status", "level", "round"), ()),
    **dict.fromkeys(("party", "delegate", "delegates", "head"), (Delegate,)),
    **dict.fromkeys(("event", "events"), _DATED),
    "deadline": (Deadline,),
    "any": (Fact,),
}
_VALUES: tuple[type[Fact], ...] = (Figure, Stake, *_DATED)


class Excluded(Struct, frozen=True, kw_only=True):
    """Words that no fact of the round may rest on; `must_not`: what would be wrong, every kind of fact if left out.

    Each entry begins with what it is about: `delegate X`, `event on 2031-01-20`, `venue X`; other entries are values.
    """

    reason: str
    support: list[Support]
    must_not: list[str] = []

    def forbids(self, fact: Fact) -> bool:
        if not self.must_not:
            return True
        return any(isinstance(fact, _FORBIDDEN.get(words.split()[0], _VALUES)) for words in self.must_not)


class MergedGold(Struct, frozen=True, kw_only=True):
    """The briefing that an editor made. `main_files`: the documents about this round, all where it is left out."""

    negotiation: MergedTalks
    sources: list[MergedSource] = []
    main_files: list[str] = []
    origin_groups: list[OriginGroup] = []
    delegations: list[MergedSide] = []
    deadlines: list[MergedDated] = []
    figures: list[MergedFigure] = []
    events: list[MergedDated] = []
    conflicts: list[MergedConflict] = []
    excluded: list[Excluded] = []

    @property
    def group_of(self) -> dict[str, str]:
        """The origin of each file that one is annotated for."""
        told = {one.file: one.independence_group for one in self.sources if one.independence_group}
        return told | {name: each.group for each in self.origin_groups for name in each.files}


class _Golds(Struct, frozen=True, kw_only=True):
    """Several briefings of one set of documents, where `briefings` is a list and no number."""

    briefings: list[MergedGold]


class _HowMany(Struct, frozen=True):
    briefings: Any = 1


class MergeFault(Struct, frozen=True, kw_only=True):
    """What is not as the editor has it; `what`: the fact or the conflict, in words."""

    fault: str
    what: str
    told: str | None = None


class MergeEvaluation(Struct, kw_only=True):
    """The score of merged briefings.

    `found`: annotated facts that a briefing has, of those that are `wanted`; `matched`: facts of briefings that tell
    an annotated one, of which `repeats` tell none that no other tells already, and `folded` several that differ.
    `conflicts_wanted`, `conflicts_found`, `conflicts_false`: disagreements. `origins_right`: documents that share
    their origin with exactly those that they should, of `documents`. `sides_right`, `dates_right`, `statuses_right`:
    of `rounds`. `excluded`: facts that rest on words of another matter.
    """

    rounds: int = 0
    briefings: int = 0
    wanted: int = 0
    found: int = 0
    matched: int = 0
    repeats: int = 0
    folded: int = 0
    excluded: int = 0
    conflicts_wanted: int = 0
    conflicts_found: int = 0
    conflicts_false: int = 0
    documents: int = 0
    origins_right: int = 0
    sides_right: int = 0
    dates_right: int = 0
    statuses_right: int = 0
    faults: Annotated[list[MergeFault], Meta(description="What is not as it should be, in words.")] = field(
        default_factory=list
    )


class _Wanted(Struct, frozen=True, kw_only=True):
    """An annotated fact as it is compared: its kind, where its words stand, and whether a fact says the same."""

    kind: type[Fact]
    what: str
    places: Mapping[str, Sequence[Span]]
    same: Callable[[Any], bool]
    must: bool


class _Files(Struct, frozen=True):
    """The documents of a round: the id and the text of each file."""

    ids: Mapping[str, str]
    texts: Mapping[str, str]

    def places(self, supports: Iterable[Support]) -> dict[str, list[Span]]:
        """Where quotes stand, by document id."""
        found: dict[str, list[Span]] = {}
        for support in supports:
            if support.file in self.ids:
                spans = find(self.texts[support.file], support.quote)
                found.setdefault(self.ids[support.file], []).extend(spans)
        return found


def read_merged(annotations: bytes) -> list[MergedGold]:
    """The editor's briefings of a `merged.json`: one, or a list under `briefings`. Raises msgspec.DecodeError."""
    if isinstance(json.decode(annotations, type=_HowMany).briefings, list):
        return json.decode(annotations, type=_Golds).briefings
    return [json.decode(annotations, type=MergedGold)]


def evaluate_merged(
    golds: Sequence[MergedGold], briefings: Sequence[Briefing], documents: Mapping[str, tuple[str, str]]
) -> MergeEvaluation:
    """The score of briefings against the editor's. `documents`: id and text of each by the name of its file.

    Each of the editor's is compared with the briefing that has most of its main documents for its own.
    """
    files = _Files(
        {name: id for name, (id, _) in documents.items()},
        {name: text for name, (_, text) in documents.items()},
    )
    total = MergeEvaluation(rounds=len(golds), briefings=len(briefings))
    left = list(briefings)
    for gold in golds:
        own = {files.ids[name] for name in gold.main_files if name in files.ids} or set(files.ids.values())
        best = max(left, key=lambda each: (len(own & own_documents(each)), each.id), default=None)
        if best is None:
            total.faults.append(
                MergeFault(fault="missing briefing", what=", ".join(gold.negotiation.parties))
            )
            total.wanted += sum(each.must for each in _wanted(gold, files))
            total.conflicts_wanted += sum(conflict.must for conflict in gold.conflicts)
            continue
        left.remove(best)
        _score_talks(total, gold.negotiation, best)
        _score_facts(total, gold, best, files)
        _score_conflicts(total, gold, best, files)
        _score_origins(total, gold, best, files)
    for more in left:
        total.faults.append(MergeFault(fault="one briefing too many", what=more.title))
    return total


def _score_talks(total: MergeEvaluation, gold: MergedTalks, briefing: Briefing) -> None:
    talks = briefing.negotiation
    sides = set(talks.parties) == set(gold.parties)
    total.sides_right += sides
    if not sides:
        total.faults.append(
            MergeFault(fault="wrong sides", what=", ".join(gold.parties), told=", ".join(talks.parties))
        )
    start = _edtf(talks.start)
    day = not gold.starts or any(dates_agree(each, start) for each in gold.starts)
    total.dates_right += day
    if not day:
        total.faults.append(MergeFault(fault="wrong start", what=gold.starts[0], told=start))
    status = gold.status is None or talks.status in {gold.status, *gold.status_accept}
    total.statuses_right += status
    if not status:
        total.faults.append(MergeFault(fault="wrong status", what=str(gold.status), told=talks.status))


def _score_facts(total: MergeEvaluation, gold: MergedGold, briefing: Briefing, files: _Files) -> None:
    wanted = list(_wanted(gold, files))
    telling: list[tuple[Fact, list[int]]] = []
    banned = [(each, files.places(each.support)) for each in gold.excluded]
    for fact in facts_of(briefing):
        told = [at for at, each in enumerate(wanted) if _tells(fact, each)]
        if told:
            telling.append((fact, told))
        elif any(each.forbids(fact) and _rests_on(_spoken(fact), places) for each, places in banned):
            total.excluded += 1
            total.faults.append(MergeFault(fault="of another matter", what=_shown(fact)))
        if len(told) > 1:
            total.folded += 1
            total.faults.append(
                MergeFault(
                    fault="several in one", what=" / ".join(wanted[at].what for at in told), told=_shown(fact)
                )
            )
    total.matched += len(telling)
    found = {at for _, told in telling for at in told}
    for at, each in enumerate(wanted):
        total.wanted += each.must
        total.found += each.must and at in found
        if each.must and at not in found:
            total.faults.append(MergeFault(fault="missing", what=each.what))
    for at in _again([told for _, told in telling]):
        fact, told = telling[at]
        total.repeats += 1
        total.faults.append(MergeFault(fault="told again", what=wanted[told[0]].what, told=_shown(fact)))


def _again(telling: Sequence[Sequence[int]]) -> list[int]:
    """The facts that are left over when as many as possible have an annotated one to themselves that they tell."""
    teller: dict[int, int] = {}

    def has_one(fact: int, tried: set[int]) -> bool:
        for told in telling[fact]:
            if told not in tried:
                tried.add(told)
                if told not in teller or has_one(teller[told], tried):
                    teller[told] = fact
                    return True
        return False

    return [fact for fact in range(len(telling)) if not has_one(fact, set())]


def _score_conflicts(total: MergeEvaluation, gold: MergedGold, briefing: Briefing, files: _Files) -> None:
    facts = {fact.id: fact for fact in facts_of(briefing)}
    wanted = [
        [files.places(one.support) for one in (*each.positions, *each.values)] for each in gold.conflicts
    ]
    found: set[int] = set()
    for conflict in briefing.conflicts:
        same = [at for at, positions in enumerate(wanted) if _disagree_alike(conflict, facts, positions)]
        found.update(same)
        if not same:
            total.conflicts_false += 1
            told = " / ".join(position.value for position in conflict.positions)
            total.faults.append(MergeFault(fault="no conflict", what=conflict.about, told=told))
    for at, each in enumerate(gold.conflicts):
        total.conflicts_wanted += each.must
        total.conflicts_found += each.must and at in found
        if each.must and at not in found:
            total.faults.append(MergeFault(fault="missing conflict", what=each.on))


def _disagree_alike(
    conflict: Conflict, facts: Mapping[str, Fact], positions: Sequence[Mapping[str, Sequence[Span]]]
) -> bool:
    """Whether positions of a conflict rest on the words of two positions or more that an editor told apart."""
    told = [
        {
            at
            for at, places in enumerate(positions)
            for id in position.fact_ids
            if id in facts and _rests_on(facts[id], places)
        }
        for position in conflict.positions
    ]
    return any(a and b and len(a | b) > 1 for a, b in combinations(told, 2))


def _score_origins(total: MergeEvaluation, gold: MergedGold, briefing: Briefing, files: _Files) -> None:
    """A document is right that shares its origin with exactly those that it should, of those at hand."""
    told = {source.document_id: source.origin_group for source in briefing.sources}
    wanted = {files.ids[name]: group for name, group in gold.group_of.items() if name in files.ids}
    both = told.keys() & wanted.keys()
    names = {id: name for name, id in files.ids.items()}
    for id in sorted(wanted, key=names.__getitem__):
        fellows = {other for other in both if id in told and told[other] == told[id]}
        total.documents += 1
        right = id in told and fellows == {other for other in both if wanted[other] == wanted[id]}
        total.origins_right += right
        if not right:
            shared = ", ".join(sorted(names[other] for other in fellows - {id})) or "nobody"
            said = f"with {shared}" if id in told else "not in the briefing"
            total.faults.append(MergeFault(fault="wrong origin", what=names[id], told=said))


def _wanted(gold: MergedGold, files: _Files) -> Iterator[_Wanted]:
    """Every annotated fact, kind after kind."""

    def row(kind: type[Fact], each: MergedFact, says: str, same: Callable[[Any], bool]) -> _Wanted:
        quote = each.support[0].quote if each.support else ""
        return _Wanted(
            kind=kind,
            what=f"{says}: {quote}",
            places=files.places(each.support),
            same=same,
            must=each.must and each.in_scope,
        )

    for figure in gold.figures:
        amount = GoldFigure(quote="", value=figure.value, unit=figure.unit)
        yield row(Figure, figure, f"{figure.value:g} {figure.unit}", partial(same_amount, amount))
    for kind, dated in ((Deadline, gold.deadlines), (Event, gold.events)):
        for one in dated:
            says = f"{kind.__name__.lower()} of {one.date_edtf or 'no day'}"
            yield row(kind, one, says, partial(_of_day, [one.date_edtf, *one.date_accept]))
    for side in gold.delegations:
        for member in side.members:
            says = f"{member.name} ({side.party})"
            yield row(Delegate, member, says, partial(_same_member, side.party, member.name))


def _of_day(days: Sequence[Edtf | None], fact: Deadline | Event) -> bool:
    return any(dates_agree(day, _edtf(fact.date)) for day in days)


def _same_member(party: str, name: str | None, fact: Delegate) -> bool:
    return fact.party == party and (name is None or bool(fact.name and same_person(fact.name, name)))


def _tells(fact: Fact, wanted: _Wanted) -> bool:
    return isinstance(fact, wanted.kind) and wanted.same(fact) and _rests_on(fact, wanted.places)


def _spoken(fact: Fact) -> Fact:
    """A fact by the words that are served as its own: a stake speaks in one sentence, whatever else proves it."""
    if not isinstance(fact, Stake):
        return fact
    return replace(fact, evidence=[e for e in fact.evidence if " ".join(e.exact.split()) == fact.summary][:1])


def _rests_on(fact: Fact, places: Mapping[str, Sequence[Span]]) -> bool:
    return any(
        proof.start < span.end and span.start < proof.end
        for proof in fact.evidence
        for span in places.get(proof.document_id, ())
    )


def _edtf(date: FuzzyDate | None) -> str | None:
    return date.edtf if date else None


def _shown(fact: Fact) -> str:
    match fact:
        case Figure():
            said = f"{fact.as_written}, {fact.subject}"
        case Deadline() | Event():
            said = f"{_edtf(fact.date)}, {fact.what}"
        case Delegate():
            said = f"{fact.name or fact.role} ({fact.party})"
        case _:
            said = fact.evidence[0].exact
    return f"{type(fact).__name__.lower()}: {said}"
