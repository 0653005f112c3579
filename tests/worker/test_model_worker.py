"""A worker with a model, end to end: every document is done, no answer is paid for twice, failures mend by themselves."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from pipeline.documents.read import read as read_document
from pipeline.extraction.model import ChatCompletions
from pipeline.extraction.settings import ModelSettings
from schemas import DocumentReadout, Job
from store.documents import get_document, get_readout
from store.tables import AnswerRow, ReadoutRow
from store.workers import spent_since
from tests.forked import Forked
from tests.pipeline.extraction.model.provider import (
    Provider,
    Script,
    fails,
    garbled,
    hangs,
    hangs_up,
    provider,
    says,
)
from tests.pipeline.extraction.model.three_sections import (
    FACTS,
    SECTION_CHARS,
    document,
    facts,
    good,
    section_of,
    ungrounded,
)
from tests.waiting import PATIENCE, until
from tests.worker.conftest import bury
from worker.extractors import reader
from worker.jobs import Jobs, connect_jobs, get_job, prepare, submit

Start = Callable[..., "subprocess.Popen[bytes]"]
ID = document().id
ALL = dict.fromkeys(FACTS, 1)


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    jobs = connect_jobs(url)
    yield jobs
    jobs.close()


@pytest.fixture
def start(jobs: Jobs) -> Iterator[Start]:
    """Starts a worker with the model of a provider; ends it with the test."""
    with ExitStack() as stack:

        def start(server: Provider, again: float = 60, budget: str = "-") -> "subprocess.Popen[bytes]":
            where = [jobs.database_url, server.base_url, str(again), budget]
            process = Forked(
                [sys.executable, "-m", "tests.worker.model_worker", *where], stdout=subprocess.PIPE
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            assert process.stdout is not None
            stack.callback(process.stdout.close)
            assert process.stdout.readline() == b"ready\n"
            return process

        yield start


def made_by(jobs: Jobs) -> list[tuple[str, str | None]]:
    """Of every readout that is stored: its extractor, and for which one it stands in."""
    with Session(jobs.engine) as session:
        bodies = session.scalars(select(col(ReadoutRow.body))).all()
    extractors = [msgspec.json.decode(body, type=DocumentReadout).extractor for body in bodies]
    return [(one.name, one.stands_in_for) for one in extractors]


@pytest.fixture
def serving() -> Iterator[Callable[[Script], Provider]]:
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(provider(script))


@pytest.fixture
def connection() -> Iterator[Callable[..., tuple[ModelSettings, ChatCompletions]]]:
    """Settings of a provider's model, and an impatient client of it."""
    with ExitStack() as stack:

        def connect(server: Provider, **budget: float) -> tuple[ModelSettings, ChatCompletions]:
            settings = ModelSettings(
                name=Provider.model,
                base_url=server.base_url,
                api_key="k",
                concurrency=4,
                timeout=PATIENCE,
                prices={Provider.model: (1.0, 0.1, 4.0)},
                budget_document=budget.get("budget_document"),
                budget_day=budget.get("budget_day"),
            )
            ask = ChatCompletions(settings, attempts=2, pause=0.001)
            stack.callback(ask.close)
            return settings, ask

        yield connect


def asked(server: Provider, calls: int) -> bool:
    return len(server.calls) == calls


def done(jobs: Jobs) -> Job:
    """The job of the document, when it is over."""
    id = submit(jobs, document()).job_id
    until(lambda: (job := get_job(jobs, id)) is not None and job.status in ("done", "failed"))
    job = get_job(jobs, id)
    assert job is not None
    return job


def read(jobs: Jobs) -> DocumentReadout:
    body = get_readout(jobs.engine, ID)
    assert body is not None
    return msgspec.json.decode(body, type=DocumentReadout)


def kinds(jobs: Jobs) -> dict[str, int]:
    return {kind: len(members) for kind, members in facts(read(jobs)).items()}


def test_a_kill_repeats_the_call_that_was_under_way_and_no_other(
    jobs: Jobs, start: Start, serving: Callable[[Script], Provider]
) -> None:
    """Killed while it waits for the first, then for the middle, then for the last answer."""
    let: list[int] = []
    server = serving(lambda call: good(call) if section_of(call) in let else hangs())
    submit(jobs, document())
    for section in range(3):
        worker = start(server)
        until(partial(asked, server, 2 * section + 1))
        worker.kill()
        worker.wait()
        bury(jobs.engine)
        let.append(section)
    start(server)
    assert done(jobs).status == "done"
    assert (kinds(jobs), ungrounded(document().text, read(jobs))) == (ALL, [])
    assert Counter(map(section_of, server.calls)) == Counter({0: 2, 1: 2, 2: 2})


