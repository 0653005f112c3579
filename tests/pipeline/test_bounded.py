"""Requests are worked on apart, each in a process of its own, forked from one that stays for the next."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.bounded import BoundedWork, Bounds
from tests.waiting import until

LOADER, BOUNDS = "invented_work:load", Bounds(processor_seconds=5, writes_files=False)
_MODULE = """
import os, sys, time

asked = []

def load(what):
    loaded = os.getpid()
    def work(request):
        asked.append(request)
        said = {"more": ""}
        exec(request.decode(), globals(), said)
        return f"{what} {loaded} {os.getppid()} {len(asked)}{said['more']}".encode()
    return work
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BoundedWork:
    """Requests are code that is run."""
    (tmp_path / "invented_work.py").write_text(_MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    return BoundedWork(LOADER, BOUNDS, quiet=True)


def test_what_is_loaded_stays_and_what_is_asked_does_not(work: BoundedWork) -> None:
    first, second = (work.ask("words", b"", 60).split() for _ in range(2))
    assert first == second
    what, loaded, parent, asked = first
    assert (what, asked) == (b"words", b"1")
    assert loaded == parent != str(os.getpid()).encode()


def test_a_long_request_gets_a_long_answer(work: BoundedWork) -> None:
    assert len(work.ask("x", b"more = 'x' * 3_000_000\n#" + b" " * 3_000_000, 60)) > 3_000_000


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("os.kill(os.getpid(), 11)", -11),
        ("sys.exit(75)", 75),
        ("raise ValueError", 1),
        ("import tempfile; tempfile.TemporaryFile('w', buffering=1).write('words\\n')", 1),
    ],
)
def test_how_a_process_ended_is_told_and_the_next_request_is_answered(
    work: BoundedWork, fault: str, status: int
) -> None:
    with pytest.raises(subprocess.CalledProcessError) as ended:
        work.ask("words", fault.encode(), 60)
    assert ended.value.returncode == status
    assert work.ask("words", b"", 60).startswith(b"words ")


def test_a_process_that_takes_too_long_is_gone_with_what_it_was_forked_from(work: BoundedWork) -> None:
    _, _, parent, _ = work.ask("words", b"", 60).split()
    with pytest.raises(subprocess.TimeoutExpired):
        work.ask("words", b"time.sleep(3600)", 0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(parent), 0)


def test_one_that_ended_because_nobody_asked_is_started_anew(work: BoundedWork) -> None:
    _, _, parent, _ = work.ask("words", b"", 60).split()
    os.kill(int(parent), 9)
    with pytest.raises(subprocess.CalledProcessError):
        work.ask("words", b"", 60)
    assert work.ask("words", b"", 60).split()[2] != parent


def test_what_a_library_prints_is_no_answer(work: BoundedWork) -> None:
    assert work.ask("words", b"print('noise', flush=True)", 60).startswith(b"words ")


def test_several_are_asked_at_once_each_of_its_own(work: BoundedWork) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda name: work.ask(name, b"time.sleep(0.2)", 60), ["a", "b", "c"] * 2))
    assert [answer[:1] for answer in answers] == [b"a", b"b", b"c"] * 2


def test_it_ends_with_whoever_asks(work: BoundedWork) -> None:
    code = (
        f"import sys; sys.path = {sys.path}; from pipeline.bounded import BoundedWork, Bounds\n"
        f"print(BoundedWork('{LOADER}', {BOUNDS}, quiet=True).ask('x', b'', 60).decode())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    process = Path("/proc", done.stdout.split()[2], "cmdline")
    until(lambda: not process.exists() or not process.read_bytes())
