"""The structs as a contract: described, exported, with examples that validate."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import msgspec
import pytest

import schemas
from schemas import vocabulary, webhooks
from schemas.kinds import KINDS

WIRE = {
    f"schemas.{name}"
    for name in (
        "briefing",
        "changes",
        "dates",
        "facts",
        "http",
        "jobs",
        "webhooks",
    )
}


def below(shape: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for one in shape.__subclasses__():
        yield one
        yield from below(one)


STRUCTS = sorted(
    {s for s in below(msgspec.Struct) if s.__module__ in WIRE and not s.__name__.startswith("_")},
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
def test_every_struct_is_frozen_and_described(struct):
    assert struct.__struct_config__.frozen
    assert struct.__doc__ and struct.__doc__[0].isupper()


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


def test_what_the_wire_says_is_exported():
    apart = {module.__name__ for module in (webhooks,)}
    kinds = {*schemas.FACT_PAGES.values(), *schemas.FACT_CHANGES.values(), *schemas.FOUND_FACTS.values()}
    named = [s for s in STRUCTS if s.__module__ not in apart and s not in kinds]
    assert named and all(getattr(schemas, struct.__name__) is struct for struct in named)


def test_every_kind_of_fact_has_its_page_and_its_change():
    assert list(schemas.FACT_PAGES) == list(schemas.FACT_CHANGES) == [kind.name for kind in KINDS]
    assert {*schemas.FACT_PAGES.values(), *schemas.FACT_CHANGES.values()} < set(STRUCTS)


def test_topics_that_words_tell_are_of_the_taxonomy():
    from pipeline.language.lexicons import lexicon

    assert {row.name for row in lexicon.topics.topics} < set(vocabulary.TOPICS)
