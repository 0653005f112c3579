"""How well documents were read, against what an annotator found in them: what is missing, wrong or made up.

An annotation names a fact by words of its document, so that it holds however a fact is told. Two of one fact are no
fault, and background that its annotator marked is neither asked for nor held against a reader. Nor are facts of which
nobody says anything, where a document is annotated in parts.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from pipeline.documents.document import Span
from pipeline.language.matching import find
from pipeline.language.people import same_person
from schemas import (
    Deadline,
    Delegate,
    DocumentReadout,
    Fact,
    Figure,
    Stake,
    Statement,
    Usage,
    proofs_of,
    used_together,
)
from schemas.dates import Edtf, bounds
from schemas.kinds import KINDS, Kind, facts_of_kind

_CLOSE = 0.005
"""Share of a value by which another may differ from it: a rounding, no other number."""
_UNITS = {
    "percent": "%",
    "percentage_points": "[pp]",
    **dict.fromkeys(("", "units", "count", "people", "other"), "1"),
    "days": "d",
    "weeks": "wk",
    "months": "mo",
    "years": "a",
    "tonnes": "t",
}
"""What annotators write for units."""
_MONEY = re.compile(r"[A-Z]{3}(?:/|$)")
_NO_DAY = "no day"
_LONGER = {"a": ("mo", 12), "wk": ("d", 7)}


class GoldFact(Struct, frozen=True, kw_only=True):
    """Something that a document says. `quote`: words of it that say so.

    `in_scope`: false for background; `must`: false for what a reader may leave out; `holds`: false for what is not so,
    which nobody may tell.
    """

    quote: str
    in_scope: bool = True
    must: bool = True
    holds: bool = True


class GoldFigure(GoldFact, frozen=True, kw_only=True):
    """A quantity. `unit`: UCUM or ISO 4217, as in a readout."""

    value: float
    unit: str


class GoldDeadline(GoldFact, frozen=True, kw_only=True):
    """What falls due; `date_edtf`: null where nothing fixes the day; `past`: it was over when the text appeared."""

    date_edtf: Edtf | None = None
    past: bool | None = None


class GoldMember(GoldFact, frozen=True, kw_only=True):
    """Who sits for a side. `head`: whether this one leads it, null where nobody says."""

    name: str | None
    head: bool | None = None


class GoldSide(Struct, frozen=True, kw_only=True):
    """A delegation; `party`: its code."""

    party: str
    members: list[GoldMember]


class GoldQuotation(Struct, frozen=True, kw_only=True):
    """Words between quotation marks and who says them, null where nobody does."""

    text: str
    speaker: str | None
    holds: bool = True


class GoldTalks(Struct, frozen=True, kw_only=True):
    """Whether the document is about trade talks, and whose."""

    is_negotiation: bool = True
    parties: list[str] = []


class Gold(Struct, frozen=True, kw_only=True):
    """What an annotator found in a document. A kind that is left out is not scored; `[]` says that there is none.

    `whole`: false where only some facts are annotated.
    """

    whole: bool = True
    published: str | None = None
    negotiation: GoldTalks = field(default_factory=GoldTalks)
    delegations: list[GoldSide] | None = None
    stakes: list[GoldFact] | None = None
    deadlines: list[GoldDeadline] | None = None
    figures: list[GoldFigure] | None = None
    quotes: list[GoldQuotation] | None = None


class Fault(Struct, frozen=True, kw_only=True):
    """A fact that is missing, or told and not so.

    `wanted` and `told`: what is annotated and what a readout has; `reason`: why a proposal of it was refused.
    """

    document: str
    kind: str
    quote: str
    wanted: str | None = None
    told: str | None = None
    reason: str | None = None


class Tally(Struct, kw_only=True):
    """Of one kind: facts annotated and found, facts told and right. Two that tell one annotation are both right."""

    wanted: int = 0
    found: int = 0
    told: int = 0
    right: int = 0

    @property
    def recall(self) -> float | None:
        return self.found / self.wanted if self.wanted else None

    @property
    def precision(self) -> float | None:
        return self.right / self.told if self.told else None

    @property
    def f1(self) -> float | None:
        if not self.wanted and not self.told:
            return None
        p, r = self.precision or 0.0, self.recall or 0.0
        return 2 * p * r / (p + r) if p + r else 0.0


class Evaluation(Struct, kw_only=True):
    """The score of a run over several documents.

    `wrong`: facts that rest on the words of an annotation and say something else than it does. `rejected`: those of
    `missing` that were proposed and refused. `whole`: documents that are annotated whole; `talks`: those of them of
    which it was told rightly whether they are about trade talks; `parties`: those whose parties are exactly right, of
    those about talks.
    """

    documents: int = 0
    whole: int = 0
    talks: int = 0
    about_talks: int = 0
    parties: int = 0
    kinds: dict[str, Tally] = field(default_factory=dict)
    missing: list[Fault] = []
    wrong: list[Fault] = []
    extra: list[Fault] = []
    ungrounded: Annotated[int, Meta(description="Spans that do not hold the document's own characters.")] = 0
    usage: Usage | None = None

    @property
    def rejected(self) -> list[Fault]:
        return [fault for fault in self.missing if fault.reason is not None]

    @property
    def f1(self) -> float | None:
        """The mean over the kinds that have one."""
        scores = [score for tally in self.kinds.values() if (score := tally.f1) is not None]
        return sum(scores) / len(scores) if scores else None


class _Wanted(Struct, frozen=True, kw_only=True):
    """An annotation as it is compared: where its words stand, and whether a fact says the same."""

    quote: str
    says: str
    spans: Sequence[Span]
    same: Callable[[Any], bool]
    asked: bool = True
    scope: bool = True
    holds: bool = True


def evaluate(read: Iterable[tuple[str, str, Gold, DocumentReadout]]) -> Evaluation:
    """The score of documents: the name of each, its text, what was annotated, and its readout."""
    total = Evaluation()
    for name, text, gold, readout in read:
        total.documents += 1
        about = gold.negotiation.is_negotiation
        total.whole += gold.whole
        total.talks += gold.whole and (readout.negotiation is not None) == about
        total.ungrounded += sum(_ungrounded(text, readout))
        total.usage = used_together(total.usage, readout.usage) if total.usage else readout.usage
        if gold.whole and about and readout.negotiation:
            total.about_talks += 1
            total.parties += set(readout.negotiation.parties) == set(gold.negotiation.parties)
        for kind in KINDS:
            wanted = _WANTED[kind.fact](text, gold) if kind.fact in _WANTED else None
            if wanted is not None or not about:
                _score(total, kind, name, list(wanted or ()) if about else [], readout, whole=gold.whole)
    return total


def _score(
    total: Evaluation,
    kind: Kind,
    name: str,
    wanted: Sequence[_Wanted],
    readout: DocumentReadout,
    *,
    whole: bool,
) -> None:
    tally = total.kinds.setdefault(kind.plural, Tally())
    found: set[int] = set()
    for fact in facts_of_kind(readout, kind):
        if isinstance(fact, Statement) and not fact.direct:
            continue
        own = [i for i, each in enumerate(wanted) if _at(fact, each.spans) or not each.spans]
        same = [i for i in own if wanted[i].same(fact)]
        if not any(wanted[i].scope for i in same) if same else not whole:
            continue
        tally.told += 1
        if right := [i for i in same if wanted[i].holds]:
            tally.right += 1
            found.update(right)
            continue
        near = next((wanted[i] for i in same or own if wanted[i].spans), None)
        fault = Fault(
            document=name,
            kind=kind.name,
            quote=fact.evidence[0].exact,
            wanted=_asked(near) if near else None,
            told=_says(fact),
        )
        (total.wrong if near else total.extra).append(fault)
    for i, each in enumerate(wanted):
        if each.asked and each.scope and each.holds:
            tally.wanted += 1
            tally.found += i in found
            if i not in found:
                reason = _refused(kind, each, readout)
                total.missing.append(
                    Fault(document=name, kind=kind.name, quote=each.quote, wanted=each.says, reason=reason)
                )


def _asked(wanted: _Wanted) -> str:
    return wanted.says if wanted.holds else f"not {wanted.says}"


def _refused(kind: Kind, wanted: _Wanted, readout: DocumentReadout) -> str | None:
    """Why what an annotation tells was not let through, where it was proposed."""
    for rejection in readout.rejected:
        if rejection.kind == kind.name and (
            find(rejection.quote, wanted.quote) or find(wanted.quote, rejection.quote)
        ):
            return rejection.reason
    return None


def _ungrounded(text: str, readout: DocumentReadout) -> Iterator[bool]:
    for kind in KINDS:
        for fact in facts_of_kind(readout, kind):
            yield from (text[proof.start : proof.end] != proof.exact for proof in proofs_of(fact))


def _at(fact: Fact, spans: Iterable[Span]) -> bool:
    return any(proof.start < span.end and span.start < proof.end for proof in fact.evidence for span in spans)


def _says(fact: Fact) -> str:
    match fact:
        case Figure():
            return f"{fact.value:g} {fact.unit}"
        case Deadline():
            return _day(fact) or (fact.date.text if fact.date else _NO_DAY)
        case Delegate():
            return f"{fact.name or fact.role} ({fact.party})"
        case Statement():
            return fact.speaker or "nobody"
        case Stake():
            return fact.topic
    return type(fact).__name__


def _figures(text: str, gold: Gold) -> Iterator[_Wanted] | None:
    if gold.figures is None:
        return None
    return (
        _wanted(text, each, f"{each.value:g} {each.unit}", partial(same_amount, each))
        for each in gold.figures
    )


def same_amount(gold: GoldFigure, fact: Figure) -> bool:
    """Whether two amounts are one, years as months, weeks as days; what a price or a count is for may be left out."""
    (value, unit), (told, of) = _plain(gold.value, gold.unit), _plain(fact.value, fact.unit)
    close = abs(abs(value) - abs(told)) <= max(abs(value) * _CLOSE, 1e-9)
    counts = unit == "1" and not _MONEY.match(fact.unit) and of not in {"%", "[pp]"}
    return close and (unit in {of, of.partition("/")[0]} or counts)


def _plain(value: float, unit: str) -> tuple[float, str]:
    named = _UNITS.get(unit.casefold(), unit)
    shorter, times = _LONGER.get(named, (named, 1))
    return value * times, shorter


def _deadlines(text: str, gold: Gold) -> Iterator[_Wanted] | None:
    if gold.deadlines is None:
        return None
    return (
        _wanted(
            text,
            each,
            each.date_edtf or _NO_DAY,
            partial(_same_day, each),
            asked=each.must and not each.past,
        )
        for each in gold.deadlines
    )


def dates_agree(gold: str | None, told: str | None) -> bool:
    """Whether a day is one, or lies within what is annotated, or that within a month that is told."""
    if gold is None or told is None:
        return gold is told
    (first, last), (begins, ends) = bounds(gold), bounds(told)
    if None in (first, last, begins, ends):
        return (first, last) == (begins, ends)
    assert first and last and begins and ends
    within = first <= begins and ends <= last
    return within or (begins <= first and last <= ends and f"{begins:%Y-%m}" == f"{ends:%Y-%m}")


def _same_day(gold: GoldDeadline, fact: Deadline) -> bool:
    return dates_agree(gold.date_edtf, _day(fact))


def _day(fact: Deadline) -> str | None:
    return fact.date.edtf if fact.date else None


def _stakes(text: str, gold: Gold) -> Iterator[_Wanted] | None:
    if gold.stakes is None:
        return None
    return (_wanted(text, each, "a stake", _any_stake) for each in gold.stakes)


def _any_stake(fact: Stake) -> bool:
    """What is at stake is told by the words alone: topics are the readers' own."""
    return True


