"""Which facts are of a round: not those of another round, nor what a page tells beside its talks."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct

from pipeline.briefings.comparison import clause_with
from pipeline.briefings.rounds import Part, is_in_place, number_of_round
from pipeline.language.lexicons import any_of, lexicon
from pipeline.language.parties import mentions, with_kin
from schemas import Delegate, Fact, Figure, Negotiation, Stake, Statement

_F = TypeVar("_F", bound=Fact)
_PAIR = 2
"""Fewer sides than these deal with nobody of this round."""
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


class RoundScope(Struct, frozen=True):
    """What is of a round, and what tells that a fact is not.

    `own`: its sides, their bodies and members; `strangers`: by document, who else it takes for a side; `elsewhere`:
    where the rounds right before and after it met.
    """

    talks: Negotiation
    own: frozenset[str]
    strangers: Mapping[str, frozenset[str]]
    elsewhere: Sequence[str]

    @classmethod
    def of(cls, talks: Negotiation, parts: Iterable[Part], elsewhere: Sequence[str]) -> "RoundScope":
        own = with_kin(talks.parties)
        strangers = {part.id: frozenset(part.talks.parties) - own for part in parts}
        return cls(talks, own, strangers, elsewhere)

    def within(self, facts: Iterable[_F]) -> list[_F]:
        """Facts without those that are of another round, of the talks of others, or of none."""
        return [
            fact
            for fact in facts
            if not (self._of_other_round(fact) or self._of_strangers(fact) or self._beside_the_talks(fact))
        ]

    def _of_other_round(self, fact: Fact) -> bool:
        """Whether all that proves a figure, a stake or a seat is told of another round."""
        if not isinstance(fact, Figure | Stake | Delegate):
            return False
        return all(self._tells_of_other_round(fact, e.exact) for e in fact.evidence)

    def _tells_of_other_round(self, fact: Fact, sentence: str) -> bool:
        if self.talks.venue and is_in_place(sentence, self.talks.venue):
            return False
        if any(is_in_place(sentence, place) for place in self.elsewhere):
            return True
        words = sentence
        if isinstance(fact, Figure):
            at = sentence.find(fact.as_written)
            behind = _IN_ROUND.search(sentence, max(at, 0))
            words = behind[0] if behind else clause_with(sentence, fact.as_written)
        told = {_ORDINALS[match["nth"].lower()] for match in _IN_ROUND.finditer(words)}
        number = number_of_round(self.talks.round)
        return bool(told) and number is not None and number not in told

    def _of_strangers(self, fact: Fact) -> bool:
        """Whether one document tells it of somebody whom it takes for a side, and this round does not."""
        if isinstance(fact, Delegate | Statement) or len({e.document_id for e in fact.evidence}) > 1:
            return False
        return all(
            (named := _named(e.exact)) & self.strangers.get(e.document_id, frozenset())
            and len(named & self.own) < _PAIR
            for e in fact.evidence
        )

    def _beside_the_talks(self, fact: Fact) -> bool:
        """Whether one document alone tells a figure or a stake, in a sentence of no side of the talks and no trade.

        Items of a list may name neither, and so may the stakes of a topic of trade.
        """
        if not isinstance(fact, Figure | Stake) or len({e.document_id for e in fact.evidence}) > 1:
            return False
        if isinstance(fact, Stake) and fact.topic != "other":
            return False
        if not all(_WHOLE.search(e.exact) for e in fact.evidence):
            return False
        named = {code for e in fact.evidence for code in _named(e.exact)}
        if named & self.own:
            return False
        if isinstance(fact, Figure):
            if _named(fact.subject):
                return True
            if fact.measure in _OF_TALKS:
                return bool(named)
        return not any(words.search(e.exact) for e in fact.evidence for words in (*_SIGNS, _GOES_ON))


@lru_cache(maxsize=10_000)
def _named(text: str) -> frozenset[str]:
    """Whom a text names as more than a place."""
    return frozenset(mention.code for mention in mentions(text) if not mention.place)
