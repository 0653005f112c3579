"""`readout migrate`, `openapi` and `work`: what keeps a service going."""

import shutil
from pathlib import Path

import pytest

from tests.api.cli.conftest import Run


def test_migrate_applies_what_is_missing_once(run: Run) -> None:
    first, second = run("migrate"), run("migrate")
    assert (first.returncode, first.stdout.startswith(b"applied 0001")) == (0, True)
    assert (second.returncode, second.stdout) == (0, b"up to date\n")


@pytest.mark.parametrize("command", ["migrate", "work"])
@pytest.mark.parametrize(
    "database", ["sqlite:////nowhere/at/all.db", "postgresql://nobody@127.0.0.1:9/none", "sqlite:///text.db"]
)
def test_a_database_that_cannot_be_used_is_one_line(
    command: str, database: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "text.db").write_text("This is a letter, not a database. " * 40, encoding="utf-8")
    done = run(command, "--database", database)
    assert (done.returncode, done.stdout) == (2, b"")
    lines = [line for line in done.stderr.decode().splitlines() if not line.startswith("worker: ")]
    assert len(lines) == 1
    assert lines[0].startswith("readout: the database cannot be used (")
    assert lines[0].endswith("): check READOUT_DATABASE_URL")


def test_openapi_writes_the_file_and_tells_when_it_is_stale(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    stale = run("openapi", "--check")
    assert (stale.returncode, stale.stderr) == (
        1,
        b"readout: openapi.yaml is stale: run `readout openapi`\n",
    )
    assert not file.exists()
    assert run("openapi").stdout == b"wrote openapi.yaml\n"
    assert run("openapi", "--check").returncode == 0
    file.write_text(file.read_text(encoding="utf-8").replace("Readout", "Readin"), encoding="utf-8")
    assert run("openapi", "--check").returncode == 1


def test_the_file_in_the_repository_is_fresh(run: Run, tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parents[3] / "openapi.yaml", tmp_path)
    assert run("openapi", "--check").stdout == b"openapi.yaml is fresh\n"
