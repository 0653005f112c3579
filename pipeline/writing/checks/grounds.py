"""What a sentence is held against: the facts that it cites, by their fields and by the words that prove them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import mentions, party_name
from pipeline.writing.claims import EVERYBODY, SO, TO_COME, Amount, Claim, Told, acts_in, stem, told, words_of
from schemas import Deadline, Delegate, Event, Fact, Figure, Negotiation, Stake, Statement, proving_words
from schemas.dates import FuzzyDate
from schemas.vocabulary import Party

_MOST_EXCERPTS = 8


_WORDING = lexicon.wording


KIND_ACTS = {
    "meeting": "meet", "measure_expiry": "end", "entry_into_force": "begin", "signing": "sign",
    "ratification": "ratify",
}  # fmt: skip


CALENDAR_WORDS = frozenset(
    stem(fold(one.name)) for one in (*lexicon.calendar.months, *lexicon.calendar.weekdays)
) | {"i", "mr", "mrs", "ms"}
"""Months, weekdays and titles, by stems: words that any sentence may have."""


class Ground:
    """What a fact says, by its fields and by the words that prove it."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        texts: dict[str, None] = {}
        for words in proving_words(fact):
            texts[" ".join(words.split())] = None
            if len(texts) == _MOST_EXCERPTS:
                break
        self.told: list[Told] = list(map(told, texts))

    @cached_property
    def text(self) -> str:
        return " ".join([*(one.text for one in self.told), *_leaves(self.fact)])

    @cached_property
    def words(self) -> frozenset[str]:
        return words_of(self.text)

    @cached_property
    def acts(self) -> frozenset[str]:
        kind = (
            {KIND_ACTS[self.fact.kind]}
            if isinstance(self.fact, Deadline) and self.fact.kind in KIND_ACTS
            else set()
        )
        return acts_in(self.text) | kind

    @cached_property
    def claims(self) -> list[Claim]:
        claims = [claim for one in self.told for claim in one.claims]
        fact = self.fact
        # What was announced, and came about, is so.
        done = isinstance(fact, Deadline | Event) and fact.status in {"met", "occurred"}
        return [replace(c, firmness=SO) if done and c.firmness == TO_COME else c for c in claims]

    @cached_property
    def amounts(self) -> list[Amount]:
        return [amount for one in self.told for amount in one.amounts]

    @cached_property
    def days(self) -> list[FuzzyDate]:
        """The days that its fields give."""
        return [
            value
            for name in self.fact.__struct_fields__
            if isinstance(value := getattr(self.fact, name), FuzzyDate)
        ]

    @cached_property
    def parties(self) -> frozenset[Party]:
        named = {m.code for m in mentions(self.text)}
        fact = self.fact
        match fact:
            case Figure():
                named.update(fact.applies_to, [fact.imposed_by] if fact.imposed_by else [])
            case Stake():
                named.update(position.party for position in fact.positions)
            case Delegate() | Statement():
                named.update([fact.party] if fact.party else [])
        return frozenset(named)

    @property
    def people(self) -> Iterator[tuple[str, str, Party | None]]:
        """Names with what is said of them, and their side."""
        match self.fact:
            case Delegate(name=str(name)):
                yield name, f"{self.fact.role} {self.fact.organisation or ''}", self.fact.party
            case Statement():
                yield self.fact.speaker, self.fact.role or "", self.fact.party
        for one in self.told:
            yield from ((person.name, person.role, person.party) for person in one.people)


def _leaves(fact: Fact) -> Iterator[str]:
    """The words of its fields."""
    for name in fact.__struct_fields__:
        if name in {
            "id",
            "briefing_id",
            "certainty",
            "proof",
            "review",
            "evidence",
            "translated",
            "conflict_ids",
        }:
            continue
        value = getattr(fact, name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, FuzzyDate):
            yield value.text
    if isinstance(fact, Stake):
        for position in fact.positions:
            yield from filter(None, (position.ask, position.offer, position.red_line))
    if isinstance(fact, Deadline):
        yield from (condition.text for condition in fact.conditions)


class KnownPerson(NamedTuple):
    """Somebody with an office, on a side."""

    name: str
    office: str
    party: Party | None

    def is_told(self, words: frozenset[str]) -> bool:
        """Whether words have the surname, be it the first or the last of the names."""
        return not words.isdisjoint(_ends(self.name))


@lru_cache(maxsize=10_000)
def _ends(name: str) -> frozenset[str]:
    """The first and the last of some names, by their stems."""
    pieces = [stem(fold(piece)) for piece in re.findall(r"\w+", name)]
    return frozenset(piece for piece in pieces[:1] + pieces[-1:] if len(piece) > 2)


class Written:
    """A sentence as it was read, with the facts that it cites, the talks, who is known, and the publishers."""

    def __init__(
        self,
        text: str,
        read: Told,
        grounds: list[Ground],
        talks: Negotiation,
        roster: list[KnownPerson],
        sources: str,
    ) -> None:
        self.text = text
        self.told = read
        self.grounds = grounds
        self.talks = talks
        self.roster = roster
        self.sources = sources

    @cached_property
    def words(self) -> frozenset[str]:
        words = frozenset(chain.from_iterable(ground.words for ground in self.grounds))
        return words | words_of("prime minister") if "pm" in words else words

    @cached_property
    def known(self) -> list[KnownPerson]:
        """Those of the briefing whom the facts that are cited name."""
        return [one for one in self.roster if one.is_told(self.words)]

    @cached_property
    def known_words(self) -> frozenset[str]:
        words = frozenset(chain.from_iterable(words_of(f"{one.name} {one.office}") for one in self.known))
        return words | words_of("prime minister") if "pm" in words else words

    @cached_property
    def acts(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(ground.acts for ground in self.grounds))


def names_of_sides(parties: Iterable[Party]) -> str:
    return " and ".join(sorted(party_name(one) for one in parties if one != EVERYBODY)) or "another side"


def is_hedged(sentence: Written) -> bool:
    return bool(_WORDING.open.search(sentence.text) or _WORDING.attributes.search(sentence.text))


FUNCTION_WORDS = words_of(
    "the and with from until unless when which that this both sides between into over after before "
    "will would have been were their"
)
