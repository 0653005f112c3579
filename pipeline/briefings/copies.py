"""How many independent origins stand behind documents: copies and rewrites of one story count once."""

from collections.abc import Sequence
from itertools import combinations

import msgspec

from pipeline.briefings.rounds import Part
from pipeline.language.folding import fold
from schemas import Source
from schemas.facts import Fact

_LONG_QUOTE = 12
_SHINGLE = 4
_COPIED = 0.5


def _long_quotes(part: Part) -> set[str]:
    """Direct speech of at least a dozen words: two stories seldom print the same by chance."""
    said = (fold(s.text) for s in part.readout.statements if s.direct and len(s.text.split()) >= _LONG_QUOTE)
    return {words.rstrip(" .,'") for words in said}


def _shingles(part: Part) -> set[tuple[str, ...]]:
    """Runs of four words of the sentences that a document's own facts rest on; quoted speech is anybody's."""
    readout = part.readout
    facts: tuple[Sequence[Fact], ...] = (readout.stakes, readout.deadlines, readout.figures, readout.events)
    runs: set[tuple[str, ...]] = set()
    for sentence in {e.exact for kind in facts for fact in kind for e in fact.evidence}:
        words = fold(sentence).split()
        runs.update(tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))
    return runs


def _copied(left: set[tuple[str, ...]], right: set[tuple[str, ...]]) -> bool:
    """Most of what the shorter of two stories tells, the other tells in the same words."""
    return bool(left and right) and len(left & right) >= _COPIED * min(len(left), len(right))


def sources_of(parts: Sequence[Part]) -> list[Source]:
    """The sources of a round, with `origin_group` shared by documents that tell one story.

    One story: the same long quotation and the same agency named, or the same words for most of the facts.
    """
    groups = list(range(len(parts)))
    quotes, runs = [_long_quotes(part) for part in parts], [_shingles(part) for part in parts]
    for i, j in combinations(range(len(parts)), 2):
        agency = set(parts[i].source.cites) & set(parts[j].source.cites)
        if (quotes[i] & quotes[j] and agency) or _copied(runs[i], runs[j]):
            low, high = sorted((groups[i], groups[j]))
            groups = [low if g == high else g for g in groups]
    names = {g: f"o{n}" for n, g in enumerate(dict.fromkeys(groups), start=1)}
    return [
        msgspec.structs.replace(part.source, origin_group=names[g])
        for part, g in zip(parts, groups, strict=True)
    ]
