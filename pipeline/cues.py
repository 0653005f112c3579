"""Words that say how firm a sentence is: tense, hedges, claims, negation."""

import re

from pipeline.datewords import Tense
from schemas.vocabulary import Certainty

_FUTURE = re.compile(
    r"\b(?:will|shall|would|is|are|was|were)?\s*(?:set|slated|scheduled|due|expected|poised|planned|likely|about) to\b"
    r"|\b(?:will|shall|won[’']t|expects?|plans?|aims?|intends?|hopes?|upcoming|forthcoming|until|by the end|deadline"
    r"|expires?|ends? (?:in|on)|lapses?|takes effect|due (?:on|in|by|for)|scheduled|slated|expected|starting|effective"
    r"|no later than|ahead of|target(?:s|ing|ed)?|going to|next)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:said|told|was|were|had|has|have|agreed|announced|held|met|signed|began|concluded|spoke|speaking|reached"
    r"|launched|confirmed|ended|expired|took|came|fell|rose|grew|dropped|ago|yesterday|last|earlier|recent(?:ly)?|struck)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:reportedly|allegedly|apparently|claim(?:s|ed)?|may|might|could|possib(?:le|ly|ility)|suggests?|sources? (?:said|familiar)"
    r"|according to (?:sources?|people|officials)|rumou?red|purported(?:ly)?|is said to|are said to|seen (?:by some )?as)\b",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:said|says|told|claim(?:s|ed)?|insist(?:s|ed)?|assert(?:s|ed)?|announced|warned|signal(?:s|led|ed)|threaten(?:s|ed)?)\b"
    r"(?:\s+[\w’'-]+){0,6}?\s+(?:that\s|had\b|has\b|have\b|it\b|would\b|will\b)",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|no|never|without|neither|nor|cannot|\w+n[’']t)\b", re.IGNORECASE)


def tense_of(sentence: str) -> Tense | None:
    """Whether a sentence looks ahead or back; looking ahead wins where it does both."""
    if _FUTURE.search(sentence):
        return "future"
    return "past" if _PAST.search(sentence) else None


def certainty_of(sentence: str, official: bool = False) -> Certainty:
    """How firmly one source says it: hedged or put in somebody's mouth is `claimed`."""
    if _HEDGE.search(sentence) or _CLAIM.search(sentence):
        return "claimed"
    return "confirmed" if official else "reported"


def negated(sentence: str) -> bool:
    return bool(_NOT.search(sentence))
