"""The description of the API: fresh, valid, and made so that generators give good clients."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import reduce
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from msgspec import Struct
from msgspec.inspect import Metadata, StrType, type_info
from msgspec.structs import asdict
from openapi_spec_validator import validate

from api.cli.setup import PATH, is_fresh, write
from api.http.openapi import to_yaml
from api.http.openapi.operations import shapes_of
from api.mcp.server import TOOLS
from schemas import Evidence
from tests.api.conftest import Client
from tests.api.described import APP, DESCRIBED

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return DESCRIBED


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
    assert is_fresh(ROOT / PATH), "run `readout openapi`"


def test_a_stale_or_missing_file_is_told(tmp_path: Path) -> None:
    assert not is_fresh(tmp_path / "openapi.yaml")
    write(tmp_path / "openapi.yaml")
    assert is_fresh(tmp_path / "openapi.yaml")
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\n")
    assert not is_fresh(tmp_path / "openapi.yaml")


def test_writing_it_twice_gives_the_same_text() -> None:
    command = [sys.executable, "-c", "from api.cli.setup import text; print(text(), end='')"]
    other = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert other.stdout == (ROOT / PATH).read_text(encoding="utf-8")


def test_it_is_valid_openapi(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    validate(described)


def test_a_fact_says_which_briefing_carries_it_unless_it_is_one_of_a_readout(
    described: dict[str, Any],
) -> None:
    types = {
        name: schema["properties"]["briefing_id"].get("type", "text or null")
        for name, schema in described["components"]["schemas"].items()
        if "first_revision" in schema.get("properties", ())
    }
    facts = ("Delegate", "Stake", "Deadline", "Figure", "Statement", "EventFact")
    readouts = {f"Readout{fact.removesuffix('Fact')}" for fact in facts}
    assert types == dict.fromkeys(facts, "string") | dict.fromkeys(readouts, "text or null")


def test_what_clients_bring_is_matched_by_the_patterns_that_are_told_of_it() -> None:
    """Those of what the service tells itself are told and no more; see `schemas.vocabulary.known`."""
    handlers = [handler for route in APP.routes for handler in getattr(route, "route_handlers", ())]
    taken = [one for handler in handlers for one in (handler.opt.get("body") or {}).values()]
    shapes = [shape for one in taken for shape in shapes_of(one)]
    shapes += [handler.opt["query"] for handler in handlers if "query" in handler.opt]
    brought = [*shapes, *(tool.asked for tool in TOOLS.values())]
    assert len(brought) > 60
    assert [told for shape in brought for told in _unmatched(type_info(shape))] == []
    assert list(_unmatched(type_info(Evidence)))


def _unmatched(node: Any) -> Iterator[Any]:
    """Text that has a pattern by which it is not matched."""
    told = node.extra_json_schema if isinstance(node, Metadata) and isinstance(node.type, StrType) else None
    if told and "pattern" in told:
        yield node
    parts = asdict(node).values() if isinstance(node, Struct) else node if isinstance(node, tuple) else ()
    for part in parts:
        yield from _unmatched(part)


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
        "diff_briefing_revisions": "get /v1/briefings/{id_or_slug}/diff",
        "get_digest": "get /v1/digest",
        "list_negotiations": "get /v1/negotiations",
        "get_negotiation": "get /v1/negotiations/{negotiation_id}",
        "list_briefing_revisions": "get /v1/briefings/{id_or_slug}/revisions",
        "get_briefing_revision": "get /v1/briefings/{id_or_slug}/revisions/{revision}",
        "split_briefing": "post /v1/briefings/{id_or_slug}/split",
        "merge_briefings": "post /v1/briefings/{id_or_slug}/merge",
        "list_round_decisions": "get /v1/briefings/{id_or_slug}/decisions",
        "list_documents": "get /v1/documents",
        "add_document": "post /v1/documents",
        "add_documents": "post /v1/documents/batch",
        "get_document": "get /v1/documents/{document_id}",
        "withdraw_document": "delete /v1/documents/{document_id}",
        "get_document_readout": "get /v1/documents/{document_id}/readout",
        "get_document_text": "get /v1/documents/{document_id}/text",
        "list_delegates": "get /v1/delegates",
        "list_stakes": "get /v1/stakes",
        "list_deadlines": "get /v1/deadlines",
        "list_figures": "get /v1/figures",
        "list_statements": "get /v1/statements",
        "list_events": "get /v1/events",
        "list_conflicts": "get /v1/conflicts",
        "get_fact": "get /v1/facts/{fact_id}",
        "review_fact": "patch /v1/facts/{fact_id}",
        "get_conflict": "get /v1/conflicts/{conflict_id}",
        "settle_conflict": "patch /v1/conflicts/{conflict_id}",
        "edit_text": "patch /v1/briefings/{id_or_slug}/text",
        "pin_facts": "put /v1/briefings/{id_or_slug}/pinned",
        "add_fact": "post /v1/briefings/{id_or_slug}/facts",
        "list_reviews": "get /v1/briefings/{id_or_slug}/reviews",
        "list_drafts": "get /v1/drafts",
        "get_draft": "get /v1/briefings/{id_or_slug}/draft",
        "diff_draft": "get /v1/briefings/{id_or_slug}/draft/diff",
        "get_draft_fact": "get /v1/facts/{fact_id}/draft",
        "publish_briefing": "post /v1/briefings/{id_or_slug}/publication",
        "withdraw_briefing": "post /v1/briefings/{id_or_slug}/withdrawal",
        "list_review_queue": "get /v1/reviews/queue",
        "search": "get /v1/search",
        "list_changes": "get /v1/changes",
        "export": "get /v1/export",
        "list_jobs": "get /v1/jobs",
        "cancel_job": "delete /v1/jobs/{job_id}",
        "get_job": "get /v1/jobs/{job_id}",
        "listen_to_job": "get /v1/jobs/{job_id}/events",
        "retry_job": "post /v1/jobs/{job_id}/retry",
        "list_keys": "get /v1/keys",
        "create_key": "post /v1/keys",
        "get_key": "get /v1/keys/{key_id}",
        "revoke_key": "delete /v1/keys/{key_id}",
        "verify_draft": "post /v1/verify",
        "list_issues": "get /v1/issues",
        "create_issue": "post /v1/issues",
        "get_issue": "get /v1/issues/{issue_id}",
        "list_topics": "get /v1/topics",
        "create_topic": "post /v1/topics",
        "get_topic": "get /v1/topics/{topic_id}",
        "delete_topic": "delete /v1/topics/{topic_id}",
        "list_watches": "get /v1/watches",
        "create_watch": "post /v1/watches",
        "get_watch": "get /v1/watches/{watch_id}",
        "change_watch": "patch /v1/watches/{watch_id}",
        "delete_watch": "delete /v1/watches/{watch_id}",
        "list_watch_items": "get /v1/watches/{watch_id}/items",
        "list_webhooks": "get /v1/webhooks",
        "create_webhook": "post /v1/webhooks",
        "list_schedules": "get /v1/schedules",
        "create_schedule": "post /v1/schedules",
        "get_schedule": "get /v1/schedules/{schedule_id}",
        "change_schedule": "patch /v1/schedules/{schedule_id}",
        "delete_schedule": "delete /v1/schedules/{schedule_id}",
        "list_subscriptions": "get /v1/subscriptions",
        "create_subscription": "post /v1/subscriptions",
        "get_subscription": "get /v1/subscriptions/{subscription_id}",
        "delete_subscription": "delete /v1/subscriptions/{subscription_id}",
        "delete_webhook": "delete /v1/webhooks/{webhook_id}",
        "get_webhook": "get /v1/webhooks/{webhook_id}",
        "resume_webhook": "post /v1/webhooks/{webhook_id}/resume",
        "change_webhook": "patch /v1/webhooks/{webhook_id}",
        "rotate_webhook_secret": "post /v1/webhooks/{webhook_id}/secret",
        "test_webhook": "post /v1/webhooks/{webhook_id}/test",
        "list_webhook_deliveries": "get /v1/webhooks/{webhook_id}/deliveries",
        "redeliver": "post /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
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
        is_open = operation["tags"] == ["health"]
        assert operation["security"] == ([] if is_open else [{"key": []}])
        assert operation["description"].splitlines()[-1] == (
            "Needs no key."
            if is_open
            else f"Needs a key with the scope {' or '.join(f'`{scope}`' for scope in operation['x-scopes'])}."
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
        if operation["method"] == "get" and name not in ("listen_to_job", "export"):
            assert set(operation["responses"]["200"]["headers"]) == {"ETag", "X-Request-Id"}
            assert set(operation["responses"]["304"]["headers"]) == {"ETag", "X-Request-Id"}


def test_an_accepted_document_tells_where_its_job_is(operations: dict[str, dict[str, Any]]) -> None:
    operation = operations["add_document"]
    assert set(operation["responses"]["202"]["headers"]) == {"X-Request-Id", "Location", "Retry-After"}
    assert list(operation["requestBody"]["content"]) == ["application/json", "multipart/form-data"]


def test_every_post_takes_an_idempotency_key(operations: dict[str, dict[str, Any]]) -> None:
    """But for those whose answer may be kept nowhere, that may be sent again as they are, or that only ask."""
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    posts = {name: one for name, one in operations.items() if one["method"] == "post"}
    without = {name for name, one in posts.items() if key not in one["parameters"]}
    assert without == {"create_key", "create_subscription", "add_documents", "verify_draft"}


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


def examples_in(described: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Every example with where it is and its schema."""
    for path, node in nodes(described):
        if path.endswith(("/properties", "/example")) or "/example/" in path or "/value/" in path:
            continue
        if "example" in node:
            yield path, node["schema"], node["example"]
        examples = node.get("examples", [])
        if isinstance(examples, dict):
            yield from ((path, node["schema"], example["value"]) for example in examples.values())
        else:
            yield from ((path, node, example) for example in examples)


