"""Bodies of revisions are stored small, and served as the very bytes that they were."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from hashlib import sha256

import msgspec
import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Engine, MetaData, Table, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Briefing, Cause
from store import tables
from store.briefings import get_briefing, get_briefing_as_of, get_revision
from store.current import Current, current_briefings
from store.engine import connect, writable, writing
from store.migrate import migrate
from store.migrations.bodies import rewrite
from store.rebuild import save_briefing, save_text
from store.revisions import WHOLE_EVERY, pack, unpack
from store.tables import LARGE, BodyRow, RevisionRow, at_rest
from tests.store.invented import BRIEFING, T0, add, briefing, deadline
from tests.store.test_migrations import config
from tests.waiting import PATIENCE

REVISIONS = 2 * WHOLE_EVERY + 5
CAUSE = Cause(kind="added", document_ids=[], reason=None)


def grown(revision: int) -> Briefing:
    """A briefing that tells one thing more with each revision."""
    told = [deadline(f"step {number}", "2031-04-01") for number in range(revision)]
    return briefing(revision=revision, updated_at=T0 + timedelta(hours=revision), deadlines=told)


def bodies() -> list[bytes]:
    return [msgspec.json.encode(grown(number)) for number in range(1, REVISIONS + 1)]


@pytest.fixture(autouse=True, params=[1_000_000, LARGE], ids=["plain", "compressed"])
def compressed_from(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """From which size on bodies are compressed."""
    monkeypatch.setattr(tables, "COMPRESSED_FROM", dict.fromkeys(tables.COMPRESSED_FROM, request.param))


@pytest.fixture
def filled(engine: Engine) -> Engine:
    add(engine, "a")
    for number in range(1, REVISIONS + 1):
        with writing(engine) as session:
            save_briefing(session, grown(number), CAUSE, None, [])
    return engine


def served(engine: Engine) -> list[bytes]:
    records = [get_revision(engine, BRIEFING, number) for number in range(1, REVISIONS + 1)]
    return [record.body for record in records if record]


def stored(engine: Engine) -> list[tuple[int, int | None, int]]:
    """Number, base and size of each revision."""
    size = func.length(col(RevisionRow.body))
    query = select(col(RevisionRow.revision), col(RevisionRow.base), size)
    with Session(engine) as session:
        rows = session.execute(query.order_by(col(RevisionRow.revision)))
        return [(number, base, size) for number, base, size in rows]


def test_every_revision_is_served_as_the_bytes_that_it_was(filled: Engine) -> None:
    assert served(filled) == bodies()
    for number in (1, WHOLE_EVERY, REVISIONS):
        record = get_briefing_as_of(filled, BRIEFING, T0 + timedelta(hours=number, minutes=30))
        assert record is not None and record.body == bodies()[number - 1]
    assert get_briefing_as_of(filled, BRIEFING, T0) is None
    assert get_revision(filled, BRIEFING, REVISIONS + 1) is None
    now = get_briefing(filled, BRIEFING)
    assert now is not None and now.body == bodies()[-1]


def test_the_last_revision_is_stored_as_it_is_served_and_some_are_told_by_no_other(filled: Engine) -> None:
    bases = {number: base for number, base, _ in stored(filled)}
    assert bases.pop(REVISIONS) is None
    assert [number for number, base in bases.items() if base == number] == [WHOLE_EVERY, 2 * WHOLE_EVERY]
    assert all(base == number + 1 for number, base in bases.items() if number % WHOLE_EVERY)


def test_all_revisions_together_take_less_than_twice_what_the_last_one_takes(filled: Engine) -> None:
    assert sum(size for _, _, size in stored(filled)) < 2 * len(bodies()[-1])


def test_a_large_body_is_compressed_and_read_by_its_key_as_it_is_served(filled: Engine) -> None:
    *_, (_, _, size) = stored(filled)
    body = bodies()[-1]
    dialect = filled.dialect.name
    assert size == len(at_rest(body, dialect))
    assert (size < len(body) / 4) == (len(body) >= tables.COMPRESSED_FROM[dialect])

    async def read() -> Current:
        current = current_briefings(filled)
        try:
            # On PostgreSQL the first question finds no connection yet.
            async with asyncio.timeout(PATIENCE):
                while (found := await current.read(BRIEFING)) is None:
                    await asyncio.sleep(0.01)
            return found
        finally:
            await current.close()

    found = asyncio.run(read())
    assert (found.record.body, found.digest) == (body, sha256(body).hexdigest())


STORED: list[Callable[[bytes], bytes]] = [
    partial(at_rest, dialect="sqlite"),
    partial(at_rest, dialect="postgresql"),
    bytes,  # by an earlier version
    lambda body: b"z" + pack(body),  # by one in between
]


@pytest.mark.parametrize("store", STORED)
def test_a_body_is_known_by_its_digest_however_it_is_stored(store: Callable[[bytes], bytes]) -> None:
    for body in (b"{}", bodies()[-1]):
        assert tables.served(store(body)) == body
        assert tables.digest_at_rest(store(body)) == sha256(body).hexdigest()


def test_a_text_of_its_own_is_a_revision_like_the_others(filled: Engine) -> None:
    written = replace(grown(REVISIONS), revision=REVISIONS + 1, title="Salmon, at last")
    with writing(filled) as session:
        save_text(session, written, CAUSE)
    assert served(filled) == bodies()
    now = get_briefing(filled, BRIEFING)
    assert now is not None and now.body == msgspec.json.encode(written)


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_what_is_packed_is_unpacked_whatever_it_is(body: bytes, base: bytes) -> None:
    assert unpack(pack(body)) == body
    assert unpack(pack(body, base), base) == body


@pytest.fixture
def before(blank_url: str) -> Iterator[Engine]:
    """A database whose revisions are stored as an earlier version did."""
    engine = connect(blank_url)
    migrate(engine)
    add(engine, "a")
    for number in range(1, REVISIONS + 1):
        with writing(engine) as session:
            save_briefing(session, grown(number), CAUSE, None, [])
    with writable(engine).begin() as connection:
        at = config()
        at.attributes["connection"] = connection
        command.downgrade(at, "0017")
    yield engine
    engine.dispose()


def plain(engine: Engine) -> list[bytes]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM briefing_revisions ORDER BY revision")
        return [bytes(body) for (body,) in rows]


def test_what_an_earlier_version_stored_is_packed_and_served_as_it_was(before: Engine) -> None:
    assert plain(before) == bodies()
    migrate(before)
    assert served(before) == bodies()
    assert sum(size for _, _, size in stored(before)) < 2 * len(bodies()[-1])


def revisions(engine: Engine) -> Table:
    here = MetaData()
    here.reflect(engine, only=["briefing_revisions"])
    return here.tables["briefing_revisions"]


def test_a_migration_rewrites_bodies_that_are_packed(filled: Engine) -> None:
    def rename(body: dict[str, str]) -> None:
        body["title"] = "Cod"

    with writable(filled).begin() as connection:
        rewrite(connection, revisions(filled), rename)
    titles = {msgspec.json.decode(body, type=Briefing).title for body in served(filled)}
    assert titles == {"Cod"}


def test_bodies_are_brought_to_a_shape_that_has_grown_where_they_are_packed(filled: Engine) -> None:
    def forget(body: dict[str, object]) -> None:
        del body["further"]

    with writable(filled).begin() as connection:
        rewrite(connection, revisions(filled), forget)
        mine = col(BodyRow.name) == "briefing_revisions body"
        connection.execute(update(BodyRow).where(mine).values(shape="another"))
    assert migrate(filled).bodies == {"briefing_revisions": REVISIONS}
    assert served(filled) == bodies()
