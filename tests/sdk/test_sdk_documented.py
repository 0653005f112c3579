"""`docs/sdk.md` as a reader would follow it: its files, its commands, its programs, against a live service."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import connect
from store.keys import create_key
from tests.api.filled import fill
from tests.sdk.conftest import HERE, Run
from tests.serving import api, free_port, worker
from worker.jobs import prepare

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/sdk.md").read_text(encoding="utf-8")
SECTIONS = ["Python", "TypeScript: functions", "TypeScript: types alone"]
SAID = """\
job: done
briefing: no-cl of NO, CL
again: 304
deadlines: 3
error: /problems/not-found
"""


def blocks(section: str) -> list[tuple[str, str]]:
    """Fenced blocks of a section: their language and text."""
    body = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```(\w+)\n(.*?)^```$", body, re.MULTILINE | re.DOTALL)


def commands(section: str) -> list[list[str]]:
    shell = [text for language, text in blocks(section) if language == "console"]
    return [shlex.split(line[2:]) for text in shell for line in text.splitlines()]


def installed(section: str) -> set[str]:
    """Packages that the page says to install."""
    found = [
        command for command in commands(section) if command[:2] in (["npm", "install"], ["pip", "install"])
    ]
    return {re.sub(r"(?<=.)@[\d.]+$", "", word) for each in found for word in each[2:] if word[0] != "-"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A service with its worker, and the environment in which the programs find it."""
    folder = tmp_path_factory.mktemp("service")
    url = f"sqlite:///{folder}/readout.db"
    prepare(url)
    fill(url)
    engine = connect(url)
    key = create_key(engine, name="of the programs", scopes=["briefings:read", "documents:write"]).key
    engine.dispose()
    port = free_port()
    with api(url, folder, port, auth="required"), worker(url, folder):
        yield {"READOUT_URL": f"http://127.0.0.1:{port}", "READOUT_KEY": key}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_is_true(
    section: str, run: Run, service: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "openapi.yaml").write_bytes((ROOT / "openapi.yaml").read_bytes())
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}\n')
    for language, text in blocks(section):
        if language != "console":
            name = text.partition("\n")[0].removeprefix("# ").removeprefix("// ")
            (tmp_path / name).write_text(text.partition("\n")[2] if language == "json" else text)
    for name, value in service.items():
        monkeypatch.setenv(name, value)
    said = ""
    for command in commands(section):
        if command[1] == "install":
            continue
        if command[-1] == "EU":
            command[-1] = "NO"
        done = run(command, tmp_path)
        said = done.stdout
        assert (done.stderr, done.returncode) == ("", 0), f"{shlex.join(command)}\n{said}"
        assert "warn" not in said.lower(), said
    assert said == SAID


@pytest.mark.parametrize("section", SECTIONS[1:])
def test_what_is_to_be_installed_is_what_is_tested(section: str) -> None:
    pinned = json.loads((HERE / "package.json").read_text())["devDependencies"]
    assert installed(section) <= set(pinned)
    assert pinned["typescript"].startswith("5.9.")


def test_the_packages_are_pinned_and_their_lock_names_no_place() -> None:
    pinned = json.loads((HERE / "package.json").read_text())["devDependencies"]
    assert [version for version in pinned.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    locked = {name: each for name, each in packages.items() if name}
    assert [name for name, each in locked.items() if "resolved" in each] == []
    assert [
        name for name, each in locked.items() if not each.get("integrity") and not each.get("inBundle")
    ] == []
