"""`readout doctor`: what is wrong is named, with what to do about it, and nothing is changed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.documents.read import read
from store.workers import beat
from tests.api.cli.conftest import Run
from worker.jobs import Jobs, connect_jobs, prepare, submit

NAMES = ["python", "settings", "database", "migrations", "queue", "workers", "spacy", "model", "provider"]


def findings(run: Run, *arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit status, and each check's status and detail."""
    done = run("doctor", "--format", "json", *arguments)
    found = json.loads(done.stdout)
    assert found["ok"] == (done.returncode == 0)
    return done.returncode, {one["name"]: (one["status"], one["detail"]) for one in found["checks"]}


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    """The jobs of the database that commands find in their folder."""
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    jobs = connect_jobs(url)
    yield jobs
    jobs.close()


def test_without_a_database_it_says_so_and_makes_none(run: Run, tmp_path: Path) -> None:
    done = run("doctor")
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 1
    assert lines[2:6] == [
        "FAIL  database: there is no file readout.db yet: run `readout migrate`",
        "--    migrations: rests on database",
        "--    queue: rests on migrations",
        "--    workers: rests on migrations",
    ]
    assert list(tmp_path.iterdir()) == []


def test_all_is_well_after_migrate(run: Run, tmp_path: Path) -> None:
    run("migrate")
    status, found = findings(run)
    assert (status, list(found)) == (0, NAMES)
    assert found["migrations"] == ("ok", "the tables are those of this version")
    assert found["queue"] == ("ok", "0 documents wait, 0 are being read")
    assert found["spacy"][1].startswith("en_core_web_sm")
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["readout-jobs.db", "readout.db"]


def test_migrations_to_be_applied_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "readout.db").touch()
    status, found = findings(run)
    assert status == 1
    assert found["migrations"][0] == "fail"
    assert found["migrations"][1].startswith("to be applied: 0001, 0002, 0003")
    assert found["migrations"][1].endswith("run `readout migrate`")


def test_documents_that_wait_for_no_worker_are_a_fault(run: Run, jobs: Jobs) -> None:
    submit(jobs, read(b"Talks."))
    status, found = findings(run)
    assert (status, found["queue"][1]) == (1, "1 documents wait, 0 are being read")
    assert found["workers"] == ("fail", "none is alive, and documents wait: start one with `readout work`")
    beat(jobs.engine, "worker-1")
    status, found = findings(run)
    assert (status, found["workers"]) == (0, ("ok", "1 alive"))


def test_a_server_that_does_not_answer_is_a_line_without_its_password(run: Run) -> None:
    done = run("doctor", "--database", "postgresql://ada:s3cret@127.0.0.1:9/none")
    assert done.returncode == 1
    assert b"FAIL  database: the database cannot be used (connection failed" in done.stdout
    assert b"s3cret" not in done.stdout + done.stderr


@pytest.mark.parametrize("blank_url", ["postgresql"], indirect=True)
def test_a_postgresql_that_is_migrated_is_well(run: Run, blank_url: str) -> None:
    run("migrate", "--database", blank_url)
    status, found = findings(run, "--database", blank_url)
    assert status == 0
    assert "answers (postgresql " in found["database"][1]