def _delegates(text: str, gold: Gold) -> Iterator[_Wanted] | None:
    """Somebody named is known by name and side wherever the proof stands; who is not named, by the words."""
    if gold.delegations is None:
        return None
    return (
        _Wanted(
            quote=member.quote,
            says=f"{member.name or 'somebody'} ({side.party})",
            spans=() if member.name else find(text, member.quote),
            same=partial(_same_delegate, side.party, member),
            asked=member.must,
            scope=member.in_scope,
            holds=member.holds,
        )
        for side in gold.delegations
        for member in side.members
    )


def _same_delegate(party: str, gold: GoldMember, fact: Delegate) -> bool:
    if fact.party != party or gold.name is None:
        return fact.party == party
    return fact.name is not None and same_person(fact.name, gold.name)


def _statements(text: str, gold: Gold) -> Iterator[_Wanted] | None:
    if gold.quotes is None:
        return None
    return (
        _Wanted(
            quote=each.text,
            says=each.speaker or "nobody",
            spans=find(text, each.text),
            same=partial(_same_speaker, each),
            asked=each.speaker is not None,
            holds=each.holds,
        )
        for each in gold.quotes
    )


def _same_speaker(gold: GoldQuotation, fact: Statement) -> bool:
    return gold.speaker is not None and same_person(fact.speaker, gold.speaker)


def _wanted(
    text: str, gold: GoldFact, says: str, same: Callable[[Any], bool], asked: bool | None = None
) -> _Wanted:
    return _Wanted(
        quote=gold.quote,
        says=says,
        spans=find(text, gold.quote),
        same=same,
        asked=gold.must if asked is None else asked,
        scope=gold.in_scope,
        holds=gold.holds,
    )


_WANTED: dict[type[Fact], Callable[[str, Gold], Iterator[_Wanted] | None]] = {
    Figure: _figures,
    Deadline: _deadlines,
    Stake: _stakes,
    Delegate: _delegates,
    Statement: _statements,
}
