"""The database as the command line meets it: reached and migrated, or refused in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.inputs import Refused
from api.settings import Settings
from store.engine import connect
from store.migrate import migrate, pending


@contextmanager
def reaching() -> Iterator[None]:
    """Inside, a database that cannot be used is Refused."""
    try:
        yield
    except (SQLAlchemyError, OSError, ImportError) as error:
        said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
        raise Refused(
            f"the database cannot be used ({said.splitlines()[0]}): check READOUT_DATABASE_URL"
        ) from None


@contextmanager
def _reached(settings: Settings) -> Iterator[Engine]:
    with reaching():
        engine = connect(settings.database_url)
        try:
            yield engine
        finally:
            engine.dispose()


def migrated(settings: Settings) -> list[str]:
    """Migrations applied, oldest first. Raises Refused."""
    with _reached(settings) as engine:
        return migrate(engine)


def unapplied(settings: Settings) -> list[str]:
    """Migrations that are missing, oldest first. Raises Refused."""
    with _reached(settings) as engine:
        return pending(engine)
