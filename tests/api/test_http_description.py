"""The description of the API: fresh, valid, and made so that generators give good clients."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from api.app import create_app
from api.openapi import PATH, check, document, to_yaml, write
from api.settings import Settings
from tests.api.conftest import Client

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(create_app(Settings()))


@pytest.fixture(scope="module")
def operations(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Operations by their id."""
    return {
        operation["operationId"]: operation | {"method": method, "path": path}
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every object of the document with where it is."""
    if isinstance(node, dict):
        yield path, node
        for name, part in node.items():
            yield from nodes(part, f"{path}/{name}")
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from nodes(part, f"{path}/{number}")


def test_the_file_is_fresh() -> None:
    assert check(ROOT / PATH), "run `readout openapi`"


def test_a_stale_or_missing_file_is_told(tmp_path: Path) -> None:
    assert not check(tmp_path / "openapi.yaml")
    write(tmp_path / "openapi.yaml")
    assert check(tmp_path / "openapi.yaml")
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\n")
    assert not check(tmp_path / "openapi.yaml")


def test_writing_it_twice_gives_the_same_text() -> None:
    command = [sys.executable, "-c", "from api.openapi import render; print(render(), end='')"]
    other = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert other.stdout == (ROOT / PATH).read_text(encoding="utf-8")


def test_it_is_valid_openapi(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    validate(described)


def test_the_service_gives_it_as_yaml_and_as_json(client: Client, described: dict[str, Any]) -> None:
    assert client.get("/openapi.json").json() == described
    answer = client.get("/openapi.yaml")
    assert answer.headers["Content-Type"] == "application/yaml"
    assert answer.text == (ROOT / PATH).read_text(encoding="utf-8")


def test_yaml_and_json_say_the_same(described: dict[str, Any]) -> None:
    assert yaml.safe_load(to_yaml(described)) == described


def test_the_operations(operations: dict[str, dict[str, Any]]) -> None:
    assert {name: f"{each['method']} {each['path']}" for name, each in operations.items()} == {
        "list_briefings": "get /v1/briefings",
        "get_briefing": "get /v1/briefings/{id_or_slug}",
        "list_briefing_revisions": "get /v1/briefings/{id_or_slug}/revisions",
        "get_briefing_revision": "get /v1/briefings/{id_or_slug}/revisions/{revision}",
        "add_document": "post /v1/documents",
        "add_documents": "post /v1/documents/batch",
        "get_document": "get /v1/documents/{document_id}",
        "get_document_readout": "get /v1/documents/{document_id}/readout",
        "get_document_text": "get /v1/documents/{document_id}/text",
        "list_delegates": "get /v1/delegates",
        "list_stakes": "get /v1/stakes",
        "list_deadlines": "get /v1/deadlines",
        "list_figures": "get /v1/figures",
        "list_statements": "get /v1/statements",
        "list_events": "get /v1/events",
        "list_conflicts": "get /v1/conflicts",
        "list_jobs": "get /v1/jobs",
        "cancel_job": "delete /v1/jobs/{job_id}",
        "get_job": "get /v1/jobs/{job_id}",
        "listen_to_job": "get /v1/jobs/{job_id}/events",
        "retry_job": "post /v1/jobs/{job_id}/retry",
        "list_keys": "get /v1/keys",
        "create_key": "post /v1/keys",
        "get_key": "get /v1/keys/{key_id}",
        "revoke_key": "delete /v1/keys/{key_id}",
        "get_liveness": "get /health/live",
        "get_readiness": "get /health/ready",
    }


def test_every_operation_has_one_tag_words_and_security(
    described: dict[str, Any], operations: dict[str, dict[str, Any]]
) -> None:
    tags = [tag["name"] for tag in described["tags"]]
    for operation in operations.values():
        assert len(operation["tags"]) == 1 and operation["tags"][0] in tags
        assert operation["summary"] and operation["description"]
        assert [list(way) for way in operation["security"]] == (
            [] if operation["tags"] == ["health"] else [["key"]] * len(operation["security"])
        )


def test_every_error_is_a_problem(described: dict[str, Any], operations: dict[str, dict[str, Any]]) -> None:
    for operation in operations.values():
        errors = {status for status in operation["responses"] if status >= "400"}
        assert errors >= {"400", "401", "403", "406", "429", "500", "503"}
        for status in errors:
            name = operation["responses"][status]["$ref"].rsplit("/", 1)[1]
            content = described["components"]["responses"][name]["content"]
            assert list(content) == ["application/problem+json"]
            assert content["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_every_read_tells_its_entity_tag_and_304(operations: dict[str, dict[str, Any]]) -> None:
    for name, operation in operations.items():
        if operation["method"] == "get" and name != "listen_to_job":
            assert set(operation["responses"]["200"]["headers"]) == {"ETag", "X-Request-Id"}
            assert set(operation["responses"]["304"]["headers"]) == {"ETag", "X-Request-Id"}


def test_an_accepted_document_tells_where_its_job_is(operations: dict[str, dict[str, Any]]) -> None:
    operation = operations["add_document"]
    assert set(operation["responses"]["202"]["headers"]) == {"X-Request-Id", "Location", "Retry-After"}
    assert list(operation["requestBody"]["content"]) == ["application/json", "multipart/form-data"]


def test_parameters_are_described_and_never_null(operations: dict[str, dict[str, Any]]) -> None:
    for operation in operations.values():
        for parameter in operation.get("parameters", []):
            if "$ref" not in parameter:
                assert parameter["description"]
                assert "anyOf" not in parameter["schema"] and "oneOf" not in parameter["schema"]


def test_components_have_plain_names_and_descriptions(described: dict[str, Any]) -> None:
    for name, schema in described["components"]["schemas"].items():
        assert name.isalpha() and name[0].isupper()
        assert schema["description"]
        assert "title" not in schema


def test_objects_and_enums_are_components(described: dict[str, Any]) -> None:
    components = {f"/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert {path for path, node in nodes(described) if "enum" in node or "properties" in node} <= components


def test_no_enum_is_without_a_type_and_no_default_is_null(described: dict[str, Any]) -> None:
    for path, node in nodes(described):
        if ("enum" in node or "const" in node) and not path.endswith("/properties"):
            assert "type" in node, path
        assert node.get("default", 0) is not None, path


def test_examples_validate(described: dict[str, Any]) -> None:
    beside = {"components": described["components"]}
    seen = 0
    for path, node in nodes(described):
        examples = None if path.endswith("/properties") else node.get("examples")
        schema = node
        if isinstance(examples, dict):
            examples = [example["value"] for example in examples.values()]
            schema = node["schema"]
        for example in examples or []:
            Draft202012Validator(schema | beside).validate(example)
            seen += 1
    assert seen > 100
