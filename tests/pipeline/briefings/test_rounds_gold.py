"""Invented rounds with the briefings that an editor would publish of them: how much of these is merged.

Ours: an accession of many parties, a deal that falls apart, four rounds in a row of one pair. The figures are what was
measured last: whoever merges better moves them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.briefings.evaluation import MergeEvaluation, evaluate_merged, read_merged
from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout

HERE = Path(__file__).parent / "rounds"
SHARED = Path(__file__).resolve().parents[4] / "shared/rounds"
MERGED = {
    # found at least; told again, of other matters, false conflicts and briefings at most; rounds with sides, start, status
    "accession": (26, 2, 0, 0, 1, 1),
    "collapse": (21, 2, 0, 0, 2, 1),
    "series": (39, 0, 0, 0, 4, 4),
    "r1": (15, 0, 0, 1, 1, 1),
    "r2": (15, 1, 0, 0, 1, 1),
    "r3": (14, 2, 0, 0, 1, 1),
}


def evaluated(folder: Path) -> MergeEvaluation:
    documents = {
        path.name: read(path.read_bytes(), file=path.name) for path in sorted((folder / "docs").glob("*.txt"))
    }
    parts = [
        Part(proven, source_of(one)) for one in documents.values() if (proven := readout(one)).negotiation
    ]
    files = {name: (one.id, one.text) for name, one in documents.items()}
    return evaluate_merged(read_merged((folder / "merged.json").read_bytes()), merge(parts), files)


@pytest.mark.parametrize("name", MERGED)
def test_each_set_is_merged_as_well_as_it_was(name):
    folder = next((at / name for at in (HERE, SHARED) if (at / name).is_dir()), None)
    if folder is None:
        pytest.skip("the shared rounds are not at hand")
    found, repeats, excluded, false, briefings, rounds = MERGED[name]
    score = evaluated(folder)
    assert score.found >= found
    assert score.repeats <= repeats
    assert score.excluded <= excluded
    assert score.conflicts_false <= false
    assert score.briefings <= briefings
    assert (score.sides_right, score.dates_right, score.statuses_right) == (rounds, rounds, rounds)


def quotes(gold: Any) -> Iterator[dict[str, Any]]:
    if isinstance(gold, dict):
        if "quote_start" in gold:
            yield gold
        for value in gold.values():
            yield from quotes(value)
    elif isinstance(gold, list):
        for value in gold:
            yield from quotes(value)


@pytest.mark.parametrize("name", ["accession", "collapse", "series"])
def test_every_quote_stands_at_its_place(name):
    gold = json.loads((HERE / name / "merged.json").read_text("utf-8"))
    texts = {path.name: path.read_text("utf-8") for path in (HERE / name / "docs").glob("*.txt")}
    assert len(texts) == 6
    told = list(quotes(gold))
    assert len(told) > 100
    for one in told:
        text = texts[one["file"]]
        assert text[one["quote_start"] : one["quote_end"]] == one["quote"]
        assert text.index(one["quote"]) == one["quote_start"]
