"""The schema that a model must answer in keeps to the keywords and limits of structured output, and to what is read.

The limits are those that OpenAI documents; that every field is required is asked of strict mode alone.
"""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.read import read
from pipeline.extraction.kinds import propose
from pipeline.extraction.model.requests import read_answer
from pipeline.language.annotate import Numbered, annotate
from prompts import answer_format, answer_schema
from schemas.kinds import KINDS
from tests.conftest import ROOT
from tests.pipeline.extraction.model.saying import said

ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "$ref", "$defs", "minItems"}  # fmt: skip
TYPES = {"string", "number", "boolean", "integer", "object", "array", "null"}
MOST_PROPERTIES, DEEPEST, MOST_CHARACTERS, MOST_WORDS, MOST_LONG_ENUM = 5_000, 10, 120_000, 1_000, 15_000

SCHEMA, COMPACT = answer_schema(), answer_schema(compact=True)
BOTH = pytest.mark.parametrize("whole", [SCHEMA, COMPACT], ids=["full", "compact"])


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


def depth(schema: dict[str, Any], whole: dict[str, Any], seen: tuple[str, ...] = ()) -> int:
    """Levels of objects and lists, references followed."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        assert name not in seen, "a schema that holds itself has no depth"
        return depth(whole["$defs"][name], whole, (*seen, name))
    parts = [*schema.get("properties", {}).values(), *schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]  # fmt: skip
    return ("properties" in schema or "items" in schema) + max(
        (depth(part, whole, seen) for part in parts), default=0
    )


@pytest.mark.parametrize("compact", [False, True])
def test_the_format_is_named_and_not_strict(compact):
    named = answer_format(compact)
    assert (named["type"], named["json_schema"]["strict"]) == ("json_schema", False)
    assert named["json_schema"]["name"].isidentifier() and len(named["json_schema"]["name"]) <= 64
    assert named["json_schema"]["schema"] == answer_schema(compact)


@BOTH
def test_the_root_is_an_object_of_talks_and_every_kind(whole):
    assert (whole["type"], whole["required"]) == ("object", ["talks"])
    assert set(whole["properties"]) == {"talks", *(kind.plural for kind in KINDS)}


@BOTH
def test_only_keywords_and_types_that_servers_know(whole):
    for schema in schemas(whole):
        assert schema.keys() <= ALLOWED
        assert schema.get("type", "object") in TYPES
        if "$ref" in schema:
            assert set(schema) == {"$ref"}
            assert schema["$ref"].removeprefix("#/$defs/") in whole["$defs"]


@BOTH
def test_objects_are_closed_and_what_is_left_out_is_not_null(whole):
    objects = [schema for schema in schemas(whole) if "properties" in schema]
    for schema in objects:
        assert (schema["type"], schema["additionalProperties"]) == ("object", False)
        assert set(schema["required"]) <= set(schema["properties"])
    nullable = [name for schema in objects for name, part in schema["properties"].items() if "anyOf" in part]
    assert nullable == ["talks"]


@BOTH
def test_whatever_is_told_has_sentences(whole):
    for kind in ("Talks", *(kind.answer.__name__.removesuffix("Answer") for kind in KINDS)):
        part = whole["$defs"][kind]
        assert "s" in part["required"]
        assert part["properties"]["s"] == {"type": "array", "items": {"type": "integer"}, "minItems": 1}


@BOTH
def test_sizes_stay_within_the_limits(whole):
    every = list(schemas(whole))
    names = [name for s in every for name in s.get("properties", {})]
    enums = [s["enum"] for s in every if "enum" in s]
    words = [word for enum in enums for word in enum]
    assert len(names) <= MOST_PROPERTIES
    assert depth(whole, whole) <= DEEPEST
    assert sum(map(len, [*names, *whole["$defs"], *words])) <= MOST_CHARACTERS
    assert len(words) <= MOST_WORDS
    assert all(len(enum) <= 250 or sum(map(len, enum)) <= MOST_LONG_ENUM for enum in enums)


def test_what_fits_the_compact_schema_fits_the_other():
    for name, part in COMPACT["$defs"].items():
        full = SCHEMA["$defs"][name]
        assert part["required"] == full["required"]
        assert part["properties"].items() <= full["properties"].items()


def test_what_code_proposes_is_an_answer():
    found = [annotate(read(sample.read_bytes())) for sample in sorted((ROOT / "samples").glob("*.txt"))]
    answers = [msgspec.to_builtins(said(propose(one), Numbered(one))) for one in found]
    for answer in answers:
        jsonschema.validate(answer, SCHEMA)
    assert all(any(one.get(kind.plural) for one in answers) for kind in KINDS)


def test_an_answer_of_another_shape_is_refused():
    right: dict[str, Any] = {"talks": None}
    jsonschema.validate(right, SCHEMA)
    wrongs: list[Any] = [right | {"extra": 1}, {"figures": []}, right | {"figures": [{"s": [1]}]}, []]
    for wrong in wrongs:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, SCHEMA)


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Whatever a schema allows."""
    if "$ref" in schema:
        return st.deferred(lambda: values(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]))
    if "anyOf" in schema:
        return st.one_of(*map(values, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            own = {name: values(part) for name, part in schema["properties"].items()}
            needed = {name: own.pop(name) for name in schema["required"]}
            return st.fixed_dictionaries(needed, optional=own)
        case "array":
            return st.lists(values(schema["items"]), min_size=schema.get("minItems", 0), max_size=2)
    return _PLAIN[schema["type"]]


_PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=8),
    "number": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    "integer": st.integers(-3, 300),
    "boolean": st.booleans(),
    "null": st.none(),
}


@settings(max_examples=60)
@given(values(SCHEMA))
def test_whatever_the_schema_allows_is_read(answer):
    jsonschema.validate(answer, SCHEMA)
    read_back = read_answer(json.dumps(answer))
    assert (read_back.fits, read_back.whole, read_back.malformed) == (True, True, [])
    told = {kind.plural: len(getattr(read_back.answer, kind.plural)) for kind in KINDS}
    assert told == {plural: len(answer.get(plural, [])) for plural in told}
