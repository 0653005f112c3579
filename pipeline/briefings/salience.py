"""What of a briefing an editor tells first: how much each fact weighs, the main days, the sentences that sum it up."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar

from pipeline.briefings import (
    FEWEST_ENTRIES,
    MOST_ENTRIES,
    OVERTAKEN,
    WEIGHT_OF_CONTENT,
    WEIGHT_OF_DISPUTE,
    WEIGHT_OF_HEADLINE,
    WEIGHT_OF_NEWS,
    WEIGHT_OF_ORIGINS,
)
from pipeline.briefings.comparison import act_of, documents_of, stems
from pipeline.briefings.identity import place
from pipeline.briefings.memory import Memory
from pipeline.briefings.rounds import Part, by_day, day_of, found_once
from schemas import (
    Deadline,
    Delegate,
    Event,
    Fact,
    Figure,
    Stake,
    TimelineEntry,
)
from schemas.kinds import facts_of
from schemas.vocabulary import OPEN_DEADLINES

_F = TypeVar("_F", bound=Fact)

# How much a fact weighs by what it tells, of 1.
_DUE = {
    "ultimatum": 1.0, "measure_expiry": 0.9, "entry_into_force": 0.9, "signing": 0.9, "meeting": 0.8,
    "ratification": 0.7, "target": 0.6, "review": 0.5,
}  # fmt: skip
_ACTS = {
    "agree": 1.0, "call off": 1.0, "end": 0.8, "meet": 0.8, "extend": 0.8, "ratify": 0.8, "impose": 0.7, "lift": 0.7,
}  # fmt: skip
"""What the sides did; what else happens tells less."""
_RATES = {"agreed": 1.0, "threatened": 0.9, "proposed": 0.8, "actual": 0.6}
_SCARCE = 0.4
"""What is told of by no word of these tables."""
_SAID = 0.3

_SENTENCE = re.compile(r"[^\W\d_a-z].*[.!?][\"”’]?", re.DOTALL)
_TELLING_MEASURES = {
    "tariff_rate", "commitment", "quota", "purchase", "investment", "trade_volume", "trade_value",
}  # fmt: skip


_salience = attrgetter("salience")


class _Alone(NamedTuple):
    """What of a fact's weight no other fact moves, and the documents that tell it.

    `share`: how much of its weight is left it.
    """

    fact: Fact
    documents: frozenset[str]
    content: float
    in_headlines: float
    share: float


class Weights:
    """How much facts weigh: by what they tell, their origins, the headlines, and how new they are.

    `origins`: of how many the documents are. A fact that was weighed in the last merge is not read again, unless one
    of the documents has been.
    """

    def __init__(self, parts: Sequence[Part], origins: int, memory: Memory) -> None:
        self._parts = {part.id: part for part in parts}
        self._origins = origins
        self._last: Mapping[int, _Alone]
        self._last, self._now = memory.of_parts(Weights, self._parts)
        days = {part.id: part.published_by for part in parts}
        last = max(days.values(), default="")
        self._latest = {document for document, day in days.items() if day == last != ""}

    def of(self, fact: Fact, in_conflict: bool) -> float:
        alone = self._now[id(fact)] = self._last.get(id(fact)) or self._alone(fact)
        sum_ = (
            alone.content
            + WEIGHT_OF_ORIGINS * (fact.origins / self._origins if self._origins > 1 else 0)
            + alone.in_headlines
            + WEIGHT_OF_NEWS * (not self._latest.isdisjoint(alone.documents))
            + WEIGHT_OF_DISPUTE * in_conflict
        )
        return round(min(sum_ * alone.share, 1.0), 2)

    def _alone(self, fact: Fact) -> _Alone:
        documents = documents_of(fact.evidence)
        headlines = {id: _in_headline(self._parts[id]) for id in documents}
        told = max(headlines[e.document_id][e.start, e.end] for e in fact.evidence)
        return _Alone(
            fact,
            frozenset(documents),
            WEIGHT_OF_CONTENT * _content(fact),
            WEIGHT_OF_HEADLINE * told,
            OVERTAKEN if _is_overtaken(fact) else 1.0,
        )


@found_once
def _in_headline(part: Part) -> dict[tuple[int, int], float]:
    """How much of a document's title each span tells that its facts rest on."""
    title = stems(part.source.title or "")
    proofs = {(e.start, e.end): e.exact for fact in facts_of(part.readout) for e in fact.evidence}
    return {span: len(title & stems(exact)) / len(title) if title else 0.0 for span, exact in proofs.items()}


def by_salience(facts: Iterable[_F], fit: Callable[[_F], bool] | None = None) -> Iterator[_F]:
    """The facts that weigh most come first. Of many of which a few are taken, most are not looked at closely.

    `fit`: which are wanted, where not all are.
    """
    ranked = sorted(facts, key=_salience, reverse=True)
    for _, alike in groupby(ranked, key=_salience):
        yield from sorted(filter(fit, alike), key=place)


def _content(fact: Fact) -> float:
    match fact:
        case Deadline():
            return _DUE.get(fact.kind, _SCARCE)
        case Event():
            return _ACTS.get(act_of(fact) or "", _SCARCE)
        case Figure():
            return _RATES.get(fact.status, _SCARCE) if fact.measure in _TELLING_MEASURES else _SAID
        case Stake():
            return 0.8 if fact.positions else 0.6
        case Delegate():
            return 0.8 if fact.head else _SCARCE
        case _:
            return _SAID


def _is_overtaken(fact: Fact) -> bool:
    return isinstance(fact, Deadline) and fact.status not in {"pending", "met"}


def timeline(events: Sequence[Event], deadlines: Iterable[Deadline]) -> list[TimelineEntry]:
    """The main days of the talks, of the past and to come, in order; what two facts tell of one time is one entry.

    What the sides did and what falls due; what else happened only where there is too little of that.
    """
    due = (one for one in deadlines if one.status in OPEN_DEADLINES)
    held = [event for event in events if event.status != "postponed"]
    main: list[Event | Deadline] = [*(event for event in held if act_of(event) in _ACTS), *due]
    rest: list[Event | Deadline] = [event for event in held if act_of(event) not in _ACTS]
    told: list[Event | Deadline] = []
    for facts, most in ((main, MOST_ENTRIES), (rest, FEWEST_ENTRIES)):
        ranked = by_salience(facts)
        while len(told) < most and (fact := next(ranked, None)):
            if day_of(fact.date) is not None and not any(_one_entry(fact, known) for known in told):
                told.append(fact)
    told.sort(key=lambda fact: (by_day(fact.date), place(fact)))
    return [TimelineEntry(date=one.date, what=one.what, fact_ids=[one.id]) for one in told if one.date]


def _one_entry(left: Event | Deadline, right: Event | Deadline) -> bool:
    """Whether two facts tell of the same done or due at one time."""
    if left.date is None or right.date is None:
        return False
    first, second = sorted((left.date, right.date), key=lambda date: date.earliest or "")
    return (second.earliest or "") <= (first.latest or "") and _matter(left) == _matter(right)


def _matter(fact: Event | Deadline) -> str | None:
    """What is done on a day, whether it is told as done or as due."""
    act = act_of(fact)
    if act is None and isinstance(fact, Deadline):
        return {"meeting": "meet", "signing": "agree"}.get(fact.kind, fact.kind)
    return "meet" if act == "end" else act
