"""Which facts an editor looks at first: what speaks against each, how such facts were decided about before, and how
much it matters.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from math import prod
from typing import Any, NamedTuple

from msgspec import Struct, defstruct
from msgspec.json import Decoder

from schemas import PastDecisions
from schemas.kinds import KINDS, Kind, briefing_with, facts_of_kind
from schemas.vocabulary import OPEN_DEADLINES, ReviewReason, Verdict

RISKS: dict[ReviewReason, float] = {
    "contradicted": 0.8,
    "disputed": 0.5,
    "quoted": 0.3,
    "hedged": 0.25,
    "overdue": 0.25,
    "one_origin": 0.1,
}
"""How likely an editor is to mend a fact for each reason, as long as few decisions tell."""
MENDED = 0.1
"""How likely that is of any fact."""
HELD = 10
"""So many decisions weigh as much as what is said above."""
LEAST, DUE = 0.2, 0.5
"""How much a fact matters that weighs nothing in its briefing, and one that falls due soon, of 1."""
SALIENT = 0.5
"""From where on a fact weighs much in its briefing."""
SOON = timedelta(days=14)
_Sort = tuple[str, str | None, str]
"""Facts that are read alike, by kind, word and proof, which tells whether code or a model read them."""


class WaitingFact(NamedTuple):
    """What is looked at of a fact. `word`: the measure of a figure, the kind of a deadline; `latest`: the last day that
    its date can be.
    """

    id: str
    kind: str
    word: str | None
    status: str | None
    certainty: str
    proof: str
    origins: int
    salience: float
    latest: date | None
    contradicted: bool = False


class Queued(NamedTuple):
    """A fact in the queue. `priority`: its place there, the highest first."""

    id: str
    priority: float
    reasons: list[ReviewReason]
    before: PastDecisions


class _Reviewed(Struct):
    contradicted: bool


class _Day(Struct):
    latest: date | None


class _Stored(Struct):
    """What is looked at of a fact in a briefing's JSON; besides, its `word`, `status` and `date`."""

    id: str
    certainty: str
    proof: str
    origins: int
    salience: float
    review: _Reviewed | None


def _stored(kind: Kind) -> Any:
    fields = {"word": kind.columns.get("word"), "status": kind.columns.get("status"), "date": kind.date}
    return defstruct(
        kind.name,
        [(name, (_Day if name == "date" else str) | None) for name, field in fields.items() if field],
        bases=(_Stored,),
        rename={name: field for name, field in fields.items() if field},
        namespace={name: None for name, field in fields.items() if not field},
    )


_FACTS = {kind.name: Decoder(_stored(kind)) for kind in KINDS}
_BRIEFING = Decoder(briefing_with(_stored))


def waiting_fact(kind: str, body: bytes) -> WaitingFact:
    """A fact of this kind, of its JSON."""
    return _waiting(kind, _FACTS[kind].decode(body))


def waiting_facts(body: bytes) -> Iterator[WaitingFact]:
    """The facts of a briefing, of its JSON."""
    briefing = _BRIEFING.decode(body)
    return (_waiting(kind.name, fact) for kind in KINDS for fact in facts_of_kind(briefing, kind))


def _waiting(kind: str, fact: Any) -> WaitingFact:
    return WaitingFact(
        id=fact.id,
        kind=kind,
        word=fact.word,
        status=fact.status,
        certainty=fact.certainty,
        proof=fact.proof,
        origins=fact.origins,
        salience=fact.salience,
        latest=fact.date and fact.date.latest,
        contradicted=fact.review is not None and fact.review.contradicted,
    )


class Experience:
    """What editors decided about facts before: how often those of a sort, and for a reason, had to be mended."""

    def __init__(self, decided: Iterable[tuple[WaitingFact, Verdict, date]]) -> None:
        """`decided`: facts as they were read when they were decided about, and when that was."""
        self._all: Counter[Any] = Counter()
        self._mended: Counter[Any] = Counter()
        for fact, verdict, day in decided:
            for one in ("", fact.kind, _sort(fact), *_reasons(fact, day)):
                self._all[one] += 1
                self._mended[one] += verdict in ("corrected", "rejected")

    def of(self, sort: _Sort) -> PastDecisions:
        """How decisions about facts of a sort came out; few of them lean on those about its kind, and on all."""
        rate = MENDED
        for one in ("", sort[0], sort):
            rate = self._rate(one, rate)
        return PastDecisions(decided=self._all[sort], mended=self._mended[sort], rate=round(rate, 2))

    def risk(self, reason: ReviewReason) -> float:
        """How likely a fact is wrong for this reason; what only makes it matter more says nothing of that."""
        return self._rate(reason, RISKS[reason]) if reason in RISKS else 0.0

    def _rate(self, of: Any, otherwise: float) -> float:
        return (self._mended[of] + HELD * otherwise) / (self._all[of] + HELD)


def review_queue(facts: Iterable[WaitingFact], experience: Experience, today: date) -> list[Queued]:
    """Those of which anything speaks against, the one first that is likeliest wrong and matters most."""

    @cache
    def judged(sort: _Sort, reasons: tuple[ReviewReason, ...]) -> tuple[float, PastDecisions] | None:
        """How likely such a fact is wrong; None where nothing speaks against it."""
        if RISKS.keys().isdisjoint(reasons):
            return None
        before = experience.of(sort)
        return _either(before.rate, *map(experience.risk, reasons)), before

    queued = []
    for fact in facts:
        reasons = tuple(_reasons(fact, today))
        if (judgement := judged(_sort(fact), reasons)) is None:
            continue
        wrong, before = judgement
        matters = _either(LEAST, fact.salience, DUE if "due_soon" in reasons else 0.0)
        queued.append(Queued(fact.id, round(wrong * matters, 4), list(reasons), before))
    return sorted(queued, key=lambda one: (-one.priority, one.id))


def _either(*shares: float) -> float:
    """How likely one at least is the case, of which each is so likely by itself."""
    return 1 - prod(1 - share for share in shares)


def _sort(fact: WaitingFact) -> _Sort:
    return fact.kind, fact.word, fact.proof


def _reasons(fact: WaitingFact, today: date) -> Iterator[ReviewReason]:
    due = fact.latest if fact.kind == "deadline" and fact.status in OPEN_DEADLINES else None
    if fact.contradicted:
        yield "contradicted"
    if fact.certainty == "disputed":
        yield "disputed"
    if fact.certainty == "claimed":
        yield "hedged"
    if fact.proof == "quoted":
        yield "quoted"
    if fact.origins == 1:
        yield "one_origin"
    if due is not None and due < today:
        yield "overdue"
    if due is not None and today <= due <= today + SOON:
        yield "due_soon"
    if fact.salience >= SALIENT:
        yield "salient"
