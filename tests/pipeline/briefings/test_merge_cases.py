"""Kinds of faults that merging had, each with the documents that showed it and with three more of ours."""

from itertools import islice, permutations
from pathlib import Path

import pytest

from pipeline.briefings.merge import merge
from tests.pipeline.briefings.merge_cases import KINDS, expectation, faults, part_of

ROOT = Path(__file__).resolve().parents[3]
GIVEN = ROOT.parent / "shared/cases/merge"
ORDERS = 6

VARIANTS = sorted(path.parent for path in KINDS.glob("*/*/expected.json"))
ORIGINALS = sorted(KINDS.glob("*/original.json"))


def found(expected: Path, documents: Path) -> list[str]:
    """What is not as expected in some order in which the documents come in."""
    paths = sorted(documents.glob("*.txt"))
    parts = {path: part_of(path) for path in paths}
    unread = [path.stem for path, part in parts.items() if part is None]
    if unread:
        return [f"not taken for talks: {', '.join(unread)}"]
    stems = {part.id: path.stem for path, part in parts.items() if part}
    case = expectation(expected)
    orders = islice(permutations([part for part in parts.values() if part]), ORDERS)
    return sorted({fault for order in orders for fault in faults(case, merge(order), stems)})


@pytest.mark.parametrize("folder", VARIANTS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_documents_of_ours_are_merged_as_an_editor_would(folder: Path) -> None:
    assert found(folder / "expected.json", folder) == []


@pytest.mark.skipif(not GIVEN.is_dir(), reason="the documents that showed the faults are not at hand")
@pytest.mark.parametrize("path", ORIGINALS, ids=lambda path: path.parent.name)
def test_the_documents_that_showed_a_fault_are_merged_as_an_editor_would(path: Path) -> None:
    assert found(path, GIVEN / path.parent.name) == []


def test_every_kind_has_its_variants() -> None:
    assert len(ORIGINALS) == 24
    assert {sum(variant.parent == path.parent for variant in VARIANTS) for path in ORIGINALS} == {3}
