"""The worker as it is delivered: from invented texts to a briefing, and a log without noise."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pipeline.documents.read import read
from schemas import Briefing, Job
from store.briefings import get_briefing
from store.documents import get_readout
from tests.waiting import PATIENCE, until
from tests.worker.conftest import REAL
from worker.jobs import Jobs, submit

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TALKS = """Norway and Chile reopen trade talks

OSLO, 3 March 2031 - Norway and Chile opened a new round of trade talks in Oslo on Monday.
The Norwegian delegation is led by Trade Minister Ana Example.
A salmon tariff of 15 per cent expires on 1 April 2031.
"""
AGAIN = """Oslo talks go on

OSLO, 4 March 2031 - Trade talks between Norway and Chile in Oslo went into a second day.
Chilean Trade Minister Bo Muster said a salmon tariff of 15 per cent expires on 1 April 2031.
"""


def said(worker: "subprocess.Popen[str]") -> str:
    assert worker.stderr is not None
    return worker.stderr.readline()


def test_documents_of_one_round_become_one_briefing(
    jobs: Jobs, real_worker: "subprocess.Popen[str]", wait_for: Callable[..., Job]
) -> None:
    documents = [read(text.encode(), title=text.partition("\n")[0]) for text in (TALKS, AGAIN)]
    finished = [wait_for(submit(jobs, document).job_id) for document in documents]
    assert [job.status for job in finished] == ["done", "done"]
    [id] = {id for job in finished for id in job.briefing_ids}
    record = get_briefing(jobs.engine, id)
    assert record is not None
    briefing = msgspec.json.decode(record.body, type=Briefing)
    assert briefing.revision == 2
    assert briefing.negotiation.parties == ["CL", "NO"]
    assert {source.document_id for source in briefing.sources} == {document.id for document in documents}
    texts = {document.id: document.text for document in documents}
    facts = [
        *briefing.deadlines,
        *briefing.figures,
        *(m for side in briefing.delegations for m in side.members),
    ]
    assert facts
    for one in (evidence for fact in facts for evidence in fact.evidence):
        assert texts[one.document_id][one.start : one.end] == one.exact
    assert all(get_readout(jobs.engine, document.id) for document in documents)


@ON_SQLITE
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_says_when_it_is_ready_and_when_it_stops(
    real_worker: "subprocess.Popen[str]", number: signal.Signals
) -> None:
    assert said(real_worker) == "worker: ready to read documents\n"
    real_worker.send_signal(number)
    assert real_worker.wait(PATIENCE) == 0
    assert said(real_worker) == "worker: stopped, 0 documents unfinished\n"
    assert said(real_worker) == ""


def test_a_worker_that_still_loads_its_language_model_stops_at_once(tmp_path: Path) -> None:
    database = tmp_path / "new.db"
    command = [sys.executable, "-c", REAL, f"sqlite:///{database}"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as worker:
        until(database.exists)
        worker.terminate()
        _, said = worker.communicate(timeout=PATIENCE)
    assert (worker.returncode, said) == (0, b"")
