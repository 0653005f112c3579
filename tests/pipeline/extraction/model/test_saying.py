"""What our own rules read is proven, too, when a model says it by the numbers of sentences: at its place, as it was said."""

from pathlib import Path

import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.extraction.kinds import propose
from pipeline.extraction.model import Completion, Model
from pipeline.extraction.readout import REPEATED, Reading, readout
from pipeline.language.annotate import Numbered
from schemas import Figure
from tests.conftest import ROOT
from tests.pipeline.extraction.model.saying import said

pytestmark = pytest.mark.usefixtures("read_once")

FOLDERS = (ROOT / "samples", ROOT / "tests/pipeline/extraction/corpus/docs")
PATHS = [path for folder in FOLDERS for path in sorted(folder.glob("*.txt"))]
CORRECTED = "the words have it scheduled, not occurred"
"""Of an event our rules first say that it occurred, and then read the words."""


def told(figure: Figure) -> tuple[object, ...]:
    place = figure.evidence[0].start
    return (
        place,
        figure.value,
        figure.unit,
        figure.comparator,
        figure.direction,
        figure.status,
        figure.measure,
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_what_our_rules_read_is_proven_of_a_model_too(path: Path) -> None:
    document = read(path.read_bytes(), file=path.name)
    annotated = Reading(document).annotated
    answers = [msgspec.json.encode(said(propose(annotated), Numbered(annotated))).decode()]

    found = readout(
        document,
        Model(
            lambda request: Completion(text=answers.pop() if answers else '{"talks": null}', finish="stop"),
            "invented-1",
        ),
    )
    ours = readout(document)
    assert {one.reason for one in found.rejected} <= {REPEATED, CORRECTED}
    assert set(map(told, found.figures)) == set(map(told, ours.figures))
    assert {(one.date.edtf, one.what) for one in found.deadlines if one.date} == {
        (one.date.edtf, one.what) for one in ours.deadlines if one.date
    }
    assert {one.text for one in found.statements} == {one.text for one in ours.statements}
    assert {(side.party, one.name) for side in found.delegations for one in side.members} == {
        (side.party, one.name) for side in ours.delegations for one in side.members
    }
