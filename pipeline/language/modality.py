"""How firm a sentence is: its tense, its hedges and attributions, and what it denies."""

import re
from functools import lru_cache

from pipeline.language.dates import Tense
from pipeline.language.lexicons import lexicon
from schemas.vocabulary import Certainty

_MODALITY = lexicon.modality
_CLAUSE = re.compile(rf"[,;:—–“”\"()]|\s-\s|\b{lexicon.modality.conjunctions.any}\b")
_NOT_BEFORE = re.compile(rf"(?<!\w){_MODALITY.not_before.any}(?:\s+[\w’'-]+){{0,4}}\s*$", re.IGNORECASE)
_UNTRUE_BEFORE = re.compile(
    rf"(?<!\w){_MODALITY.untrue_before.any}(?:\s+[\w’'%$€£.-]+){{0,20}}\s*$", re.IGNORECASE
)
_NOT_AFTER = re.compile(rf"\W{{0,4}}\s*(?:[\w’']+\s+){{0,3}}{_MODALITY.not_after.any}", re.IGNORECASE)
_UNTRUE_AFTER = re.compile(
    rf"\W{{0,4}}\s*(?:[\w’'”\"]+\s+){{0,8}}{_MODALITY.untrue_after.any}", re.IGNORECASE
)


@lru_cache(maxsize=256)
def tense_of(sentence: str) -> Tense | None:
    """Whether a sentence looks ahead or back; looking ahead wins where it does both."""
    if _MODALITY.future.search(sentence):
        return "future"
    return "past" if _MODALITY.past.search(sentence) else None


@lru_cache(maxsize=256)
def certainty_of(sentence: str, official: bool = False) -> Certainty:
    """How firmly one source says it: hedged or put in somebody's mouth is `claimed`."""
    if _MODALITY.hedge.search(sentence) or _MODALITY.claim.search(sentence):
        return "claimed"
    return "confirmed" if official else "reported"


def denied(sentence: str, start: int, end: int) -> bool:
    """Whether a sentence, outside of `start` to `end`, says the opposite of what stands there."""
    before, after = _CLAUSE.split(sentence[:start])[-1], sentence[end:]
    return any(
        (
            _NOT_BEFORE.search(before),
            _UNTRUE_BEFORE.search(before),
            _NOT_AFTER.match(after),
            _UNTRUE_AFTER.match(after),
        )
    )


def absent(sentence: str) -> bool:
    """Whether a sentence tells who is not there."""
    return _MODALITY.absent.search(sentence) is not None
