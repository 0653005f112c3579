"""Changes: in an order in which nothing is missed, whoever writes at the same time and whenever one stops reading."""

import threading

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, update
from sqlmodel import col

from schemas import Cause
from store import BadCursor
from store.changes import read_changes
from store.engine import connect, writing
from store.migrate import migrate
from store.rebuild import save_briefing as publish
from store.rebuild import withdrawn
from store.tables import BodyRow, FactRow
from tests.store.asking import page_facts
from tests.store.following import Follower, listed
from tests.store.invented import BRIEFING, add, briefing, by_parties, deadline, hexed, save, stake
from worker.rebuild import rebuild

CAUSE = Cause(kind="added", document_ids=[], reason=None)


@pytest.fixture(autouse=True)
def documents(engine: Engine) -> None:
    for name in "ab":
        add(engine, name, None)


def told(engine: Engine, cursor: str | None = None) -> list[tuple[str, str]]:
    """What happened to what: the kind of change, and the name that the thing has in this file."""
    found = [msgspec.json.decode(item) for item in read_changes(engine, limit=100, cursor=cursor).items]
    return [(one["change"], _name(one)) for one in found]


def _name(change: dict[str, object]) -> str:
    item = change.get("item")
    return (
        str(item.get("what") or item.get("title") or item["id"])
        if isinstance(item, dict)
        else str(change["kind"])
    )


def put(engine: Engine, revision: int, *deadlines: str) -> None:
    now = briefing(revision=revision, deadlines=[deadline(name, None) for name in deadlines])
    rebuild(engine, add(engine, "a", None), save(now))


def test_from_the_beginning_it_tells_what_there_is(engine: Engine) -> None:
    put(engine, 1, "sign", "review")
    found = read_changes(engine, limit=10)
    assert (sorted(told(engine)), found.has_more) == (
        [("briefing", "Salmon"), ("deadline", "review"), ("deadline", "sign")],
        False,
    )
    assert Follower().follow(engine) == listed(engine)


def test_a_change_is_the_thing_as_the_lists_have_it(engine: Engine) -> None:
    put(engine, 1, "sign")
    change = msgspec.json.decode(read_changes(engine, limit=10).items[1])
    at = change.pop("at")
    item = msgspec.to_builtins(deadline("sign", None))
    assert change == {"change": "deadline", "id": item["id"], "briefing_id": BRIEFING, "item": item}
    assert at.endswith("Z")


def test_only_what_changed_is_told_and_removals_come_first(engine: Engine) -> None:
    put(engine, 1, "sign", "review")
    cursor = read_changes(engine, limit=10).next_cursor
    put(engine, 2, "sign", "ratify")
    assert told(engine, cursor) == [("removed", "deadline"), ("briefing", "Salmon"), ("deadline", "ratify")]


def test_where_nothing_changed_the_cursor_stays(engine: Engine) -> None:
    assert read_changes(engine, limit=10).items == []
    put(engine, 1, "sign")
    cursor = read_changes(engine, limit=10).next_cursor
    again = read_changes(engine, limit=10, cursor=cursor)
    assert (again.items, again.next_cursor, again.has_more) == ([], cursor, False)


def test_a_cursor_that_was_given_while_there_was_nothing_goes_on(engine: Engine) -> None:
    cursor = read_changes(engine, limit=10).next_cursor
    put(engine, 1, "sign")
    assert told(engine, cursor) == [("briefing", "Salmon"), ("deadline", "sign")]


def test_a_withdrawn_briefing_goes_with_its_facts_and_comes_back_with_them(engine: Engine) -> None:
    put(engine, 1, "sign")
    follower = Follower()
    assert len(follower.follow(engine)) == 2
    one = briefing(deadlines=[deadline("sign", None)])
    with writing(engine) as session:
        publish(session, withdrawn(one), CAUSE, None, [])
    assert follower.follow(engine) == listed(engine) == {}
    with writing(engine) as session:
        publish(session, replace(one, revision=3), CAUSE, None, [])
    assert follower.follow(engine) == listed(engine)
    assert len(follower.things) == 2


