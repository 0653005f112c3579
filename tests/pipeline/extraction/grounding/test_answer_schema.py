"""The schema that a model must answer in keeps to what strict structured output allows, and takes every proposal.

The limits are those that OpenAI documents for strict mode.
"""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.extraction.kinds import propose
from pipeline.language.annotate import annotate
from prompts import OURS, answer_format
from schemas.proposals import Proposals
from tests.conftest import ROOT

ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "$ref", "$defs", "description"}  # fmt: skip
TYPES = {"string", "number", "boolean", "integer", "object", "array", "null"}
MOST_PROPERTIES, DEEPEST, MOST_CHARACTERS, MOST_WORDS, MOST_LONG_ENUM = 5_000, 10, 120_000, 1_000, 15_000

FORMAT = answer_format()
SCHEMA: dict[str, Any] = FORMAT["json_schema"]["schema"]


def schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema, itself first."""
    yield schema
    inner = [
        *schema.get("properties", {}).values(),
        *schema.get("$defs", {}).values(),
        *schema.get("anyOf", []),
    ]
    for part in [*inner, *([schema["items"]] if "items" in schema else [])]:
        yield from schemas(part)


def depth(schema: dict[str, Any], seen: tuple[str, ...] = ()) -> int:
    """Levels of objects and lists, references followed."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        assert name not in seen, "a schema that holds itself has no depth"
        return depth(SCHEMA["$defs"][name], (*seen, name))
    parts = [*schema.get("properties", {}).values(), *schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]  # fmt: skip
    return ("properties" in schema or "items" in schema) + max(
        (depth(part, seen) for part in parts), default=0
    )


def test_the_format_is_strict_and_named():
    named = FORMAT["json_schema"]
    assert (FORMAT["type"], named["strict"]) == ("json_schema", True)
    assert named["name"].isidentifier() and len(named["name"]) <= 64


def test_the_root_is_an_object_and_no_choice():
    assert SCHEMA["type"] == "object"
    assert "anyOf" not in SCHEMA


@pytest.mark.parametrize("schema", list(schemas(SCHEMA)), ids=lambda schema: ",".join(sorted(schema))[:40])
def test_only_keywords_and_types_of_strict_mode(schema):
    assert schema.keys() <= ALLOWED
    types = schema.get("type", [])
    assert ({types} if isinstance(types, str) else set(types)) <= TYPES
    if "$ref" in schema:
        assert set(schema) == {"$ref"}
        assert schema["$ref"].removeprefix("#/$defs/") in SCHEMA["$defs"]


@pytest.mark.parametrize("schema", [s for s in schemas(SCHEMA) if "properties" in s], ids=lambda s: next(iter(s["properties"])))  # fmt: skip
def test_objects_are_closed_and_all_is_required(schema):
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"])


def test_sizes_stay_within_the_limits():
    every = list(schemas(SCHEMA))
    names = [name for s in every for name in s.get("properties", {})]
    enums = [s["enum"] for s in every if "enum" in s]
    words = [word for enum in enums for word in enum]
    assert len(names) <= MOST_PROPERTIES
    assert depth(SCHEMA) <= DEEPEST
    assert sum(map(len, [*names, *SCHEMA["$defs"], *words])) <= MOST_CHARACTERS
    assert len(words) <= MOST_WORDS
    assert all(len(enum) <= 250 or sum(map(len, enum)) <= MOST_LONG_ENUM for enum in enums)


def answer(proposals: Proposals) -> Any:
    """Proposals as a model would write them: without the places that only code knows."""
    raw = json.loads(msgspec.json.encode(proposals))
    for item in [
        raw["talks"],
        *(item for items in raw.values() if isinstance(items, list) for item in items),
    ]:
        for place in OURS if item else ():
            item.pop(place, None)
    return raw


def test_what_code_proposes_is_an_answer():
    found = [
        propose(annotate(read(sample.read_bytes()))) for sample in sorted((ROOT / "samples").glob("*.txt"))
    ]
    for proposals in (*found, Proposals(talks=None)):
        jsonschema.validate(answer(proposals), SCHEMA)
    assert (
        any(p.delegates for p in found) and any(p.figures for p in found) and any(p.deadlines for p in found)
    )


def test_an_answer_of_another_shape_is_refused():
    right = answer(Proposals(talks=None))
    wrongs: list[Any] = [right | {"extra": 1}, {"talks": None}, right | {"figures": [{"quote": "x"}]}, []]
    for wrong in wrongs:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, SCHEMA)


def test_an_answer_reads_back_as_the_same_proposals():
    proposals = Proposals(talks=None)
    assert msgspec.convert(answer(proposals), Proposals) == proposals
