"""How firm a sentence is: whether it looks ahead or back, hedges, or puts words in somebody's mouth."""

from pipeline.language.dates import Tense
from pipeline.language.lexicons import lexicon
from schemas.vocabulary import Certainty


def tense_of(sentence: str) -> Tense | None:
    """Whether a sentence looks ahead or back; looking ahead wins where it does both."""
    if lexicon.modality.future.search(sentence):
        return "future"
    return "past" if lexicon.modality.past.search(sentence) else None


def certainty_of(sentence: str, official: bool = False) -> Certainty:
    """How firmly one source says it: hedged or put in somebody's mouth is `claimed`."""
    if lexicon.modality.hedge.search(sentence) or lexicon.modality.claim.search(sentence):
        return "claimed"
    return "confirmed" if official else "reported"
