"""Whatever a provider does, a document gets its facts or a reason, and no answer that was given is lost."""

import json
import time
from collections import Counter
from collections.abc import Callable

import pytest

from pipeline.extraction.model import ModelError, ProviderDown, ProviderRefused, extractor
from schemas import DocumentReadout
from tests.pipeline.extraction.model.conftest import Ask, Asked
from tests.pipeline.extraction.model.provider import (
    Call,
    Reply,
    Script,
    body,
    breaks_off,
    completion,
    drips,
    fails,
    garbled,
    hangs,
    hangs_up,
    page,
    says,
)
from tests.pipeline.extraction.model.three_sections import (
    FACTS,
    LEFT_BLANK,
    answer,
    document,
    facts,
    good,
    section_of,
    ungrounded,
)
from tests.waiting import PATIENCE

pytestmark = pytest.mark.usefixtures("read_once")

Fault = Callable[[Call], Reply]
POSITIONS = pytest.mark.parametrize("section", [0, 1, 2], ids=["first", "middle", "last"])
KINDS_ALL = dict.fromkeys(FACTS, 1)
HUGE = json.dumps({"talks": None, "stakes": [{"s": [99], "topic": "tariffs", "title": "x" * 80}] * 15_000})

PASSING: dict[str, Fault] = {
    "connection dropped": lambda call: hangs_up(),
    "connection dropped in the body": lambda call: breaks_off(answer(call)),
    "timeout": lambda call: hangs(),
    "slow drip": lambda call: drips(answer(call), 0.02),
    "429": lambda call: fails(429, Retry_After="0.05"),
    "500": lambda call: fails(500),
    "502, a page of HTML": lambda call: page(502),
    "503": lambda call: fails(503),
    "200, a page of HTML": lambda call: page(200),
    "JSON by its name only": lambda call: garbled(),
    "empty answer": lambda call: says(""),
    "null answer": lambda call: says(None),
    "no choices": lambda call: body(completion("") | {"choices": []}),
    "null choices": lambda call: body(completion("") | {"choices": None}),
    "choices that are none": lambda call: body(completion("") | {"choices": [17]}),
    "choices without a message": lambda call: body(completion("") | {"choices": [{"finish_reason": "stop"}]}),
    "an error with status 200": lambda call: body({"error": {"message": "overloaded"}}),
    "a list": lambda call: body([]),
    "null": lambda call: body(None),
    "not the schema": lambda call: says('{"facts": "many"}'),
    "not JSON": lambda call: says("I would be glad to help. What shall I do?"),
}
"""What may pass: it is asked for again."""

TIMED = ("timeout", "slow drip")
"""Faults for which a client must be impatient. On a slow machine it is so with good answers too, and asks again."""

LASTING: dict[str, tuple[Fault, int]] = {
    "refusal": (lambda call: says(None, refusal="I cannot help with that."), 1),
    "content filter": (lambda call: says(None, finish="content_filter"), 1),
    "402": (lambda call: fails(402, "no money"), 1),
    "400, too many tokens": (lambda call: fails(400, "too many tokens"), 6),
    "401": (lambda call: fails(401, "wrong key", "invalid_api_key"), 1),
    "403": (lambda call: fails(403, "not yours"), 1),
    "404": (lambda call: fails(404, "no such model", "model_not_found"), 1),
    "no quota": (lambda call: fails(429, "no money", "insufficient_quota"), 1),
    "429, come back tomorrow": (lambda call: fails(429, Retry_After="86400"), 1),
    "not the schema": (lambda call: says('{"facts": []}'), 2),
    **{name: (fault, 2 if name.startswith("not ") else 3) for name, fault in PASSING.items()},
}
"""What does not pass, and how many calls a section then takes."""

ODD: dict[str, Fault] = {
    "in a fence": lambda call: says(f"Here you are:\n```json\n{answer(call)}\n```\nAnything else?"),
    "in prose": lambda call: says(f"Sure! {answer(call)} I hope that this helps."),
    "after thinking": lambda call: says(f"<think>Hm, {{so}}.</think>\n{answer(call)}"),
    "no usage": lambda call: body({k: v for k, v in completion(answer(call)).items() if k != "usage"}),
    "usage that says nothing": lambda call: body(completion(answer(call)) | {"usage": {}}),
    "usage without details": lambda call: body(completion(answer(call), prompt_tokens_details=None)),
    "keys that nobody asked for": lambda call: says(answer(call)[:-1] + ', "mood": "good"}'),
    "no finish": lambda call: says(answer(call), finish=None),  # type: ignore[arg-type]
}
"""Good answers in odd clothes."""


