"""What has its time is looked at in one statement, and rung for until it is done."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any, get_args

import pytest
from msgspec import convert
from sqlalchemy import Engine, event, update
from sqlmodel import col

from schemas.subscriptions import NewSchedule
from store.agenda import Matter, due_matters
from store.engine import connect, writing
from store.schedules import create_schedule
from store.tables import DocumentRow
from store.watches import create_watch, delete_watch
from store.webhooks import ask_to_send, create_webhook
from store.writing import note_unwritten
from tests.store.invented import BRIEFING, T0, add, briefing, save
from tests.waiting import PATIENCE, until
from worker.bells import Bell, keep_agenda
from worker.mailings import Outlets, Relay
from worker.rebuild import rebuild
from worker.schedules import left_to_others

MATTERS: tuple[Matter, ...] = get_args(Matter)
SOON = timedelta(hours=1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    rebuild(engine, add(engine, "a"), save(briefing()))
    yield engine
    engine.dispose()


def watched(engine: Engine) -> None:
    create_watch(engine, url="https://news.example/rss", every=900, now=T0)


def to_be_tested(engine: Engine) -> None:
    made = create_webhook(engine, url="https://desk.example", events=["briefing.changed"])
    ask_to_send(engine, made.webhook.id)


def unwritten(engine: Engine) -> None:
    with writing(engine) as session:
        note_unwritten(session, BRIEFING, T0)


def scheduled(engine: Engine) -> None:
    new: dict[str, Any] = {"name": "The week", "days": ["mon"], "recipients": ["mailto:ann@reader.example"]}
    create_schedule(engine, convert(new, NewSchedule), T0 - timedelta(days=8))


def under_embargo(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(update(DocumentRow).where(col(DocumentRow.url).is_(None)).values(embargo=T0))


DUE: dict[Matter, Callable[[Engine], None]] = {
    "fetching": watched,
    "delivering": to_be_tested,
    "writing": unwritten,
    "sending": scheduled,
    "publishing": under_embargo,
}


@pytest.mark.parametrize("matter", MATTERS)
def test_a_matter_is_due_alone_and_at_its_time(engine: Engine, matter: Matter) -> None:
    assert due_matters(engine, MATTERS, T0 + SOON) == set()
    DUE[matter](engine)
    assert due_matters(engine, MATTERS, T0 + SOON) == {matter}
    assert due_matters(engine, set(MATTERS) - {matter}, T0 + SOON) == set()


def test_all_matters_are_asked_for_in_one_statement(engine: Engine) -> None:
    for make_due in DUE.values():
        make_due(engine)
    asked: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    assert due_matters(engine, MATTERS, T0 + SOON) == set(MATTERS)
    assert len(asked) == 1


def test_mails_are_left_to_workers_that_have_a_server() -> None:
    relay = Relay("smtp://mail.example", "desk@readout.example")
    assert left_to_others(Outlets(relay, "any")) == ["folder:"]
    assert left_to_others(Outlets(None, "any")) == ["folder:", "mailto:"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_due_is_rung_for_until_it_is_done(engine: Engine) -> None:
    bells: dict[Matter, Bell] = {"fetching": Bell(), "sending": Bell()}
    heard: list[None] = []
    other: list[None] = []
    stop = Event()

    def listen(bell: Bell, into: list[None]) -> None:
        while not bell.wait(PATIENCE):
            into.append(None)

    long_ago = T0 - timedelta(days=3650)
    watch = create_watch(engine, url="https://news.example/rss", every=900, now=long_ago)
    threads = [
        Thread(target=keep_agenda, args=(engine, bells, stop), daemon=True),
        Thread(target=listen, args=(bells["fetching"], heard), daemon=True),
        Thread(target=listen, args=(bells["sending"], other), daemon=True),
    ]
    for thread in threads:
        thread.start()
    until(lambda: len(heard) > 1)
    delete_watch(engine, watch.id)
    for end in (stop, *bells.values()):
        end.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert other == []
