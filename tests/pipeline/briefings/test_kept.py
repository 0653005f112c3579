"""What is kept of a part that was merged before makes no difference to what is merged."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec
import pytest

from pipeline.briefings.memory import Memories
from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part, compared_once, found_once
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing

NOW = datetime(2031, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared/rounds"
OWN = Path(__file__).parent / "rounds"
SETS = {
    "accession": OWN / "accession/docs",
    "collapse": OWN / "collapse/docs",
    "series": OWN / "series/docs",
    "samples": ROOT / "samples",
    "r1": SHARED / "r1/docs",
    "r2": SHARED / "r2/docs",
    "r3": SHARED / "r3/docs",
}
ORDERS = {"as they are": slice(None), "backwards": slice(None, None, -1)}


@cache
def parts_of(name: str) -> list[Part]:
    if not SETS[name].is_dir():
        pytest.skip("the shared rounds are not at hand")
    documents = [read(path.read_bytes(), file=path.name) for path in sorted(SETS[name].glob("*.txt"))]
    return [Part(readout(document), source_of(document)) for document in documents]


def from_scratch(parts: list[Part], previous: list[Briefing]) -> bytes:
    """As it is merged by who knows nothing of the parts yet."""
    return msgspec.json.encode(merge([Part(one.readout, one.source) for one in parts], previous, NOW))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", SETS)
def test_each_document_that_comes_gives_what_all_give_from_scratch(name: str, order: str) -> None:
    parts = parts_of(name)[ORDERS[order]]
    briefings: list[Briefing] = []
    memories = Memories(len(parts))
    for number in range(1, len(parts) + 1):
        merged = merge(parts[:number], briefings, NOW, memories=memories)
        assert msgspec.json.encode(merged) == from_scratch(parts[:number], briefings)
        briefings = merged


@pytest.mark.parametrize("name", SETS)
def test_a_document_that_goes_again_leaves_nothing_behind(name: str) -> None:
    parts = parts_of(name)
    memories = Memories(len(parts))
    briefings = merge(parts, now=NOW, memories=memories)
    for gone in range(len(parts)):
        left = parts[:gone] + parts[gone + 1 :]
        merged = merge(left, briefings, NOW, memories=memories)
        assert msgspec.json.encode(merged) == from_scratch(left, briefings)


def test_what_is_found_of_a_document_is_found_once() -> None:
    asked = []

    @found_once
    def length(part: Part, unit: str) -> str:
        asked.append(part.id)
        return f"{part.readout.document.chars} {unit}"

    one, other = parts_of("samples")[:2]
    assert length(one, "letters") == length(one, "letters") != length(one, "signs")
    assert length(other, "letters") != length(one, "letters")
    assert asked == [one.id, one.id, other.id]


def test_two_documents_are_compared_once() -> None:
    asked = []

    @compared_once
    def longer_than(left: Part, right: Part) -> bool:
        asked.append((left.id, right.id))
        return left.readout.document.chars > right.readout.document.chars

    short, middle, long = sorted(parts_of("samples")[:3], key=lambda part: part.readout.document.chars)
    assert longer_than(middle, {one.number: one for one in (short,)}) == {short.number}
    assert longer_than(middle, {one.number: one for one in (short, long)}) == {short.number}
    assert longer_than(middle, {long.number: long}) == set()
    again = Part(short.readout, short.source)
    assert longer_than(middle, {again.number: again}) == {again.number}
    assert asked == [(middle.id, short.id), (middle.id, long.id), (middle.id, short.id)]
