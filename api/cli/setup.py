"""`readout migrate`, `reingest` and `openapi`; and the database as each command meets or refuses it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.cli import Failed, Refused, complain, options
from api.settings import Settings, reading_model
from store import LaterVersion, Misshapen
from store.engine import connect
from store.migrate import Migrated, migrate, pending
from worker.queue import prepare_system

if TYPE_CHECKING:
    from worker.jobs import Jobs

_LOOK = 0.5  # seconds
_HINT = "still waiting: `readout work` reads"


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


@click.command()
@click.option(
    "--since",
    metavar="DATE",
    callback=options.calendar_day,
    help="Only documents added on that day (UTC) or later.",
)
@options.extractor
@click.option("--all", "every", is_flag=True, help="Those, too, that were read as they would be now.")
@options.database
def reingest_command(since: str | None, extractor: str | None, every: bool, database: str | None) -> int:
    """Read documents again whose readout is of an earlier prompt, model or extractor than now.

    Workers do it, a few documents at a time, so that new ones do not wait. This command shows how far they are;
    stopped and run again, it goes on where they are. The exit status is 1 if a document could not be read.
    """
    settings = options.settings(database=database, extractor=extractor)
    model = reading_model(settings)
    check_migrated(settings)
    from worker import AlreadyUnderWay
    from worker.extractors import info_of
    from worker.jobs import connect_jobs
    from worker.reingest import Wanted, start_reingest

    added = datetime.combine(date.fromisoformat(since), time(), UTC) if since else None
    wanted = Wanted(extractor=info_of(model), every=every, since=added)
    with reaching():
        jobs = connect_jobs(settings.database_url)
        try:
            return _watch(jobs, start_reingest(jobs, wanted))
        except AlreadyUnderWay as error:
            raise Refused(str(error)) from None
        except KeyboardInterrupt:
            complain("the workers go on; the same command shows how far they are")
            return 130
        finally:
            jobs.close()


def _watch(jobs: "Jobs", id: str) -> int:
    from store.workers import alive
    from worker.queue import SILENCE
    from worker.reingest import progress_of

    hinted = False
    with _counted() as show:
        while not (now := progress_of(jobs, id)).over:
            show(now.read + now.failed, now.total)
            if not hinted and not alive(jobs.engine, SILENCE):
                hinted = True
                complain(_HINT)
            sleep(_LOOK)
        show(now.read + now.failed, now.total)
    if now.error:
        raise Failed(now.error)
    click.echo(f"{now.read} read again, {now.failed} failed")
    return 1 if now.failed else 0


@contextmanager
def _counted() -> Iterator[Callable[[int, int | None], None]]:
    """What to call with how many documents are done, of how many; None: nobody knows yet."""
    from rich.console import Console

    from api.cli.add import bar

    console = Console(stderr=True)
    if not console.is_terminal:
        seen: set[int] = set()

        def tell(done: int, total: int | None) -> None:
            if total is not None and done not in seen:
                seen.add(done)
                click.echo(f"{done} of {total}", err=True)

        yield tell
        return
    with bar("Reading again", console) as shown:
        task = shown.add_task("Reading again", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


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
