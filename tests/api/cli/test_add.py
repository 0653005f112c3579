"""`readout add`: folders of any size to a service that is busy, restarted or away, stopped and run again."""

import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.api.cli.conftest import Run
from tests.forked import READOUT, Forked
from tests.serving import api, free_port, worker
from tests.site import Page, site
from tests.waiting import PATIENCE, until
from tests.worker.stand_in import go
from worker.jobs import prepare

AWAY = "the service is away"
"""A machine that has no time for its database answers so, too."""
Add = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    return url


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def base(port: int) -> str:
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def add(base: str, env: dict[str, str], tmp_path: Path) -> Iterator[Add]:
    """Starts `readout add` with this service."""
    with ExitStack() as stack:

        def start(*names: str | Path) -> "subprocess.Popen[str]":
            process = Forked(
                [READOUT, "add", "--server", base, *names],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=env,
                cwd=tmp_path,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def folder(tmp_path: Path, count: int, patient: int | None = None) -> Path:
    """A folder with folders in it, of so many small documents; from number `patient` on they wait until `let_go`."""
    for number in range(count):
        place = tmp_path / "documents" / f"{number % 3}"
        place.mkdir(parents=True, exist_ok=True)
        talks = "their talks" if patient is None or number < patient else "patient talks"
        (place / f"{number:04}.txt").write_text(f"Norway and Chile held round {number} of {talks}.\n")
    (tmp_path / "documents" / ".hidden.txt").write_text("Not for reading.\n")
    return tmp_path / "documents"


def let_go(tmp_path: Path) -> None:
    go(tmp_path / "begun").touch()


def statuses(base: str) -> list[str]:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = httpx.get(f"{base}/v1/jobs", params={"limit": "100", **cursor}).json()
        found += [job["status"] for job in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_a_folder_is_read_with_those_below_it(add: Add, url: str, port: int, tmp_path: Path) -> None:
    with api(url, tmp_path, port), worker(url, tmp_path):
        done = add(folder(tmp_path, 7))
        out, err = done.communicate(timeout=PATIENCE)
    assert (done.returncode, out) == (0, "7 read, 0 already read, 0 failed\n")
    assert sorted(err.splitlines()) == [
        f"{tmp_path}/documents/{number % 3}/{number:04}.txt: read, not about a trade negotiation"
        for number in sorted(range(7), key=lambda number: (number % 3, number))
    ]


def test_the_same_text_in_two_files_is_one_document(
    add: Add, url: str, base: str, port: int, tmp_path: Path
) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text("Norway and Chile opened talks.\n")
    with api(url, tmp_path, port), worker(url, tmp_path):
        out, _ = add("one.txt", "two.txt").communicate(timeout=PATIENCE)
        assert statuses(base) == ["done"]
    read, known = int(out.split()[0]), int(out.split()[2])
    assert read + known == 2


def test_what_is_stated_of_a_document_goes_with_it(
    add: Add, url: str, base: str, port: int, tmp_path: Path
) -> None:
    (tmp_path / "talks.txt").write_text("Norway and Chile opened talks.\n")
    stated = {
        "title": "Talks open",
        "publisher": "Example Times",
        "published": "2031-03-04",
        "rights": "CC-BY-4.0",
        "reliability": "reliable",
        "embargo": "2131-03-14T09:30:00Z",
    }
    options = [word for name, value in stated.items() for word in (f"--{name}", value)]
    with api(url, tmp_path, port), worker(url, tmp_path):
        out, _ = add("talks.txt", *options).communicate(timeout=PATIENCE)
        [document] = httpx.get(f"{base}/v1/documents").json()["items"]
    assert out == "1 read, 0 already read, 0 failed\n"
    assert document["stated"] == stated | {"url": None}


def test_a_title_is_that_of_one_document(run: Run) -> None:
    done = run("add", "one.txt", "two.txt", "--title", "Talks open")
    assert (done.returncode, done.stderr) == (
        2,
        b"readout: --title is that of one document: name one FILE\n",
    )


def test_a_failure_is_told_and_the_others_go_on(add: Add, url: str, port: int, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Norway and Chile opened talks.\n")
    (tmp_path / "bad.txt").write_text("Norway and Chile: garbled.\n")
    with api(url, tmp_path, port), worker(url, tmp_path):
        done = add("bad.txt", "good.txt")
        out, err = done.communicate(timeout=PATIENCE)
    assert (done.returncode, out) == (1, "1 read, 0 already read, 1 failed\n")
    assert "bad.txt: failed, The extraction of this document failed: the text is garbled (ValueError)." in err


def test_it_survives_a_restart_of_the_service(
    add: Add, url: str, base: str, port: int, tmp_path: Path
) -> None:
    count = 60
    with worker(url, tmp_path):
        with api(url, tmp_path, port):
            running = add(folder(tmp_path, count, patient=30))
            until(lambda: statuses(base).count("done") > 5)
        time.sleep(2)
        assert running.poll() is None
        let_go(tmp_path)
        with api(url, tmp_path, port):
            out, err = running.communicate(timeout=PATIENCE)
            assert statuses(base) == ["done"] * count
    read, known = int(out.split()[0]), int(out.split()[2])
    assert (running.returncode, read + known) == (0, count)
    assert err.count(f"readout: {base}: {AWAY} (") >= 1


def test_stopped_and_run_again_it_goes_on_where_it_was(
    add: Add, url: str, base: str, port: int, tmp_path: Path
) -> None:
    count = 40
    with api(url, tmp_path, port), worker(url, tmp_path):
        first = add(folder(tmp_path, count, patient=30))
        assert first.stderr is not None
        line = next(line for line in first.stderr if AWAY not in line)
        assert ": read" in line
        first.send_signal(signal.SIGINT)
        out, err = first.communicate(timeout=PATIENCE)
        before = int(out.split()[0])
        assert (first.returncode, 0 < before < count) == (130, True)
        assert err.endswith("readout: stopped: the same command goes on where this one was\n")
        assert "Traceback" not in err
        let_go(tmp_path)
        second = add(tmp_path / "documents")
        out, _ = second.communicate(timeout=PATIENCE)
        assert statuses(base) == ["done"] * count
    read, known = int(out.split()[0]), int(out.split()[2])
    assert (second.returncode, read + known, known >= before) == (0, count, True)
    assert len((tmp_path / "begun").read_text().split()) == count


def test_it_sends_no_more_than_the_service_takes(
    add: Add, url: str, base: str, port: int, tmp_path: Path
) -> None:
    hurried = "import api.http.problems; api.http.problems.RETRY_AFTER = 1"
    with api(url, tmp_path, port, before=hurried, queue_limit="3"), worker(url, tmp_path, seconds=0.05):
        done = add(folder(tmp_path, 20))
        out, err = done.communicate(timeout=PATIENCE)
        assert statuses(base) == ["done"] * 20
    assert (done.returncode, out) == (0, "20 read, 0 already read, 0 failed\n")
    assert not [line for line in err.splitlines() if "readout:" in line and AWAY not in line]


def test_an_address_on_the_web_is_fetched_by_the_service(
    add: Add, url: str, base: str, port: int, tmp_path: Path
) -> None:
    with site() as there, api(url, tmp_path, port), worker(url, tmp_path, fetching=True):
        there.pages["/talks%20open.txt"] = Page("Norway and Chile opened talks in Oslo.\n", "text/plain")
        done = add(f"{there.url}/talks%20open.txt", f"{there.url}/none", "http://127.0.0.1:1 /")
        out, err = done.communicate(timeout=PATIENCE)
        jobs = httpx.get(f"{base}/v1/jobs").json()["items"]
        [read] = [job for job in jobs if job["status"] == "done"]
        document = httpx.get(base + read["links"]["document"]).json()
    assert (done.returncode, out) == (2, "1 read, 0 already read, 1 failed\n")
    assert (document["file"], document["source"]["url"]) == (
        "talks open.txt",
        f"{there.url}/talks%20open.txt",
    )
    assert f"{there.url}/none: failed, Nothing was taken from the address: it answered 404." in err


def test_a_key_that_is_not_valid_is_said_once(add: Add, url: str, port: int, tmp_path: Path) -> None:
    with api(url, tmp_path, port, auth="required", admin_key="rk_invented_0123456789abcdef"):
        done = add(folder(tmp_path, 30))
        _, err = done.communicate(timeout=PATIENCE)
    assert (done.returncode, len(err.splitlines())) == (2, 1)
    assert err.endswith(": Send the key as `Authorization: Bearer KEY`.\n")


def test_a_terminal_gets_a_bar(env: dict[str, str], url: str, base: str, port: int, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with api(url, tmp_path, port), worker(url, tmp_path):
        command: list[str | Path] = [READOUT, "add", "--server", base, folder(tmp_path, 5)]
        process = Forked(
            command, stderr=theirs, stdout=subprocess.DEVNULL, env=env | {"TERM": "xterm", "COLUMNS": "100"}
        )
        os.close(theirs)
        said = b""
        try:
            while chunk := os.read(ours, 4096):
                said += chunk
        except OSError:  # how a terminal tells that nobody writes to it any more
            pass
        assert process.wait(timeout=PATIENCE) == 0
    os.close(ours)
    assert "5/5" in said.decode() and "━" in said.decode()


def test_nobody_there(add: Add, tmp_path: Path) -> None:
    done = add(folder(tmp_path, 3))
    _, err = done.communicate(timeout=PATIENCE)
    assert done.returncode == 2
    assert len(err.splitlines()) == 1 and "no service answers" in err


def test_nothing_to_send(run: Run, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    done = run("add", "documents")
    assert (done.returncode, done.stderr) == (2, b"readout: documents: there is no file in it\n")
