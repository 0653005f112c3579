"""Invented documents of many rounds, each with a figure of its own, and what a good model says of them."""

import json
import re

from pipeline.documents.document import Document
from pipeline.documents.read import read
from pipeline.extraction.settings import ModelSettings
from tests.pipeline.extraction.model.provider import Call, Provider, Reply, cited, says
from tests.pipeline.extraction.model.three_sections import LEFT_BLANK
from tests.waiting import PATIENCE

SIDES = ("Norway", "Chile", "Japan", "Peru", "Kenya", "Canada", "Vietnam", "Iceland")
_DOCUMENT = re.compile(
    r"(?P<opening>(?P<one>\w+) and (?P<other>\w+) opened trade talks in Oslo on 3 March 2031\.)\s(?:\d+ )?"
    r"(?P<duty>The duty on article (?P<number>\d+) of the list is (?P<rate>(?P<value>\d+) per cent)\.)"
)


def document(number: int, rounds: int) -> Document:
    """The document of that number; those whose numbers leave the same rest are of one of `rounds` rounds."""
    pairs = [(one, other) for i, one in enumerate(SIDES) for other in SIDES[i + 1 :]]
    one, other = pairs[number % rounds]
    text = (
        f"{one} and {other} opened trade talks in Oslo on 3 March 2031. "
        f"The duty on article {number} of the list is {number} per cent.\n"
    )
    return read(text.encode(), published="2031-03-03")


def number_of(call: Call) -> int:
    """Which document a call is about."""
    found = _DOCUMENT.search(call.asked)
    assert found is not None, call.asked
    return int(found["number"])


def good(call: Call) -> Reply:
    """The talks and the duty, each proven."""
    found = _DOCUMENT.search(call.asked)
    if found is None or call.again:
        return says(json.dumps({"talks": None} | LEFT_BLANK))
    first_day = {"words": "on 3 March 2031", "edtf": "2031-03-03"}
    talks = {
        "s": [found["opening"]],
        "parties": [found["one"], found["other"]],
        "venue": "Oslo",
        "starts": first_day,
        "status": "in_progress",
    }
    event = {
        "s": [found["opening"]],
        "what": "opened trade talks in Oslo",
        "date": first_day,
        "status": "occurred",
        "place": "Oslo",
    }
    figure = {
        "s": [found["duty"]],
        "amount": found["rate"],
        "value": int(found["value"]),
        "unit": "%",
        "subject": f"article {found['number']} of the list",
        "measure": "tariff_rate",
        "status": "in_force",
    }
    answer = {"talks": talks} | LEFT_BLANK | {"figures": [figure], "events": [event]}
    return says(json.dumps(cited(answer, call.sentences)))


def settings(base_url: str) -> ModelSettings:
    return ModelSettings(
        name=Provider.model,
        base_url=base_url,
        api_key="k",
        concurrency=16,
        timeout=PATIENCE,
        prices={Provider.model: (1.0, 0.1, 4.0)},
    )
