"""Which sentences tell what is at stake, and how that is learnt."""

from pathlib import Path

import msgspec
from msgspec import toml

from pipeline import evaluation
from pipeline.evaluation import Example, learn
from pipeline.extraction.kinds.stakes import best
from pipeline.language.lexicons.schema import Stakes

CORPUS = Path(__file__).parent / "corpus"
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


def test_annotated_folders_give_a_lexicon(capsys, tmp_path):
    for name in ("blog-uk-vietnam", "british-gcc", "negative-peace"):
        for kind, end in (("docs", "txt"), ("gold", "json")):
            (tmp_path / kind).mkdir(exist_ok=True)
            path = CORPUS / kind / f"{name}.{end}"
            (tmp_path / kind / path.name).write_bytes(path.read_bytes())
    assert evaluation.learn_command([str(tmp_path / "gold"), str(tmp_path / "docs")]) == 0
    told = capsys.readouterr().out
    assert "Learnt from 2 documents" in told
    assert toml.decode(told, type=Stakes).weights


def test_without_folders_it_says_how_it_is_called(capsys):
    assert evaluation.learn_command([]) == 2
    assert "GOLD_DIR DOCS_DIR" in capsys.readouterr().err
