"""The migrations make the tables that the models describe, once, from any number of processes."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import msgspec
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Date, DateTime, Engine, LargeBinary, MetaData, Table, inspect, select
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel, col

import store
from schemas import Briefing, own_documents
from store import LaterVersion, Misshapen
from store.briefings import get_briefing
from store.documents import get_text
from store.engine import connect, writable
from store.issues import IssueRow, TopicRow
from store.migrate import BODIES, MIGRATIONS, NEWEST, Migrated, grown, migrate, pending
from store.revisions import body_of
from store.schedules import ScheduleRow
from store.tables import (
    Body,
    BriefingDraftRow,
    DecisionRow,
    ReadoutRow,
    ReviewOutcomeRow,
    ReviewRow,
    RevisionRow,
)
from tests.forked import Forked
from tests.store.invented import hexed, text_of
from tests.waiting import PATIENCE
from worker.rebuild import rebuild

EARLIER = sorted((Path(__file__).parent / "earlier").glob("*.json"))
"""What databases of earlier versions held: rows by table, in a file named by the revision."""
LATER = ("stated", "detected", "refusal")
"""Columns that earlier versions had nothing to put in."""
MIGRATE = """
import sys
from store.engine import connect
from store.migrate import migrate
print(migrate(connect(sys.argv[1])))
"""


def config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


ALL = [step.revision for step in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


@pytest.fixture
def empty(blank_url: str) -> Iterator[Engine]:
    engine = connect(blank_url)
    yield engine
    engine.dispose()


def fill(engine: Engine, revision: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Make the database one of that revision that holds these rows."""
    with writable(engine).begin() as connection:
        at = config()
        at.attributes["connection"] = connection
        command.upgrade(at, revision)
        tables = MetaData()
        tables.reflect(connection)
        for name in [table.name for table in tables.sorted_tables if table.name in rows]:
            table = tables.tables[name]
            connection.execute(table.insert(), [stored(table, row) for row in rows[name]])


def stored(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: given(table.c[name].type, value) for name, value in row.items()}


def given(kind: TypeEngine[Any], value: Any) -> Any:
    """A value of a file, be it JSON or a database, as a column takes it."""
    match value:
        case str() if isinstance(kind, LargeBinary | Body):
            return value.encode()
        case str() if isinstance(kind, DateTime):
            return datetime.fromisoformat(value)
        case str() if isinstance(kind, Date):
            return date.fromisoformat(value)
        case str() if isinstance(kind, TSVECTOR):
            return " ".join(f"{word}:{place}" for place, word in enumerate(value.split(), 1))
        case datetime(tzinfo=None):
            return value.replace(tzinfo=UTC)
    return value


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """Not a table that SQLite keeps for its full-text search."""
    return not (kind == "table" and name and name.startswith("search_words"))


def test_a_migrated_database_has_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_newest_revision_is_known_by_its_file() -> None:
    assert ALL[-1] == NEWEST


def test_migrate_says_what_it_applied_and_applies_it_once(empty: Engine) -> None:
    assert pending(empty) == ALL
    assert migrate(empty) == Migrated(revisions=ALL, bodies={})
    assert (migrate(empty), pending(empty)) == (Migrated(revisions=[], bodies={}), [])


