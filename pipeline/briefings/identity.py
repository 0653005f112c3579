"""What makes one story of documents, and one fact of what they say: origins, lasting ids, and what follows of both."""

import hashlib
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from itertools import takewhile
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from pipeline.briefings import COPIED, FEWEST_RETOLD, LONG_QUOTATION, RETOLD, SAME_SENTENCE, SHINGLE
from pipeline.briefings.deduplicate import equality_of
from pipeline.briefings.memory import Memory
from pipeline.briefings.rounds import Part, compared_once, found_once
from pipeline.language.clauses import certainty_of
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from schemas import Briefing, Conflict, Fact, Source, is_upheld
from schemas.kinds import KINDS, facts_of, facts_of_kind, kind_of
from schemas.vocabulary import Certainty

_F = TypeVar("_F", bound=Fact)
_WORD = re.compile(r"\w[\w'.,]*\w|\w")
_ROOT, _FEWEST_WORDS = 6, 4
"""By how many letters words are compared, and how many tell what a sentence says."""
# Sources that name things differently, or tell more than others, can all be right.
_CONTRADICT = ("value", "attribution")
_ANYBODYS = {"statement", "delegate"}
"""Kinds whose sentences are quoted speech, or names and offices: no story tells them in its own words."""


def group_origins(parts: Sequence[Part]) -> list[Source]:
    """The sources of a round, with `origin_group` shared by documents that tell one story.

    One story: the same long quotation and the same agency named, the same words for most of the facts, or the same
    sentences in the same order, each in other words.
    """
    groups = list(range(len(parts)))
    places = {part.number: place for place, part in enumerate(parts)}
    rest = {part.number: part for part in parts}
    for place, part in enumerate(parts):
        del rest[part.number]
        for number in _tell_one_story(part, rest):
            low, high = sorted((groups[place], groups[places[number]]))
            groups = [low if g == high else g for g in groups]
    names = {g: f"o{n}" for n, g in enumerate(dict.fromkeys(groups), start=1)}
    return [replace(part.source, origin_group=names[g]) for part, g in zip(parts, groups, strict=True)]


def place(fact: Fact) -> tuple[str, int, int]:
    """Where a fact stands first: an order that does not depend on when documents came in."""
    first = fact.evidence[0].document_id  # as documents are sorted
    own = takewhile(lambda e: e.document_id == first, fact.evidence)
    return first, *min((e.start, e.end) for e in own)


class Identities:
    """Gives the facts of one briefing what lasts. `known`: facts that may have been these before."""

    def __init__(
        self, briefing: str, sources: Sequence[Source], known: Iterable[Fact], memory: Memory
    ) -> None:
        self._briefing = briefing
        self._memory = memory
        self._origin = {source.document_id: source.origin_group for source in sources}
        self._known: dict[tuple[str, int, int], list[Fact]] = defaultdict(list)
        for fact in known:
            for span in memory.once(_spans, fact):
                self._known[span].append(fact)

    def assign(self, facts: Iterable[_F]) -> list[_F]:
        """Facts with their lasting id, their origins and the certainty that follows."""
        assigned: dict[str, _F] = {}
        for fact in facts:
            spans = self._memory.once(_spans, fact)
            old = (known for span in spans for known in self._known.get(span, ()) if _lasts(known, fact))
            id = next((known.id for known in old if known.id not in assigned), None) or self._new_id(
                fact, assigned
            )
            origins, outright = (
                len({self._origin[document] for document in documents})
                for documents in self._memory.once(_documents, fact)
            )
            certainty = _certainty(fact.certainty, outright)
            assigned[id] = self._memory.once(_lasting, fact, beside=(id, self._briefing, origins, certainty))
        return list(assigned.values())

    def _new_id(self, fact: Fact, assigned: Container[str]) -> str:
        """An id that follows from the fact; another where one that was with it before has kept that."""
        told = f"{self._briefing}|{type(fact).__name__}|{fact.id}"
        salted = (hashlib.sha256(f"{told}{salt}".encode()).hexdigest() for salt in ("", *range(1, 1_000)))
        ids = (f"fct_{digest[:16]}" for digest in salted)
        return next(id for id in ids if id not in assigned)


def _spans(fact: Fact) -> list[tuple[str, int, int]]:
    return [(e.document_id, e.start, e.end) for e in fact.evidence]


def _documents(fact: Fact) -> tuple[set[str], set[str]]:
    """Those that tell a fact, and those that tell it outright."""
    plain = {e.document_id for e in fact.evidence if certainty_of(e.exact) != "claimed"}
    return {e.document_id for e in fact.evidence}, plain