def at(section: int, fault: Fault, times: int = 1000) -> Script:
    """Good answers, but for the first `times` calls about one section."""
    seen: Counter[int] = Counter()

    def script(call: Call) -> Reply:
        about = section_of(call)
        seen[about] += 1
        return fault(call) if about == section and seen[about] <= times else good(call)

    return script


def patience(name: str) -> dict[str, float]:
    return {"timeout": 1.0} if name in TIMED else {}


def counted(asked: Asked) -> Counter[int]:
    """Calls by what they were about."""
    return Counter(map(section_of, asked.server.calls))


def kinds(found: DocumentReadout) -> dict[str, int]:
    return {kind: len(members) for kind, members in facts(found).items()}


def told(found: DocumentReadout) -> list[tuple[str, str]]:
    """What got no answer, and why."""
    return [(one.quote, one.reason) for one in found.rejected if one.kind == "section"]


@POSITIONS
@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_asked_for_again(ask: Ask, name: str, section: int) -> None:
    asked = ask(at(section, PASSING[name], times=1), **patience(name))
    found = asked.read()
    assert (kinds(found), told(found), ungrounded(document().text, found)) == (KINDS_ALL, [], [])
    wanted = Counter({0: 1, 1: 1, 2: 1}) + Counter([section])
    assert wanted <= counted(asked) if name in TIMED else wanted == counted(asked)


@POSITIONS
@pytest.mark.parametrize("name", LASTING)
def test_a_section_without_an_answer_does_not_lose_the_others(ask: Ask, name: str, section: int) -> None:
    fault, calls = LASTING[name]
    asked = ask(at(section, fault), **patience(name))
    found = asked.read()
    assert kinds(found) == {kind: 1 for kind, place in FACTS.items() if place != section}
    assert ungrounded(document().text, found) == []
    [(where, why)] = [one for one in told(found) if one[0] != "the second call"]
    assert where.startswith("characters ") and why.startswith("the ") and "\n" not in why
    assert counted(asked)[section] == calls
    if name not in TIMED:
        assert [counted(asked)[other] for other in range(3) if other != section] == [1, 1]
        assert counted(asked)[3] <= 1


@pytest.mark.parametrize("name", LASTING)
def test_a_document_without_any_answer_has_a_reason(ask: Ask, name: str) -> None:
    fault, calls = LASTING[name]
    asked = ask(fault, **patience(name))
    with pytest.raises(ModelError) as raised:
        asked.read()
    said = str(raised.value)
    assert said.startswith("the ") and len(said) < 300 and "\n" not in said
    assert len(asked.server.calls) <= 3 * calls


@POSITIONS
@pytest.mark.parametrize("clothes", ODD.values(), ids=ODD)
def test_a_good_answer_in_odd_clothes_is_read(ask: Ask, clothes: Fault, section: int) -> None:
    asked = ask(at(section, clothes))
    found = asked.read()
    assert (kinds(found), told(found), len(asked.server.calls)) == (KINDS_ALL, [], 3)


@POSITIONS
def test_an_answer_that_is_cut_keeps_what_was_whole(ask: Ask, section: int) -> None:
    def cut(call: Call) -> Reply:
        whole = answer(call)
        return says(whole[: whole.rindex('"s"') + 5], finish="length")

    found = ask(at(section, cut)).read()
    others = {kind: 1 for kind, place in FACTS.items() if place != section}
    assert others.items() <= kinds(found).items() <= KINDS_ALL.items()
    assert [why for _, why in told(found)] == ["the model's answer was cut short"]
    assert ungrounded(document().text, found) == []


def test_a_section_whose_answer_is_cut_is_asked_about_in_halves(ask: Ask) -> None:
    asked = ask(lambda call: says('{"talks": null, "figu', "length") if section_of(call) == 3 else good(call))
    found = asked.read(section_chars=10_000)
    assert (kinds(found), told(found)) == (KINDS_ALL, [])
    assert [section_of(call) for call in asked.server.calls] == [3, 3, 0, 1, 2]


