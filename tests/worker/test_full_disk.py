"""A service whose disk is full, or whose file somebody locks: clients are told, workers wait, nothing is lost."""

import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.http.app import create_app
from api.settings import Settings
from schemas import Job
from tests.waiting import PATIENCE
from tests.worker.conftest import StartWorker

Client = TestClient[Litestar]
KEY = "rk_invented_0123456789abcdef"
MEGABYTES = 16


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def database_url(disk: Path) -> str:
    return f"sqlite:///{disk}/readout.db"


@pytest.fixture
def client(database_url: str) -> Iterator[Client]:
    with TestClient(
        create_app(Settings(database_url=database_url, auth="required", admin_key=KEY))
    ) as client:
        client.headers["Authorization"] = f"Bearer {KEY}"
        yield client


def send(client: Client, *names: str, size: int = 1) -> list[str]:
    """Jobs of documents that were accepted."""
    answers = [client.post("/v1/documents", json={"text": f"Talks {name}. " * size}) for name in names]
    assert [answer.status_code for answer in answers] == [202] * len(names)
    return [answer.json()["job_id"] for answer in answers]


def refused(client: Client, size: int = 1) -> str:
    """What a client is told whose document cannot be stored."""
    answer = client.post("/v1/documents", json={"text": "More talks. " * size})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    problem = answer.json()
    assert problem["type"] == "/problems/store-unavailable"
    return str(problem["detail"])


def fill(disk: Path) -> Path:
    """Write until nothing more goes in."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return filler


def test_a_full_disk_loses_nothing(
    client: Client, disk: Path, start_worker: StartWorker, wait_for: Callable[..., Job]
) -> None:
    start_worker(seconds=1, silence=3)
    accepted = send(client, "one", "two", "three", "four")
    wait_for(accepted[0], "running", "done")
    filler = fill(disk)
    assert refused(client, size=50_000) == "The database's disk is full: try again."
    assert client.get(f"/v1/jobs/{accepted[0]}").status_code == 200
    time.sleep(4)
    filler.unlink()
    accepted += send(client, "five", size=50_000)
    assert {wait_for(id).status for id in accepted} == {"done"}


def test_a_locked_file_loses_nothing(
    client: Client, disk: Path, start_worker: StartWorker, wait_for: Callable[..., Job]
) -> None:
    start_worker(seconds=0.2, silence=3)
    accepted = send(client, "one", "two", "three", "four")
    with closing(sqlite3.connect(disk / "readout.db", isolation_level=None, timeout=PATIENCE)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert refused(client) == "Another connection holds what is needed in the database: try again."
        other.execute("ROLLBACK")
    accepted += send(client, "five")
    assert {wait_for(id).status for id in accepted} == {"done"}
