"""Redocly's and Spectral's rules for OpenAPI find nothing in `openapi.yaml`: no error, no warning, no hint."""

import json
import re
from pathlib import Path
from typing import Any

from tests.api.described import DESCRIBED
from tests.sdk.conftest import HERE, Run

ROOT = Path(__file__).parents[2]
DESCRIPTION = str(ROOT / "openapi.yaml")


def test_redocly_recommended_strict(run: Run, tmp_path: Path) -> None:
    command = ["redocly", "lint", "--extends", "recommended-strict", "--format", "json", DESCRIPTION]
    done = run(command, tmp_path)
    said = json.loads(done.stdout)
    assert said["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}, said["problems"]
    assert done.returncode == 0


def test_redocly_sees_what_is_wrong(run: Run, tmp_path: Path) -> None:
    """The check can fail: an operation without an answer breaks a rule."""
    text = Path(DESCRIPTION).read_text(encoding="utf-8")
    (tmp_path / "openapi.yaml").write_text(text.replace("operationId: get_job\n", "operationId: get_key\n"))
    command = ["redocly", "lint", "--extends", "recommended-strict", "--format", "json", "openapi.yaml"]
    done = run(command, tmp_path)
    assert done.returncode == 1
    assert "operation-operationId-unique" in {each["ruleId"] for each in json.loads(done.stdout)["problems"]}


def spectral(run: Run, folder: Path, file: str) -> tuple[list[dict[str, Any]], int]:
    """What it finds, and its status."""
    (folder / "rules.yaml").write_text('extends: ["spectral:oas"]\n')
    command = ["spectral", "lint", "--quiet", "--ruleset", "rules.yaml", "--fail-severity", "hint"]
    done = run([*command, "--format", "json", file], folder)
    return json.loads(done.stdout), done.returncode


def test_spectral(run: Run, tmp_path: Path) -> None:
    assert spectral(run, tmp_path, DESCRIPTION) == ([], 0)


def test_spectral_sees_what_is_wrong(run: Run, tmp_path: Path) -> None:
    """The check can fail: an example that is no example of its schema breaks a rule."""
    health = DESCRIBED["paths"]["/health/live"]["get"]
    answer = {
        "description": "It is well.",
        "content": {"application/json": {"schema": {"type": "string"}, "example": 1}},
    }
    wrong = {
        **{name: DESCRIBED[name] for name in ("openapi", "info", "servers", "tags")},
        "paths": {"/health/live": {"get": health | {"responses": {"200": answer}, "parameters": []}}},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(wrong))
    found, status = spectral(run, tmp_path, "openapi.json")
    assert ([each["code"] for each in found], status) == (["oas3-valid-media-example"], 1)


def test_no_component_has_the_name_of_a_type_of_the_language_or_of_browsers() -> None:
    """A type of a generated TypeScript client would hide it."""
    libraries = (HERE / "node_modules/typescript/lib").glob("lib.*.d.ts")
    names = {
        name
        for library in libraries
        for name in re.findall(r"^(?:declare var|interface) (\w+)", library.read_text("utf-8"), re.MULTILINE)
    }
    assert {"Array", "Event"} <= names
    assert sorted(names & DESCRIBED["components"]["schemas"].keys()) == []
