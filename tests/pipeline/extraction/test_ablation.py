"""`bench.ablation` switches off parts of the extractor by their names, and these are all there."""

import pytest

from bench.ablation import PARTS, without
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from tests.conftest import ROOT

OPENING = ROOT / "samples" / "eu-india-2-opening.txt"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_can_be_switched_off_and_on_again(part: str) -> None:
    document = read(OPENING.read_bytes())
    whole = readout(document)
    with without(part):
        readout(read(OPENING.read_bytes()))
    assert readout(document) == whole
