"""Workers are killed again and again, in each step: every document is done once, and paid for once."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import NamedTuple

import msgspec
import pytest

from pipeline.extraction.model import Request
from schemas import Briefing, RevisionInfo
from store.briefings import get_briefing, get_revision, page_revisions
from store.documents import briefings_of, get_readout
from store.workers import alive, get_answer
from tests.forked import Forked
from tests.pipeline.extraction.model.provider import Call, Reply, provider
from tests.waiting import until
from tests.worker.conftest import bury
from tests.worker.many_talks import document, good, number_of
from worker.jobs import Jobs, get_jobs, submit
from worker.states import STEPS

DOCUMENTS, ROUNDS, TIMES, PAIRS = 36, 6, 6, 2
LOOKS = 25
"""At the steps that workers are in, before it is asked again whether all is done: that takes longer."""


class Pair(NamedTuple):
    """Two workers that were started together: processes, and names in the database."""

    processes: list[Forked]
    names: set[str]


StartPair = Callable[[], Pair]


class Paid:
    """What the provider was asked: calls by document, and those for which an answer was kept already."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.calls: Counter[int] = Counter()
        self.twice: list[int] = []

    def answer(self, call: Call) -> Reply:
        number = number_of(call)
        self.calls[number] += 1
        messages = tuple(call.body["messages"])
        request = Request(
            model=call.body["model"], messages=messages, max_tokens=call.body["max_completion_tokens"]
        )
        if get_answer(self._jobs.engine, request.key()) is not None:
            self.twice.append(number)
        time.sleep(0.2)
        return good(call)


@pytest.fixture
def paid(jobs: Jobs) -> Paid:
    return Paid(jobs)


@pytest.fixture
def start_pair(jobs: Jobs, paid: Paid) -> Iterator[StartPair]:
    with provider(paid.answer) as server, ExitStack() as stack:
        command = [sys.executable, "-m", "tests.worker.asking", jobs.database_url, server.base_url]

        def start() -> Pair:
            known = alive(jobs.engine, timedelta(hours=1))
            processes = [stack.enter_context(Forked(command)) for _ in range(2)]
            for process in processes:
                stack.callback(process.kill)
            until(lambda: len(alive(jobs.engine, timedelta(hours=1)) - known) == 2)
            return Pair(processes, alive(jobs.engine, timedelta(hours=1)) - known)

        yield start


def under_way(jobs: Jobs, workers: set[str]) -> list[str]:
    """Steps in which the documents of these workers are."""
    client = jobs.client()
    held = [
        one
        for name in workers
        for one in client.list_workflows(status="PENDING", executor_id=name, load_input=False)
    ]
    finished = [len(client.list_workflow_steps(one.workflow_id)) for one in held]
    return [STEPS[count] for count in finished if count < len(STEPS)]


def statuses(jobs: Jobs, ids: list[str]) -> set[str]:
    return {job.status for job in get_jobs(jobs, ids)}


def who_is_in(jobs: Jobs, step: str, workers: list[Pair], ids: list[str]) -> Pair:
    """The first two workers of which one is seen in this step; some, where all is done before any is."""
    while statuses(jobs, ids) != {"done"}:
        for _ in range(LOOKS):
            for pair in workers:
                if step in under_way(jobs, pair.names):
                    return pair
            time.sleep(0.03)
    return workers[0]


def test_documents_outlive_their_workers(jobs: Jobs, paid: Paid, start_pair: StartPair) -> None:
    """Two workers of four are killed at a time, in each step in turn, while documents come in."""
    workers = [start_pair() for _ in range(PAIRS)]
    hit: Counter[str] = Counter()
    ids = []
    for number in range(TIMES):
        for place in range(number * DOCUMENTS // TIMES, (number + 1) * DOCUMENTS // TIMES):
            ids.append(submit(jobs, document(place, ROUNDS)).job_id)
        victims = who_is_in(jobs, STEPS[number % len(STEPS)], workers, ids)
        workers.remove(victims)
        for process in victims.processes:
            process.kill()
        for process in victims.processes:
            process.wait()
        hit.update(under_way(jobs, victims.names))
        bury(jobs.engine, *victims.names)
        workers.append(start_pair())
    assert len(ids) == DOCUMENTS
    assert set(hit) == set(STEPS), hit

    until(lambda: statuses(jobs, ids) == {"done"}, lambda: statuses(jobs, ids))

    assert paid.twice == []
    assert set(paid.calls) == set(range(DOCUMENTS))
    documents = [document(number, ROUNDS).id for number in range(DOCUMENTS)]
    assert all(get_readout(jobs.engine, id) for id in documents)
    held = briefings_of(jobs.engine, documents)
    assert {len(briefings) for briefings in held.values()} == {1}
    rounds = {briefing for [briefing] in held.values()}
    assert len(rounds) == ROUNDS
    for id in rounds:
        check(jobs, id)


def check(jobs: Jobs, id: str) -> None:
    """A briefing holds each of its documents once, and each of its revisions brought some of them."""
    now = body(jobs, id)
    own = {source.document_id for source in now.sources}
    assert len(own) == len(now.sources) == DOCUMENTS // ROUNDS
    assert Counter(one.evidence[0].document_id for one in now.figures) == dict.fromkeys(own, 1)
    listed = b"[%s]" % b",".join(page_revisions(jobs.engine, id, limit=99).items)
    revisions = msgspec.json.decode(listed, type=list[RevisionInfo])
    assert [one.revision for one in revisions] == list(range(now.revision, 0, -1))
    brought = [id for one in revisions for id in one.cause.document_ids]
    assert (sorted(brought), {one.cause.kind for one in revisions}) == (sorted(own), {"added"})
    for one in revisions:
        record = get_revision(jobs.engine, id, one.revision)
        assert record is not None
        then = msgspec.json.decode(record.body, type=Briefing)
        assert len(then.figures) == len(then.sources)


def body(jobs: Jobs, id: str) -> Briefing:
    record = get_briefing(jobs.engine, id)
    assert record is not None
    return msgspec.json.decode(record.body, type=Briefing)
