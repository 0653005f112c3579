"""Bringing a database up to the tables of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from store.engine import lock_schema, writable

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> list[str]:
    """Apply what is missing, all or nothing, and name it. Safe from several processes at once."""
    with writable(engine).begin() as connection:
        lock_schema(connection)
        missing = _missing(connection)
        if missing:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return missing


def pending(engine: Engine) -> list[str]:
    """What `migrate` would apply, oldest first. Changes nothing."""
    with engine.connect() as connection:
        return _missing(connection)


def _missing(connection: Connection) -> list[str]:
    present = MigrationContext.configure(connection).get_current_revision()
    steps = ScriptDirectory.from_config(_config()).iterate_revisions("heads", present or "base")
    return [step.revision for step in steps][::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
