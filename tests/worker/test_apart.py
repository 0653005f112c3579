"""A document that is read in a process of its own, as it is delivered."""

import sys
from pathlib import Path

import pytest

from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from worker import DocumentLost, IsolationError
from worker.isolation import apart

TALKS = read(b"OSLO, 3 March 2031 - Norway and Chile opened trade talks in Oslo on Monday.\n")


def test_it_is_read_as_the_worker_itself_reads(tmp_path: Path) -> None:
    assert apart(f"sqlite:///{tmp_path}/readout.db")(TALKS) == readout(TALKS)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("os.kill(os.getpid(), 11)", "the last one with signal 11."),
        ("os._exit(3)", "the last one with status 3."),
    ],
)
def test_its_death_is_told(how: str, said: str) -> None:
    with pytest.raises(DocumentLost) as lost:
        apart("sqlite://", command=[sys.executable, "-c", f"import os; {how}"])(TALKS)
    assert str(lost.value) == f"Every worker that read this document died while it did, {said}"


def test_its_failure_is_told() -> None:
    fail = "from worker.isolation import run_errand; run_errand(lambda errand: 1 / 0)"
    with pytest.raises(IsolationError, match=r"^division by zero \(ZeroDivisionError\)$"):
        apart("sqlite://", command=[sys.executable, "-c", fail])(TALKS)


def test_a_document_that_takes_too_long_is_told() -> None:
    endless = (
        "from worker.isolation import run_errand\n"
        "def read(errand):\n"
        "    while True: pass\n"
        "run_errand(read, cpu_seconds=1)"
    )
    with pytest.raises(IsolationError, match=r"^it took more than 1 s of processor time: split it"):
        apart("sqlite://", command=[sys.executable, "-c", endless])(TALKS)