def _lasting(fact: _F, id: str, briefing: str, origins: int, certainty: Certainty) -> _F:
    return replace(fact, id=id, briefing_id=briefing, origins=origins, certainty=certainty)


def _lasts(old: Fact, new: Fact) -> bool:
    """Whether two facts that rest on one sentence are the same one."""
    kind = kind_of(new)
    return kind_of(old) is kind and equality_of(kind.name).lasts(old, new)


def _certainty(certainty: Certainty, outright: int) -> Certainty:
    """Two origins that say it outright confirm what one reports; a claim repeated stays a claim."""
    return "confirmed" if certainty == "reported" and outright > 1 else certainty


def disputed(facts: Iterable[_F], conflicts: Sequence[Conflict]) -> list[_F]:
    """Facts with the conflicts they stand in. They are disputed where they cannot all be right, unless an editor holds
    them to be.
    """
    about: dict[str, list[Conflict]] = defaultdict(list)
    for one in conflicts:
        for id in {id for position in one.positions for id in position.fact_ids}:
            about[id].append(one)

    def marked(fact: _F, mine: Sequence[Conflict]) -> _F:
        against = any(c.kind in _CONTRADICT and not is_upheld(c, fact.id) for c in mine)
        certainty = "disputed" if against else fact.certainty
        return replace(fact, conflict_ids=[c.id for c in mine], certainty=certainty)

    return [marked(fact, about[fact.id]) if fact.id in about else fact for fact in facts]


def with_revisions(facts: Iterable[_F], previous: Briefing | None, revision: int) -> list[_F]:
    """Facts with the revision that brought them and the one that last changed them."""
    before: dict[str, Any] = {fact.id: fact for fact in facts_of(previous)} if previous else {}
    marked = []
    for fact in facts:
        old = before.get(fact.id)
        if old is None:
            marked.append(replace(fact, first_revision=revision, changed_revision=revision))
            continue
        first, changed = old.first_revision, old.changed_revision
        same = replace(fact, first_revision=first, changed_revision=changed)
        if same == old:
            marked.append(old)
        elif replace(same, salience=old.salience) == old:
            marked.append(same)
        else:
            marked.append(replace(fact, first_revision=first, changed_revision=revision))
    return marked


@compared_once
def _tell_one_story(left: Part, right: Part) -> bool:
    agency = set(left.source.cites) & set(right.source.cites)
    return (
        bool(agency and _long_quotations(left) & _long_quotations(right))
        or _copied(_shingles(left), _shingles(right))
        or _retold(_story(left), _story(right))
    )


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


class _Story(NamedTuple):
    """The words of each sentence that a document's facts rest on, in its order, and where each word stands."""

    sentences: list[frozenset[str]]
    places: dict[str, list[int]]


@found_once
def _story(part: Part) -> _Story:
    """By how words begin."""
    spans = {(e.start, e.end): e.exact for fact in facts_of(part.readout) for e in fact.evidence}
    told: list[frozenset[str]] = []
    edge = 0
    for (start, end), exact in sorted(spans.items()):
        words = frozenset(
            word[:_ROOT]
            for word in _WORD.findall(fold(exact))
            if word not in lexicon.conflicts.function_words
        )
        if start >= edge and len(words) >= _FEWEST_WORDS:
            told.append(words)
            edge = end
    places: dict[str, list[int]] = defaultdict(list)
    for at, words in enumerate(told):
        for word in words:
            places[word].append(at)
    return _Story(told, dict(places))


def _retold(left: _Story, right: _Story) -> bool:
    """Whether two stories have most of their sentences in common, in one order."""
    shorter = min(len(left.sentences), len(right.sentences))
    fewest = max(FEWEST_RETOLD, RETOLD * shorter)
    if shorter < fewest:
        return False
    ends: list[int] = []
    """Of the longest orders in common, of one sentence, of two and so on, the first place at which such a one ends."""
    for number, other in enumerate(right.sentences):
        if len(ends) + len(right.sentences) - number < fewest:
            return False
        for at in _told_as(other, left):
            end = bisect_left(ends, at)
            ends[end : end + 1] = [at]
    return len(ends) >= fewest


def _told_as(sentence: frozenset[str], story: _Story) -> list[int]:
    """Which sentences of a story tell the same, the last one first."""
    common = [0] * len(story.sentences)
    for word in sentence:
        for at in story.places.get(word, ()):
            common[at] += 1
    own = len(sentence)
    same = [
        at
        for at, words in enumerate(common)
        if words and words >= SAME_SENTENCE * min(own, len(story.sentences[at]))
    ]
    return same[::-1]
