"""A fact that somebody states by hand: a proposal like an extractor's, which the words of a document have to prove."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from pipeline.documents.document import Document
from pipeline.extraction.readout import Reading
from schemas import Fact
from schemas.kinds import Kind
from schemas.proposals import Proposal

_PLACE = ("quote", "at", "beside", "amount_at")


class NotProven(ValueError):
    """What is stated does not stand. `faults`: of what, as a JSON pointer, and why."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(why for _, why in faults))
        self.faults = faults


def proposal_of(kind: Kind, fields: Mapping[str, Any], quote: str) -> Proposal:
    """What an extractor would have proposed. Raises NotProven.

    `fields` are called as the fact calls them. A proposal has of a date, and of what a value was before, the words.
    """
    known = set(kind.proposal.__struct_fields__) - set(_PLACE)
    named = dict(_as_proposed(fields, known))
    if strange := [name for name in named if name not in known]:
        raise NotProven(
            [(f"/fields/{name}", f"no field of {kind.plural} that can be given") for name in strange]
        )
    try:
        return msgspec.convert({**named, "quote": quote}, kind.proposal)
    except msgspec.ValidationError as error:
        raise NotProven([("/fields", str(error).replace("_words", ""))]) from None


def _as_proposed(fields: Mapping[str, Any], known: Iterable[str]) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        stem = name.removesuffix("_value")
        if name in known or f"{stem}_words" not in known:
            yield name, value
        elif isinstance(value, Mapping):
            yield f"{stem}_words", value.get("text")
            yield f"{stem}_edtf", value.get("edtf")
        else:
            yield f"{stem}_words", value


def proven_by_hand(document: Document, kind: Kind, proposal: Proposal, parties: Iterable[str]) -> Fact:
    """The fact that the document proves, whole, of talks between these parties. Raises NotProven."""
    verified = Reading(document).prove(kind, proposal, parties)
    if verified.failures:
        told = [one.rejection for one in verified.failures]
        raise NotProven(
            [(f"/fields/{one.leaf}" if one.leaf else "/evidence/quote", one.reason) for one in told]
        )
    [fact] = verified.facts[kind.name]
    return fact
