"""A summary in the sources' own sentences, each with the facts that it rests on."""

import re
from collections.abc import Iterable, Sequence

from pipeline.briefings.identity import place
from pipeline.language.cues import certainty_of
from schemas import Deadline, Delegation, Figure, Stake, SummarySentence
from schemas.facts import Fact

_LONGEST = 320
_MOST = 5
_SENTENCE = re.compile(r"[^\W\d_a-z].*[.!?][\"”’]?", re.DOTALL)


def _sentences(fact: Fact) -> list[str]:
    """The evidence as lines: whole sentences of reasonable length, plain before hedged, short before long."""
    lines = {" ".join(e.exact.split()) for e in fact.evidence if e.region == "body"}
    told = [line for line in lines if _SENTENCE.fullmatch(line) and len(line) <= _LONGEST]
    return sorted(told, key=lambda line: (certainty_of(line) == "claimed", len(line), line))


def _most_told(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (-fact.origins, place(fact)))


def _soonest(deadlines: Iterable[Deadline]) -> list[Deadline]:
    return sorted(deadlines, key=lambda d: (d.date.earliest or "9999", -d.origins, place(d)))


def summarise(
    delegations: list[Delegation], deadlines: list[Deadline], stakes: list[Stake], figures: list[Figure]
) -> list[SummarySentence]:
    """Up to five sentences: the meeting, who sits there, what is at stake, what falls due, a figure."""
    people = [member for delegation in delegations for member in delegation.members]
    rates = [f for f in figures if f.measure in {"tariff_rate", "commitment", "trade_volume", "trade_value"}]
    ranked: tuple[Sequence[Fact], ...] = (
        _soonest(d for d in deadlines if d.kind == "meeting"),
        _most_told(people),
        _most_told(stakes),
        _most_told(d for d in deadlines if d.kind != "meeting"),
        _most_told(rates),
    )
    cited: dict[str, list[str]] = {}
    for facts in ranked:
        found = ((line, fact) for fact in facts for line in _sentences(fact)[:1])
        line, fact = next(found, (None, None))
        if line and fact:
            cited.setdefault(line, []).append(fact.id)
    return [SummarySentence(text=text, fact_ids=ids) for text, ids in list(cited.items())[:_MOST]]
