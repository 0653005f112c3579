"""Texts of briefings: when a model is asked for one, what it costs, and what outages, budgets and deaths leave."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.documents.document import Document, source_of
from pipeline.documents.read import read
from pipeline.extraction.model import ChatCompletions
from pipeline.extraction.readout import readout
from pipeline.extraction.settings import ModelSettings
from pipeline.writing.text import STANDARD
from schemas import Briefing, DocumentInfo
from store.briefings import page_revisions
from store.documents import add_document, save_readout
from store.engine import connect
from store.rebuild import briefing_of
from store.workers import spent_since
from store.writing import due_to_be_written
from tests.forked import Forked
from tests.pipeline.extraction.model.provider import Call, Provider, Reply, fails, hangs, provider, says
from tests.waiting import PATIENCE, until
from worker.extractors import StoredAnswers
from worker.jobs import Jobs, connect_jobs, prepare, submit
from worker.rebuild import RoundRules, rebuild
from worker.writing import Author, author_of, write_of

OPENING = """\
Norway and Chile open the fifth round of trade talks in Oslo

OSLO, 3 March 2031 - Norway and Chile opened the fifth round of their trade talks in Oslo on Monday. Chile offered to \
lower its duty on Norwegian salmon from 10 to 4 per cent. The truce on duties between Norway and Chile runs out on 30 \
June 2031 unless the two governments extend it.
"""
LATER = """\
Norway asks Chile for more in Oslo

OSLO, 4 March 2031 - Trade talks between Norway and Chile went on in Oslo on Tuesday. Norway asked Chile for a quota \
of 9,000 tonnes for its cheese. A sixth round is to be held in Santiago on 20 May 2031.
"""
COPY = OPENING.replace("OSLO, 3 March 2031 -", "OSLO, 3 March 2031 (Harbour News) -")
AHEAD = timedelta(minutes=1)


def document(text: str) -> Document:
    return read(text.encode(), file="talks.txt")


def add(engine: Engine, text: str, author: bool = True) -> str:
    """A document read and merged, as a worker does it; the briefing's id."""
    one = document(text)
    info = DocumentInfo(
        id=one.id, file=one.file, chars=len(one.text), status="waiting", refusal=None, source=source_of(one),
        stated=None, detected=None, copy_of=None, added_at=datetime.now(UTC), withdrawn_at=None, replaced_by=None,
    )  # fmt: skip
    add_document(engine, info, one.text, b"{}")
    save_readout(engine, one.id, readout(one))
    [id] = rebuild(engine, one.id, RoundRules(author=author))
    return id


def shown(engine: Engine, id: str) -> Briefing:
    with Session(engine) as session:
        briefing = briefing_of(session, id)
    assert briefing is not None
    return briefing


def waiting(engine: Engine) -> list[str]:
    return due_to_be_written(engine, datetime.now(UTC) + AHEAD, 10)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    engine = connect(url)
    yield engine
    engine.dispose()


def salmon_first(call: Call) -> Reply:
    """The model cites the facts that tell of salmon, by their numbers in the request."""
    asked = str(call.body["messages"][1]["content"])
    lines = [line for line in asked.splitlines() if line[:1].isdigit() and "salmon" in line]
    numbers = [int(line.split(" ", 1)[0]) for line in lines][:2]
    text = "Chile has offered to lower its duty on Norwegian salmon to 4 per cent."
    return says(
        json.dumps({"headline": None, "sentences": [{"text": text, "facts": numbers, "about": "stakes"}]})
    )


@pytest.fixture
def model_at(engine: Engine) -> Iterator[Callable[..., Author]]:
    """The model of a provider as an author, within a budget."""
    with ExitStack() as stack:

        def at(server: Provider, budget: float | None = None) -> Author:
            prices = {Provider.model: (1000.0, 0.1, 4000.0)}
            settings = ModelSettings(
                name=Provider.model,
                base_url=server.base_url,
                api_key="k",
                timeout=PATIENCE,
                prices=prices,
                budget_day=budget,
            )
            ask = ChatCompletions(settings, attempts=1, pause=0.001, closed_for=0.001)
            stack.callback(ask.close)
            return author_of(settings, ask, StoredAnswers(engine), STANDARD)

        yield at


def test_the_rules_text_serves_until_the_models_is_there(engine, model_at):
    with provider(salmon_first) as server:
        id = add(engine, OPENING)
        before = shown(engine, id)
        assert before.writing.by == "rules" and before.summary
        assert waiting(engine) == [id]
        assert write_of(engine, id, model_at(server))
    after = shown(engine, id)
    assert (after.writing.by, after.revision) == ("model", before.revision + 1)
    assert after.summary[0].text.startswith("Chile has offered") and after.summary[0].by == "model"
    assert after.writing.usage.calls == 1
    assert [fact.id for fact in after.stakes] == [fact.id for fact in before.stakes]
    assert waiting(engine) == []


