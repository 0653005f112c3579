"""Which facts are of a round: those that documents on other rounds tell of it; none of another round or of no talks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from pipeline.briefings import SAME_DAYS, SAME_NUMBER, SAME_PARTIES, SAME_VENUE
from pipeline.briefings.comparison import clause_with
from pipeline.briefings.memory import Memory
from pipeline.briefings.rounds import (
    MEETING_OVER,
    Fit,
    Part,
    day_of,
    found_once,
    is_in_place,
    number_of_round,
    total,
)
from pipeline.language.clauses import tense_of
from pipeline.language.lexicons import any_of, lexicon
from pipeline.language.parties import mentions, with_kin
from pipeline.language.quantities import find_quantities, is_money
from schemas import Deadline, Delegate, Event, Evidence, Fact, Figure, Negotiation, Stake, Statement
from schemas.kinds import KINDS, LISTED, Kind, facts_of_kind, kind_of

_F = TypeVar("_F", bound=Fact)
_PAIR = 2
"""Fewer sides than these deal with nobody of this round."""
_OF_TALKS = {"tariff_rate", "tariff_change", "commitment", "quota", "purchase", "investment"}
"""Measures that are of talks whatever their sentence says."""
_OF_ROUNDS = {Figure, Stake, Delegate}
"""Kinds that a document may tell of another round alone."""
_SIGNS = (
    lexicon.talks.matters,
    lexicon.talks.bargaining,
    lexicon.talks.trade,
    next(row.words for row in lexicon.talks.signs if row.name == "talks"),
)
"""Words that a sentence about talks has."""
_GOES_ON = re.compile(r"\b(?:it|they)\b", re.IGNORECASE)
"""Words of a sentence that goes on with another."""
_READER = re.compile(r"\byou(?:rs?)?\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"][^”\"]*[”\"]")
_OUTLAY = next(row.words for row in lexicon.figures.sums if row.name == "other")
_WHOLE = re.compile(r"[.!?][\"”’)]*\s*$")
_ORDINALS = lexicon.numbers.ordinals
_NTH = any_of(_ORDINALS)
_IN_ROUND = re.compile(
    rf"\b(?:in|at|of|after) (?:the|its|their) (?P<nth>{_NTH})\b(?! (?!rounds?\b|(?:and|but|or) (?!{_NTH}))[\w’'-])",
    re.IGNORECASE,
)
"""\"15% in the second round and 12% in the third\"."""
_ROUND = re.compile(rf"\b(?P<nth>{_NTH}) round\b", re.IGNORECASE)


class RoundScope(Struct, frozen=True):
    """What is of a round, and what tells that a fact is not.

    `own`: its sides, their bodies and members; `strangers`: by document, who else it takes for a side; `elsewhere`:
    where the rounds right before and after it met; `later`: documents that came after its end.
    """

    talks: Negotiation
    own: frozenset[str]
    strangers: Mapping[str, frozenset[str]]
    elsewhere: tuple[str, ...]
    later: frozenset[str]
    number: int | None

    @classmethod
    def of(cls, talks: Negotiation, parts: Sequence[Part], elsewhere: Sequence[str]) -> "RoundScope":
        own = with_kin(talks.parties)
        strangers = {part.id: frozenset(part.talks.parties) - own for part in parts}
        over = (talks.end or talks.start) if talks.status in MEETING_OVER else None
        later = frozenset(
            part.id for part in parts if over and over.latest and part.published_by > over.latest
        )
        return cls(talks, own, strangers, tuple(elsewhere), later, number_of_round(talks.round))

    def within(self, facts: Iterable[_F], memory: Memory) -> list[_F]:
        """Facts without those of the talks of others, or of none, that one document alone tells. What an editor added
        is of these.
        """
        kept = []
        for fact in facts:
            document = fact.evidence[0].document_id
            strangers = self.strangers.get(document, frozenset())
            shared = fact.evidence[-1].document_id != document
            if shared or fact.review or not memory.once(_is_beside, fact, beside=(self.own, strangers)):
                kept.append(fact)
        return kept

    def told_by(self, part: Part) -> dict[str, list[Any]]:
        """The facts of a document by kind, without figures, stakes and seats that it tells of another round alone."""
        return _of_round(part, self.talks.venue, self.number, self.elsewhere, part.id in self.later)


def _is_beside(fact: Fact, own: frozenset[str], strangers: frozenset[str]) -> bool:
    """Whether the one document that tells it tells it of others than the sides, or of no talks."""
    return _of_strangers(fact, own, strangers) or _beside_the_talks(fact, own)


def _of_strangers(fact: Fact, own: frozenset[str], strangers: frozenset[str]) -> bool:
    """Whether it is told of somebody whom its document takes for a side, and this round does not."""
    if isinstance(fact, Delegate | Statement):
        return False
    return all((named := _named(e.exact)) & strangers and len(named & own) < _PAIR for e in fact.evidence)


def _beside_the_talks(fact: Fact, own: frozenset[str]) -> bool:
    """Whether it is told in a sentence of no side of the talks and no trade, or to the reader.

    Items of a list may name neither, and so may the stakes of a topic of trade. What something cost somebody is
    beside the talks even where it names a side: "had rented silos in Ghana at a cost of $11 million".
    """
    if not all(_WHOLE.search(e.exact) for e in fact.evidence):
        return False
    named = {code for e in fact.evidence for code in _named(e.exact)}
    foreign = not any(words.search(e.exact) for e in fact.evidence for words in _SIGNS)
    goes_on = any(_GOES_ON.search(e.exact) for e in fact.evidence)
    to_reader = any(_READER.search(_QUOTED.sub("", e.exact)) for e in fact.evidence)
    match fact:
        case Figure() if _is_of_others(fact, own):
            return True
        case Figure() if not named & own:
            if fact.measure in _OF_TALKS:
                return bool(named)
            return foreign and (to_reader or not goes_on)
        case Figure(measure="other"):
            return foreign and fact.unit.isupper()
        case Stake(topic="other"):
            return foreign and not goes_on and not named & own
        case Stake(positions=[], at_risk=None):
            return foreign and any(_OUTLAY.search(e.exact) and _has_money(e.exact) for e in fact.evidence)
        case Deadline() | Event():
            return foreign and to_reader and not named & own
    return False


