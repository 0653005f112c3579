"""The image, the composition and their documentation fit the code."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from api.cli.main import COMMANDS, cli
from api.http.resources.service import exposition, stored_figures
from api.settings import variables
from worker.jobs import connect_jobs, prepare

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SETTINGS = set(variables())


def instructions(name: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.removeprefix(f"{name} ") for line in joined.splitlines() if line.startswith(f"{name} ")]


@pytest.mark.parametrize("service", ["migrate", "api", "worker"])
def test_each_service_runs_a_command_there_is_with_settings_there_are(service: str) -> None:
    one = COMPOSE["services"][service]
    [command] = one["command"]
    assert command in COMMANDS
    assert CliRunner().invoke(cli, [command, "--help"]).exit_code == 0
    assert set(one["environment"]) <= SETTINGS | {"OTEL_EXPORTER_OTLP_ENDPOINT"}


def test_nothing_starts_before_the_database_is_migrated() -> None:
    services = COMPOSE["services"]
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for service in ("api", "worker"):
        assert services[service]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_no_secret_has_a_value() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)", text))
    given = dict(
        re.findall(r"^#?(\w+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(given) == asked
    assert set(given.values()) == {""}


def test_the_image_is_made_of_what_there_is_and_does_not_run_as_root() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for copied in instructions("COPY"):
        if not copied.startswith("--from"):
            *sources, _ = copied.split()
            assert all((ROOT / source).exists() and f"!{source}" in ignored for source in sources)
    packages = re.findall(r'^packages = \["(.*)"\]$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[0]
    assert set(packages.split('", "')) <= {copied.split()[0] for copied in instructions("COPY")}
    assert instructions("USER") == ["10001:10001"]
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["readout"]
    assert json.loads(instructions("CMD")[0])[0] in COMMANDS


def test_the_image_sets_settings_there_are() -> None:
    [given] = instructions("ENV")
    named = re.findall(r"(READOUT_\w+)=(\S+)", given)
    assert {name for name, _ in named} <= SETTINGS
    assert json.loads(instructions("HEALTHCHECK")[0].partition("CMD ")[2])[:2] == ["python", "-c"]


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `((?:READOUT|OPENAI)_\w+)` \| (?:`(.*?)`)? ?\|", OPERATIONS, re.MULTILINE)
    defaults = {name: field.default for name, field in variables().items()}
    shown = {
        name: f"{default:g}" if isinstance(default, float) else str(default)
        for name, default in defaults.items()
        if isinstance(default, str | int | float)
    }
    assert dict(rows) == dict.fromkeys(SETTINGS, "") | shown | {"READOUT_MODEL_PRICES": "{}"}


def test_every_figure_is_documented(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    jobs = connect_jobs(url)
    told = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in text_string_to_metric_families(exposition(stored_figures(jobs)).decode())
        if family.name.startswith("readout_")
    }
    jobs.close()
    assert told == set(re.findall(r"`(readout_\w+)`", OPERATIONS))
