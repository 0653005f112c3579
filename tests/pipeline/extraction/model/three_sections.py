"""An invented document of three sections, and what a good model says of each."""

import json
from typing import Any

from pipeline.documents.document import Document
from pipeline.documents.read import read
from schemas import DocumentReadout
from schemas.facts import Fact
from tests.pipeline.extraction.model.provider import Call, Reply, cited, says

OPENING = (
    "Norway and Chile opened trade talks in Oslo on 3 March 2031, where Trade Minister Ana Example leads the Norwegian "
    "delegation."
)
TARIFF = "The salmon tariff of 15 per cent expires on 1 April 2031 unless both sides agree."
QUOTED = "“We will not be rushed,” said Bo Muster of the Chilean fishing fleet on the first day of the talks."
SECTIONS = (OPENING, TARIFF, QUOTED)
SECTION_CHARS = 130
LEFT_BLANK: dict[str, Any] = {
    "delegates": [],
    "stakes": [],
    "deadlines": [],
    "figures": [],
    "statements": [],
    "events": [],
}
"""The lists of an answer that found nothing."""

# The items cite the words of their sentences, `answer` their numbers.
TALKS: dict[str, Any] = {
    "s": [OPENING],
    "parties": ["Norway", "Chile"],
    "venue": "Oslo",
    "starts": {"words": "on 3 March 2031", "edtf": "2031-03-03"},
    "status": "in_progress",
}
DELEGATE: dict[str, Any] = {
    "s": [OPENING],
    "name": "Ana Example",
    "role": "Trade Minister",
    "party": "Norway",
    "head": True,
}
EVENT: dict[str, Any] = {
    "s": [OPENING],
    "what": "opened trade talks in Oslo",
    "date": {"words": "on 3 March 2031", "edtf": "2031-03-03"},
    "status": "occurred",
    "place": "Oslo",
}
DEADLINE: dict[str, Any] = {
    "s": [TARIFF],
    "what": "The salmon tariff",
    "kind": "measure_expiry",
    "date": {"words": "on 1 April 2031", "edtf": "2031-04-01"},
    "conditions": [{"kind": "unless_deal", "words": "unless both sides agree"}],
}
FIGURE: dict[str, Any] = {
    "s": [TARIFF],
    "amount": "15 per cent",
    "value": 15,
    "unit": "%",
    "subject": "The salmon tariff",
    "measure": "tariff_rate",
    "status": "in_force",
}
STATEMENT: dict[str, Any] = {"s": [QUOTED], "speaker": "Bo Muster", "party": "Chile", "quoted": True}
ANSWERS: tuple[dict[str, Any], ...] = (
    {"talks": TALKS} | LEFT_BLANK | {"delegates": [DELEGATE], "events": [EVENT]},
    {"talks": None} | LEFT_BLANK | {"deadlines": [DEADLINE], "figures": [FIGURE]},
    {"talks": None} | LEFT_BLANK | {"statements": [STATEMENT]},
)
FACTS = {"delegates": 0, "events": 0, "deadlines": 1, "figures": 1, "statements": 2}
"""By class, the section that its one fact stands in."""


def document() -> Document:
    return read("\n\n".join(SECTIONS).encode(), title="Talks in Oslo")


def shown(call: Call) -> list[int]:
    """The sections that a call shows."""
    return [i for i, section in enumerate(SECTIONS) if section in call.sentences.values()]


def section_of(call: Call) -> int:
    """Which section a call is about; 3 where it is about several, or asks once more."""
    held = shown(call)
    return held[0] if len(held) == 1 and not call.again else 3


def answer(call: Call) -> str:
    """What a good model says: all that the sections hold, and nothing more when it is asked again."""
    said: dict[str, Any] = {"talks": None} | LEFT_BLANK
    for section in [] if call.again else shown(call):
        own = ANSWERS[section]
        said = {kind: said[kind] or own[kind] for kind in said}
    return json.dumps(cited(said, call.sentences), ensure_ascii=False)


def good(call: Call) -> Reply:
    return says(answer(call))


def facts(readout: DocumentReadout) -> dict[str, list[Fact]]:
    """Facts by class."""
    found: dict[str, list[Fact]] = {
        "delegates": [member for side in readout.delegations for member in side.members],
        "stakes": [*readout.stakes],
        "deadlines": [*readout.deadlines],
        "figures": [*readout.figures],
        "statements": [*readout.statements],
        "events": [*readout.events],
    }
    return {kind: members for kind, members in found.items() if members}


def ungrounded(text: str, readout: DocumentReadout) -> list[str]:
    """Evidence that is not what its span says."""
    spans = [e for members in facts(readout).values() for fact in members for e in fact.evidence]
    return [e.exact for e in spans if text[e.start : e.end] != e.exact]
