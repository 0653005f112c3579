"""The second call: about what failed and what was left out, with the sentences in question alone; what it mends counts."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.documents.read import read
from pipeline.extraction.model import Completion, Model, Request
from pipeline.extraction.readout import readout
from schemas import DocumentReadout
from tests.pipeline.extraction.model.provider import cited, sentences

pytestmark = pytest.mark.usefixtures("read_once")

TALKS = "Norway and Chile opened trade talks in Oslo."
DUTY = "Norway’s duty on wine is 15 per cent."
SCENE = "The rooms were full."
QUOTA = "Chile offered a quota of 900 tonnes of cod, and Norway one of 900 tonnes of hake."
TEXT = f"{TALKS} {SCENE} {DUTY} {SCENE} {QUOTA}"
OPENED: dict[str, Any] = {"s": [TALKS], "parties": ["Norway", "Chile"], "status": "in_progress"}
FIGURE: dict[str, Any] = {
    "s": [DUTY],
    "amount": "15 per cent",
    "value": 15,
    "unit": "%",
    "subject": "Norway’s duty on wine",
    "measure": "tariff_rate",
    "status": "in_force",
}
OFFERED = FIGURE | {
    "s": [QUOTA],
    "amount": "900 tonnes",
    "value": 900,
    "unit": "t",
    "subject": "a quota",
    "measure": "quota",
    "status": "proposed",
}
ALL = [FIGURE, OFFERED, OFFERED]


class Asked:
    """A model that says one thing first and another when it is asked again; what it was sent."""

    def __init__(self, first: dict[str, Any], again: dict[str, Any]) -> None:
        self._answers = [first, again]
        self.sent: list[str] = []

    def __call__(self, request: Request) -> Completion:
        self.sent.append("\n".join(message["content"] for message in request.messages[3:]))
        answer = {"talks": OPENED if len(self.sent) == 1 else None} | self._answers[len(self.sent) - 1]
        return Completion(text=json.dumps(cited(answer, sentences(self.sent[-1]))), finish="stop")

    @property
    def shown(self) -> list[list[str]]:
        """The sentences of each call."""
        return [list(sentences(one).values()) for one in self.sent]


Ask = Callable[..., tuple[DocumentReadout, Asked]]


@pytest.fixture
def ask() -> Ask:
    def asked(
        figures: list[dict[str, Any]], again: list[dict[str, Any]] | None = None, **more: Any
    ) -> tuple[DocumentReadout, Asked]:
        model = Asked({"figures": figures} | more, {"figures": again or []})
        return readout(read(TEXT.encode()), Model(model, "invented-1")), model

    return asked


def told(found: DocumentReadout) -> list[tuple[str | None, str]]:
    return [(one.leaf, one.reason) for one in found.rejected]


def test_there_is_none_where_all_is_proven(ask: Ask) -> None:
    found, model = ask(ALL)
    assert (len(model.sent), told(found)) == (1, [])
    assert [figure.value for figure in found.figures] == [15, 900, 900]


def test_equal_amounts_of_one_sentence_are_two_facts_at_their_places(ask: Ask) -> None:
    found, _ = ask([*ALL, OFFERED])
    assert [figure.value for figure in found.figures] == [15, 900, 900]
    assert len({figure.id for figure in found.figures}) == 3
    assert told(found) == [(None, "it repeats another fact")]


def test_it_shows_the_sentences_in_question_and_asks_for_no_talks(ask: Ask) -> None:
    found, model = ask([FIGURE | {"value": 25}, OFFERED, OFFERED])
    assert model.shown == [[TALKS, SCENE, DUTY, SCENE, QUOTA], [DUTY]]
    assert "3 Norway’s duty" in model.sent[1] and "No talks" in model.sent[1]
    assert "the amount ('15 per cent') reads as 15 %, not as 25 %" in model.sent[1]
    assert found.negotiation and found.negotiation.parties == ["CL", "NO"]


def test_what_it_puts_right_is_a_fact_and_what_was_wrong_is_told(ask: Ask) -> None:
    found, _ = ask([FIGURE | {"value": 25}, OFFERED, OFFERED], again=[FIGURE])
    assert [figure.value for figure in found.figures] == [900, 900, 15]
    assert told(found) == [(None, "the amount ('15 per cent') reads as 15 %, not as 25 %")]


def test_what_it_insists_on_is_refused_again(ask: Ask) -> None:
    wrong = FIGURE | {"value": 25}
    found, _ = ask([wrong, OFFERED, OFFERED], again=[wrong])
    assert [figure.value for figure in found.figures] == [900, 900]
    assert told(found) == [(None, "the amount ('15 per cent') reads as 15 %, not as 25 %")] * 2


def test_what_it_mends_replaces_the_first(ask: Ask) -> None:
    found, model = ask(
        [FIGURE | {"by": "Chile"}, OFFERED, OFFERED], again=[FIGURE | {"by": "Norway", "on": ["Chile"]}]
    )
    assert model.shown[1] == [DUTY]
    [duty] = [figure for figure in found.figures if figure.unit == "%"]
    assert (duty.imposed_by, duty.applies_to, duty.proof) == ("NO", ["CL"], "quoted")
    assert told(found) == [(None, "it repeats another fact")]


def test_a_deadline_with_the_wrong_date_gives_way_to_the_right_one() -> None:
    due = "The truce on copper duties ends on 30 September 2031."
    deadline = {"s": [due], "what": "The truce on copper duties ends", "kind": "measure_expiry"}
    first, again = (
        {"deadlines": [deadline | {"date": date}]}
        for date in ({"words": "on 1 May 2031"}, {"words": "on 30 September 2031", "edtf": "2031-09-30"})
    )
    found = readout(read(f"{TALKS} {due}".encode()), Model(Asked(first, again), "invented-1"))
    assert [one.date.edtf for one in found.deadlines if one.date] == ["2031-09-30"]
    assert (len(found.deadlines), "it repeats another fact" in dict(told(found)).values()) == (1, True)


def test_what_our_own_rules_read_and_the_answer_left_out_is_asked_about(ask: Ask) -> None:
    found, model = ask([OFFERED, OFFERED], again=[FIGURE])
    assert model.shown[1] == [DUTY]
    assert "[3] figure '15 per cent'" in model.sent[1]
    assert ([figure.value for figure in found.figures], told(found)) == ([900, 900, 15], [])


def test_a_repetition_is_not_asked_about(ask: Ask) -> None:
    assert len(ask([*ALL, FIGURE])[1].sent) == 1


def test_it_asks_nothing_of_a_document_about_no_talks() -> None:
    model = Asked({"talks": None, "figures": [FIGURE | {"value": 25}]}, {})
    found = readout(read(TEXT.encode()), Model(model, "invented-1"))
    assert (len(model.sent), found.negotiation, found.figures) == (1, None, [])


def test_a_sentence_that_is_not_there_refuses_its_item_alone(ask: Ask) -> None:
    found, model = ask([*ALL, FIGURE | {"s": [99]}])
    assert [figure.value for figure in found.figures] == [15, 900, 900]
    [rejection] = found.rejected
    assert (rejection.kind, rejection.leaf, rejection.reason) == ("figure", None, "there is no sentence 99")
    assert '"s":[99]' in rejection.quote
    assert "there is no sentence 99" in "".join(model.sent[1:])


def test_several_sentences_are_several_evidences(ask: Ask) -> None:
    found, _ = ask([FIGURE | {"s": [DUTY, TALKS]}, OFFERED, OFFERED])
    assert [one.exact for one in found.figures[0].evidence] == [DUTY, TALKS]


def test_sentences_that_follow_on_each_other_are_one_evidence(ask: Ask) -> None:
    found, _ = ask([FIGURE | {"s": [2, 3, 4]}, OFFERED, OFFERED])
    assert [one.exact for one in found.figures[0].evidence] == [f"{SCENE} {DUTY} {SCENE}"]


TRANSCRIPT = (
    "ANA EXAMPLE: Norway and Chile opened trade talks in Oslo today.\n\n"
    "BO MUSTER: Chile will not cut its duty on wine before the vote.\n\n"
    "ANA EXAMPLE: Then we meet again in May."
)


@pytest.mark.parametrize(("speaker", "taken"), [("Bo Muster", True), ("Ana Example", False)])
def test_a_turn_of_a_transcript_is_its_speakers(speaker: str, taken: bool) -> None:
    talks = OPENED | {"s": ["opened trade talks"]}
    said = {"s": ["before the vote"], "speaker": speaker, "quoted": True, "words": "Chile will not cut"}
    model = Asked({"talks": talks, "statements": [said]}, {"talks": None})
    found = readout(read(TRANSCRIPT.encode()), Model(model, "invented-1"))
    words = "Chile will not cut its duty on wine before the vote."
    assert [one.text for one in found.statements] == ([words] if taken else [])
    assert taken or told(found) == [(None, "it is the turn of BO MUSTER, not of Ana Example")]


def test_a_negotiator_who_is_not_named_is_a_delegate_without_a_name(ask: Ask) -> None:
    text = f"{TALKS} Norway’s chief negotiator showed Chile a list of goods."
    delegate = {"s": ["chief negotiator"], "role": "chief negotiator", "party": "Norway"}
    model = Asked({"delegates": [delegate]}, {})
    found = readout(read(text.encode()), Model(model, "invented-1"))
    [side] = found.delegations
    [member] = side.members
    assert (side.party, member.name, member.role, member.proof) == ("NO", None, "chief negotiator", "quoted")
    assert found.rejected == []
