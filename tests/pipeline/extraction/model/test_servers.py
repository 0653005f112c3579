"""Servers differ in what they take and in the shape of what they say: what a document holds is read all the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.extraction.model import Model, ModelError, ProviderRefused
from pipeline.extraction.readout import readout
from tests.pipeline.extraction.model.conftest import Ask
from tests.pipeline.extraction.model.provider import Call, Reply, Script, body, completion, fails, page, says
from tests.pipeline.extraction.model.test_faults import KINDS_ALL, at, kinds, told
from tests.pipeline.extraction.model.three_sections import (
    FACTS,
    OPENING,
    QUOTED,
    answer,
    document,
    good,
    section_of,
)

pytestmark = pytest.mark.usefixtures("read_once")

Content = Callable[[str], Any]


def text(words: str, kind: str = "text") -> dict[str, str]:
    return {"type": kind, "text": words}


THOUGHT = {"type": "thinking", "thinking": [text("{hm}")]}
CONTENTS: dict[str, Content] = {
    "a text": lambda said: [text(said)],
    "a text in pieces": lambda said: [text(said[:40]), text(said[40:90]), text(said[90:])],
    "a thought, then a text": lambda said: [THOUGHT, text(said)],
    "a text between thoughts": lambda said: [THOUGHT, text(said), THOUGHT],
    "a thought in a text of its kind": lambda said: [text('{"talks": null}', "reasoning"), text(said)],
    "a text of the other protocol": lambda said: [text(said, "output_text")],
    "strings": lambda said: [said[:30], said[30:]],
    "a text that does not say its kind": lambda said: [{"text": said}],
    "a text with its annotations": lambda said: [
        {"type": "text", "text": {"value": said, "annotations": []}}
    ],
    "one part without a list": lambda said: text(said),
    "a picture beside the text": lambda said: [{"type": "image_url", "image_url": {"url": "x"}}, text(said)],
    "nothing beside the text": lambda said: [None, 7, [], text(said), {}],
    "a null text beside the text": lambda said: [{"type": "text", "text": None}, text(said)],
}
NO_CONTENTS: dict[str, Content] = {
    "no parts": lambda said: [],
    "a thought": lambda said: [THOUGHT],
    "thoughts of another kind": lambda said: [text(said, "reasoning")],
    "a number": lambda said: 7,
    "true": lambda said: True,
    "an object": lambda said: {"answer": said},
    "numbers": lambda said: [1, 2, 3],
    "lists": lambda said: [[text(said)]],
    "texts that are none": lambda said: [{"type": "text", "text": 5}, {"type": "text"}],
    "white space": lambda said: [text(" \n")],
    "a picture": lambda said: [{"type": "image_url", "image_url": {"url": "x"}}],
}


def saying(content: Content) -> Callable[[Call], Reply]:
    return lambda call: body(with_message(content=content(answer(call))))


def with_message(**message: Any) -> dict[str, Any]:
    """A completion whose message is that."""
    made = completion("")
    made["choices"][0]["message"] |= message
    return made


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_the_texts_of_an_answer_in_parts_are_the_answer(ask: Ask, content: Content) -> None:
    asked = ask(saying(content))
    found = asked.read()
    assert (kinds(found), told(found), len(asked.server.calls)) == (KINDS_ALL, [], 3)


@pytest.mark.parametrize("content", NO_CONTENTS.values(), ids=NO_CONTENTS)
def test_any_other_content_is_an_empty_answer(ask: Ask, content: Content) -> None:
    asked = ask(at(1, saying(content)))
    found = asked.read()
    assert kinds(found) == {kind: 1 for kind, place in FACTS.items() if place != 1}
    assert [why for where, why in told(found) if where != "the second call"] == [
        "the model's provider does not answer: the answer is empty"
    ]


def test_a_part_that_refuses_is_a_refusal(ask: Ask) -> None:
    with pytest.raises(ModelError, match="the model refused to read it"):
        ask(saying(lambda said: [{"type": "refusal", "refusal": "I cannot."}])).read()


SHAPES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a finish that is a list": lambda whole: whole["choices"][0].update(finish_reason=["stop"]),
    "usage that is a list": lambda whole: whole.update(usage=[1]),
    "usage in words": lambda whole: whole.update(usage={"prompt_tokens": "many", "completion_tokens": None}),
    "details that are a number": lambda whole: whole["usage"].update(prompt_tokens_details=5),
    "no id and no object": lambda whole: [whole.pop(key) for key in ("id", "object", "created", "model")],
    "no role": lambda whole: whole["choices"][0]["message"].pop("role"),
    "an index in words": lambda whole: whole["choices"][0].update(index="first"),
    "more keys than the protocol has": lambda whole: whole["choices"][0]["message"].update(
        reasoning_content=[1], tool_calls=None, audio={}
    ),
    "refusal that is empty": lambda whole: whole["choices"][0]["message"].update(refusal=""),
    "a second choice": lambda whole: whole["choices"].append(None),
}


@pytest.mark.parametrize("reshape", SHAPES.values(), ids=SHAPES)
def test_what_stands_around_an_answer_may_have_any_shape(ask: Ask, reshape: Callable[[Any], Any]) -> None:
    def script(call: Call) -> Reply:
        whole = completion(answer(call))
        reshape(whole)
        return body(whole)

    asked = ask(script)
    found = asked.read()
    assert (kinds(found), told(found), len(asked.server.calls)) == (KINDS_ALL, [], 3)


# What a server refuses: a parameter, and a value of it or any.
Refused = tuple[str, object]
TEMPERATURE: Refused = ("temperature", 0)
NEW_LIMIT: Refused = ("max_completion_tokens", ...)
OLD_LIMIT: Refused = ("max_tokens", ...)
SCHEMA: Refused = ("response_format", "json_schema")
OBJECT: Refused = ("response_format", "json_object")


def sends(call: Call, refused: Refused) -> bool:
    name, value = refused
    if name not in call.body:
        return False
    return value is ... or value == (call.form if name == "response_format" else call.body[name])


def plain(status: int, words: str = "") -> Reply:
    return lambda handler: handler.send(status, words.encode(), "text/plain")


def detail(status: int, *place: str, words: str = "Extra inputs are not permitted") -> Reply:
    """An error as FastAPI words it."""
    told = {"detail": [{"type": "extra_forbidden", "loc": ["body", *place], "msg": words}]}
    return lambda handler: handler.send(status, json.dumps(told).encode())


def param(status: int, name: str, words: str) -> Reply:
    told = {
        "error": {
            "message": words,
            "type": "invalid_request_error",
            "param": name,
            "code": "unsupported_value",
        }
    }
    return lambda handler: handler.send(status, json.dumps(told).encode())


REFUSALS: dict[str, list[tuple[Refused, Reply]]] = {
    "temperature, 400": [
        (TEMPERATURE, param(400, "temperature", "Unsupported value: only the default (1) is supported."))
    ],
    "temperature, 400 in words": [(TEMPERATURE, fails(400, "`temperature` has to be a strictly positive float"))],
    "temperature, 422": [(TEMPERATURE, detail(422, "temperature", words="Input should be greater than 0"))],
    "temperature, 404": [(TEMPERATURE, fails(404, "unknown parameter: temperature"))],
    "temperature, 501": [(TEMPERATURE, plain(501, "temperature: not implemented"))],
    "temperature, 500": [(TEMPERATURE, fails(500, "TypeError: got an unexpected keyword 'temperature'"))],
    "temperature, status 200": [(TEMPERATURE, body({"error": {"message": "temperature is not supported", "code": 400}}))],
    "new limit, 400": [(NEW_LIMIT, fails(400, "Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens' instead."))],
    "new limit, 422": [(NEW_LIMIT, detail(422, "max_completion_tokens"))],
    "new limit, 404": [(NEW_LIMIT, plain(404, "no field max_completion_tokens"))],
    "both limits": [(NEW_LIMIT, detail(422, "max_completion_tokens")), (OLD_LIMIT, detail(422, "max_tokens"))],
    "schema, 400": [(SCHEMA, fails(400, "Invalid schema for response_format 'proposals'"))],
    "schema, 422": [(SCHEMA, fails(422, "response_format json_schema is not supported"))],
    "schema, 404": [(SCHEMA, fails(404, "No endpoints found that support response_format"))],
    "schema, 501": [(SCHEMA, fails(501, "structured outputs are not implemented"))],
    "schema, 500": [(SCHEMA, fails(500, "failed to compile json_schema"))],
    "schema, a grammar": [(SCHEMA, fails(400, "Failed to parse grammar"))],
    "every form": [
        (SCHEMA, detail(422, "response_format", "type", words="Input should be 'text' or 'json_object'")),
        (OBJECT, fails(400, "'response_format.type' must be 'text'")),
    ],
    "everything, one by one": [
        (TEMPERATURE, fails(400, "temperature is not supported")),
        (NEW_LIMIT, fails(422, "unknown field max_completion_tokens")),
        (OLD_LIMIT, fails(422, "unknown field max_tokens")),
        (SCHEMA, fails(501, "json_schema is not supported")),
        (OBJECT, fails(501, "json_object is not supported")),
    ],
}  # fmt: skip
SILENT: dict[str, Reply] = {
    "400 without a word": plain(400),
    "400, a page of HTML": page(400),
    "400, in other words": fails(400, "Bad request"),
    "422 without a word": plain(422),
    "422, a list": lambda handler: handler.send(422, b"[]"),
    "404 about parameters": fails(404, "No endpoints found that can handle the requested parameters."),
    "501 without a word": plain(501, "Not Implemented"),
    "501, null": lambda handler: handler.send(501, b"null"),
}
"""Refusals that do not say what they are about."""


def refusing(refusals: list[tuple[Refused, Reply]]) -> Script:
    def script(call: Call) -> Reply:
        return next((reply for refused, reply in refusals if sends(call, refused)), good(call))

    return script


@pytest.mark.parametrize("refusals", REFUSALS.values(), ids=REFUSALS)
def test_what_a_server_refuses_is_left_out_and_remembered(
    ask: Ask, refusals: list[tuple[Refused, Reply]]
) -> None:
    asked = ask(refusing(refusals))
    found = asked.read()
    assert (kinds(found), told(found)) == (KINDS_ALL, [])
    first, rest = asked.server.calls[: len(refusals)], asked.server.calls[len(refusals) :]
    assert [any(sends(call, refused) for refused, _ in refusals) for call in first] == [True] * len(refusals)
    assert [any(sends(call, refused) for refused, _ in refusals) for call in rest] == [False] * 3


@pytest.mark.parametrize("refused", [TEMPERATURE, NEW_LIMIT, SCHEMA], ids=lambda one: one[0])
@pytest.mark.parametrize("reply", SILENT.values(), ids=SILENT)
def test_where_a_server_does_not_say_what_it_refuses_one_after_another_is_left_out(
    ask: Ask, reply: Reply, refused: Refused
) -> None:
    asked = ask(refusing([(refused, reply)]))
    found = asked.read()
    assert (kinds(found), told(found)) == (KINDS_ALL, [])
    assert len(asked.server.calls) <= 3 + 4
    assert [sends(call, refused) for call in asked.server.calls[-2:]] == [False, False]


def test_what_is_not_refused_is_still_sent(ask: Ask) -> None:
    asked = ask(refusing(REFUSALS["temperature, 400"]))
    asked.read()
    last = asked.server.calls[-1]
    assert (last.form, last.body["max_completion_tokens"]) == ("json_schema", 1000)


def test_a_server_that_refuses_all_is_asked_in_vain_once(ask: Ask) -> None:
    asked = ask(lambda call: fails(400, "Bad request"))
    for tries in (9, 12):
        with pytest.raises(ProviderRefused, match=r"refuses the request: .*Bad request"):
            asked.read()
        assert len(asked.server.calls) == tries


def test_a_refusal_of_one_document_does_not_change_how_the_next_are_asked(ask: Ask) -> None:
    asked = ask(at(1, lambda call: fails(400, "Bad request")))
    asked.read()
    assert {call.form for call in asked.server.calls} == {"json_schema"}


def test_each_model_of_a_server_has_what_it_refuses(ask: Ask) -> None:
    asked = ask(
        lambda call: (
            fails(400, "no temperature")
            if call.body["model"] == "old" and "temperature" in call.body
            else good(call)
        )
    )
    for name in ("old", "new", "old", "new"):
        readout(document(), Model(asked.chat, name, max_tokens=1000, at_once=1))
    sent = {
        name: ["temperature" in c.body for c in asked.server.calls if c.body["model"] == name]
        for name in ("old", "new")
    }
    assert sent["old"][0] and not any(sent["old"][1:]) and all(sent["new"])


LIMITS = {
    "of a range": "Range of max_completion_tokens should be [1, 600]",
    "of the model": "max_tokens is too large: 1000. This model supports at most 600 completion tokens.",
    "of the context": "This model's maximum context length is 900 tokens. However, you requested 1300 tokens "
    "(300 in the messages, 1000 in the completion).",
    "of the context, named": "'max_completion_tokens' is too large: 1000. The maximum context length is 900 tokens.",
}


@pytest.mark.parametrize("words", LIMITS.values(), ids=LIMITS)
def test_an_answer_may_be_as_long_as_the_server_allows(ask: Ask, words: str) -> None:
    asked = ask(lambda call: fails(400, words) if call.body["max_completion_tokens"] > 600 else good(call))
    found = asked.read()
    assert (kinds(found), told(found)) == (KINDS_ALL, [])
    assert [call.body["max_completion_tokens"] for call in asked.server.calls] == [1000, 500, 500, 500]


TOO_LONG: dict[str, Reply] = {
    "as OpenAI says it": fails(400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
    "as llama.cpp says it": fails(400, "the request exceeds the available context size, try increasing it"),
    "as Anthropic says it": fails(400, "prompt is too long: 210000 tokens > 200000 maximum"),
    "as Mistral says it": fails(422, "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"),
    "by its status": plain(413, "Payload Too Large"),
}  # fmt: skip


@pytest.mark.parametrize("reply", TOO_LONG.values(), ids=TOO_LONG)
def test_a_section_that_is_too_long_for_the_model_is_asked_about_in_halves(ask: Ask, reply: Reply) -> None:
    asked = ask(lambda call: reply if section_of(call) == 3 else good(call))
    found = asked.read(section_chars=10_000)
    assert (kinds(found), told(found)) == (KINDS_ALL, [])
    assert [section_of(call) for call in asked.server.calls if section_of(call) < 3] == [0, 1, 2]


WAITS = [
    "nan",
    "-5",
    "-inf",
    "soon",
    "",
    "1e-400",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "Wed, 99 Foo 2015",
    "0x10",
]


@pytest.mark.parametrize("header", WAITS)
def test_a_wait_that_is_none_is_no_reason_to_wait(ask: Ask, header: str) -> None:
    asked = ask(at(0, lambda call: fails(429, Retry_After=header), times=1))
    assert (kinds(asked.read()), len(asked.server.calls)) == (KINDS_ALL, 4)


@pytest.mark.parametrize("header", ["inf", "1e9", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_without_end_is_not_waited_for(ask: Ask, header: str) -> None:
    asked = ask(at(0, lambda call: fails(503, Retry_After=header)))
    found = asked.read()
    assert kinds(found) == {kind: 1 for kind, place in FACTS.items() if place != 0}


def test_an_answer_that_was_all_thought_is_asked_for_in_halves(ask: Ask) -> None:
    """A model that reasons may spend all its tokens before it has said a word."""
    asked = ask(
        lambda call: says("", "length") if OPENING in call.asked and QUOTED in call.asked else good(call)
    )
    found = asked.read(section_chars=10_000)
    assert (kinds(found), told(found)) == (KINDS_ALL, [])


def test_a_model_that_says_nothing_about_a_half_either_is_given_up(ask: Ask) -> None:
    asked = ask(lambda call: says("", "length"))
    with pytest.raises(ModelError, match="the model's answer was cut short"):
        asked.read(section_chars=10_000)
    assert len(asked.server.calls) == 3


@pytest.mark.parametrize("said", ["", "<think>Hm, {so}", '{"talks": nu'])
def test_an_answer_of_which_nothing_was_read_is_none(ask: Ask, said: str) -> None:
    with pytest.raises(ModelError, match="the model's answer was cut short"):
        ask(lambda call: says(said, "length")).read()
