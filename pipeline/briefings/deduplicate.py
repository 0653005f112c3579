"""The same fact in several documents becomes one fact with all its evidence."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec

from pipeline.briefings.rounds import Part, day_of
from pipeline.language.commitments import claimed
from pipeline.language.dates import Context, resolve
from pipeline.language.folding import fold
from pipeline.language.names import same_person
from schemas import Deadline, Delegate, Event, Evidence, Figure, FuzzyDate, Stake, Statement, fuzzy_date
from schemas.facts import Fact

F = TypeVar("F", bound=Fact)
_FIRMNESS = ("confirmed", "reported", "claimed", "disputed")


def _documents(fact: Fact) -> set[str]:
    return {e.document_id for e in fact.evidence}


def _evidence(facts: Iterable[Fact]) -> list[Evidence]:
    spans = {(e.document_id, e.start, e.end): e for fact in facts for e in fact.evidence}
    return [spans[key] for key in sorted(spans)]


def combine(
    parts: Sequence[Sequence[F]], same: Callable[[F, F], bool], fold_in: Callable[[F, F], F]
) -> list[F]:
    """Facts of several documents, equal ones joined. Two facts of one document are never the same one."""
    merged: list[F] = []
    for facts in parts:
        for fact in facts:
            theirs = _documents(fact)
            known = next(
                (i for i, m in enumerate(merged) if not (theirs & _documents(m)) and same(m, fact)), None
            )
            if known is None:
                merged.append(fact)
            else:
                joined = fold_in(merged[known], fact)
                merged[known] = msgspec.structs.replace(
                    joined,
                    evidence=_evidence((merged[known], fact)),
                    certainty=min(merged[known].certainty, fact.certainty, key=_FIRMNESS.index),
                )
    return merged


def _finer(left: FuzzyDate, right: FuzzyDate) -> FuzzyDate:
    """The more exact of two dates that agree."""
    order = ("day", "week", "month", "quarter", "year", "unknown")
    return min(left, right, key=lambda d: (order.index(d.precision), d.basis != "explicit"))


def dates_agree(left: FuzzyDate, right: FuzzyDate) -> bool:
    """Some day is meant by both; unresolved words agree with the same words only."""
    if left.earliest and left.latest and right.earliest and right.latest:
        return left.earliest <= right.latest and right.earliest <= left.latest
    return left.edtf == right.edtf and left.text.casefold() == right.text.casefold()


def across(date: FuzzyDate, others: Iterable[FuzzyDate], start: FuzzyDate | None) -> FuzzyDate:
    """A date that its own document cannot fix, fixed by another document of the same round.

    Either the words, read in the year of another document's date, give that date; or they name the weekday on
    which the round is known to start.
    """
    if date.edtf is not None:
        return date
    for other in others:
        if other.edtf is None or other.earliest is None:
            continue
        read = resolve(date.text, Context(year=int(other.earliest[:4]), year_reason="another document"))
        if read.edtf == other.edtf and read.edtf is not None:
            return fuzzy_date(read.edtf, date.text, "cross_source", f"another document: {other.text}")
    day = day_of(start)
    if start and day and date.text.casefold().endswith(f"{day:%A}".casefold()):
        return fuzzy_date(
            day.isoformat(), date.text, "cross_source", f"the round starts on {day.isoformat()}"
        )
    return date


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in fold(text).replace("-", " ").split() if len(word) > 3)


def alike(left: str, right: str) -> float:
    """Share of words that two texts have in common (Jaccard)."""
    a, b = _words(left), _words(right)
    return len(a & b) / len(a | b) if a and b else 0.0


def deadlines(parts: Sequence[Part], start: FuzzyDate | None) -> list[Deadline]:
    known = [d.date for part in parts for d in part.readout.deadlines if d.date.edtf]
    read = [
        [msgspec.structs.replace(d, date=across(d.date, known, start)) for d in part.readout.deadlines]
        for part in parts
    ]

    def same(left: Deadline, right: Deadline) -> bool:
        return left.kind == right.kind and dates_agree(left.date, right.date)

    def fold_in(left: Deadline, right: Deadline) -> Deadline:
        conditions = {(c.kind, c.text): c for c in (*left.conditions, *right.conditions)}
        return msgspec.structs.replace(
            left,
            date=_finer(left.date, right.date),
            conditions=list(conditions.values()),
            consequence=left.consequence or right.consequence,
        )

    return combine(read, same, fold_in)


def events(parts: Sequence[Part], start: FuzzyDate | None) -> list[Event]:
    known = [e.date for part in parts for e in part.readout.events if e.date.edtf]
    read = [
        [msgspec.structs.replace(e, date=across(e.date, known, start)) for e in part.readout.events]
        for part in parts
    ]
    return combine(
        read,
        lambda a, b: dates_agree(a.date, b.date) and alike(a.what, b.what) >= 0.4,
        lambda a, b: msgspec.structs.replace(a, date=_finer(a.date, b.date), place=a.place or b.place),
    )


def _same_period(left: Figure, right: Figure) -> bool:
    return left.period is None or right.period is None or dates_agree(left.period, right.period)


def figures(parts: Sequence[Part]) -> list[Figure]:
    def same(left: Figure, right: Figure) -> bool:
        quantity = (left.value, left.value_high, left.unit) == (right.value, right.value_high, right.unit)
        return quantity and left.measure == right.measure and _same_period(left, right)

    def fold_in(left: Figure, right: Figure) -> Figure:
        return msgspec.structs.replace(
            left,
            period=left.period or right.period,
            direction=left.direction or right.direction,
            comparison_base=left.comparison_base or right.comparison_base,
            reported_by=left.reported_by or right.reported_by,
        )

    return combine([part.readout.figures for part in parts], same, fold_in)


@lru_cache(maxsize=10_000)
def _only_said(sentence: str) -> bool:
    """Whether a sentence has somebody say what another agreed to."""
    return claimed(" ".join(sentence.split())) is not None


def _voice(stake: Stake) -> str:
    """Whether a text tells it, somebody in it says so, or its headline does beyond its text."""
    if stake.evidence[0].region != "body":
        return "headline"
    return "somebody" if _only_said(stake.evidence[0].exact) else "text"


def stakes(parts: Sequence[Part]) -> list[Stake]:
    """One stake for each topic; what somebody only says, or a headline, is never folded into what texts tell."""

    def same(left: Stake, right: Stake) -> bool:
        voice = _voice(left)
        if voice != _voice(right):
            return False
        return alike(left.summary, right.summary) >= 0.5 if voice == "headline" else left.topic == right.topic

    def fold_in(left: Stake, right: Stake) -> Stake:
        firmer = min(left, right, key=lambda stake: _FIRMNESS.index(stake.certainty))
        wanted = [*left.positions, *(p for p in right.positions if p not in left.positions)]
        at_risk = left.at_risk or right.at_risk
        return msgspec.structs.replace(left, summary=firmer.summary, positions=wanted, at_risk=at_risk)

    return combine([part.readout.stakes for part in parts], same, fold_in)


def statements(parts: Sequence[Part]) -> list[Statement]:
    def same(left: Statement, right: Statement) -> bool:
        said = fold(left.text).rstrip(" .,'"), fold(right.text).rstrip(" .,'")
        return left.direct == right.direct and said[0] == said[1]

    return combine(
        [part.readout.statements for part in parts],
        same,
        lambda a, b: msgspec.structs.replace(a, role=a.role or b.role, channel=a.channel or b.channel),
    )


def delegates(parts: Sequence[Part]) -> list[Delegate]:
    people = [[m for d in part.readout.delegations for m in d.members] for part in parts]

    def fold_in(left: Delegate, right: Delegate) -> Delegate:
        fuller = max(left, right, key=lambda d: (len(d.name.split()), len(d.role), d.role))
        return msgspec.structs.replace(
            left,
            name=fuller.name,
            role=fuller.role,
            organisation=left.organisation or right.organisation,
            head=left.head or right.head,
        )

    return combine(people, lambda a, b: a.party == b.party and same_person(a.name, b.name), fold_in)
