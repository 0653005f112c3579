"""What a briefing must be for a kind of merging fault to be absent, as `expected.json` tells it beside the documents."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct, UnsetType, json

from pipeline.briefings.rounds import Part
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing, Fact, own_documents
from schemas.kinds import BY_NAME, facts_of, facts_of_kind, kind_of

KINDS = Path(__file__).with_name("cases")


class Facts(Struct, forbid_unknown_fields=True):
    """How many facts of a briefing are so. `words`: an expression that words of their evidence match."""

    kind: str
    count: int
    date: str | UnsetType | None = UNSET
    value: float | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    measure: list[str] | UnsetType = UNSET
    status: str | UnsetType = UNSET
    period: str | UnsetType | None = UNSET
    direction: str | UnsetType | None = UNSET
    origins: int | UnsetType = UNSET
    documents: list[str] | UnsetType = UNSET
    words: str | UnsetType = UNSET


class Disagreement(Struct, forbid_unknown_fields=True):
    """A conflict, of which each value stands in one position at least."""

    values: list[str]


class Expected(Struct, forbid_unknown_fields=True):
    """What is told of a briefing; `documents`: those about this round, by the stems of their files."""

    documents: list[str]
    parties: list[str] | UnsetType = UNSET
    venue: str | UnsetType | None = UNSET
    start: str | UnsetType | None = UNSET
    end: str | UnsetType | None = UNSET
    status: list[str] | UnsetType = UNSET
    level: str | UnsetType = UNSET
    prior: str | UnsetType | None = UNSET
    next: str | UnsetType | None = UNSET
    origins: int | UnsetType = UNSET
    heads: dict[str, str] | UnsetType = UNSET
    delegates: dict[str, list[str]] | UnsetType = UNSET
    facts: list[Facts] = []
    conflicts: list[Disagreement] | UnsetType = UNSET
    never: list[str] = []
    summary_never: list[str] = []


class Case(Struct, forbid_unknown_fields=True):
    about: str
    briefings: list[Expected]


def expectation(path: Path) -> Case:
    return json.decode(path.read_bytes(), type=Case)


@cache
def part_of(path: Path) -> Part | None:
    """A document as the embedded extractor reads it; None where it takes it for no talks."""
    document = read(path.read_bytes(), file=path.name)
    proven = readout(document)
    return Part(proven, source_of(document)) if proven.negotiation else None


def faults(case: Case, briefings: Sequence[Briefing], stems: Mapping[str, str]) -> list[str]:
    """What is not as expected, in words. `stems`: of each document's file, by the document's id."""
    found = {frozenset(stems[id] for id in own_documents(briefing)): briefing for briefing in briefings}
    wanted = {frozenset(each.documents) for each in case.briefings}
    if found.keys() != wanted:
        return [f"briefings of {sorted(map(sorted, found))}, not {sorted(map(sorted, wanted))}"]
    id_of = {stem: briefing.id for own, briefing in found.items() for stem in own}
    return [
        fault
        for each in case.briefings
        for fault in _faults(each, found[frozenset(each.documents)], stems, id_of)
    ]


def _faults(
    wanted: Expected, briefing: Briefing, stems: Mapping[str, str], id_of: Mapping[str, str]
) -> Iterator[str]:
    talks = briefing.negotiation
    told: dict[str, Any] = {
        "parties": sorted(talks.parties),
        "venue": talks.venue,
        "start": talks.start.edtf if talks.start else None,
        "end": talks.end.edtf if talks.end else None,
        "level": talks.level,
        "origins": len(
            {s.origin_group for s in briefing.sources if s.document_id in own_documents(briefing)}
        ),
    }
    for name, value in told.items():
        expected = getattr(wanted, name)
        if expected is not UNSET and value != (sorted(expected) if name == "parties" else expected):
            yield f"{name}: {value}, not {expected}"
    for name, id in (("prior", talks.prior_round), ("next", talks.next_round)):
        expected = getattr(wanted, name)
        if expected is not UNSET and id != (id_of[expected] if expected else None):
            yield f"{name}: {[stem for stem, own in id_of.items() if own == id]}, not {expected}"
    if wanted.status is not UNSET and talks.status not in wanted.status:
        yield f"status: {talks.status}, not {wanted.status}"
    heads = {side.party: side.head for side in briefing.delegations}
    for party, head in (wanted.heads or {}).items():
        if heads.get(party) != head:
            yield f"head of {party}: {heads.get(party)}, not {head}"
    seated = {side.party: sorted(m.name or m.role for m in side.members) for side in briefing.delegations}
    for party, names in (wanted.delegates or {}).items():
        here = seated.get(party, [])
        if len(here) != len(names) or not all(any(name in one for one in here) for name in names):
            yield f"delegates of {party}: {here}, not {names}"
    for facts in wanted.facts:
        same = [fact for fact in facts_of_kind(briefing, BY_NAME[facts.kind]) if _is(fact, facts, stems)]
        if len(same) != facts.count:
            asked = {
                name: value
                for name in facts.__struct_fields__
                if (value := getattr(facts, name)) is not UNSET
            }
            yield f"{len(same)} of {asked}"
    if wanted.conflicts is not UNSET:
        yield from _conflict_faults(wanted.conflicts, briefing)
    words = [
        *(e.exact for fact in facts_of(briefing) for e in fact.evidence),
        *(m.name or "" for side in briefing.delegations for m in side.members),
    ]
    yield from (f"{one!r} is told" for one in wanted.never if any(one in told for told in words))
    lines = " ".join(line.text for line in briefing.summary)
    yield from (f"the summary says {one!r}" for one in wanted.summary_never if one in lines)


def _is(fact: Any, wanted: Facts, stems: Mapping[str, str]) -> bool:
    kind = kind_of(fact)
    date = getattr(fact, "date", None)
    period = getattr(fact, "period", None)
    told: dict[str, Any] = {
        "date": date.edtf if date else None,
        "value": getattr(fact, "value", None),
        "unit": getattr(fact, "unit", None),
        "status": getattr(fact, "status", None),
        "period": period.edtf or period.text if period else None,
        "direction": getattr(fact, "direction", None),
        "origins": fact.origins,
    }
    assert kind.name == wanted.kind
    same = all(getattr(wanted, name) in (UNSET, value) for name, value in told.items())
    if wanted.measure is not UNSET and fact.measure not in wanted.measure:
        return False
    if wanted.documents is not UNSET:
        same = same and {stems[e.document_id] for e in fact.evidence} == set(wanted.documents)
    if wanted.words is not UNSET:
        matched = (re.search(wanted.words, " ".join(e.exact.split()), re.IGNORECASE) for e in fact.evidence)
        same = same and any(matched)
    return same


def _conflict_faults(wanted: Sequence[Disagreement], briefing: Briefing) -> Iterator[str]:
    facts: dict[str, Fact] = {fact.id: fact for fact in facts_of(briefing)}
    left = list(briefing.conflicts)
    for each in wanted:
        same = next((one for one in left if _has_values(one.positions, facts, each.values)), None)
        if same is None:
            yield f"no conflict of {each.values}"
        else:
            left.remove(same)
    for more in left:
        yield f"a conflict of {[position.value for position in more.positions]} ({more.about})"


def _has_values(positions: Sequence[Any], facts: Mapping[str, Any], values: Sequence[str]) -> bool:
    def tells(position: Any, value: str) -> bool:
        days = (getattr(facts[id], "date", None) for id in position.fact_ids if id in facts)
        return value.casefold() in position.value.casefold() or any(d and d.edtf == value for d in days)

    return all(any(tells(position, value) for position in positions) for value in values)