def test_several_processes_may_migrate_at_once(blank_url: str) -> None:
    command = [sys.executable, "-c", MIGRATE, blank_url]
    processes = [Forked(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    printed = sorted(process.communicate(timeout=PATIENCE)[0] for process in processes)
    assert printed == [f"applied {', '.join(ALL)}\n", "up to date\n", "up to date\n", "up to date\n"]


def test_a_failed_migration_leaves_nothing_behind(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE workers (id INTEGER)")
    with pytest.raises(Exception, match="workers"):
        migrate(empty)
    assert inspect(empty).get_table_names() == ["workers"]


@pytest.mark.parametrize("file", EARLIER, ids=lambda file: file.stem)
def test_a_database_of_an_earlier_version_is_read_in_this_versions_shapes(empty: Engine, file: Path) -> None:
    rows = msgspec.json.decode(file.read_bytes(), type=dict[str, list[dict[str, Any]]])
    fill(empty, file.stem, rows)
    done = migrate(empty)
    assert done.revisions == ALL[ALL.index(file.stem) + 1 :]
    assert done.bodies["briefing_revisions"] == len(rows["briefing_revisions"])
    assert pending(empty) == []
    for one in BODIES:
        with Session(empty) as session:
            body = getattr(one.table, one.column)
            query = select(body).where(body.is_not(None))
            if one.kind:
                query = query.where(SQLModel.metadata.tables[str(one.table.__tablename__)].c.kind == one.kind)
            bodies = session.scalars(query).all()
            if one.name == "briefing_revisions body":
                keys = session.execute(select(col(RevisionRow.briefing_id), col(RevisionRow.revision)))
                bodies = [body_of(session, id, number) for id, number in keys]
        assert (
            bodies
            or one.table
            in (BriefingDraftRow, DecisionRow, IssueRow, ReviewRow, ReviewOutcomeRow, ScheduleRow, TopicRow)
            or one.column in LATER
        )
        for stored_body in bodies:
            again = msgspec.json.decode(stored_body, type=one.shape)
            assert msgspec.json.encode(again) == stored_body
    assert get_text(empty, hexed("a")) == text_of("a")
    with Session(empty) as session:
        for body, digest in session.execute(select(col(ReadoutRow.body), col(ReadoutRow.digest))):
            assert digest == sha256(body).hexdigest()


@pytest.mark.parametrize("file", EARLIER, ids=lambda file: file.stem)
def test_a_database_of_an_earlier_version_is_worked_on(empty: Engine, file: Path) -> None:
    fill(empty, file.stem, msgspec.json.decode(file.read_bytes()))
    migrate(empty)
    [id] = rebuild(empty, hexed("a"))
    assert id == "brf_0000000000000001"
    record = get_briefing(empty, id)
    assert record is not None
    briefing = msgspec.json.decode(record.body, type=Briefing)
    assert (briefing.revision, briefing.negotiation.parties) == (3, ["NO", "CL"])
    assert own_documents(briefing) == {hexed("a")}


def test_every_stored_body_follows_its_shape_or_is_its_owners() -> None:
    of_others = {
        ("documents", "layout"),
        ("answers", "body"),
        ("submissions", "answer"),
        ("addresses", "about"),
        ("webhook_deliveries", "body"),
        ("reminders", "body"),
        ("facts", "sources"),
        ("review_outcomes", "sources"),
    }
    for module in iter_modules(store.__path__, "store."):
        import_module(module.name)  # Each declares tables of its own.
    columns = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary | Body)
    }
    assert columns == {(str(one.table.__tablename__), one.column) for one in BODIES} | of_others


def test_a_body_that_cannot_be_brought_to_shape_is_named_and_nothing_is_changed(empty: Engine) -> None:
    rows = msgspec.json.decode(EARLIER[0].read_bytes())
    rows["readouts"][0]["body"] = "{}"
    fill(empty, EARLIER[0].stem, rows)
    with pytest.raises(Misshapen) as error:
        migrate(empty)
    assert str(error.value) == (
        f"readouts body of {rows['readouts'][0]['document_id']}: it lacks `document`, which cannot be empty"
    )
    assert pending(empty)[0] == ALL[ALL.index(EARLIER[0].stem) + 1]


class Leaf(msgspec.Struct):
    name: str
    notes: list[str]


class Grown(msgspec.Struct):
    leaves: list[Leaf]
    by: dict[str, Leaf]
    best: Leaf | None
    worst: Leaf | None


def test_a_shape_that_has_grown_is_filled_and_what_it_lost_is_dropped() -> None:
    body = b'{"leaves":[{"name":"a","age":3}],"by":{"a":{"name":"a"}},"best":{"name":"b"},"gone":1}'
    assert grown(body, Grown) == (
        b'{"leaves":[{"name":"a","notes":[]}],"by":{"a":{"name":"a","notes":[]}},'
        b'"best":{"name":"b","notes":[]},"worst":null}'
    )


def test_a_database_of_a_later_version_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LaterVersion, match="revision 9999, of a later version"):
        migrate(engine)
