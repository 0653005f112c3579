"""How firm a sentence is: whether it looks ahead or back, hedges, or puts words in somebody's mouth."""

from pipeline.language.dates import Tense
from pipeline.language.lexicon import words
from schemas.vocabulary import Certainty


def tense_of(sentence: str) -> Tense | None:
    """Whether a sentence looks ahead or back; looking ahead wins where it does both."""
    if words("cues", "future").search(sentence):
        return "future"
    return "past" if words("cues", "past").search(sentence) else None


def certainty_of(sentence: str, official: bool = False) -> Certainty:
    """How firmly one source says it: hedged or put in somebody's mouth is `claimed`."""
    if words("cues", "hedge").search(sentence) or words("cues", "claim").search(sentence):
        return "claimed"
    return "confirmed" if official else "reported"
