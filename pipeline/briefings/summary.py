"""A summary in the sources' own sentences, each with the facts that it rests on."""

import re
from collections.abc import Iterable, Sequence

from pipeline.briefings.identity import place
from pipeline.briefings.weights import LONGEST_SENTENCE, MOST_SENTENCES
from pipeline.language.modality import certainty_of
from schemas import Deadline, Delegate, Fact, Figure, Stake, SummarySentence

_SENTENCE = re.compile(r"[^\W\d_a-z].*[.!?][\"”’]?", re.DOTALL)
_TELLING_MEASURES = {"tariff_rate", "commitment", "trade_volume", "trade_value"}


def summarise(
    delegates: Iterable[Delegate],
    deadlines: Sequence[Deadline],
    stakes: Iterable[Stake],
    figures: Iterable[Figure],
) -> list[SummarySentence]:
    """The meeting, who sits there, what is at stake, what falls due, a figure: a sentence each."""
    ranked: tuple[Sequence[Fact], ...] = (
        _soonest(due for due in deadlines if due.kind == "meeting"),
        _most_told(delegates),
        _most_told(stakes),
        _most_told(due for due in deadlines if due.kind != "meeting"),
        _most_told(figure for figure in figures if figure.measure in _TELLING_MEASURES),
    )
    cited: dict[str, list[str]] = {}
    for facts in ranked:
        lines = ((line, fact) for fact in facts for line in _sentences(fact)[:1])
        line, fact = next(lines, (None, None))
        if line and fact:
            cited.setdefault(line, []).append(fact.id)
    return [SummarySentence(text=text, fact_ids=ids) for text, ids in list(cited.items())[:MOST_SENTENCES]]


def _soonest(deadlines: Iterable[Deadline]) -> list[Deadline]:
    return sorted(deadlines, key=lambda due: (due.date.earliest or "9999", -due.origins, place(due)))


def _most_told(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (-fact.origins, place(fact)))


def _sentences(fact: Fact) -> list[str]:
    """The evidence as lines: whole sentences of reasonable length, plain before hedged, short before long."""
    lines = {" ".join(e.exact.split()) for e in fact.evidence if e.region == "body"}
    whole = [line for line in lines if _SENTENCE.fullmatch(line) and len(line) <= LONGEST_SENTENCE]
    return sorted(whole, key=lambda line: (certainty_of(line) == "claimed", len(line), line))
