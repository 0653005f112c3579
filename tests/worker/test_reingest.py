"""Documents that an earlier extractor read are read again: those, once, whatever happens to the workers."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from pipeline.documents.document import Document
from pipeline.documents.read import read
from pipeline.extraction.readout import Embedded
from schemas import DocumentReadout
from store.documents import get_readout
from tests.forked import Forked, run
from tests.waiting import until
from tests.worker.conftest import REAL, bury
from tests.worker.versioned import made_by
from worker import AlreadyUnderWay
from worker.jobs import Jobs, get_jobs, submit
from worker.reingest import Progress, Wanted, progress_of, start_reingest

Start = Callable[..., "subprocess.Popen[bytes]"]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def start(database_url: str, begun: Path) -> Iterator[Start]:
    """Starts a worker of a version; ends it with the test."""
    with ExitStack() as stack:

        def start(version: str, seconds: float = 0.0) -> "subprocess.Popen[bytes]":
            command = [sys.executable, "-m", "tests.worker.versioned", database_url, str(begun), version]
            process = Forked([*command, str(seconds)])
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield start


def numbered(number: int) -> Document:
    return read(f"Norway and Chile held round {number} of their trade talks.".encode())


def read_by(jobs: Jobs, start: Start, version: str, documents: list[Document]) -> None:
    worker = start(version)
    ids = [submit(jobs, document).job_id for document in documents]
    until(lambda: {job.status for job in get_jobs(jobs, ids)} == {"done"})
    worker.kill()
    worker.wait()
    bury(jobs.engine)


def versions(jobs: Jobs, documents: list[Document]) -> list[str]:
    bodies = [get_readout(jobs.engine, document.id) for document in documents]
    return [msgspec.json.decode(body, type=DocumentReadout).extractor.version for body in bodies if body]


def over(jobs: Jobs, id: str) -> Progress:
    until(lambda: progress_of(jobs, id).over)
    return progress_of(jobs, id)


def test_what_an_earlier_version_read_is_read_again(jobs: Jobs, start: Start, begun: Path) -> None:
    old, new = [numbered(number) for number in range(3)], [numbered(3)]
    read_by(jobs, start, "1", old)
    read_by(jobs, start, "2", new)
    start("2")
    id = start_reingest(jobs, Wanted(extractor=made_by("2")))
    assert over(jobs, id) == Progress(total=3, read=3, failed=0, over=True)
    assert versions(jobs, old + new) == ["2"] * 4
    expected = {f"1 {one.id}": 1 for one in old} | {f"2 {one.id}": 1 for one in old + new}
    assert Counter(begun.read_text().splitlines()) == expected


def test_it_goes_on_where_a_killed_worker_was(jobs: Jobs, start: Start, begun: Path) -> None:
    documents = [numbered(number) for number in range(45)]
    read_by(jobs, start, "1", documents)
    id = start_reingest(jobs, Wanted(extractor=made_by("2")))
    victim = start("2", 0.2)
    until(lambda: begun.read_text().count("2 ") > 25)
    victim.kill()
    victim.wait()
    bury(jobs.engine)
    start("2")
    assert over(jobs, id) == Progress(total=45, read=45, failed=0, over=True)
    assert set(versions(jobs, documents)) == {"2"}
    again = Counter(line for line in begun.read_text().splitlines() if line.startswith("2 "))
    assert len(again) == 45
    # It reads four at once, and takes a fifth where the fourth has not begun when it looks again.
    assert sum(again.values()) <= 45 + 5, "only those are read twice that the killed worker was reading"


@ON_SQLITE
def test_a_document_that_cannot_be_read_again_is_counted_and_stops_nobody(jobs: Jobs, start: Start) -> None:
    documents = [read(b"Norway and Chile: garbled."), numbered(1)]
    read_by(jobs, start, "1", documents)
    start("2")
    id = start_reingest(jobs, Wanted(extractor=made_by("2")))
    assert over(jobs, id) == Progress(total=2, read=1, failed=1, over=True)
    assert versions(jobs, documents) == ["1", "2"]


@ON_SQLITE
def test_only_those_since_a_moment(jobs: Jobs, start: Start) -> None:
    read_by(jobs, start, "1", [numbered(1)])
    since = datetime.now(UTC)
    read_by(jobs, start, "1", [numbered(2)])
    start("2")
    over(jobs, start_reingest(jobs, Wanted(extractor=made_by("2"), since=since)))
    assert versions(jobs, [numbered(1), numbered(2)]) == ["1", "2"]


@ON_SQLITE
def test_every_one(jobs: Jobs, start: Start, begun: Path) -> None:
    read_by(jobs, start, "2", [numbered(1)])
    start("2")
    id = start_reingest(jobs, Wanted(extractor=made_by("2"), every=True))
    assert over(jobs, id).read == 1
    assert begun.read_text().splitlines() == [f"2 {numbered(1).id}"] * 2


@ON_SQLITE
def test_workers_with_another_extractor_say_so(jobs: Jobs, start: Start) -> None:
    read_by(jobs, start, "1", [numbered(1)])
    start("2")
    ended = over(jobs, start_reingest(jobs, Wanted(extractor=made_by("3"))))
    assert ended.error == "The workers read with stand-in 2, and stand-in 3 is asked for."


@ON_SQLITE
def test_the_same_is_not_started_twice_and_another_waits(jobs: Jobs) -> None:
    wanted = Wanted(extractor=made_by("2"), since=datetime.now(UTC) - timedelta(days=1))
    id = start_reingest(jobs, wanted)
    assert start_reingest(jobs, wanted) == id
    with pytest.raises(AlreadyUnderWay):
        start_reingest(jobs, Wanted(extractor=made_by("2")))
    assert progress_of(jobs, id) == Progress()


@ON_SQLITE
def test_the_command_has_it_done_and_tells_how_far_it_is(jobs: Jobs, start: Start) -> None:
    read_by(jobs, start, "1", [numbered(1)])
    worker = Forked([sys.executable, "-c", REAL, jobs.database_url], stderr=subprocess.DEVNULL)
    try:
        command = [sys.executable, "-m", "api.cli.main", "reingest", "--database", jobs.database_url]
        done = run(command, text=True)
        assert (done.returncode, done.stdout) == (0, "1 read again, 0 failed\n")
        again = run(command, text=True)
        assert (again.returncode, again.stdout) == (0, "0 read again, 0 failed\n")
    finally:
        worker.kill()
        worker.wait()
    assert versions(jobs, [numbered(1)]) == [Embedded.info.version]
