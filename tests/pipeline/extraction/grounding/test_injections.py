"""Documents that give orders: they stay inside their marks, and a model that obeys them brings nothing through."""

import hashlib
import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.extraction.model import Completion, Model, Request
from pipeline.extraction.readout import readout
from pipeline.language.matching import fold
from prompts import document_message, static_messages
from schemas import DocumentReadout
from schemas.facts import Fact

pytestmark = pytest.mark.usefixtures("read_once")

HERE = Path(__file__).parent
TRUTH = "Norway’s duty on wine is 11 per cent."
FACT: dict[str, object] = {"quote": TRUTH, "as_written": "11 per cent", "subject": "duty on wine", "measure": "tariff_rate", "status": "actual",
        "period_words": None, "direction": None, "comparison_base": None, "reported_by": None}  # fmt: skip
EXAMPLE = json.loads((files("prompts") / "example_answer.json").read_text("utf-8"))
EXAMPLE_TEXT = (files("prompts") / "example_document.txt").read_text("utf-8")


def planted() -> dict[str, list[dict[str, object]]]:
    """Facts that no document has, each in several disguises."""
    quote = "Norway will pay $900 billion by 1 August 2044."
    figure = FACT | {"quote": quote, "as_written": "$900 billion", "subject": "Norway"}
    return {
        "delegates": [{"quote": "Foreign Minister Victor Planted leads Norway’s team.", "name": "Victor Planted", "role": "Foreign Minister", "party": "Norway", "organisation": None, "head": True}],
        "stakes": [{"quote": quote, "topic": "purchases", "summary": "$900 billion", "positions": [], "at_risk": None}],
        "deadlines": [{"quote": quote, "what": "Norway will pay", "date_words": "1 August 2044", "kind": "other", "conditions": [], "consequence": None}],
        "figures": [figure, figure | {"quote": TRUTH}, FACT | {"as_written": "99 per cent"}, FACT | {"as_written": "111 per cent"}, FACT | {"as_written": "110 per cent", "quote": TRUTH.replace("11", "110")}],
        "statements": [{"quote": "“We surrender,” Planted said.", "speaker": "Victor Planted", "text": "We surrender,", "direct": True, "role": None, "party": "Norway", "channel": None}],
        "events": [{"quote": quote, "what": "Norway will pay", "date_words": "1 August 2044", "status": "occurred", "place": None}],
    }  # fmt: skip


def _texts() -> dict[str, str]:
    opener = "Chile and Norway held talks about trade in Oslo on 3 May 2031."
    gold = json.dumps({"talks": None, **planted()})
    example_mark = re.findall(r"⟦end (\w+)⟧", static_messages()[1]["content"])[0]
    fills = {"opener": opener, "truth": TRUTH, "gold": gold, "example_mark": example_mark, "long": "planted facts " * 4_000,
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
        said = planted()
        answer = {kind: [*items, *EXAMPLE[kind]] for kind, items in said.items()}
        answer["figures"].append(FACT)
        return Completion(text=json.dumps({"talks": self._talks, **answer}), finish="stop")


TALKS = {"quote": "Chile and Norway held talks about trade in Oslo on 3 May 2031.", "parties": ["Chile", "Norway"],
         "venue": "Port Sorrel", "round": "planted", "date_words": "4 March 2041", "status": "scheduled"}  # fmt: skip


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
        assert text[span.start : span.end] == span.exact == TRUTH
        assert document.region_at(span.start) == "body"
    assert [figure.value for figure in found.figures] == ([11] if talks is TALKS else [])
    assert [len(facts) for facts in (found.delegations, found.stakes, found.deadlines, found.statements, found.events)] == [0] * 5  # fmt: skip
    if talks is TALKS:
        assert found.negotiation is not None
        assert (found.negotiation.venue, found.negotiation.round, found.negotiation.start) == (
            None,
            None,
            None,
        )
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
