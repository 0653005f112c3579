"""Blocking keys: which rounds a document is compared with at all, so that work grows with the round alone."""

from itertools import combinations

from msgspec import Struct

from pipeline.briefings.rounds import SAME_ROUND, Part, when

_BUCKET = SAME_ROUND.days
_MOST_SIDES = 8


class Keys(Struct, frozen=True):
    """`index`: the keys that a round has by this document. `search`: those under which its round may be."""

    index: frozenset[str]
    search: frozenset[str]


def keys_of(part: Part) -> Keys:
    """Each two parties, with the time in slices of a round's length, with the venue, or without either.

    Two documents that one round can hold find each other: days that are close enough lie in the same slice or
    in neighbouring ones, and a document without a day is looked for by venue, or by its parties alone.
    """
    sides = sorted(set(part.talks.parties))[:_MOST_SIDES]
    pairs = ["+".join(pair) for pair in combinations(sides, 2)]
    day = when(part)
    venue = (part.talks.venue or "").casefold()
    index, search = set(pairs), set()
    for pair in pairs:
        index.add(f"{pair}@{day.toordinal() // _BUCKET if day else 'undated'}")
        index.add(f"{pair}@{venue}")
        search.add(f"{pair}@undated")
        if day:
            slice_ = day.toordinal() // _BUCKET
            search.update(f"{pair}@{near}" for near in (slice_ - 1, slice_, slice_ + 1))
        else:
            search.update((f"{pair}@{venue}", f"{pair}@") if venue else (pair,))
    return Keys(frozenset(index), frozenset(search))
