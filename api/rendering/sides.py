"""Who stands where: what each side asks, offers and refuses, and which sources take which side of a conflict."""

from msgspec import Struct

from api.rendering.outline import Entry, entry_of
from api.rendering.wording import settlement
from pipeline.language.parties import party_name
from schemas import Briefing, Conflict, Evidence, Stake
from schemas.kinds import facts_of


class Demand(Struct, frozen=True):
    """What a side asks, offers or will not give."""

    verb: str
    text: str


class Side(Struct, frozen=True):
    party: str
    demands: list[Demand]
    evidence: list[Evidence]


class StakeSides(Struct, frozen=True):
    entry: Entry
    sides: list[Side]


class Disagreement(Struct, frozen=True):
    """A conflict, each of its positions with its proofs. `state`: whether it is open, in words."""

    conflict: Conflict
    state: str
    positions: list[tuple[str, list[Evidence]]]


def stake_sides(stakes: list[Stake]) -> list[StakeSides]:
    return [StakeSides(entry_of(stake), _sides(stake)) for stake in stakes]


def _sides(stake: Stake) -> list[Side]:
    by_party: dict[str, Side] = {}
    for position in stake.positions:
        side = by_party.setdefault(position.party, Side(party_name(position.party), [], []))
        told = (("asks", position.ask), ("offers", position.offer), ("will not give", position.red_line))
        side.demands.extend(Demand(verb, text) for verb, text in told if text)
        side.evidence.extend(position.evidence)
    return list(by_party.values())


def disagreements(briefing: Briefing) -> list[Disagreement]:
    """Those that are open first."""
    facts = {fact.id: fact for fact in facts_of(briefing)}
    return [
        Disagreement(
            conflict,
            settlement(conflict) or "open",
            [
                (position.value, [e for id in position.fact_ids for e in facts[id].evidence])
                for position in conflict.positions
            ],
        )
        for conflict in sorted(briefing.conflicts, key=lambda one: one.resolution is not None)
    ]
