"""What the documents of one round say of it together."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.briefings.rounds import Part, day_of
from pipeline.language.naming import name_of
from schemas import FuzzyDate, Negotiation

_PROGRESS = (
    "unknown", "announced", "scheduled", "suspended", "in_progress", "concluded", "agreed_in_principle",
    "signed", "in_force", "lapsed",
)  # fmt: skip
_LEVELS = ("unknown", "technical", "ministerial", "leaders")


def _most_said(words: Iterable[str | None]) -> str | None:
    counts = Counter(word for word in words if word)
    return min(counts, key=lambda word: (-counts[word], word), default=None)


def start_of(parts: Sequence[Part]) -> FuzzyDate | None:
    """The finest date that most documents give; words that nothing fixes where no document gives a date."""
    dates = [part.talks.start for part in parts if part.talks.start]
    resolved = [d for d in dates if d.edtf]
    fine = [d for d in resolved if day_of(d)] or resolved or dates
    counts = Counter(d.edtf for d in fine)
    return min(fine, key=lambda d: (-counts[d.edtf], d.edtf or "", d.text), default=None)


def negotiation_of(parts: Sequence[Part]) -> Negotiation:
    """The round as a whole. Its neighbours in time are linked later."""
    talks = [part.talks for part in parts]
    parties = max((t.parties for t in talks), key=len)
    venue = _most_said(t.venue for t in talks)
    return Negotiation(
        name=name_of(parties, venue),
        parties=parties,
        venue=venue,
        round=_most_said(t.round for t in talks),
        start=start_of(parts),
        end=next((t.end for t in talks if t.end), None),
        level=max((t.level for t in talks), key=_LEVELS.index),
        status=max((t.status for t in talks), key=lambda s: _PROGRESS.index(s) if s in _PROGRESS else 0),
        prior_round=None,
        next_round=None,
    )
