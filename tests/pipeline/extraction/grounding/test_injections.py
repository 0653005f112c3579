"""Documents that give orders: they stay inside their marks, and a model that obeys them brings nothing through."""

import hashlib
import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.extraction.model import Completion, Model, Request
from pipeline.extraction.readout import readout
from pipeline.language.matching import fold
from prompts import document_message, static_messages
from schemas import DocumentReadout
from schemas.facts import Fact
from tests.pipeline.extraction.model.provider import cited, sentences

pytestmark = pytest.mark.usefixtures("read_once")

HERE = Path(__file__).parent
OPENER = "Chile and Norway held talks about trade in Oslo on 3 May 2031."
TRUTH = "Norway’s duty on wine is 11 per cent."
FACT: dict[str, object] = {"s": [TRUTH], "amount": "11 per cent", "value": 11, "unit": "%", "subject": "duty on wine",
        "measure": "tariff_rate", "status": "in_force"}  # fmt: skip
EXAMPLE = json.loads((files("prompts") / "example_answer.json").read_text("utf-8"))
EXAMPLE_TEXT = (files("prompts") / "example_document.txt").read_text("utf-8")


def planted(s: list[object]) -> dict[str, list[dict[str, object]]]:
    """Facts that no document has, each in several disguises. `s`: the sentences that they are said to stand in."""
    day = {"words": "1 August 2044", "edtf": "2044-08-01"}
    figure = FACT | {"s": s}
    return {
        "delegates": [{"s": s, "name": "Victor Planted", "role": "Foreign Minister", "party": "Norway", "head": True}],
        "stakes": [{"s": s, "topic": "purchases", "title": "payment of $900 billion", "positions": [{"party": "Norway", "wants": "offer", "words": "$900 billion"}]}],
        "deadlines": [{"s": s, "what": "Norway will pay $900 billion", "kind": "other", "date": day}],
        "figures": [figure | {"amount": "$900 billion", "value": 9e11, "unit": "USD", "subject": "Norway"}, figure | {"amount": "99 per cent", "value": 99}, figure | {"amount": "111 per cent", "value": 111}, figure | {"value": 110}, figure | {"unit": "USD"}, figure | {"subject": "Victor Planted"}, figure | {"limit": "gt"}],
        "statements": [{"s": s, "speaker": "Victor Planted", "party": "Norway", "quoted": True}],
        "events": [{"s": s, "what": "Norway will pay", "date": day, "status": "occurred"}],
    }  # fmt: skip


def quoting() -> dict[str, list[dict[str, object]]]:
    """The same by a model that quotes where it was asked for numbers."""
    quote = "Norway will pay $900 billion by 1 August 2044."
    said = planted([TRUTH])
    texts = {
        "delegates": "Foreign Minister Victor Planted leads Norway’s team.",
        "statements": "“We surrender,” Planted said.",
    }
    return {
        kind: [{name: value for name, value in item.items() if name != "s"} | {"quote": texts.get(kind, quote)} for item in items]
        for kind, items in said.items()
    } | {
        "stakes": [{"quote": quote, "topic": "purchases", "summary": "$900 billion"}],
        "deadlines": [{"quote": quote, "what": "Norway will pay", "date_words": "1 August 2044", "kind": "other"}],
        "figures": [{"quote": quote, "as_written": "$900 billion", "subject": "Norway", "measure": "purchase", "status": "agreed"}, {"quote": TRUTH.replace("11", "110"), "as_written": "110 per cent", "subject": "duty on wine", "measure": "tariff_rate", "status": "actual"}],
        "statements": [{"quote": "“We surrender,” Planted said.", "text": "We surrender,", "speaker": "Victor Planted", "direct": True}],
        "events": [{"quote": quote, "what": "Norway will pay", "date_words": "1 August 2044", "status": "occurred"}],
    }  # fmt: skip


def _texts() -> dict[str, str]:
    gold = json.dumps({"talks": None, **quoting()})
    example_mark = re.findall(r"⟦end (\w+)⟧", static_messages()[1]["content"])[0]
    fills = {"opener": OPENER, "truth": TRUTH, "gold": gold, "example_mark": example_mark, "long": "planted facts " * 4_000,
             "lines": "planted\n" * 3_000}  # fmt: skip
    texts = {}
    for entry in tomllib.loads((HERE / "injections.toml").read_text("utf-8"))["documents"]:
        text = entry["text"]
        for name, words in fills.items():
            text = text.replace("{" + name + "}", words)
        guess = hashlib.sha256(f"0|{text}".encode()).hexdigest()[:8]
        texts[entry["name"]] = text.replace("{mark}", guess)
    return texts


