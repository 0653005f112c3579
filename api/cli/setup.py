"""`readout migrate` and `openapi`; and the database as every command meets it, or refuses it in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.cli import Refused, complain, options
from api.settings import Settings
from store.engine import connect
from store.errors import LaterVersion, Misshapen
from store.migrate import Migrated, migrate, pending
from worker.queue import prepare_system


@click.command()
@options.database
def migrate_command(database: str | None) -> None:
    """Bring the database up to this version's tables, and what it holds to their shapes. Says what it did.

    Several processes may do so at once: one does the work, the others find it done.
    """
    click.echo(migrated(options.settings(database=database)))


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


def check_migrated(settings: Settings) -> None:
    """Raises Refused where `readout migrate` has something to do."""
    if unapplied(settings):
        raise Refused("the database is not this version's: run `readout migrate`")


@contextmanager
def reached(url: str) -> Iterator[Engine]:
    """An engine on the database. Raises Refused."""
    with reaching():
        engine = connect(url)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def reaching() -> Iterator[None]:
    """Inside, a database that cannot be used is Refused."""
    try:
        yield
    except (LaterVersion, Misshapen) as error:
        raise Refused(f"the database cannot be used: {error}") from None
    except (SQLAlchemyError, OSError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
        raise Refused(
            f"the database cannot be used ({reason.splitlines()[0]}): check READOUT_DATABASE_URL"
        ) from None


PATH = Path("openapi.yaml")


@click.command()
@click.option(
    "--check", "checks", is_flag=True, help="Change nothing; the exit status is 1 if the file is stale."
)
def openapi_command(checks: bool) -> int:
    """Write openapi.yaml in this folder from the code, or check that it is fresh."""
    if not checks:
        write()
        click.echo(f"wrote {PATH}")
        return 0
    if is_fresh():
        click.echo(f"{PATH} is fresh")
        return 0
    complain(f"{PATH} is stale: run `readout openapi`")
    return 1


def text() -> str:
    """The text of the file."""
    from api.http.app import create_app
    from api.http.openapi import document, to_yaml
    from api.settings import Settings

    return to_yaml(document(create_app(Settings(database_url="sqlite:///:memory:"))))


def write(path: Path = PATH) -> None:
    path.write_text(text(), encoding="utf-8")


def is_fresh(path: Path = PATH) -> bool:
    """Whether the file is what `write` would make it."""
    return path.is_file() and path.read_text(encoding="utf-8") == text()
