"""How many independent origins stand behind documents: copies and rewrites of one story count once."""

from collections.abc import Sequence
from itertools import combinations

import msgspec

from pipeline.briefings.rounds import Part
from pipeline.briefings.weights import COPIED, LONG_QUOTATION, SHINGLE
from pipeline.language.folding import fold
from schemas import Source
from schemas.kinds import KINDS, facts_of_kind

_ANYBODYS = {"statement", "delegate"}
"""Kinds whose sentences are quoted speech, or names and offices: no story tells them in its own words."""


def group_origins(parts: Sequence[Part]) -> list[Source]:
    """The sources of a round, with `origin_group` shared by documents that tell one story.

    One story: the same long quotation and the same agency named, or the same words for most of the facts.
    """
    groups = list(range(len(parts)))
    quotes, runs = [_long_quotations(part) for part in parts], [_shingles(part) for part in parts]
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


def _long_quotations(part: Part) -> set[str]:
    """Direct speech so long that two stories seldom print the same by chance."""
    texts = [statement.text for statement in part.readout.statements if statement.direct]
    return {fold(text).rstrip(" .,'") for text in texts if len(text.split()) >= LONG_QUOTATION}


def _shingles(part: Part) -> set[tuple[str, ...]]:
    """Runs of words of the sentences that a document's own facts rest on."""
    own = [kind for kind in KINDS if kind.name not in _ANYBODYS]
    facts = (fact for kind in own for fact in facts_of_kind(part.readout, kind))
    runs: set[tuple[str, ...]] = set()
    for sentence in {e.exact for fact in facts for e in fact.evidence}:
        words = fold(sentence).split()
        runs.update(tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))
    return runs


def _copied(left: set[tuple[str, ...]], right: set[tuple[str, ...]]) -> bool:
    """Most of what the shorter of two stories tells, the other tells in the same words."""
    return bool(left and right) and len(left & right) >= COPIED * min(len(left), len(right))