def test_examples_validate(described: dict[str, Any]) -> None:
    beside = {"components": described["components"]}
    found = list(examples_in(described))
    for path, schema, example in found:
        faults = Draft202012Validator(schema | beside, format_checker=FormatChecker()).iter_errors(example)
        assert [fault.message for fault in faults] == [], path
    assert len(found) > 200


def test_every_body_and_answer_has_an_example(operations: dict[str, dict[str, Any]]) -> None:
    """MessagePack has none: a description is text."""
    for name, operation in operations.items():
        answers = [answer for status, answer in operation["responses"].items() if status < "300"]
        for each in [*answers, operation.get("requestBody", {})]:
            for media_type, content in each.get("content", {}).items():
                assert "example" in content or media_type == "application/msgpack", (name, media_type)


def test_an_example_quotes_the_text_that_is_an_example(operations: dict[str, dict[str, Any]]) -> None:
    def example(operation: str, media_type: str = "application/json") -> Any:
        return operations[operation]["responses"]["200"]["content"][media_type]["example"]

    text = example("get_document_text", "text/plain")
    assert example("get_document")["id"] == sha256(text.encode()).hexdigest()
    found = [node for _, node in nodes(example("get_briefing")) if "exact" in node]
    quoted = [each for each in found if each["document_id"] == example("get_document")["id"]]
    assert [text[each["start"] : each["end"]] for each in quoted] == [each["exact"] for each in quoted]
    assert len(quoted) == 8


