"""The promise of docs/stability.md: nothing breaks since the last release that the changelog does not name."""

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.api.breaking import breaks

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


def read(name: str) -> Json:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: Json = yaml.load((ROOT / name).read_text(encoding="utf-8"), Loader=loader)
    return found


@pytest.fixture(scope="module")
def released() -> Json:
    return read("tests/api/released.yaml")


def test_what_breaks_is_in_the_changelog(released: Json) -> None:
    """Each break needs a line in the section "Breaking" of what is not released, with its subject in backticks."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased = changelog.partition("\n## [Unreleased]\n")[2].partition("\n## ")[0]
    breaking = unreleased.partition("\n### Breaking\n")[2].partition("\n### ")[0]
    named = set(re.findall(r"`([^`]+)`", breaking))
    assert [each for each in breaks(released, read("openapi.yaml")) if each[0] not in named] == []


def test_nothing_breaks_where_nothing_changes(released: Json) -> None:
    assert breaks(released, deepcopy(released)) == []


def operation(document: Json, path: str, method: str) -> Any:
    return document["paths"][path][method]


def of(document: Json, component: str) -> Any:
    return document["components"]["schemas"][component]


def rename(document: Json) -> None:
    operation(document, "/v1/jobs", "get")["operationId"] = "jobs"


def drop_parameter(document: Json) -> None:
    parameters = operation(document, "/v1/briefings", "get")["parameters"]
    parameters[:] = [each for each in parameters if each.get("name") != "party"]


def require_parameter(document: Json) -> None:
    new = {"name": "colour", "in": "query", "required": True, "schema": {"type": "string"}}
    operation(document, "/v1/briefings", "get")["parameters"].append(new)


def lower_limit(document: Json) -> None:
    for each in operation(document, "/v1/briefings", "get")["parameters"]:
        if each.get("name") == "limit":
            each["schema"]["maximum"] = 50


def drop_csv(document: Json) -> None:
    del operation(document, "/v1/stakes", "get")["responses"]["200"]["content"]["text/csv"]


def drop_etag(document: Json) -> None:
    del operation(document, "/v1/stakes", "get")["responses"]["200"]["headers"]["ETag"]


def another_status(document: Json) -> None:
    responses = operation(document, "/v1/documents", "post")["responses"]
    responses["200"] = responses.pop("202")


def another_scope(document: Json) -> None:
    operation(document, "/v1/stakes", "get")["x-scopes"] = ["admin"]


def require_body(document: Json) -> None:
    operation(document, "/v1/jobs/{job_id}/retry", "post")["requestBody"] = {"required": True, "content": {}}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda it: it["paths"].pop("/v1/stakes"), ("list_stakes", "get /v1/stakes is gone")),
        (rename, ("list_jobs", "is called jobs")),
        (drop_parameter, ("list_briefings.party", "the query parameter is gone")),
        (require_parameter, ("list_briefings.colour", "the new parameter is required")),
        (lower_limit, ("list_briefings.limit", "maximum is lower")),
        (drop_csv, ("list_stakes", "text/csv is gone from the answer")),
        (drop_etag, ("list_stakes", "answers 200 without ETag")),
        (another_status, ("add_document", "does not answer 202")),
        (another_scope, ("list_stakes", "asks for another scope")),
        (require_body, ("retry_job", "a body is required")),
        (
            lambda it: it["webhooks"].pop("briefing.withdrawn"),
            ("briefing.withdrawn", "is not told any more"),
        ),
        (
            lambda it: it["webhooks"]["briefing.changed"]["post"]["parameters"].pop(),
            ("briefing.changed", "is told without webhook-signature"),
        ),
        (
            lambda it: of(it, "WithdrawnBriefing")["required"].remove("id"),
            ("WithdrawnBriefing.id", "may be missing"),
        ),
        (lambda it: of(it, "Deadline")["properties"].pop("what"), ("Deadline.what", "is gone from the answer")),
        (lambda it: of(it, "Deadline")["required"].remove("what"), ("Deadline.what", "may be missing")),
        (
            lambda it: of(it, "Deadline")["properties"].update(what={"type": ["string", "null"]}),
            ("Deadline.what", "may be null"),
        ),
        (
            lambda it: of(it, "Event")["properties"].update(
                date={"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/FuzzyDate"}]}
            ),
            ("Event.date", "may be null"),
        ),
        (lambda it: of(it, "Certainty")["enum"].append("guessed"), ("Certainty", "may be 'guessed'")),
        (lambda it: of(it, "Scope")["enum"].remove("admin"), ("Scope", "cannot be 'admin'")),
        (lambda it: of(it, "NewKey")["required"].append("expires_at"), ("NewKey.expires_at", "is required")),
        (lambda it: of(it, "NewKey")["properties"].pop("name"), ("NewKey.name", "is gone from the request")),
        (
            lambda it: of(it, "NewKey")["properties"]["scopes"].update(maxItems=1),
            ("NewKey.scopes", "maxItems is lower"),
        ),
        (
            lambda it: of(it, "Negotiation")["properties"]["status"]["x-extensible-enum"].remove("signed"),
            ("Negotiation.status", "a word is gone"),
        ),
    ],
)  # fmt: skip
def test_what_breaks_is_found(
    released: Json, change: Callable[[Json], object], expected: tuple[str, str]
) -> None:
    changed = deepcopy(released)
    change(changed)
    assert breaks(released, changed)[0] == expected


def add_all(document: Json) -> None:
    document["paths"]["/v1/new"] = deepcopy(document["paths"]["/v1/stakes"])
    stakes = operation(document, "/v1/stakes", "get")
    stakes["parameters"].append({"name": "colour", "in": "query", "schema": {"type": "string"}})
    stakes["responses"]["200"]["content"]["text/html"] = {"schema": {"type": "string"}}
    of(document, "Stake")["properties"]["colour"] = {"type": "string"}
    of(document, "Stake")["required"].append("colour")
    of(document, "NewKey")["properties"]["colour"] = {"type": "string"}
    of(document, "NewKey")["properties"]["scopes"]["maxItems"] = 9
    of(document, "Negotiation")["properties"]["status"]["x-extensible-enum"].append("dormant")
    of(document, "Stake")["description"] = "Other words."


def test_what_is_added_breaks_nothing(released: Json) -> None:
    changed = deepcopy(released)
    add_all(changed)
    assert changed != released
    assert breaks(released, changed) == []