@pytest.mark.parametrize("gone_first", [True, False])
def test_a_fact_that_goes_to_another_briefing_is_not_gone(engine: Engine, gone_first: bool) -> None:
    moved = deadline("sign", None)
    other = briefing(
        id="brf_0000000000000002",
        slug="other",
        deadlines=[replace(moved, briefing_id="brf_0000000000000002")],
    )
    rebuild(engine, hexed("a"), save(briefing(deadlines=[moved])))
    follower = Follower()
    follower.follow(engine)
    steps = [briefing(revision=2, stakes=[stake("duties", "tariffs")]), other]
    with writing(engine) as session:
        for one in steps if gone_first else reversed(steps):
            publish(session, one, CAUSE, None, [])
    assert follower.follow(engine) == listed(engine)
    assert follower.things[moved.id]["briefing_id"] == other.id


def test_what_is_rolled_back_is_not_told(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as session:
        publish(session, briefing(deadlines=[deadline("sign", None)]), CAUSE, None, [])
        raise RuntimeError
    assert read_changes(engine, limit=10).items == []


def test_a_cursor_of_a_later_state_is_refused(engine: Engine) -> None:
    put(engine, 1, "sign")
    cursor = read_changes(engine, limit=10).next_cursor
    with writing(engine) as session:
        session.connection().exec_driver_sql("DELETE FROM changes")
    with pytest.raises(BadCursor, match="start anew"):
        read_changes(engine, limit=10, cursor=cursor)


def test_bodies_of_another_shape_are_told_anew(engine: Engine) -> None:
    put(engine, 1, "sign", "review")
    put(engine, 2, "sign")
    [body] = page_facts(engine, "deadline", limit=9).items
    with writing(engine) as session:
        session.execute(update(FactRow).values(body=body.replace(b'"review":null,', b"")))
        session.execute(update(BodyRow).where(col(BodyRow.name) == "facts deadline").values(shape="before"))
    follower = Follower()
    assert "review" not in follower.follow(engine)[msgspec.json.decode(body)["id"]]
    assert migrate(engine).bodies == {"facts": 1}
    assert follower.follow(engine) == listed(engine)


# SQLite lets one transaction write at a time.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_began_first_and_is_done_last_is_not_missed(engine: Engine) -> None:
    first, second = (
        briefing([name], parties=[party, "NO"], id=f"brf_{number:016}", slug=name, deadlines=[])
        for number, (name, party) in enumerate([("a", "JP"), ("b", "KE")])
    )
    follower = Follower()
    with writing(engine) as session:
        publish(session, first, CAUSE, None, [])
        with writing(engine) as other:
            publish(other, second, CAUSE, None, [])
        assert set(follower.follow(engine)) == {second.id}
    assert set(follower.follow(engine)) == {first.id, second.id}


def test_a_follower_misses_nothing_of_many_writers(engine: Engine, database_url: str) -> None:
    """Each writer has rounds of its own; the follower reads small pages all the time."""
    done = threading.Event()
    documents = [
        [add(engine, f"{writer} {number}", ["NO", f"X-{writer}-{number % 2}"]) for number in range(6)]
        for writer in range(4)
    ]

    def write(mine: list[str]) -> None:
        engine = connect(database_url)
        for document in mine:
            rebuild(engine, document, by_parties)
        engine.dispose()

    follower = Follower()
    writers = [threading.Thread(target=write, args=(mine,)) for mine in documents]

    def read() -> None:
        while not done.is_set():
            follower.step(engine, limit=2)

    reader = threading.Thread(target=read)
    for thread in (reader, *writers):
        thread.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join()
    assert follower.follow(engine, limit=2) == listed(engine)
    assert len([id for id in follower.things if id.startswith("fct_")]) == 24