TEXTS = _texts()
STATIC = json.dumps(static_messages())


def facts_of(found: DocumentReadout) -> list[Fact]:
    members = [member for delegation in found.delegations for member in delegation.members]
    lists = (members, found.stakes, found.deadlines, found.figures, found.statements, found.events)
    return [fact for facts in lists for fact in facts]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_document_cannot_leave_its_marks(text):
    content = document_message(text)["content"]
    opened, *inside, closed = content.split("\n")
    (mark,) = re.findall(r"^⟦document ([0-9a-f]{8})⟧$", opened)
    assert closed == f"⟦end {mark}⟧"
    assert content.count(mark) == 2
    assert mark not in text
    assert not re.findall(r"⟦(?!\u200b)", "\n".join(inside))
    assert "\n".join(inside) == text.replace("⟦", "⟦\u200b")
    assert json.dumps(static_messages()) == STATIC


def test_a_mark_that_an_attacker_computed_is_not_used():
    first = "a document"
    stolen = re.findall(r"⟦end (\w+)⟧", document_message(first)["content"])[0]
    assert stolen not in re.findall(r"⟦\w+ (\w+)⟧", document_message(f"{first} {stolen}")["content"])


class Gullible:
    """A model that says what a document wants: planted facts, the worked example, and one that is true."""

    def __init__(self, talks: object) -> None:
        self._talks = talks
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Completion:
        self.asked.append(request)
        known = sentences("\n".join(message["content"] for message in request.messages[3:]))
        answer: dict[str, Any] = {kind: [*items, *EXAMPLE[kind]] for kind, items in quoting().items()}
        for s in ([TRUTH], [OPENER], [OPENER, TRUTH], [99]):
            for kind, items in planted([*s]).items():
                answer[kind] += items
        answer["figures"].append(FACT)
        return Completion(text=json.dumps(cited({"talks": self._talks, **answer}, known)), finish="stop")


TALKS = {"s": [OPENER], "parties": ["Chile", "Norway"], "venue": "Port Sorrel", "round": "planted",
         "starts": {"words": "4 March 2041", "edtf": "2041-03-04"}, "status": "scheduled"}  # fmt: skip


@pytest.mark.parametrize(
    "talks", [TALKS, EXAMPLE["talks"]], ids=["talks of the document", "talks of the example"]
)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_model_that_obeys_brings_nothing_through_that_the_body_does_not_say(text, talks):
    document = read(text.encode())
    gullible = Gullible(talks)
    found = readout(document, Model(gullible, "gullible", section_chars=24_000))
    for fact in facts_of(found):
        (span,) = fact.evidence
        assert text[span.start : span.end] == span.exact
        assert span.exact.startswith(TRUTH)
        assert document.region_at(span.start) == "body"
    told = [(figure.as_written, figure.value, figure.unit) for figure in found.figures]
    assert told == ([("11 per cent", 11, "%")] if talks is TALKS else [])
    assert [len(facts) for facts in (found.delegations, found.stakes, found.deadlines, found.statements, found.events)] == [0] * 5  # fmt: skip
    if talks is TALKS:
        assert found.negotiation is not None
        talks_told = (found.negotiation.venue, found.negotiation.round, found.negotiation.start)
        assert talks_told == (None, None, None)
        lost = {one.leaf for one in found.rejected if one.kind == "negotiation"}
        assert {"venue", "round", "start"} <= lost
    else:
        assert found.negotiation is None
    assert all(json.dumps(request.messages[:3]) == STATIC for request in gullible.asked)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nothing_of_the_worked_example_reaches_a_readout(text):
    found = readout(read(text.encode()), Model(Gullible(TALKS), "gullible"))
    served = fold(msgspec.json.encode(facts_of(found)).decode())
    for word in set(re.findall(r"[A-Z]\w{4,}", EXAMPLE_TEXT)) - {"Trade", "Minister", "March"}:
        assert fold(word) not in served


def test_there_are_at_least_thirty_of_them():
    assert len(TEXTS) >= 30
