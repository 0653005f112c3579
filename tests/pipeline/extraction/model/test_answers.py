"""Whatever a model writes is read as far as it goes, and what does not fit is accounted for."""

import pytest

from pipeline.extraction.model.requests import read_answer

FIGURE = (
    '{"quote":"a duty of 12 per cent","as_written":"12 per cent","subject":"duty","measure":"tariff_rate"}'
)
WHOLE = f'{{"talks":null,"figures":[{FIGURE}]}}'


@pytest.mark.parametrize(
    "text",
    [WHOLE, f"```json\n{WHOLE}\n```", f"Here it is:\n{WHOLE}\nI hope that helps.", f"\ufeff {WHOLE}"],
    ids=["plain", "fenced", "in prose", "with a mark"],
)
def test_json_is_found_wherever_it_stands(text):
    answer = read_answer(text)
    assert (answer.whole, answer.fits, [f.as_written for f in answer.proposals.figures]) == (
        True,
        True,
        ["12 per cent"],
    )


def test_what_was_complete_before_the_cut_is_kept():
    answer = read_answer(WHOLE[:-2] + "," + FIGURE[:40])
    assert not answer.whole and answer.fits
    assert [f.as_written for f in answer.proposals.figures] == ["12 per cent"]


@pytest.mark.parametrize(
    "text", ["", "I cannot help with that.", "[1, 2]", "{", '"words"', "<html>502</html>"]
)
def test_what_is_no_answer_does_not_fit(text):
    assert not read_answer(text).fits


def test_an_item_of_another_shape_is_told_and_the_others_are_kept():
    answer = read_answer(f'{{"talks":null,"figures":[{FIGURE},{{"quote":"x","as_written":5}},7]}}')
    assert len(answer.proposals.figures) == 1
    assert [(r.kind, r.quote) for r in answer.malformed] == [("figure", "x"), ("figure", "7")]
    assert all("does not fit the schema" in r.reason for r in answer.malformed)


def test_the_model_does_not_say_where_a_quote_stands():
    answer = read_answer(WHOLE.replace('{"quote"', '{"at":999,"quote"'))
    assert answer.proposals.figures[0].at is None
