"""Bringing a database up to the tables of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from store.engine import lock_schema, writable

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> list[str]:
    """Apply what is missing, all or nothing, and name it. Safe from several processes at once."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    with writable(engine).begin() as connection:
        lock_schema(connection)
        before = MigrationContext.configure(connection).get_current_revision()
        missing = [step.revision for step in script.iterate_revisions("heads", before or "base")]
        if missing:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return missing[::-1]