def test_links_lead_to_operations_that_take_what_they_carry(
    described: dict[str, Any], operations: dict[str, dict[str, Any]]
) -> None:
    """A 202 leads to its job; the value that a link carries is in the example of the answer."""
    seen = set()
    for name, operation in operations.items():
        for status, answer in operation["responses"].items():
            for link in answer.get("links", {}).values():
                target = operations[link["operationId"]]
                assert set(link["parameters"]) <= {each.get("name") for each in target["parameters"]}
                for expression in link["parameters"].values():
                    prefix, pointer = expression.split("#")
                    example = answer["content"]["application/json"]["example"]
                    assert prefix == "$response.body"
                    resolved = reduce(step, pointer.strip("/").split("/"), example)
                    assert isinstance(resolved, str), (name, expression)
                seen.add((name, status, link["operationId"]))
    for accepting in ("add_document", "retry_job"):
        assert {(accepting, "202", "get_job"), (accepting, "202", "listen_to_job")} <= seen


def step(node: Any, word: str) -> Any:
    return node[int(word)] if isinstance(node, list) else node[word]


def test_unions_are_named_and_tell_their_members_apart(described: dict[str, Any]) -> None:
    """A document that is brought is told from one that is to be fetched by its text."""
    for path, node in nodes(described):
        arms = [arm for arm in node.get("anyOf", node.get("oneOf", [])) if isinstance(arm, dict)]
        named = [arm["$ref"] for arm in arms if "$ref" in arm]
        if path == "/paths//v1/documents/post/requestBody/content/application/json/schema":
            assert [arm.rpartition("/")[2] for arm in named] == ["NewDocument", "DocumentAddress"]
        elif len(named) > 1:
            assert re.fullmatch("/components/schemas/[A-Za-z]+", path), path
            assert sorted(node["discriminator"]["mapping"].values()) == sorted(named)