def test_the_old_text_stays_with_its_revision(engine, model_at):
    with provider(salmon_first) as server:
        id = add(engine, OPENING)
        write_of(engine, id, model_at(server))
    causes = [json.loads(item)["cause"]["kind"] for item in page_revisions(engine, id, limit=10).items]
    assert causes == ["written", "added"]


def test_nothing_is_written_again_or_paid_where_the_facts_are_the_same(engine, model_at):
    with provider(salmon_first) as server:
        id = add(engine, OPENING)
        write_of(engine, id, model_at(server))
        text = shown(engine, id).summary
        assert add(engine, COPY) == id
        again = shown(engine, id)
        assert len(again.sources) == 2
        assert again.writing.by == "model" and again.summary == text
        assert waiting(engine) == []
        assert not write_of(engine, id, model_at(server))
        assert len(server.calls) == 1


def test_a_new_fact_has_it_written_anew(engine, model_at):
    with provider(salmon_first) as server:
        id = add(engine, OPENING)
        write_of(engine, id, model_at(server))
        assert add(engine, LATER) == id
        assert shown(engine, id).writing.by == "rules"
        assert waiting(engine) == [id]
        assert write_of(engine, id, model_at(server))
        assert len(server.calls) == 2
    assert shown(engine, id).writing.by == "model"


def test_a_merge_without_a_model_leaves_what_a_model_wrote_of_to_the_others(engine, model_at):
    with provider(salmon_first) as server:
        id = add(engine, OPENING)
        write_of(engine, id, model_at(server))
    add(engine, LATER, author=False)
    assert waiting(engine) == [id]


def test_without_a_model_nobody_waits_for_one(engine):
    add(engine, OPENING, author=False)
    assert waiting(engine) == []


def test_an_outage_leaves_the_rules_text_and_the_briefing_waits_on(engine, model_at):
    with provider(lambda _: fails(503)) as server:
        id = add(engine, OPENING)
        before = shown(engine, id)
        assert not write_of(engine, id, model_at(server), pause=timedelta(hours=1))
    assert shown(engine, id) == before
    assert waiting(engine) == []
    assert due_to_be_written(engine, datetime.now(UTC) + timedelta(hours=2), 10) == [id]


def test_the_budget_of_the_day_holds_for_texts(engine, model_at):
    with provider(salmon_first) as server:
        id = add(engine, OPENING)
        assert not write_of(engine, id, model_at(server, budget=1e-9))
        assert server.calls == []
    assert shown(engine, id).writing.by == "rules"


def test_what_a_text_costs_counts_among_the_days_spending(engine, model_at):
    with provider(salmon_first) as server:
        id = add(engine, OPENING)
        write_of(engine, id, model_at(server))
    cost = shown(engine, id).writing.usage.cost
    assert cost and spent_since(engine, datetime.now(UTC) - timedelta(hours=1)) == pytest.approx(cost)


def test_a_text_of_facts_that_changed_meanwhile_is_thrown_away(engine, model_at):
    with provider(salmon_first) as server:
        id = add(engine, OPENING)
        write = model_at(server)

        def slowly(briefing: Briefing):
            text = write(briefing)
            add(engine, LATER)
            return text

        assert not write_of(engine, id, slowly)
    assert shown(engine, id).writing.by == "rules"
    assert waiting(engine) == [id]


def test_a_worker_that_dies_with_the_answer_in_hand_pays_for_none_twice(engine, model_at):
    with provider(salmon_first) as server:
        id = add(engine, OPENING)
        model_at(server)(shown(engine, id))  # and it died
        assert waiting(engine) == [id]
        assert write_of(engine, id, model_at(server))
        assert len(server.calls) == 1


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    jobs = connect_jobs(url)
    yield jobs
    jobs.close()


def start(jobs: Jobs, server: Provider) -> "subprocess.Popen[bytes]":
    where = [jobs.database_url, server.base_url]
    process = Forked([sys.executable, "-m", "tests.worker.writing_worker", *where], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    return process


def killed(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def test_a_worker_killed_while_the_model_writes_is_made_good_by_the_next(jobs):
    """The first call hangs until its worker is killed; the second worker has the text written."""

    def first_hangs(call: Call) -> Reply:
        return hangs() if call.number == 0 else salmon_first(call)

    with provider(first_hangs) as server:
        first = start(jobs, server)
        try:
            submit(jobs, document(OPENING))
            until(lambda: server.calls)
        finally:
            killed(first)
        second = start(jobs, server)
        try:
            until(lambda: _by(jobs.engine) == ["model"], lambda: (_by(jobs.engine), len(server.calls)))
        finally:
            killed(second)


def _by(engine: Engine) -> list[str]:
    from sqlalchemy import select
    from sqlmodel import col

    from store.tables import BriefingRow

    with Session(engine) as session:
        ids = session.scalars(select(col(BriefingRow.id))).all()
        found = [briefing_of(session, id) for id in ids]
    return [one.writing.by for one in found if one]
