"""A summary in the sources' own sentences, each with the facts that it rests on."""

from collections.abc import Iterable

from pipeline.cues import certainty_of
from schemas import Deadline, Delegation, Figure, Stake, SummarySentence
from schemas.facts import Fact

_LONGEST = 360
_MOST = 5


def _sentence(fact: Fact) -> str:
    """The first evidence as one line, without the white space of its page."""
    return " ".join(fact.evidence[0].exact.split())


def _best(facts: Iterable[Fact]) -> list[Fact]:
    """Most origins first; plain statements before hedged ones; short before long."""
    return sorted(
        facts,
        key=lambda f: (-f.origins, certainty_of(_sentence(f)) == "claimed", len(_sentence(f)), f.id),
    )


def summarise(
    delegations: list[Delegation], deadlines: list[Deadline], stakes: list[Stake], figures: list[Figure]
) -> list[SummarySentence]:
    """Up to five sentences: the meeting, who sits there, what is at stake, what falls due, a figure."""
    meetings = [d for d in deadlines if d.kind == "meeting"]
    due = [d for d in deadlines if d.kind != "meeting"]
    people = [member for delegation in delegations for member in delegation.members]
    rates = [f for f in figures if f.measure in {"tariff_rate", "commitment", "trade_volume", "trade_value"}]
    cited: dict[str, list[str]] = {}
    for facts in (meetings, people, stakes, due, rates):
        for fact in _best(facts):
            text = _sentence(fact)
            if len(text) <= _LONGEST:
                cited.setdefault(text, []).append(fact.id)
                break
    return [SummarySentence(text=text, fact_ids=ids) for text, ids in list(cited.items())[:_MOST]]