def test_a_near_copy_and_a_wall_cost_no_call(
    jobs: Jobs, start: Start, serving: Callable[[Script], Provider]
) -> None:
    server = serving(good)
    start(server)
    assert done(jobs).status == "done"
    paid = len(server.calls)
    copy = read_document(f"Another headline\n\n{document().text}\n\nThe talks go on.\n".encode())
    wall = read_document(b"404\n\nPage not found\n")
    ids = [submit(jobs, one).job_id for one in (copy, wall)]
    until(lambda: all((job := get_job(jobs, id)) and job.finished_at for id in ids))
    assert len(server.calls) == paid
    told = get_document(jobs.engine, copy.id)
    assert told is not None and told.copy_of == ID
    body = get_readout(jobs.engine, copy.id)
    assert body is not None
    own = msgspec.json.decode(body, type=DocumentReadout)
    assert (own.extractor.name, own.extractor.stands_in_for) == ("embedded", None)
    assert ungrounded(copy.text, own) == []


@pytest.mark.parametrize(
    "fault",
    [
        lambda: fails(503),
        lambda: fails(401),
        lambda: hangs_up(),
        lambda: garbled(),
        lambda: says(None, "content_filter"),
    ],
    ids=["503", "401", "connection dropped", "garbled", "filtered"],
)
def test_a_stand_in_is_read_while_the_model_fails(
    jobs: Jobs, serving: Callable[[Script], Provider], connection, fault
) -> None:
    server = serving(lambda call: fault())
    settings, ask = connection(server)
    found = reader(settings, jobs.engine, ask, SECTION_CHARS)(document())
    assert (found.extractor.name, found.extractor.stands_in_for) == ("embedded", "model")
    assert (found.rejected[-1].kind, found.rejected[-1].quote) == ("section", "the whole document")
    assert found.rejected[-1].reason.startswith("the ")
    assert ungrounded(document().text, found) == []


def test_a_stand_in_is_replaced_once_the_model_answers(
    jobs: Jobs, start: Start, serving: Callable[[Script], Provider]
) -> None:
    well: list[bool] = []
    server = serving(lambda call: good(call) if well else fails(503))
    start(server, again=0.4)
    job = done(jobs)
    assert (job.status, job.error, len(job.briefing_ids)) == ("done", None, 1)
    assert read(jobs).extractor.stands_in_for == "model"
    assert made_by(jobs) == [("embedded", "model")]
    well.append(True)
    until(lambda: read(jobs).extractor.name == "model")
    assert kinds(jobs) == ALL
    assert made_by(jobs) == [("model", None)]
    said = len(server.calls)
    time.sleep(1.5)
    assert len(server.calls) == said


def test_a_worker_that_starts_asks_at_once_about_what_waits(
    jobs: Jobs, start: Start, serving: Callable[[Script], Provider]
) -> None:
    well: list[bool] = []
    server = serving(lambda call: fails(400, "no") if section_of(call) == 1 and not well else good(call))
    first = start(server)
    done(jobs)
    assert kinds(jobs) == {kind: 1 for kind, place in FACTS.items() if place != 1}
    first.kill()
    first.wait()
    bury(jobs.engine)
    well.append(True)
    before = Counter(map(section_of, server.calls))
    start(server)
    until(lambda: kinds(jobs) == ALL)
    after = Counter(map(section_of, server.calls)) - before
    assert (after[0], after[1], after[2]) == (0, 1, 0)


def test_a_budget_is_kept_and_what_it_paid_for_is_served(
    jobs: Jobs, serving: Callable[[Script], Provider], connection
) -> None:
    """A call costs 0.00086 dollars, so the second one still fits and the third does not."""
    server = serving(good)
    for field, name in (("budget_document", "a document"), ("budget_day", "the day")):
        settings, ask = connection(server, **{field: 0.0015})
        found = reader(settings, jobs.engine, ask, SECTION_CHARS)(document())
        assert found.extractor.name == "model"
        assert set(facts(found)) == {kind for kind, place in FACTS.items() if place < 2}
        reasons = {one.reason for one in found.rejected if one.kind == "section"}
        assert reasons == {f"the budget of {name}, 0.0015 US dollars, is spent"}
        assert len(server.calls) == 2


def test_an_answer_is_paid_for_once(jobs: Jobs, serving: Callable[[Script], Provider], connection) -> None:
    server = serving(good)
    settings, ask = connection(server)
    found = [reader(settings, jobs.engine, ask, SECTION_CHARS)(document()) for _ in range(2)]
    assert found[0] == found[1]
    assert len(server.calls) == 3
    with Session(jobs.engine) as session:
        kept = session.scalars(select(AnswerRow)).all()
    assert [one.model for one in kept] == ["invented-1"] * 3
    assert sum(one.prompt_tokens for one in kept) == 3000
    assert sum(one.cached_tokens for one in kept) == 1800
    assert sum(one.completion_tokens for one in kept) == 300
    assert spent_since(jobs.engine, datetime.now(UTC) - timedelta(hours=1)) == pytest.approx(0.00258)
    assert spent_since(jobs.engine, datetime.now(UTC)) == 0.0
