"""Editors' decisions about facts as annotations of the documents that prove them: what is so, and what is not."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from msgspec import convert, to_builtins
from msgspec.structs import replace

from pipeline.evaluation import (
    Gold,
    GoldDeadline,
    GoldFact,
    GoldFigure,
    GoldMember,
    GoldQuotation,
    GoldSide,
)
from schemas import (
    Deadline,
    Delegate,
    DocumentReadout,
    Evidence,
    Fact,
    Figure,
    ReviewDecision,
    Stake,
    Statement,
)

DecidedFact = tuple[ReviewDecision, Fact]
"""A decision, and the fact as it was read then."""


def gold_of(decisions: Iterable[DecidedFact]) -> dict[str, Gold]:
    """By document. Each is annotated in parts: of what no editor looked at, nothing is said.

    Where a fact was corrected, what the machine read is annotated as what is not so. Events and statements that are
    not quoted are not annotated.
    """
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for review, machine in decisions:
        decided = convert(to_builtins(machine) | review.values, type(machine))
        for e in machine.evidence:
            read, meant = _annotated(machine, e), _annotated(decided, e)
            if read is None or meant is None:
                continue
            kind = found[e.document_id]
            if review.verdict != "rejected":
                kind[meant[0]].append(meant[1])
            if review.verdict == "rejected" or read != meant:
                kind[read[0]].append(_denied(read[1]))
    return {
        document: Gold(
            whole=False,
            delegations=kinds.get("delegations"),
            stakes=kinds.get("stakes"),
            deadlines=kinds.get("deadlines"),
            figures=kinds.get("figures"),
            quotes=kinds.get("quotes"),
        )
        for document, kinds in found.items()
    }


def are_stakes_decided(decisions: Iterable[DecidedFact], readout: DocumentReadout) -> bool:
    """Whether editors have decided about every stake that is read in a document, and there is one."""
    document = readout.document.id
    places = {
        (e.start, e.end)
        for _, fact in decisions
        if isinstance(fact, Stake)
        for e in fact.evidence
        if e.document_id == document
    }
    stakes = [{(e.start, e.end) for e in stake.evidence} for stake in readout.stakes]
    return bool(stakes) and not any(places.isdisjoint(stake) for stake in stakes)


def _annotated(fact: Fact, proof: Evidence) -> tuple[str, Any] | None:
    """The field of a gold file, and the annotation of a fact by one of its proofs."""
    quote = proof.exact
    match fact:
        case Figure():
            return "figures", GoldFigure(quote=quote, value=fact.value, unit=fact.unit)
        case Deadline():
            return "deadlines", GoldDeadline(quote=quote, date_edtf=fact.date.edtf if fact.date else None)
        case Delegate():
            member = GoldMember(quote=quote, name=fact.name, head=fact.head)
            return "delegations", GoldSide(party=fact.party, members=[member])
        case Stake():
            return "stakes", GoldFact(quote=quote)
        case Statement(direct=True):
            return "quotes", GoldQuotation(text=fact.text, speaker=fact.speaker)
    return None


def _denied(annotation: Any) -> Any:
    if isinstance(annotation, GoldSide):
        return replace(annotation, members=[replace(one, holds=False) for one in annotation.members])
    return replace(annotation, holds=False)