def _is_of_others(figure: Figure, own: frozenset[str]) -> bool:
    """Whether its subject, or its clause in each sentence, names somebody, and no side of the talks."""
    subjects = [figure.subject] if _named(figure.subject) else []
    clauses = [clause_with(" ".join(e.exact.split()), figure.as_written) for e in figure.evidence]
    return any(
        bool(told) and all(_named(words) and not _named(words) & own for words in told)
        for told in (subjects, clauses)
    )


@found_once
def _of_round(
    part: Part, venue: str | None, number: int | None, elsewhere: tuple[str, ...], later: bool
) -> dict[str, list[Any]]:
    def tells_of_other(fact: Fact, proof: Evidence) -> bool:
        if later and isinstance(fact, Delegate) and _is_to_come(proof):
            return True
        near = _near(fact, proof.exact)
        if venue and is_in_place(near, venue):
            return False
        if any(is_in_place(near, place) for place in elsewhere):
            return True
        told = _rounds_in(near)
        return bool(told) and number is not None and number not in told

    def is_kept(kind: Kind, fact: Fact) -> bool:
        return (
            kind.fact not in _OF_ROUNDS
            or fact.review is not None
            or not all(tells_of_other(fact, e) for e in fact.evidence)
        )

    return {
        kind.name: [fact for fact in facts_of_kind(part.readout, kind) if is_kept(kind, fact)]
        for kind in KINDS
    }


def _is_to_come(proof: Evidence) -> bool:
    """Whether a document tells it of a day to come."""
    return tense_of(" ".join(proof.exact.split())) == "future"


def share(part: Part, talks: Negotiation) -> tuple[Part, Fit] | None:
    """What a document about another round tells of this one: facts that name its venue or number, or fall on its days.

    Who sits at the other table is not carried over.
    """
    elsewhere = talks.venue if (talks.venue or "").casefold() != (part.talks.venue or "").casefold() else None
    return _told_of(part, elsewhere, number_of_round(talks.round), day_of(talks.start), day_of(talks.end))


@found_once
def _told_of(
    part: Part, elsewhere: str | None, number: int | None, first: date | None, last: date | None
) -> tuple[Part, Fit] | None:
    def falls_on_day(fact: Any) -> bool:
        day = day_of(fact.date) if kind_of(fact).dated else None
        return bool(first and day and first <= day <= (last or first))

    def names_venue(fact: Any) -> bool:
        dated = kind_of(fact).dated and day_of(fact.date) is not None
        return elsewhere is not None and _is_told_in(fact, elsewhere) and (falls_on_day(fact) or not dated)

    def names_number(fact: Fact) -> bool:
        return number is not None and any(_rounds_in(_near(fact, e.exact)) == {number} for e in fact.evidence)

    signs = (
        (SAME_VENUE, f"tells of {elsewhere}, where this round met", names_venue),
        (SAME_DAYS, "tells of a day of this round", falls_on_day),
        (SAME_NUMBER, f"tells of round {number}", names_number),
    )
    lists: dict[str, list[Any]] = {
        kind.plural: [
            fact for fact in facts_of_kind(part.readout, kind) if any(tells(fact) for _, _, tells in signs)
        ]
        for kind in LISTED
    }
    facts = [fact for shared in lists.values() for fact in shared]
    if not facts:
        return None
    told = [(weight, reason) for weight, reason, tells in signs if any(map(tells, facts))]
    fit = total([(SAME_PARTIES, "same parties"), *told])
    return Part(replace(part.readout, delegations=[], **lists), part.source), fit


def _is_told_in(fact: Fact, place: str) -> bool:
    return any(is_in_place(_near(fact, e.exact), place) for e in fact.evidence)


def _near(fact: Fact, sentence: str) -> str:
    """The words of a sentence that tell of which round a fact is: of a value, no clause behind its own."""
    if isinstance(fact, Figure):
        return _near_value(sentence, fact.as_written)
    if isinstance(fact, Deadline | Event) and fact.date:
        return clause_with(sentence, fact.date.text)
    return sentence


@lru_cache(maxsize=10_000)
def _near_value(sentence: str, value: str) -> str:
    behind = _IN_ROUND.search(sentence, max(sentence.find(value), 0))
    clause = clause_with(sentence, value)
    return behind[0] if behind else sentence[: sentence.find(clause) + len(clause)]


@lru_cache(maxsize=10_000)
def _rounds_in(text: str) -> frozenset[int]:
    """The numbers of the rounds that a text names."""
    return frozenset(
        _ORDINALS[match["nth"].lower()] for words in (_IN_ROUND, _ROUND) for match in words.finditer(text)
    )


def _has_money(text: str) -> bool:
    return any(map(is_money, find_quantities(text)))


@lru_cache(maxsize=10_000)
def _named(text: str) -> frozenset[str]:
    """Whom a text names as more than a place."""
    return frozenset(mention.code for mention in mentions(text) if not mention.place)
