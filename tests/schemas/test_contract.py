"""The structs as a contract: described, exported, with examples that validate."""

import inspect
from typing import Any

import jsonschema
import msgspec
import pytest

import schemas
from schemas import vocabulary

STRUCTS = sorted(
    (s for s in vars(schemas).values() if inspect.isclass(s) and issubclass(s, msgspec.Struct)),
    key=lambda s: s.__name__,
)
_, COMPONENTS = msgspec.json.schema_components(STRUCTS)


def examples(schema: dict[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    """Every (schema, example) inside a JSON Schema."""
    found = [(schema, example) for example in schema.get("examples", [])]
    for value in schema.values():
        for part in value if isinstance(value, list) else value.values() if isinstance(value, dict) else []:
            if isinstance(part, dict):
                found += examples(part)
    return found


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda s: s.__name__)
def test_every_struct_is_frozen_described_and_exported(struct):
    assert struct.__struct_config__.frozen
    assert struct.__doc__ and struct.__doc__[0].isupper()
    assert struct.__name__ in schemas.__all__


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_every_example_validates_against_its_own_schema(name):
    for schema, example in examples(COMPONENTS[name]):
        jsonschema.validate(example, schema | {"$defs": {}})


def test_the_examples_are_there_to_be_validated():
    assert sum(len(examples(schema)) for schema in COMPONENTS.values()) > 40


@pytest.mark.parametrize(
    "struct", [s for s in STRUCTS if not s.__struct_config__.forbid_unknown_fields], ids=lambda s: s.__name__
)
def test_response_fields_are_all_required(struct):
    schema = COMPONENTS[struct.__name__]
    assert set(schema.get("required", [])) == set(schema["properties"])


def test_all_names_are_sorted_and_real():
    assert sorted(schemas.__all__) == list(schemas.__all__)
    assert all(hasattr(schemas, name) for name in schemas.__all__)


def test_the_taxonomy_of_topics_has_a_label_for_each():
    from pipeline.language.lexicon import table

    assert set(table("topics")["labels"]) == set(vocabulary.TOPICS)
    assert set(table("topics")["words"]) < set(vocabulary.TOPICS)
