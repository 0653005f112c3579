"""What facts of several documents are compared by: what their texts are about, the excerpts that they rest on."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from pipeline.briefings.memory import Memory
from pipeline.language.lexicons import any_of, lexicon
from pipeline.language.matching import fold
from pipeline.language.quantities import find_quantities
from schemas import (
    Conflict,
    ConflictPosition,
    Deadline,
    Delegate,
    Event,
    Evidence,
    Fact,
    Figure,
    Stake,
    Statement,
)
from schemas.vocabulary import Region

Sides = Mapping[str, Iterable[str]]
"""What is said, each with the ids of the facts that say so."""

_FULLEST = (Statement, Stake, Delegate, Deadline, Figure)
"""Which kind of fact is about all that its sentence says, rather than about a value in it."""
_RETROSPECTIVE = {"implementation", "dispute_settlement"}
"""Topics that are about earlier talks and disputes themselves."""

_CLAUSE = re.compile(rf"[,;:—–]|\b{lexicon.conflicts.connectives.any}\b")
_WORD = re.compile(r"[^\W\d_][\w']*")
_FEWEST_STEMS = 3
"""Less than that tells not what a clause is about."""
_SHORTEST_STEM = 3
_WEEKDAY = any_of(weekday.name for weekday in lexicon.calendar.weekdays)
_UNDONE = re.compile(rf"\b{lexicon.conflicts.undone.any}(?: [\w’'-]+){{0,2}} $", re.IGNORECASE)
_ON = re.compile(rf"\bon (?!{_WEEKDAY}\b|\d)((?:(?!{lexicon.conflicts.scope_ends.any}\b)[\w’'-]+ ?){{1,3}})")


class Excerpt(Struct, frozen=True):
    """A span of a document that facts rest on; `facts`: those that say most of it, which rest on `spans` spans."""

    document_id: str
    text: str
    region: Region
    facts: tuple[str, ...]
    spans: int


def excerpts_of(facts: Sequence[Fact], tells: Callable[[str, bool], bool], memory: Memory) -> list[Excerpt]:
    """The spans that facts rest on and that tell something, in a fixed order.

    `tells`: whether a text does, given whether it is a heading.
    """
    resting_on: dict[tuple[str, int, int], list[Fact]] = defaultdict(list)
    proofs: dict[tuple[str, int, int], Evidence] = {}
    for fact, telling in zip(facts, memory.each(_telling, facts, tells), strict=True):
        for e in telling:
            span = (e.document_id, e.start, e.end)
            resting_on[span].append(fact)
            proofs.setdefault(span, e)
    excerpts = []
    for span, resting in sorted(resting_on.items()):
        proof = proofs[span]
        fullest = min(_FULLEST.index(type(fact)) for fact in resting)
        resting = [fact for fact in resting if type(fact) is _FULLEST[fullest]]
        resting = [f for f in resting if isinstance(f, Stake) and f.topic in _RETROSPECTIVE] or resting
        fewest = min(len(fact.evidence) for fact in resting)
        ids = tuple(sorted(fact.id for fact in resting if len(fact.evidence) == fewest))
        excerpts.append(Excerpt(proof.document_id, plain_text(proof), proof.region, ids, fewest))
    return excerpts


def _telling(fact: Fact, tells: Callable[[str, bool], bool]) -> list[Evidence]:
    return [e for e in fact.evidence if tells(plain_text(e), e.region != "body")]


def plain_text(proof: Evidence) -> str:
    """The words of a span on one line."""
    return " ".join(proof.exact.split())


def conflict(briefing: str, about: str, kind: str, sides: Sides) -> Conflict:
    """A conflict whose id follows from what it is about."""
    digest = hashlib.sha256(f"{briefing}|{kind}|{about}".encode()).hexdigest()
    return Conflict(
        id=f"cfl_{digest[:16]}",
        briefing_id=briefing,
        about=about,
        kind=kind,
        positions=[
            ConflictPosition(value=value, fact_ids=sorted(set(ids))) for value, ids in sorted(sides.items())
        ],
        resolution=None,
        review=None,
    )


def by_matter(conflicts: Iterable[Conflict], memory: Memory) -> list[Conflict]:
    """One conflict for each matter, with the positions of all that are about it, in a fixed order."""
    matters: dict[tuple[str, str], list[Conflict]] = defaultdict(list)
    for one in conflicts:
        matters[one.kind, one.about].append(one)
    return [
        found[0] if len(found) == 1 else memory.once(_joined, *found) for _, found in sorted(matters.items())
    ]


def _joined(*conflicts: Conflict) -> Conflict:
    sides: dict[str, set[str]] = defaultdict(set)
    for one in conflicts:
        for position in one.positions:
            sides[position.value].update(position.fact_ids)
    first = conflicts[0]
    return conflict(first.briefing_id, first.about, first.kind, sides)


def documents_of(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """The documents that a fact rests on, each once."""
    return tuple(dict.fromkeys(e.document_id for e in evidence))


def independent(left: Fact, right: Fact) -> bool:
    """Whether no document tells both: what one document tells side by side is no contradiction."""
    return not {e.document_id for e in left.evidence} & {e.document_id for e in right.evidence}


def alike(left: str, right: str) -> float:
    """Share of words that two texts have in common (Jaccard)."""
    a, b = _words(left), _words(right)
    return len(a & b) / len(a | b) if a and b else 0.0


@lru_cache(maxsize=10_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in fold(text).replace("-", " ").split() if len(word) > 3)


def one_thing(left: str, right: str) -> bool:
    """Whether neither text tells of something else: all that one is about, the other is about, too."""
    a, b = stems(left), stems(right)
    return bool(a and b) and (a <= b or b <= a)


@lru_cache(maxsize=10_000)
def clause_with(text: str, words: str) -> str:
    """The clause that holds some words; the whole text where none does, or where that tells not what it is about."""
    start = text.find(words)
    if start < 0:
        return text
    end = start + len(words)
    edges = [0, *(m.start() for m in _CLAUSE.finditer(text) if not start <= m.start() < end), len(text)]
    own = text[max(edge for edge in edges if edge <= start) : min(edge for edge in edges if edge >= end)]
    return own if len(stems(own)) >= _FEWEST_STEMS else text


@lru_cache(maxsize=10_000)
def stems(text: str) -> frozenset[str]:
    """The words of a text that tell what it is about, numbers left out, one word for those that tell the same."""
    plain = fold(text)
    for quantity in sorted(find_quantities(plain), key=lambda quantity: -quantity.start):
        plain = f"{plain[: quantity.start]} {plain[quantity.end :]}"
    for row in lexicon.conflicts.same:
        plain = row.words.cased.sub(row.name, plain)
    plain = lexicon.conflicts.empty.cased.sub("", plain)
    return frozenset(
        word.removesuffix("'s").removesuffix("s")
        for word in _WORD.findall(plain)
        if len(word) >= _SHORTEST_STEM and word not in lexicon.conflicts.function_words
    )


def act_of(fact: Event | Deadline) -> str | None:
    """What is done, by the first of the lexicon's words for it in the clause of its day, or else in its sentence."""
    return _act_on(fact.what, fact.date.text if fact.date else None)


