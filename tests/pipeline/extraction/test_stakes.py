"""Which sentences tell what is at stake, and how that is learnt."""

from pathlib import Path

import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.evaluation import Gold, evaluate
from pipeline.extraction.kinds.stakes import best, positions
from pipeline.extraction.readout import readout
from pipeline.language.annotate import annotate
from pipeline.language.lexicons.schema import Stakes
from pipeline.learning import Example, learn

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
POSITIONS = HERE.joinpath("positions.txt").read_text("utf-8").splitlines()
ASKS, TALK = {"asks": 1.0, "topics": 2.0}, {"meets": 1.0, "people": 2.0}
PAGES = [
    Example(
        name=f"{n}",
        signs=[TALK, ASKS, TALK, TALK, ASKS, TALK],
        told=[set(), {0}, set(), set(), {1}, set()],
        wanted=2,
    )
    for n in range(20)
]


def test_what_is_learnt_tells_what_was_annotated():
    learnt = learn(PAGES, told=1.0)
    assert (learnt.recall, learnt.told) == (1.0, 1.0)
    assert learnt.weights.weights["asks"] > 0 > learnt.weights.weights["meets"]
    assert best([TALK, ASKS, TALK], learnt.weights) == [1]
    assert learn(PAGES, told=1.0) == learnt


def test_the_best_sentences_of_a_page_are_told_though_none_scores_enough():
    weights = Stakes(base=-9.0, page=0.0, least=0.0, fewest=1, share=0.25, weights={"asks": 1.0})
    assert best([TALK, TALK, ASKS, TALK], weights) == [2]
    assert best([TALK] * 4 + [ASKS], msgspec.structs.replace(weights, fewest=0)) == []


def test_what_repeats_a_sentence_is_told_once():
    weights = Stakes(base=0.0, page=0.0, least=0.0, fewest=0, share=0.0, weights={"asks": 1.0})
    assert best([ASKS, ASKS | {"repeats": 0.9}, ASKS | {"repeats": 0.5}], weights) == [0, 2]


@pytest.mark.parametrize("row", POSITIONS)
def test_a_sentence_tells_who_wants_what(row):
    """In a row, behind the sentence: each party, how it wants a thing, and words of what it wants."""
    sentence, _, told = row.partition(" | ")
    wanted = [tuple(one.split(maxsplit=2)) for one in told.split(" ; ") if one]
    text = f"Norway and Chile held trade talks on fish in Geneva on Monday.\n\n{sentence}\n"
    annotated = annotate(read(text.encode(), published="2031-03-03"))
    held = [
        (one.party, wants, words)
        for each in annotated.body[1:]
        for one in positions(annotated, each, frozenset({"NO", "CL"}))
        for wants in ("ask", "offer", "red_line")
        if (words := getattr(one, wants))
    ]
    assert len(held) == len(wanted), held
    for party, wants, words in wanted:
        assert any(one[:2] == (party, wants) and words in one[2] for one in held), held


def test_pages_are_told_their_main_stakes():
    """Nothing was learnt from them. Written and annotated before they were read; then 0.78 of their stakes were found, with 0.98 told for each."""
    found = wanted = told = 0
    for path in sorted((CORPUS / "stakes" / "gold").glob("*.json")):
        gold = msgspec.json.decode(path.read_bytes(), type=Gold)
        document = read((CORPUS / "stakes" / "docs" / f"{path.stem}.txt").read_bytes())
        tally = evaluate([(path.stem, document.text, gold, readout(document))]).kinds["stakes"]
        found, wanted, told = found + tally.found, wanted + tally.wanted, told + tally.told
    assert found / wanted >= 0.75
    assert told / wanted <= 1.5
