"""Which facts are of a round: not those of another round, nor what a page tells beside its talks."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from pipeline.briefings.comparison import clause_with
from pipeline.briefings.rounds import is_in_place, number_of_round
from pipeline.language.lexicons import any_of, lexicon
from pipeline.language.parties import mentions
from schemas import Delegate, Fact, Figure, Negotiation, Stake

_F = TypeVar("_F", bound=Fact)
_OF_TALKS = {"tariff_rate", "tariff_change", "commitment", "quota", "purchase", "investment"}
"""Measures that are of talks whatever their sentence says."""
_SIGNS = (
    lexicon.talks.matters,
    lexicon.talks.bargaining,
    lexicon.talks.trade,
    next(row.words for row in lexicon.talks.signs if row.name == "talks"),
)
"""Words that a sentence about talks has."""
_GOES_ON = re.compile(r"\b(?:it|they)\b", re.IGNORECASE)
"""Words of a sentence that goes on with another."""
_WHOLE = re.compile(r"[.!?][\"”’)]*\s*$")
_ORDINALS = lexicon.numbers.ordinals
_IN_ROUND = re.compile(
    rf"\b(?:in|at|of|after) (?:the|its|their) (?P<nth>{any_of(_ORDINALS)})\b(?! (?!round)[\w’'-])",
    re.IGNORECASE,
)
"""\"15% in the second round and 12% in the third\"."""


def of_round(facts: Iterable[_F], talks: Negotiation, elsewhere: Sequence[str]) -> list[_F]:
    """Facts without those that are of another round, or of no talks. `elsewhere`: where the rounds beside it met."""
    own = {member for party in talks.parties for member in (party, *_kin(party))}
    return [
        fact
        for fact in facts
        if not (_of_other_round(fact, talks, elsewhere) or _beside_the_talks(fact, own))
    ]


def _kin(party: str) -> Iterable[str]:
    """The members of a body, or the bodies that a country is a member of."""
    bodies = lexicon.parties.members
    return (*bodies.get(party, ()), *(body for body, members in bodies.items() if party in members))


def _of_other_round(fact: Fact, talks: Negotiation, elsewhere: Sequence[str]) -> bool:
    """Whether all that proves a figure, a stake or a seat is told of another round."""
    if not isinstance(fact, Figure | Stake | Delegate):
        return False
    number = number_of_round(talks.round)
    return all(_tells_of_other_round(fact, e.exact, number, talks.venue, elsewhere) for e in fact.evidence)


def _tells_of_other_round(
    fact: Fact, sentence: str, number: int | None, venue: str | None, elsewhere: Sequence[str]
) -> bool:
    if venue and is_in_place(sentence, venue):
        return False
    if any(is_in_place(sentence, place) for place in elsewhere):
        return True
    words = sentence
    if isinstance(fact, Figure):
        at = sentence.find(fact.as_written)
        behind = _IN_ROUND.search(sentence, max(at, 0))
        words = behind[0] if behind else clause_with(sentence, fact.as_written)
    told = {_ORDINALS[match["nth"].lower()] for match in _IN_ROUND.finditer(words)}
    return bool(told) and number is not None and number not in told


def _beside_the_talks(fact: Fact, own: set[str]) -> bool:
    """Whether one document alone tells a figure or a stake, in a sentence of no side of the talks and no trade.

    Items of a list may name neither, and so may the stakes of a topic of trade.
    """
    if not isinstance(fact, Figure | Stake) or len({e.document_id for e in fact.evidence}) > 1:
        return False
    if isinstance(fact, Stake) and fact.topic != "other":
        return False
    if not all(_WHOLE.search(e.exact) for e in fact.evidence):
        return False
    named = {mention.code for e in fact.evidence for mention in mentions(e.exact) if not mention.place}
    if named & own:
        return False
    if isinstance(fact, Figure):
        if any(mention.code not in own for mention in mentions(fact.subject)):
            return True
        if fact.measure in _OF_TALKS:
            return bool(named)
    return not any(words.search(e.exact) for e in fact.evidence for words in (*_SIGNS, _GOES_ON))
