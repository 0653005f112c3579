"""Whatever a model writes is read as far as it goes, and what does not fit is accounted for."""

import json

import pytest

from pipeline.extraction.model.requests import read_answer

FIGURE = '{"s":[3],"amount":"12 per cent","value":12,"unit":"%","subject":"duty","measure":"tariff_rate","status":"actual"}'
WHOLE = f'{{"talks":null,"figures":[{FIGURE}]}}'


DRAFT = '{"talks": null, "figures": []}'
"""What a model says before it has thought."""

CLOTHES = {
    "plain": WHOLE,
    "fenced": f"```json\n{WHOLE}\n```",
    "in a fence that is not closed": f"```json\n{WHOLE}",
    "in a fence of another name": f"~~~JSON5\n{WHOLE}\n~~~",
    "in prose": f"Here it is:\n{WHOLE}\nI hope that helps.",
    "with a mark": f"\ufeff {WHOLE}",
    "prose with braces before": f"I filled the {{fields}} of {{ the form }} {{}}.\n{WHOLE}",
    "prose with braces after": f"{WHOLE}\nThe {{figures}} are those of the text; {{'so': 1}}.",
    "prose with one brace": f"It begins with {{ as you asked.\n{WHOLE}",
    "an emoticon": f"Done :-}} {WHOLE} :-{{",
    "a plan in a fence of its own": f'```json\n{{"plan": 1}}\n```\nThen:\n```json\n{WHOLE}\n```',
    "a draft, then the answer": f"```json\n{DRAFT}\n```\nOn second thoughts:\n```json\n{WHOLE}\n```",
    "the answer, then an empty form": f"{WHOLE}\nHad I found nothing: {DRAFT}",
    "the schema, then the answer": f'{{"type": "object", "properties": {{"talks": {{}}, "figures": []}}}}\n{WHOLE}',
    "after <think>": f"<think>Perhaps {DRAFT}, {{so}}.</think>\n{WHOLE}",
    "after <thinking>": f'<thinking>maybe {{"talks": null}} first</thinking>\n{WHOLE}',
    "after a thought without its beginning": f"Perhaps {DRAFT}.</think>{WHOLE}",
    "after two thoughts": f"<think>{DRAFT}</think><think>{DRAFT}</think>\n{WHOLE}",
    "between thoughts": f"<reasoning>a</reasoning>{WHOLE}<reasoning>{DRAFT}</reasoning>",
    "a comma too many at the end": WHOLE[:-1] + ",}",
    "commas too many": WHOLE.replace("}]", "},]").replace('"duty"', '"duty",'),
    "a comma that is missing": WHOLE.replace(',"subject"', '\n"subject"'),
    "items without a comma": WHOLE.replace("[{", '[{"s": [3]}\n{'),
    "comments": WHOLE.replace('"figures"', '// what I found\n"figures"').replace("[{", "[ /* one */ {"),
    "a raw line break in a string": WHOLE.replace('"subject":"duty"', '"subject":"the\nduty\ton tin"'),
    "single quotes": WHOLE.replace('"', "'"),
    "words of Python": repr({"talks": None, "figures": [json.loads(FIGURE)], "sure": True}),
    "no number": WHOLE[:-1] + ', "cost": NaN, "time": -Infinity}',
    "quotation marks that are not escaped": WHOLE.replace(
        '"subject":"duty"', '"subject":"the "duty" on tin"'
    ),
    "an escape that there is not": WHOLE.replace('"subject":"duty"', r'''"subject":"Kenya\'s duty"'''),
    "names without quotes": WHOLE.replace('"talks"', "talks").replace('"figures"', "figures"),
    "in a list": f"[{WHOLE}]",
    "in an object": f'{{"answer": {WHOLE}}}',
    "as a string": json.dumps(WHOLE),
    "beside what was thought": f'{{"reasoning": "a {{duty}}", {WHOLE[1:]}',
    "a brace that is missing": WHOLE[:-1],
}


@pytest.mark.parametrize("text", CLOTHES.values(), ids=CLOTHES)
def test_json_is_found_wherever_it_stands_and_whatever_mars_it(text: str) -> None:
    answer = read_answer(text)
    assert answer.fits
    assert [f.amount for f in answer.answer.figures] == ["12 per cent"]


@pytest.mark.parametrize(
    "name", ["plain", "in prose", "a comma too many at the end", "single quotes", "after <think>"]
)
def test_an_answer_that_was_not_cut_is_whole(name: str) -> None:
    assert read_answer(CLOTHES[name]).whole


def test_what_was_complete_before_the_cut_is_kept():
    answer = read_answer(WHOLE[:-2] + "," + FIGURE[:40])
    assert not answer.whole and answer.fits
    assert [f.amount for f in answer.answer.figures] == ["12 per cent"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot help with that.",
        "[1, 2]",
        "{",
        "{}",
        '"words"',
        "<html>502</html>",
        "<html><style>p {color: red}</style></html>",
        '{"plan": 1}',
        '{"facts": []}',
        '{"error": "overloaded"}',
        '{"figures": "none"}',
        '{"talks": "none", "figures": {}}',
        '{"talks": null, "figures": [1, 2]}',
        '{"talks": {"s": 5}}',
        f"<think>{WHOLE}</think>",
        "{" * 30_000,
        '{"a":' * 10_000,
        '{"a' * 20_000,
    ],
    ids=lambda text: text[:40] or "nothing",
)
def test_what_is_no_answer_does_not_fit(text):
    assert not read_answer(text).fits


def test_a_document_about_no_talks_has_an_answer() -> None:
    assert all(read_answer(text).fits for text in ('{"talks": null}', DRAFT))


def test_an_item_of_another_shape_is_told_and_the_others_are_kept():
    answer = read_answer(f'{{"talks":null,"figures":[{FIGURE},{{"s":[3],"amount":5}},7]}}')
    assert len(answer.answer.figures) == 1
    assert [(r.kind, r.leaf, r.quote) for r in answer.malformed] == [
        ("figure", None, '{"s":[3],"amount":5}'),
        ("figure", None, "7"),
    ]
    assert all("does not fit the schema" in r.reason for r in answer.malformed)


def test_what_is_left_out_may_be_null_and_one_may_stand_for_a_list():
    item = json.loads(FIGURE) | {"s": 3, "limit": None, "to": None, "period": "in May", "effective": None}
    answer = read_answer(json.dumps({"talks": None, "figures": [item]}))
    (figure,) = answer.answer.figures
    assert (figure.s, figure.limit, figure.to, figure.effective) == ([3], None, None, None)
    assert figure.period and (figure.period.words, figure.period.edtf) == ("in May", None)


@pytest.mark.parametrize("s", ["[]", "null", '"3"', '["three"]', "[3.5]"])
def test_an_item_without_the_numbers_of_its_sentences_is_told(s: str) -> None:
    answer = read_answer(WHOLE.replace('"s":[3]', f'"s":{s}'))
    assert (answer.answer.figures, [one.kind for one in answer.malformed]) == ([], ["figure"])
