"""What the clause says that a place stands in: its verb, the verb's tense, how firm it is, and what it denies.

The parse says which verb governs a place and in what tense; words of the lexicon, what they do to what they govern.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from spacy.tokens import Span as Tokens
from spacy.tokens import Token

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

_VERBS = {"VERB", "AUX"}
_HELPERS = {"aux", "auxpass"}
_PRESENT, _PAST = {"VBZ", "VBP"}, {"VBD"}


def tokens_at(tokens: Tokens, start: int, end: int) -> Tokens | None:
    """The tokens that cover `start` to `end`, counted as `idx` is; None outside of the text that was parsed."""
    found: Tokens | None = tokens.doc.char_span(start, end, alignment_mode="expand")
    return found


def governor(token: Token) -> Token | None:
    """The nearest verb that a token is, or stands under; None in a sentence without one."""
    return next((word for word in (token, *token.ancestors) if word.pos_ in _VERBS), None)


def helpers(verb: Token) -> Iterator[Token]:
    """The auxiliaries of a verb, in order: "will", "have", "been"; also the "to" of an infinitive."""
    return (child for child in verb.children if child.dep_ in _HELPERS)


def tense(verb: Token) -> Tense | None:
    """Whether what a verb tells lies ahead or back. The present looks ahead, as a date beside it does.

    What has no tense of its own ("will meet and sign", "speaking on Monday") has that of the verb above it.
    """
    helping = list(helpers(verb))
    tags = {word.tag_ for word in helping}
    perfect = verb.tag_ == "VBN" and any(word.lower_ in _MODALITY.perfect for word in helping)
    if "MD" in tags or "TO" in tags:
        realised = "TO" in tags and verb.dep_ == "xcomp" and _MODALITY.realised.search(verb.head.text)
        if realised and (above := governor(verb.head)):
            return tense(above)
        return "past" if perfect else "future"
    if _planned(verb):
        return "future"
    if perfect or verb.tag_ in _PAST or tags & _PAST:
        return "past"
    if verb.tag_ in _PRESENT or tags & _PRESENT:
        return "future"
    if verb.tag_ == "VBN" and verb.dep_ != "conj":
        return "past"
    above = governor(verb.head) if verb.head != verb else None
    return tense(above) if above is not None else None


def _planned(verb: Token) -> bool:
    """Whether a verb says that something is planned: "scheduled for", "was due on"."""
    words = (verb, *(child for child in verb.children if child.dep_ in {"acomp", "oprd"}))
    return any(_MODALITY.planned.fullmatch(word.text) for word in words)


def tense_at(tokens: Tokens, start: int, end: int) -> Tense | None:
    """The tense of the verb that governs `start` to `end`, counted as `idx` is."""
    place = tokens_at(tokens, start, end)
    verb = governor(place.root) if place is not None else None
    return tense(verb) if verb is not None else None


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
