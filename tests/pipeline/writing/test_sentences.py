"""A hundred and twenty sentences over twenty briefings, as a model might write them; fifty say one thing wrong.

Each file of `sentences/` holds the facts that a briefing gave, and six sentences that cite them. `wrong` names what is
wrong with a sentence; exactly those are refused.
"""

from collections import Counter
from pathlib import Path

import pytest
from msgspec import Struct, json

from pipeline.writing.checks import Checker
from schemas import Briefing

FOLDER = Path(__file__).with_name("sentences")


class Sentence(Struct):
    text: str
    fact_ids: list[str]
    wrong: str | None


class Told(Struct):
    briefing: Briefing
    sentences: list[Sentence]


FILES = {path.stem: json.decode(path.read_bytes(), type=Told) for path in sorted(FOLDER.glob("*.json"))}
KINDS = ("number", "date", "name", "office", "side", "direction", "limit", "polarity", "hedge", "splice")


def test_there_are_a_hundred_and_twenty_of_which_fifty_are_wrong():
    wrong = Counter(one.wrong for told in FILES.values() for one in told.sentences)
    assert (len(FILES), wrong.total(), wrong[None]) == (20, 120, 70)
    assert {kind: wrong[kind] for kind in KINDS} == dict.fromkeys(KINDS, 5)


@pytest.mark.parametrize("name", FILES)
def test_exactly_the_wrong_ones_are_refused(name):
    told = FILES[name]
    checker = Checker(told.briefing)
    refused = {one.text: checker.faults(one.text, one.fact_ids) for one in told.sentences}
    assert {text: bool(faults) for text, faults in refused.items()} == {
        one.text: one.wrong is not None for one in told.sentences
    }, refused
