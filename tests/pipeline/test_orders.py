"""The order in which documents come in makes no difference to what is published."""

from datetime import UTC, datetime
from itertools import permutations

import msgspec
import pytest

from pipeline.extract import readout
from pipeline.merge import Part, merge
from pipeline.read import read
from pipeline.sources import source_of
from schemas import Briefing

NOW = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def parts(shared) -> list[Part]:
    documents = [read(path.read_bytes(), file=path.name) for path in sorted((shared / "seeds").glob("*.txt"))]
    return [Part(readout(document), source_of(document)) for document in documents]


def content(briefings: list[Briefing]) -> list[object]:
    """What briefings say. Identities and revisions tell how they came about: facts go by their evidence instead."""
    plain = msgspec.to_builtins(briefings)
    names: dict[str, str] = {}
    for briefing in plain:
        names[briefing["id"]] = "briefing"
        sides = [member for side in briefing["delegations"] for member in side["members"]]
        kinds = ("stakes", "deadlines", "figures", "statements", "events")
        for kind, facts in [("delegates", sides), *((kind, briefing[kind]) for kind in kinds)]:
            for fact in facts:
                spans = [(e["document_id"][:8], e["start"], e["end"]) for e in fact["evidence"]]
                told = {
                    name: value
                    for name, value in fact.items()
                    if name in ("value", "topic", "text", "name", "as_written")
                }
                names[fact["id"]] = f"{kind} {spans} {told}"
                fact["first_revision"] = fact["changed_revision"] = 0
        for conflict in briefing["conflicts"]:
            names[conflict["id"]] = f"conflict {conflict['about']}"
        for field in ("revision", "created_at", "updated_at", "slug"):
            del briefing[field]

    def named(value: object) -> object:
        match value:
            case str():
                return names.get(value, value)
            case list():
                return sorted((named(item) for item in value), key=repr)
            case dict():
                return {name: named(item) for name, item in value.items()}
        return value

    return [named(briefing) for briefing in plain]


def one_by_one(parts: tuple[Part, ...]) -> list[Briefing]:
    briefings: list[Briefing] = []
    for count in range(1, len(parts) + 1):
        briefings = merge(parts[:count], briefings)
    return briefings


def test_all_orders_at_once_give_the_same_bytes(parts):
    assert len({msgspec.json.encode(merge(order, now=NOW)) for order in permutations(parts)}) == 1


def test_all_orders_one_by_one_give_what_all_at_once_give(parts):
    expected = content(merge(parts))
    assert len(expected) == 1
    others = [order for order in permutations(parts) if content(one_by_one(order)) != expected]
    assert others == []