@lru_cache(maxsize=10_000)
def _act_on(sentence: str, day: str | None) -> str | None:
    clause = clause_with(sentence, day) if day else sentence
    return _first_act(clause) or _first_act(sentence)


@lru_cache(maxsize=10_000)
def _first_act(text: str) -> str | None:
    done = [(start, name) for start, name, undone in _acts_in(text) if not undone]
    return min(done)[1] if done else None


def left_undone(text: str) -> frozenset[str]:
    """What a text tells not to have been done: "nobody had signed"."""
    return frozenset(name for _, name, undone in _acts_in(text) if undone)


@lru_cache(maxsize=10_000)
def _acts_in(text: str) -> tuple[tuple[int, str, bool], ...]:
    """The acts of a text: where it first tells each, its name, and whether it was not done."""
    found = ((row.words.search(text), row.name) for row in lexicon.conflicts.acts)
    return tuple(
        (match.start(), name, _UNDONE.search(text[: match.start()]) is not None)
        for match, name in found
        if match
    )


@lru_cache(maxsize=10_000)
def charged_on(sentence: str) -> frozenset[str]:
    """What an amount is charged on, as far as a sentence says "on …"."""
    return frozenset(
        word.removesuffix("s")
        for match in _ON.finditer(sentence)
        for word in re.findall(r"[^\W\d_]{3,}", fold(match[1]))
    )