@POSITIONS
def test_a_provider_that_ignores_the_limit_is_not_read_to_the_end(ask: Ask, section: int) -> None:
    assert len(HUGE) > 1_500_000
    asked = ask(at(section, lambda call: says(HUGE, "length")))
    found = asked.read()
    assert kinds(found) == {kind: 1 for kind, place in FACTS.items() if place != section}
    assert max(call.chars for call in asked.server.calls) < 60_000
    assert len(asked.server.calls) <= 4


@pytest.mark.parametrize("name", PASSING)
def test_what_was_proven_stands_when_the_second_call_fails(ask: Ask, name: str) -> None:
    """The first answer leaves the figure out, so it is asked about once more."""

    def script(call: Call) -> Reply:
        if section_of(call) == 1:
            return says(json.dumps({"talks": None} | LEFT_BLANK))
        return good(call) if section_of(call) < 3 else PASSING[name](call)

    asked = ask(script, **patience(name))
    found = asked.read()
    assert kinds(found) == {kind: 1 for kind, place in FACTS.items() if place != 1}
    assert [where for where, _ in told(found)] == ["the second call"]
    assert 1 <= counted(asked)[3] <= 3
    assert name in TIMED or len(asked.server.calls) <= 6


def test_nobody_there(ask: Ask) -> None:
    asked = ask(good)
    asked.server.shutdown()
    asked.server.server_close()
    with pytest.raises(ProviderDown, match="the model's provider does not answer"):
        asked.read()


def test_the_provider_says_when_to_come_back(ask: Ask) -> None:
    asked = ask(at(0, lambda call: fails(429, Retry_After="0.5"), times=1))
    began = time.monotonic()
    assert kinds(asked.read()) == KINDS_ALL
    assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize(
    ("taken", "tried"),
    [
        ({"json_schema"}, ["json_schema"] * 3),
        ({"json_object"}, ["json_schema", "json_object", "json_object", "json_object"]),
        ({None}, ["json_schema", "json_object", None, None, None]),
    ],
    ids=["schema", "object", "plain"],
)
def test_the_form_of_answer_that_a_server_takes_is_remembered(
    ask: Ask, taken: set[str | None], tried: list[str | None]
) -> None:
    said = "'response_format' of this type is not supported"
    asked = ask(lambda call: good(call) if call.form in taken else fails(400, said))
    assert kinds(asked.read()) == KINDS_ALL
    assert [call.form for call in asked.server.calls] == tried


def test_a_provider_that_fails_is_left_alone_until_it_has_had_time(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    well: list[bool] = []
    asked = ask(lambda call: good(call) if well else fails(503), attempts=1, closed_for=PATIENCE)
    for _ in range(4):
        with pytest.raises(ProviderDown):
            asked.read()
    assert len(asked.server.calls) == 8
    with pytest.raises(ProviderDown, match="it is left alone for a while"):
        asked.read()
    assert len(asked.server.calls) == 8
    well.append(True)
    monkeypatch.setattr("pipeline.extraction.model.breaker.monotonic", lambda: time.monotonic() + PATIENCE)
    assert kinds(asked.read()) == KINDS_ALL
    assert len(asked.server.calls) == 11


def test_a_provider_that_asks_to_wait_is_not_a_failing_one(ask: Ask) -> None:
    script = at(0, lambda call: fails(429, Retry_After="0"), times=12)
    assert kinds(ask(script, attempts=13, pause=0.0001).read()) == KINDS_ALL


def test_a_wrong_key_is_said_as_such(ask: Ask) -> None:
    with pytest.raises(ProviderRefused, match="the model's provider refuses the key"):
        ask(lambda call: fails(401, "wrong key")).read()


def test_what_it_cost_is_added_up(ask: Ask) -> None:
    usage = ask(good).read().usage
    assert (usage.calls, usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) == (
        3,
        3000,
        1800,
        300,
    )
    assert usage.cost == pytest.approx(3 * (400 * 1.0 + 600 * 0.1 + 100 * 4.0) / 1_000_000)


def test_the_language_model_is_there_before_anything_is_asked(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client of a call looks at modules by name, and would find those that are being imported half made."""
    there: list[bool] = []
    monkeypatch.setattr(extractor, "language_model", lambda: there.append(True))
    asked = ask(lambda call: good(call) if there else fails(400))
    assert kinds(asked.read()) == KINDS_ALL
    assert there == [True]
