"""Which documents tell one story: they are one origin, however many they are."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from itertools import compress
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from pipeline.briefings import COPIED, FEWEST_RETOLD, LONG_QUOTATION, RETOLD, SAME_SENTENCE, SHINGLE
from pipeline.briefings.memory import Memory, related
from pipeline.briefings.rounds import Part, found_once
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from schemas import Source
from schemas.kinds import KINDS, facts_of, facts_of_kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Sentence = tuple[int, int]
"""A sentence by its words: how many there are, and which, as bits."""
_WORD = re.compile(r"\w[\w'.,]*\w|\w")
_ROOT, _FEWEST_WORDS = 6, 4
"""By how many letters words are compared, and how many tell what a sentence says."""
_ANYBODYS = {"statement", "delegate"}
"""Kinds whose sentences are quoted speech, or names and offices: no story tells them in its own words."""


def group_origins(parts: Sequence[Part], memory: Memory) -> list[Source]:
    """The sources of a round, with `origin_group` shared by documents that tell one story.

    One story: the same long quotation and the same agency named, the same words for most of the facts, or the same
    sentences in the same order, each in other words.
    """
    stories = memory.kept.setdefault(_Stories, _Stories())
    stories.told = dict(zip(map(id, parts), memory.each(stories.story, parts), strict=True))
    telling = related(parts, lambda _: None, stories.are_one, memory, stories.near)
    groups = _joined(list(map(id, parts)), telling)
    names = {group: f"o{n}" for n, group in enumerate(dict.fromkeys(groups), start=1)}
    return [
        memory.once(_in_group, part, beside=(names[group],))
        for part, group in zip(parts, groups, strict=True)
    ]


def _in_group(part: Part, name: str) -> Source:
    return replace(part.source, origin_group=name)


def _joined(things: Sequence[int], held_to: Mapping[int, Iterable[int]]) -> list[int]:
    """Of each thing the first one that it hangs together with, by those that each is held to."""
    first: dict[int, int] = {}
    for thing in things:
        new = () if thing in first else {thing}
        while new:
            first.update(dict.fromkeys(new, thing))
            new = {other for one in new for other in held_to.get(one, ()) if other not in first}
    return list(map(first.__getitem__, things))


class _Story(NamedTuple):
    """What a document's facts rest on: its sentences in their order, and the runs of words of all of them.

    `bits`: the words of each sentence again, a row each; `runs`: by their numbers.
    """

    sentences: list[_Sentence]
    bits: "NDArray[np.uint64]"
    runs: "NDArray[np.intp]"


class _Shelf(NamedTuple):
    """The stories of documents one after the other. `words`: how many each sentence has."""

    parts: list[Part]
    runs: "NDArray[np.intp]"
    many_runs: "NDArray[np.intp]"
    bits: "NDArray[np.uint64]"
    words: "NDArray[np.uint64]"
    many_sentences: "NDArray[np.intp]"


class _Stories:
    """The stories of a round. Words have a bit each, by how they begin, and runs of words a number.

    `told`: the story of each document, by the `id()` of its part.
    """

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._runs: dict[tuple[str, ...], int] = {}
        self._shelf: _Shelf | None = None
        self.told: dict[int, _Story] = {}

    def story(self, part: Part) -> _Story:
        import numpy as np  # once the model is loaded, which says how numpy is to work

        spans = {(e.start, e.end): e.exact for fact in facts_of(part.readout) for e in fact.evidence}
        told: list[_Sentence] = []
        edge = 0
        for (start, end), exact in sorted(spans.items()):
            found = _WORD.findall(fold(exact))
            words = self._bits(word for word in found if word not in lexicon.conflicts.function_words)
            if start >= edge and words.bit_count() >= _FEWEST_WORDS:
                told.append((words.bit_count(), words))
                edge = end
        width = len(self._words) // 64 + 1
        rows = b"".join(words.to_bytes(8 * width, "little") for _, words in told)
        runs = [self._runs.setdefault(run, len(self._runs)) for run in _shingles(part)]
        return _Story(told, np.frombuffer(rows, "<u8").reshape(-1, width), np.array(runs, np.intp))

    def _bits(self, words: Iterable[str]) -> int:
        numbers = self._words
        return reduce(or_, (1 << numbers.setdefault(word[:_ROOT], len(numbers)) for word in words), 0)

    def near(self, part: Part, others: Collection[Part]) -> Iterable[Part]:
        """Those of other documents that name an agency that it names, or tell most of it, all of them at once."""
        import numpy as np

        if not others:
            return ()
        own, stories = self.told[id(part)], self._shelved(others)
        cites = set(part.source.cites)
        cited = np.array([not cites.isdisjoint(other.source.cites) for other in others])
        count, numbers = len(others), np.arange(len(others))
        is_own = np.zeros(len(self._runs), bool)
        is_own[own.runs] = True
        of_runs = np.repeat(numbers, stories.many_runs)
        common = np.bincount(of_runs[is_own[stories.runs]], minlength=count)
        copied = (common > 0) & (common >= COPIED * np.minimum(stories.many_runs, len(own.runs)))
        of_sentences = np.repeat(numbers, stories.many_sentences)
        told = np.zeros(count, int)
        for (many, _), row in zip(own.sentences, own.bits, strict=True):
            words = np.bitwise_count(stories.bits[:, : len(row)] & row).sum(1)
            same = words >= SAME_SENTENCE * np.minimum(stories.words, many)
            told += np.bincount(of_sentences[same], minlength=count) > 0
        fewest = np.maximum(FEWEST_RETOLD, RETOLD * np.minimum(stories.many_sentences, len(own.sentences)))
        return compress(others, (copied | (told >= fewest) | cited).tolist())

    def _shelved(self, others: Collection[Part]) -> _Shelf:
        """The stories of these documents. Those that came since this was last asked for are put beside the rest."""
        import numpy as np

        parts, known = list(others), self._shelf
        if known is None or [*map(id, known.parts)] != [*map(id, parts[: len(known.parts)])]:
            none = np.zeros(0, np.intp)
            known = _Shelf([], none, none, np.zeros((0, 0), np.uint64), np.zeros(0, np.uint64), none)
        new = [self.told[id(part)] for part in parts[len(known.parts) :]]
        width = len(self._words) // 64 + 1
        bits = [_widened(some, width) for some in (known.bits, *(one.bits for one in new))]
        words = [np.bitwise_count(one.bits).sum(1) for one in new]
        self._shelf = _Shelf(
            parts,
            np.concatenate([known.runs, *(one.runs for one in new)]),
            np.concatenate([known.many_runs, [len(one.runs) for one in new]]).astype(np.intp),
            np.concatenate(bits),
            np.concatenate([known.words, *words]),
            np.concatenate([known.many_sentences, [len(one.sentences) for one in new]]).astype(np.intp),
        )
        return self._shelf

    def are_one(self, left: Part, right: Part) -> bool:
        agency = set(left.source.cites) & set(right.source.cites)
        return (
            bool(agency and _long_quotations(left) & _long_quotations(right))
            or _copied(_shingles(left), _shingles(right))
            or _retold(self.told[id(left)].sentences, self.told[id(right)].sentences)
        )


def _widened(rows: "NDArray[np.uint64]", width: int) -> "NDArray[np.uint64]":
    """Rows of bits, of which those of words that came later are not set."""
    import numpy as np

    return rows if rows.shape[1] >= width else np.pad(rows, ((0, 0), (0, width - rows.shape[1])))


@found_once
def _long_quotations(part: Part) -> set[str]:
    """Direct speech so long that two stories seldom print the same by chance."""
    texts = [statement.text for statement in part.readout.statements if statement.direct]
    return {fold(text).rstrip(" .,'") for text in texts if len(text.split()) >= LONG_QUOTATION}


@found_once
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


def _retold(left: Sequence[_Sentence], right: Sequence[_Sentence]) -> bool:
    """Whether two stories have most of their sentences in common, in one order."""
    shorter = min(len(left), len(right))
    fewest = max(FEWEST_RETOLD, RETOLD * shorter)
    if shorter < fewest:
        return False
    ends: list[int] = []
    """Of the longest orders in common, of one sentence, of two and so on, the first place at which such a one ends."""
    for number, (count, words) in enumerate(right):
        if len(ends) + len(right) - number < fewest:
            return False
        same = [
            at
            for at, (own_count, own) in enumerate(left)
            if (own & words).bit_count() >= SAME_SENTENCE * (own_count if own_count < count else count)
        ]
        for at in reversed(same):
            end = bisect_left(ends, at)
            ends[end : end + 1] = [at]
    return len(ends) >= fewest
