"""Answers of a strong model about real pages, recorded: what was right in them reaches the readout as it was answered.

The documents are those of our own among the real ones: an answer is recorded/NAME.json, its document NAME.txt.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.extraction.model import Model
from pipeline.extraction.model.requests import proposals_of, read_answer
from pipeline.extraction.readout import Reading, readout
from pipeline.language.annotate import Numbered
from pipeline.language.matching import fold
from pipeline.language.parties import party_of
from schemas import DocumentReadout
from schemas.kinds import KINDS, Kind, facts_of_kind
from schemas.proposals import Proposals
from tests.pipeline.extraction.model.conftest import Ask
from tests.pipeline.extraction.model.provider import Call, Provider, Reply, says

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))
MOST_REFUSED = 0.03
"""Of what was answered: items and leaves that are not served."""
KNOWN_BY = {
    "delegate": ("name", "role"), "stake": ("title",), "deadline": ("what",), "figure": ("value", "subject"),
    "statement": ("text",), "event": ("what",),
}  # fmt: skip
"""The words by which a proposal is found among the facts of its kind."""
SAME_NAME = (
    "name", "role", "organisation", "head", "capacity", "topic", "title", "at_risk", "what", "kind",
    "value", "value_high", "subject", "measure", "status", "direction", "comparison_base", "legal_basis",
    "reported_by", "speaker", "direct", "text", "channel", "place", "comparator",
)  # fmt: skip
DATES = ("date", "starts", "period", "effective", "said_on")
PARTIES = ("party", "imposed_by", "applies_to")


class Answered(msgspec.Struct, frozen=True):
    """What a recorded answer proposes, and the readout of its document that was made of it over HTTP."""

    proposals: Proposals
    readout: DocumentReadout


@pytest.fixture(scope="module", params=RECORDED, ids=[path.stem for path in RECORDED])
def recorded(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def answered(recorded: Path, shared: Path, ask: Ask) -> Answered:
    text = recorded.read_text("utf-8")

    def answer(call: Call) -> Reply:
        return says(text if call.number == 0 else '{"talks": null}')

    document = read((shared / "dev" / "docs" / f"{recorded.stem}.txt").read_bytes())
    made = readout(document, Model(ask(answer).chat, Provider.model))
    numbered = Numbered(Reading(document).annotated)
    return Answered(proposals_of(read_answer(text), numbered, []), made)


def key(kind: Kind, holder: Any) -> tuple[str, ...]:
    return tuple(fold(str(getattr(holder, name) or "")) for name in KNOWN_BY[kind.name])


def said(proposal: Any) -> Iterator[tuple[str, Any]]:
    """The leaves that a proposal holds, by the names that they have in facts."""
    for name in SAME_NAME:
        value = getattr(proposal, name, None)
        if value is not None:
            yield name, fold(value) if isinstance(value, str) else value
    for name in DATES:
        if edtf := getattr(proposal, f"{name}_edtf", None):
            yield name, edtf.replace("~", "")
    for name in PARTIES:
        if value := getattr(proposal, name, None):
            yield name, [party_of(one) for one in value] if isinstance(value, list) else party_of(value)


def served(fact: Any, name: str) -> Any:
    value = getattr(fact, name)
    if name in DATES and value is not None:
        return (value.edtf or "").replace("~", "")
    return fold(value) if isinstance(value, str) and name not in PARTIES else value


def test_every_leaf_stays_as_it_was_answered(answered: Answered) -> None:
    told = {(one.kind, one.leaf) for one in answered.readout.rejected}
    changed = []
    for kind in KINDS:
        known: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for proposal in getattr(answered.proposals, kind.plural):
            known.setdefault(key(kind, proposal), []).append(dict(said(proposal)))
        for fact in facts_of_kind(answered.readout, kind):
            proposals = known[key(kind, fact)]
            lacks = [
                {
                    (name, str(value), str(served(fact, name)))
                    for name, value in leaves.items()
                    if served(fact, name) != value
                    and not (served(fact, name) in (None, []) and (kind.name, name) in told)
                }
                for leaves in proposals
            ]
            changed += [(kind.name, key(kind, fact), lack) for lack in [min(lacks, key=len)] if lack]
    assert changed == []


def test_little_that_is_right_is_refused(answered: Answered) -> None:
    answers = sum(len(getattr(answered.proposals, kind.plural)) for kind in KINDS)
    refused = [(one.kind, one.leaf, one.reason) for one in answered.readout.rejected]
    assert len(refused) <= max(MOST_REFUSED * answers, 2), refused
