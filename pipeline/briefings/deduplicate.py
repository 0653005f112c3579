"""The same fact in several documents becomes one fact with all its evidence.

`EQUALITY` says of each kind when two facts are one and what each adds to the other. A kind that is not in it is told
equal by all that it says, and takes from its double what it leaves open.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from pipeline.briefings.rounds import Part, day_of
from pipeline.briefings.weights import ALIKE_EVENTS, ALIKE_HEADLINES
from pipeline.language.commitments import claimed
from pipeline.language.dates import Context, resolve
from pipeline.language.matching import fold
from pipeline.language.people import same_person
from schemas import Deadline, Delegate, Event, Evidence, Fact, Figure, FuzzyDate, Stake, Statement, fuzzy_date
from schemas.kinds import Kind, facts_of_kind, kind_of

_F = TypeVar("_F", bound=Fact)
_FIRMNESS = ("confirmed", "reported", "claimed", "disputed")
_FINENESS = ("day", "week", "month", "quarter", "year", "unknown")
_SHARED = frozenset(Fact.__struct_fields__)


def deduplicate(kind: Kind, parts: Sequence[Part], start: FuzzyDate | None) -> list[Any]:
    """The facts of one kind in all documents of a round that starts then, equal ones joined.

    Two facts of one document are never the same one.
    """
    equality = equality_of(kind.name)
    merged: list[Any] = []
    for facts in _readings(kind, parts, start):
        for fact in facts:
            documents = _documents(fact)
            at = next(
                (
                    i
                    for i, known in enumerate(merged)
                    if not (documents & _documents(known)) and equality.same(known, fact)
                ),
                None,
            )
            if at is None:
                merged.append(fact)
            else:
                merged[at] = _join(merged[at], fact, equality)
    return merged


class Equality(Struct, frozen=True):
    """When two facts of a kind are one. `fold`: the first of two, with what the second adds to its content.

    `lasts`: whether a fact is the one that rested on the same sentence before.
    """

    same: Callable[[Any, Any], bool]
    fold: Callable[[Any, Any], Any]
    lasts: Callable[[Any, Any], bool] = lambda old, new: True


def equality_of(kind: str) -> Equality:
    return EQUALITY.get(kind, _PLAIN)


def alike(left: str, right: str) -> float:
    """Share of words that two texts have in common (Jaccard)."""
    a, b = _words(left), _words(right)
    return len(a & b) / len(a | b) if a and b else 0.0


def _join(known: _F, fact: _F, equality: Equality) -> _F:
    folded: _F = equality.fold(known, fact)
    return replace(
        folded,
        evidence=_evidence((known, fact)),
        certainty=min(known.certainty, fact.certainty, key=_FIRMNESS.index),
    )


def _documents(fact: Fact) -> set[str]:
    return {e.document_id for e in fact.evidence}


def _evidence(facts: Iterable[Fact]) -> list[Evidence]:
    spans = {(e.document_id, e.start, e.end): e for fact in facts for e in fact.evidence}
    return [spans[key] for key in sorted(spans)]


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in fold(text).replace("-", " ").split() if len(word) > 3)


# Dates


def _readings(kind: Kind, parts: Sequence[Part], start: FuzzyDate | None) -> list[list[Any]]:
    """The facts of each document, their days fixed by other documents where their own does not."""
    readings = [facts_of_kind(part.readout, kind) for part in parts]
    if not kind.dated:
        return readings
    known = [fact.date for facts in readings for fact in facts if fact.date.edtf]
    return [[replace(fact, date=_across(fact.date, known, start)) for fact in facts] for facts in readings]


def _across(date: FuzzyDate, others: Iterable[FuzzyDate], start: FuzzyDate | None) -> FuzzyDate:
    """A date that its own document cannot fix, fixed by another document of the same round.

    Either the words, read in the year of another document's date, give that date; or they name the weekday on
    which the round is known to start.
    """
    if date.edtf is not None:
        return date
    for other in others:
        if other.edtf is None or other.earliest is None:
            continue
        reading = resolve(date.text, Context(year=int(other.earliest[:4]), year_reason="another document"))
        if reading.edtf == other.edtf and reading.edtf is not None:
            return fuzzy_date(reading.edtf, date.text, "cross_source", f"another document: {other.text}")
    day = day_of(start)
    if start and day and date.text.casefold().endswith(f"{day:%A}".casefold()):
        return fuzzy_date(
            day.isoformat(), date.text, "cross_source", f"the round starts on {day.isoformat()}"
        )
    return date


def _dates_agree(left: FuzzyDate, right: FuzzyDate) -> bool:
    """Some day is meant by both; unresolved words agree with the same words only."""
    if left.earliest and left.latest and right.earliest and right.latest:
        return left.earliest <= right.latest and right.earliest <= left.latest
    return left.edtf == right.edtf and left.text.casefold() == right.text.casefold()


def _finer(left: FuzzyDate, right: FuzzyDate) -> FuzzyDate:
    """The more exact of two dates that agree."""
    return min(left, right, key=lambda date: (_FINENESS.index(date.precision), date.basis != "explicit"))


def _same_day(old: Deadline | Event, new: Deadline | Event) -> bool:
    return _dates_agree(old.date, new.date) or old.date.text == new.date.text


# Any kind


def _fill(left: _F, right: _F, *names: str) -> _F:
    """The first of two, with what it leaves open and the second says in these fields."""
    return replace(left, **{name: getattr(left, name) or getattr(right, name) for name in names})


def _content(fact: Fact) -> tuple[str, ...]:
    """The fields that a kind has beside those of every fact."""
    return tuple(name for name in fact.__struct_fields__ if name not in _SHARED)


def _says_the_same(left: Any, right: Any) -> bool:
    """Whether all that both say is equal, and their days agree."""
    kind = kind_of(left)
    both = [
        (getattr(left, name), getattr(right, name))
        for name in _content(left)
        if not (kind.dated and name == kind.date)
    ]
    agree = not kind.dated or _dates_agree(left.date, right.date)
    return agree and all(a == b for a, b in both if a is not None and b is not None)


def _fold_plain(left: Any, right: Any) -> Any:
    dates = {"date": _finer(left.date, right.date)} if kind_of(left).dated else {}
    return replace(_fill(left, right, *_content(left)), **dates)


_PLAIN = Equality(same=_says_the_same, fold=_fold_plain)


# Delegates


def _same_delegate(left: Delegate, right: Delegate) -> bool:
    return left.party == right.party and same_person(left.name, right.name)


def _fold_delegate(left: Delegate, right: Delegate) -> Delegate:
    fuller = max(left, right, key=lambda person: (len(person.name.split()), len(person.role), person.role))
    return replace(_fill(left, right, "organisation", "head"), name=fuller.name, role=fuller.role)


# Stakes: one for each topic; what somebody only says, or a headline, is never folded into what texts tell.


def _same_stake(left: Stake, right: Stake) -> bool:
    voice = _voice(left)
    if voice != _voice(right):
        return False
    if voice == "headline":
        return alike(left.summary, right.summary) >= ALIKE_HEADLINES
    return left.topic == right.topic


def _voice(stake: Stake) -> str:
    """Whether a text tells it, somebody in it says so, or its headline does beyond its text."""
    if stake.evidence[0].region != "body":
        return "headline"
    return "somebody" if _only_said(stake.evidence[0].exact) else "text"


@lru_cache(maxsize=10_000)
def _only_said(sentence: str) -> bool:
    """Whether a sentence has somebody say what another agreed to."""
    return claimed(" ".join(sentence.split())) is not None


def _fold_stake(left: Stake, right: Stake) -> Stake:
    firmer = min(left, right, key=lambda stake: _FIRMNESS.index(stake.certainty))
    positions = [*left.positions, *(p for p in right.positions if p not in left.positions)]
    return replace(_fill(left, right, "at_risk"), summary=firmer.summary, positions=positions)


# Deadlines and events


def _same_deadline(left: Deadline, right: Deadline) -> bool:
    return left.kind == right.kind and _dates_agree(left.date, right.date)


def _fold_deadline(left: Deadline, right: Deadline) -> Deadline:
    conditions = {(c.kind, c.text): c for c in (*left.conditions, *right.conditions)}
    return replace(
        _fill(left, right, "consequence"),
        date=_finer(left.date, right.date),
        conditions=list(conditions.values()),
    )


def _same_event(left: Event, right: Event) -> bool:
    return _dates_agree(left.date, right.date) and alike(left.what, right.what) >= ALIKE_EVENTS


def _fold_event(left: Event, right: Event) -> Event:
    return replace(_fill(left, right, "place"), date=_finer(left.date, right.date))


# Figures


def _quantity(figure: Figure) -> tuple[float, float | None, str]:
    return figure.value, figure.value_high, figure.unit


def _same_figure(left: Figure, right: Figure) -> bool:
    periods = left.period is None or right.period is None or _dates_agree(left.period, right.period)
    return _quantity(left) == _quantity(right) and left.measure == right.measure and periods


# Statements


def _same_statement(left: Statement, right: Statement) -> bool:
    texts = [fold(statement.text).rstrip(" .,'") for statement in (left, right)]
    return left.direct == right.direct and texts[0] == texts[1]


EQUALITY = {
    "delegate": Equality(
        same=_same_delegate,
        fold=_fold_delegate,
        lasts=lambda old, new: same_person(old.name, new.name),
    ),
    "stake": Equality(same=_same_stake, fold=_fold_stake, lasts=lambda old, new: old.topic == new.topic),
    "deadline": Equality(same=_same_deadline, fold=_fold_deadline, lasts=_same_day),
    "figure": Equality(
        same=_same_figure,
        fold=lambda left, right: _fill(left, right, "period", "direction", "comparison_base", "reported_by"),
        lasts=lambda old, new: _quantity(old) == _quantity(new),
    ),
    "statement": Equality(
        same=_same_statement, fold=lambda left, right: _fill(left, right, "role", "channel")
    ),
    "event": Equality(same=_same_event, fold=_fold_event, lasts=_same_day),
}
"""By the kind's name."""
