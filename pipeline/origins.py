"""How many independent origins stand behind documents: copies and rewrites of one story count once."""

from collections.abc import Sequence
from itertools import combinations

import msgspec

from pipeline.fold import fold
from pipeline.rounds import Part
from schemas import Source

_LONG_QUOTE = 12


def _long_quotes(part: Part) -> set[str]:
    """Direct speech of at least a dozen words: two stories seldom print the same by chance."""
    said = (fold(s.text) for s in part.readout.statements if s.direct and len(s.text.split()) >= _LONG_QUOTE)
    return {words.rstrip(" .,'") for words in said}


def _one_story(left: Part, right: Part) -> bool:
    """They print the same long quotation and name the same agency."""
    shared = _long_quotes(left) & _long_quotes(right)
    return bool(shared) and bool(set(left.source.cites) & set(right.source.cites))


def sources_of(parts: Sequence[Part]) -> list[Source]:
    """The sources of a round, with `origin_group` shared by documents that tell one story."""
    groups = list(range(len(parts)))
    for i, j in combinations(range(len(parts)), 2):
        if _one_story(parts[i], parts[j]):
            low, high = sorted((groups[i], groups[j]))
            groups = [low if g == high else g for g in groups]
    names = {g: f"o{n}" for n, g in enumerate(dict.fromkeys(groups), start=1)}
    return [
        msgspec.structs.replace(part.source, origin_group=names[g])
        for part, g in zip(parts, groups, strict=True)
    ]
