"""Word classes are given sooner than by the model's own rules, and are the same."""

from pathlib import Path

import pytest

from pipeline.language.parser import model, parsed, tokens

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.txt"))
SENTENCES = (
    "There's a duty of 5%, and there were two before it.",
    "What Norway has, Chile does not have; that it will lift it is\n\n unclear .",
    "She'd got  what the others didn’t get: \tthis, that and those which don't matter.",
)


@pytest.mark.parametrize("text", [*(path.read_text(encoding="utf-8") for path in SAMPLES), *SENTENCES])
def test_they_are_those_of_the_model(text: str) -> None:
    [theirs] = model().pipe([text], disable=["ner"])
    [ours] = parsed([tokens(text)])
    assert [(word.pos_, word.tag_, word.dep_) for word in ours] == [
        (word.pos_, word.tag_, word.dep_) for word in theirs
    ]
