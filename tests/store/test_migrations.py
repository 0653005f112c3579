"""The migrations make the tables that the models describe, once, from any number of processes."""

import subprocess
import sys

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select
from sqlmodel import SQLModel, col

from store.engine import connect
from store.migrate import migrate, pending
from store.tables import LockRow

MIGRATE = """
import sys
from store.engine import connect
from store.migrate import migrate
print(migrate(connect(sys.argv[1])))
"""


def test_a_migrated_database_has_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrate_names_what_it_applied_and_applies_it_once(database_url: str) -> None:
    engine = connect(database_url)
    assert pending(engine) == ["0001", "0002"]
    assert (migrate(engine), migrate(engine), pending(engine)) == (["0001", "0002"], [], [])
    engine.dispose()


def test_several_processes_may_migrate_at_once(database_url: str) -> None:
    command = [sys.executable, "-c", MIGRATE, database_url]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    printed = sorted(process.communicate(timeout=60)[0] for process in processes)
    assert printed == ["['0001', '0002']\n", "[]\n", "[]\n", "[]\n"]


def test_a_failed_migration_leaves_nothing_behind(database_url: str) -> None:
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE workers (id INTEGER)")
    try:
        migrate(engine)
    except Exception as error:
        assert "workers" in str(error)
    assert inspect(engine).get_table_names() == ["workers"]
    engine.dispose()


def test_the_lock_of_the_rounds_is_there(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(select(col(LockRow.name), col(LockRow.taken))).all() == [("rounds", 0)]
