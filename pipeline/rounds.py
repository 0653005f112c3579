"""Which documents belong to one round of talks, and what they say of it together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from pipeline.titles import name_of
from schemas import DocumentReadout, FuzzyDate, Negotiation, Source

_SAME_ROUND = timedelta(days=21)
_PROGRESS = (
    "unknown", "announced", "scheduled", "suspended", "in_progress", "concluded", "agreed_in_principle",
    "signed", "in_force", "lapsed",
)  # fmt: skip
_LEVELS = ("unknown", "technical", "ministerial", "leaders")


class Part(Struct, frozen=True):
    """One document's share in a briefing."""

    readout: DocumentReadout
    source: Source

    @property
    def talks(self) -> Negotiation:
        assert self.readout.negotiation is not None, "parts without talks belong to no round"
        return self.readout.negotiation


def day_of(when: FuzzyDate | None) -> date | None:
    """A day or a week as its first day; None for anything coarser."""
    if when is None or when.earliest is None or when.precision not in {"day", "week"}:
        return None
    return date.fromisoformat(when.earliest)


def _when(part: Part) -> date | None:
    return day_of(part.talks.start) or day_of(part.source.published)


def _compatible(left: Part, right: Part) -> bool:
    """Nothing that both say keeps them apart: the sides, the venue, the days."""
    a, b = left.talks, right.talks
    sides = set(a.parties), set(b.parties)
    if not (sides[0] <= sides[1] or sides[1] <= sides[0]):
        return False
    if a.venue and b.venue and a.venue.casefold() != b.venue.casefold():
        return False
    days = _when(left), _when(right)
    return days[0] is None or days[1] is None or abs(days[0] - days[1]) <= _SAME_ROUND


def _fullness(part: Part) -> int:
    return bool(part.talks.venue) * 2 + bool(day_of(part.talks.start)) + bool(part.source.published)


def group(parts: Iterable[Part]) -> list[list[Part]]:
    """Rounds: parts that are all compatible with one another, whatever order they come in.

    The parts that say most are placed first, so that one that says little cannot join two rounds into one.
    """
    rounds: list[list[Part]] = []
    for part in sorted(parts, key=lambda part: (-_fullness(part), part.readout.document.id)):
        home = next((r for r in rounds if all(_compatible(part, other) for other in r)), None)
        if home is None:
            rounds.append([part])
        else:
            home.append(part)
    return [sorted(r, key=lambda part: part.readout.document.id) for r in rounds]


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
    """What the documents of one round say of it together."""
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
