"""The database as the command line meets it: reached and migrated, or refused in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.cli.inputs import Refused
from api.settings import Settings
from store.engine import connect
from store.migrate import LaterVersion, Migrated, migrate, pending
from store.stored_bodies import Misshapen
from worker.queue import prepare_system


@contextmanager
def reaching() -> Iterator[None]:
    """Inside, a database that cannot be used is Refused."""
    try:
        yield
    except (LaterVersion, Misshapen) as error:
        raise Refused(f"the database cannot be used: {error}") from None
    except (SQLAlchemyError, OSError, ImportError) as error:
        said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
        raise Refused(
            f"the database cannot be used ({said.splitlines()[0]}): check READOUT_DATABASE_URL"
        ) from None


@contextmanager
def reached(url: str) -> Iterator[Engine]:
    """An engine on the database. Raises Refused."""
    with reaching():
        engine = connect(url)
        try:
            yield engine
        finally:
            engine.dispose()


def migrated(settings: Settings) -> Migrated:
    """What was done to bring the database to this version; the tables of the jobs are there too. Raises Refused."""
    with reached(settings.database_url) as engine:
        done = migrate(engine)
        prepare_system(settings.database_url)
        return done


def unapplied(settings: Settings) -> list[str]:
    """What `readout migrate` would do. Raises Refused."""
    with reached(settings.database_url) as engine:
        return pending(engine)
