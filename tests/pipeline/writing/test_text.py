"""When a text is kept, and when it is written anew."""

from msgspec.structs import replace

from pipeline.briefings.merge import merge
from pipeline.writing.author import compose
from pipeline.writing.material import MOST_FACTS, material_of
from pipeline.writing.text import with_written
from tests.pipeline.writing.talks import NOW, OSLO, Scripted, briefing, part

COPY = OSLO.replace("OSLO, 3 March 2031 -", "OSLO, 3 March 2031 (Harbour News) -")
SALMON = ("Chile has offered to cut its duty on Norwegian salmon to 4 per cent.", "salmon")


def test_more_proof_of_the_same_is_no_reason_to_write():
    assert material_of(briefing(OSLO, COPY)).basis() == material_of(briefing(OSLO)).basis()


def test_another_value_is():
    other = OSLO.replace("to 4 per cent", "to 6 per cent")
    assert material_of(briefing(other)).basis() != material_of(briefing(OSLO)).basis()


def test_what_weighs_less_than_all_that_is_told_is_none():
    told = briefing()
    many = [replace(told.stakes[0], id=f"fct_{n:016x}", salience=0.9) for n in range(MOST_FACTS)]
    full = replace(told, stakes=many)
    least = replace(told.figures[0], id="fct_ffffffffffffffff", value=77.0, salience=0.0)
    assert material_of(replace(full, figures=[*full.figures, least])).basis() == material_of(full).basis()


def test_a_models_text_stays_while_its_facts_do():
    first = briefing()
    written = with_written(first, compose(first, Scripted([SALMON] * 3), "invented-1"))
    [again] = merge([part(OSLO), part(COPY)], [written], now=NOW)
    assert again.revision == written.revision + 1
    assert (again.headline, again.summary, again.writing) == (
        written.headline,
        written.summary,
        written.writing,
    )
    [changed] = merge([part(OSLO), part(OSLO.replace("to 4 per cent", "to 6 per cent"))], [written], now=NOW)
    assert changed.writing.by == "rules"
