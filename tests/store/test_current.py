"""A current briefing by its id, read on the event loop: what `get_briefing` reads, or nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, update
from sqlmodel import col
from zstandard import ZstdError

from store.briefings import BriefingRecord, get_briefing
from store.current import Current, CurrentBriefings, current_briefings
from store.engine import connect, writable
from store.tables import RevisionRow
from tests.store.invented import add, briefing, hexed, save
from worker.rebuild import rebuild

BRIEFING = briefing()
_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_CANCEL = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@asynccontextmanager
async def reading(engine: Engine) -> AsyncIterator[CurrentBriefings]:
    current = current_briefings(engine)
    yield current
    await current.close()


async def read(current: CurrentBriefings, id: str) -> Current | None:
    """What is read once there is a connection."""
    for _ in range(500):
        if found := await current.read(id):
            return found
        await asyncio.sleep(0.01)
    return None


def with_digest(record: BriefingRecord | None) -> Current | None:
    return Current(record, sha256(record.body).hexdigest()) if record else None


@pytest.fixture
def stored(engine: Engine) -> Engine:
    rebuild(engine, add(engine, "a", None), save(BRIEFING))
    return engine


def test_it_is_the_revision_that_is_served(stored: Engine) -> None:
    async def check() -> None:
        async with reading(stored) as current:
            assert await read(current, BRIEFING.id) == with_digest(get_briefing(stored, BRIEFING.id))
            rebuild(stored, hexed("a"), save(replace(BRIEFING, revision=2, title="Changed")))
            second = await current.read(BRIEFING.id)
            assert second == with_digest(get_briefing(stored, BRIEFING.id))
            assert second is not None
            assert second.record.revision == 2

    asyncio.run(check())


def test_many_ask_at_once(stored: Engine) -> None:
    async def check() -> None:
        async with reading(stored) as current:
            first = await read(current, BRIEFING.id)
            together = await asyncio.gather(*(current.read(BRIEFING.id) for _ in range(50)))
            assert together == [first] * 50

    asyncio.run(check())


def test_each_is_told_what_it_asked_for(stored: Engine) -> None:
    other = replace(BRIEFING, id="brf_00000000000000b2", slug="other", title="Another one")
    rebuild(stored, add(stored, "b", None), save(other))

    async def check() -> None:
        async with reading(stored) as current:
            assert await read(current, BRIEFING.id)
            asked = [BRIEFING.id, other.id, "brf_ffffffffffffffff", other.id, BRIEFING.id] * 10
            told = await asyncio.gather(*(current.read(id) for id in asked))
            assert told == [with_digest(get_briefing(stored, id)) for id in asked]

    asyncio.run(check())


def test_who_gives_up_keeps_no_other_from_reading(stored: Engine) -> None:
    if stored.dialect.name == "sqlite":
        return  # nobody waits

    async def check() -> None:
        async with reading(stored) as current:
            first = await read(current, BRIEFING.id)
            with writable(stored).begin() as connection:
                connection.exec_driver_sql("LOCK TABLE briefings")
                waiting = [asyncio.create_task(current.read(BRIEFING.id)) for _ in range(5)]
                await asyncio.sleep(0.1)
                waiting[1].cancel()
                waiting[0].cancel()
                await asyncio.sleep(0.1)
            told = await asyncio.gather(*waiting, return_exceptions=True)
            assert [isinstance(one, asyncio.CancelledError) for one in told[:2]] == [True, True]
            assert told[2:] == [first] * 3

    asyncio.run(check())


def test_what_is_asked_after_a_change_is_read_after_it(stored: Engine) -> None:
    async def check() -> None:
        async with reading(stored) as current:
            assert await read(current, BRIEFING.id)
            for revision in range(2, 6):
                before = [asyncio.create_task(current.read(BRIEFING.id)) for _ in range(3)]
                await asyncio.sleep(0)
                rebuild(stored, hexed("a"), save(replace(BRIEFING, revision=revision, title=str(revision))))
                told = await current.read(BRIEFING.id)
                assert told is not None
                assert told.record.revision == revision
                await asyncio.gather(*before)

    asyncio.run(check())


def test_what_is_not_there_is_nothing(stored: Engine) -> None:
    async def check() -> None:
        async with reading(stored) as current:
            assert await read(current, BRIEFING.id)
            assert await current.read("brf_ffffffffffffffff") is None
            assert await current.read(BRIEFING.slug) is None

    asyncio.run(check())


def test_a_database_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    async def check(url: str) -> None:
        async with reading(connect(url)) as current:
            assert await current.read(BRIEFING.id) is None
            await asyncio.sleep(0.1)
            assert await current.read(BRIEFING.id) is None

    asyncio.run(check(f"sqlite:///{tmp_path}/none.db"))
    asyncio.run(check("postgresql://nobody@127.0.0.1:1/none"))


def test_a_question_that_fails_is_told_nothing_and_the_next_is_answered(stored: Engine) -> None:
    if stored.dialect.name == "sqlite":
        return  # nobody waits

    async def check() -> None:
        async with reading(stored) as current:
            first = await read(current, BRIEFING.id)
            with writable(stored).begin() as connection:
                connection.exec_driver_sql("LOCK TABLE briefings")
                waiting = [asyncio.create_task(current.read(BRIEFING.id)) for _ in range(3)]
                while not any(connection.exec_driver_sql(_CANCEL).scalars()):
                    await asyncio.sleep(0.01)
                assert await asyncio.gather(*waiting) == [None] * 3
            assert await read(current, BRIEFING.id) == first

    asyncio.run(check())


def test_a_connection_that_is_lost_is_made_again(stored: Engine) -> None:
    if stored.dialect.name == "sqlite":
        return  # a file has no connection that could be lost

    async def check() -> None:
        async with reading(stored) as current:
            assert await read(current, BRIEFING.id)
            with stored.connect() as connection:
                connection.exec_driver_sql(_END)
            told = await asyncio.gather(*(current.read(BRIEFING.id) for _ in range(5)))
            assert told == [None] * 5
            assert await read(current, BRIEFING.id)

    asyncio.run(check())


def test_a_body_that_cannot_be_read_is_an_error_of_whoever_asks_for_it(stored: Engine) -> None:
    broken = replace(BRIEFING, id="brf_00000000000000b2", slug="other", title="Another one")
    rebuild(stored, add(stored, "b", None), save(broken))
    with writable(stored).begin() as connection:
        mine = col(RevisionRow.briefing_id) == broken.id
        connection.execute(update(RevisionRow).where(mine).values(body=b"z" + b"no frame"))

    async def check() -> None:
        async with reading(stored) as current:
            first = await read(current, BRIEFING.id)
            with pytest.raises(ZstdError):
                await read(current, broken.id)
            assert await current.read(BRIEFING.id) == first

    asyncio.run(check())
