"""Bringing a database up to the tables and bodies of this version. Alembic is loaded where it has something to do."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import Connection, Engine, inspect

from store.changes import all_changed
from store.engine import lock_schema, writable
from store.errors import LaterVersion
from store.read_index import derive_anew, is_stale
from store.stored_bodies import encode_anew, stale_columns

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The revision of this version: files of revisions begin with their names, which are in order."""
_FOLLOWED = {"briefings", "facts"}


class Migrated(Struct, frozen=True):
    """What `migrate` did: revisions applied, oldest first, and how many bodies of which tables were encoded anew."""

    revisions: list[str]
    bodies: dict[str, int]

    def __str__(self) -> str:
        said = [f"applied {', '.join(self.revisions)}"] if self.revisions else []
        if self.bodies:
            counts = ", ".join(f"{count} of {table}" for table, count in self.bodies.items())
            said.append(f"bodies encoded anew: {counts}")
        return "; ".join(said) or "up to date"


def migrate(engine: Engine) -> Migrated:
    """Apply what is missing, all or nothing, and say what that was. Safe from several processes at once.

    Raises LaterVersion, or Misshapen where a stored body has no place in this version's shape.
    """
    with writable(engine).begin() as connection:
        lock_schema(connection)
        missing = _missing(connection)
        if missing:
            from alembic import command

            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        bodies = encode_anew(connection, stale_columns(connection))
        if is_stale(connection):
            derive_anew(connection)
        if bodies.keys() & _FOLLOWED:
            all_changed(connection)
        return Migrated(missing, bodies)


def pending(engine: Engine) -> list[str]:
    """What `migrate` would do: revisions, oldest first; if there are none, columns of bodies. Changes nothing.

    Raises LaterVersion.
    """
    with engine.connect() as connection:
        if missing := _missing(connection):
            return missing
        return [stored.name for stored in stale_columns(connection)] + ["derived"] * is_stale(connection)


def _missing(connection: Connection) -> list[str]:
    present = _present(connection)
    if present == NEWEST:
        return []
    from alembic.script import ScriptDirectory
    from alembic.script.revision import RevisionError

    script = ScriptDirectory.from_config(_config())
    try:
        steps = list(script.iterate_revisions("heads", present or "base"))
    except RevisionError:
        raise LaterVersion(
            f"the database is at revision {present}, of a later version of Readout: use that version"
        ) from None
    return [step.revision for step in steps][::-1]


def _present(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
