"""An invented document of three sections, and what a good model says of each."""

import json
from typing import Any

from pipeline.documents.document import Document
from pipeline.documents.read import read
from schemas import DocumentReadout
from schemas.facts import Fact
from tests.pipeline.extraction.model.provider import Call, Reply, says

OPENING = (
    "Norway and Chile opened trade talks in Oslo on 3 March 2031. "
    "Trade Minister Ana Example leads the Norwegian delegation."
)
TARIFF = "The salmon tariff of 15 per cent expires on 1 April 2031 unless both sides agree."
QUOTED = "“We will not be rushed,” said Bo Muster of the Chilean fishing fleet on the first day of the talks."
SECTIONS = (OPENING, TARIFF, QUOTED)
SECTION_CHARS = 130
TALKS = {
    "quote": OPENING,
    "parties": ["Norway", "Chile"],
    "venue": "Oslo",
    "round": None,
    "date_words": "on 3 March 2031",
    "status": "in_progress",
}
LEFT_BLANK: dict[str, Any] = {
    "delegates": [],
    "stakes": [],
    "deadlines": [],
    "figures": [],
    "statements": [],
    "events": [],
}
"""The lists of an answer that found nothing."""
DELEGATE = {
    "quote": OPENING.partition(". ")[2],
    "name": "Ana Example",
    "role": "Trade Minister",
    "party": "Norway",
    "organisation": None,
    "head": True,
}
EVENT = {
    "quote": OPENING.partition(" Trade")[0],
    "what": "opened trade talks in Oslo",
    "date_words": "on 3 March 2031",
    "status": "occurred",
    "place": "Oslo",
}
DEADLINE = {
    "quote": TARIFF,
    "what": "The salmon tariff",
    "date_words": "on 1 April 2031",
    "kind": "measure_expiry",
    "conditions": [{"kind": "unless_deal", "text": "unless both sides agree"}],
    "consequence": None,
}
FIGURE = {
    "quote": TARIFF,
    "as_written": "15 per cent",
    "subject": "The salmon tariff",
    "measure": "tariff_rate",
    "status": "actual",
    "period_words": None,
    "direction": None,
    "comparison_base": None,
    "reported_by": None,
}
STATEMENT = {
    "quote": QUOTED,
    "speaker": "Bo Muster",
    "text": "We will not be rushed,",
    "direct": True,
    "role": None,
    "party": "Chile",
    "channel": None,
}
ANSWERS: tuple[dict[str, Any], ...] = (
    {"talks": TALKS} | LEFT_BLANK | {"delegates": [DELEGATE], "events": [EVENT]},
    {"talks": None} | LEFT_BLANK | {"deadlines": [DEADLINE], "figures": [FIGURE]},
    {"talks": None} | LEFT_BLANK | {"statements": [STATEMENT]},
)
FACTS = {"delegates": 0, "events": 0, "deadlines": 1, "figures": 1, "statements": 2}
"""By class, the section that its one fact stands in."""


def document() -> Document:
    return read("\n\n".join(SECTIONS).encode(), title="Talks in Oslo")


def section_of(call: Call) -> int:
    """Which section a call is about; 3 where it is about several, or asks once more."""
    held = [i for i, section in enumerate(SECTIONS) if section in call.asked]
    return held[0] if len(held) == 1 and "checked your answer" not in call.asked else 3


def answer(call: Call) -> str:
    """What a good model says."""
    section = section_of(call)
    return json.dumps(ANSWERS[section] if section < 3 else {"talks": None} | LEFT_BLANK, ensure_ascii=False)


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
