"""What is kept of a part that was merged before makes no difference to what is merged."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import pytest
from msgspec.structs import replace

from pipeline.briefings.deduplicate import deduplicate
from pipeline.briefings.memory import Memories, Memory, each_two
from pipeline.briefings.merge import merge
from pipeline.briefings.reviews import Held, Reviews
from pipeline.briefings.rounds import Part, found_once
from pipeline.documents.document import source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing, Fact, ReviewDecision
from schemas.kinds import BY_NAME, facts_of, kind_of

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


class Desk:
    """Documents that come and go at random, and editors who decide at random where they belong and what is wrong."""

    def __init__(self, parts: list[Part], seed: int) -> None:
        self.parts = parts
        self.random = Random(seed)
        self.here: list[Part] = []
        self.assigned: dict[str, str] = {}
        self.held: list[Held] = []
        self.briefings: list[Briefing] = []

    def act(self) -> None:
        self.come()
        if self.briefings:
            self.random.choice([self.come, self.go, self.place, self.decide, self.decide])()

    def come(self) -> None:
        rest = [part for part in self.parts if part not in self.here]
        self.here += self.random.sample(rest, k=min(len(rest), 1))

    def go(self) -> None:
        self.here.remove(self.random.choice(self.here))

    def place(self) -> None:
        homes = [*(briefing.id for briefing in self.briefings), "brf_00000000000000ff"]
        self.assigned[self.random.choice(self.here).id] = self.random.choice(homes)

    def decide(self) -> None:
        briefing = self.random.choice(self.briefings)
        fact = self.random.choice([*facts_of(briefing)])
        if fact.review is None:
            self.held.append(held(fact, briefing, f"rev_{len(self.held):016x}", self.random.random() < 0.5))

    def merge(self, parts: list[Part], memories: Memories) -> tuple[bytes, list[Briefing]]:
        """What is published, and what comes of the decisions, as bytes."""
        reviews = Reviews(self.held)
        briefings = merge(
            parts, self.briefings, NOW, assigned=self.assigned, reviews=reviews, memories=memories
        )
        return msgspec.json.encode([briefings, dict(sorted(reviews.outcomes.items()))]), briefings


def held(fact: Fact, briefing: Briefing, id: str, rejected: bool) -> Held:
    kind = kind_of(fact).name
    values = {} if rejected else {kind_of(fact).heading[0]: "what the editor says it is"}
    review = ReviewDecision(
        id=id,
        fact_id=fact.id,
        conflict_id=None,
        briefing_id=briefing.id,
        kind=kind,
        verdict="rejected" if rejected or kind != "deadline" else "corrected",
        values=values if kind == "deadline" else {},
        document_ids=[source.document_id for source in briefing.sources],
        by="key_0000000000000000",
        reason="It is wrong.",
        at=NOW,
    )
    places = frozenset((e.document_id, e.start, e.end) for e in fact.evidence)
    return Held(review, fact, places, frozenset({fact.id}), (fact,) if review.verdict == "rejected" else ())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["series", "r1"])
def test_whatever_comes_goes_or_is_decided_gives_what_it_gives_from_scratch(name: str, seed: int) -> None:
    desk, memories = Desk(parts_of(name), seed), Memories(len(parts_of(name)))
    for _ in range(8):
        desk.act()
        expected, _ = desk.merge([Part(one.readout, one.source) for one in desk.here], Memories())
        merged, desk.briefings = desk.merge(desk.here, memories)
        assert merged == expected


def remembered(memories: Memories, briefing: str, documents: int) -> Memory:
    with memories.of(briefing, documents) as memory:
        return memory


def test_what_is_remembered_of_rounds_is_bounded_by_their_documents() -> None:
    memories = Memories(most_documents=10)
    first = remembered(memories, "brf_1", 6)
    assert remembered(memories, "brf_1", 7) is first
    remembered(memories, "brf_2", 3)
    assert remembered(memories, "brf_1", 7) is first
    second = remembered(memories, "brf_2", 4)
    assert remembered(memories, "brf_1", 7) is not first
    assert remembered(memories, "brf_2", 4) is not second


def test_what_a_merge_does_not_ask_for_is_forgotten() -> None:
    asked = []

    def length(word: str, unit: str) -> str:
        asked.append(word)
        return f"{len(word)} {unit}"

    memory, word = Memory(), "salmon"
    for _ in range(2):
        memory.begin()
        assert memory.once(length, word, beside=("letters",)) == "6 letters"
    assert asked == ["salmon"]
    memory.begin()
    memory.begin()
    memory.once(length, word, beside=("letters",))
    assert asked == ["salmon", "salmon"]


def test_facts_that_have_all_gone_leave_none() -> None:
    parts = parts_of("samples")
    figures = {part.id: part.readout.figures for part in parts}
    memory = Memory()
    assert deduplicate(BY_NAME["figure"], figures, None, memory)
    assert deduplicate(BY_NAME["figure"], {}, None, memory) == []
    assert deduplicate(BY_NAME["figure"], figures, None, memory) == deduplicate(
        BY_NAME["figure"], figures, None, Memory()
    )


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

    def as_long(left: Part, right: Part) -> bool:
        asked.append((left.id, right.id))
        return left.readout.document.chars == right.readout.document.chars

    def equals(*parts: Part) -> list[tuple[Part, Part]]:
        return list(each_two(parts, lambda part: part.source.kind, as_long, memory))

    memory = Memory()
    one, other, third = parts_of("samples")[:3]
    again = Part(one.readout, one.source)
    assert one.source.kind == other.source.kind == third.source.kind
    assert equals(one, other) == []
    assert equals(other, one, again) == [(one, again)]
    assert equals(again, other) == []
    assert equals(again, one, third) == [(again, one)]
    by_ids = [
        (left.id, right.id) for left, right in ((one, other), (other, again), (one, again), (again, one))
    ]
    assert sorted(asked) == sorted([*by_ids, (again.id, third.id), (one.id, third.id)])

    alone = Part(one.readout, replace(one.source, kind="joint_statement"))
    assert equals(one, third, alone) == [] and len(asked) == 6
