"""`readout reingest`: documents that an earlier prompt, model or extractor read, read again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from time import sleep
from typing import TYPE_CHECKING

import click

from api.cli import Failed, Refused, complain, options
from api.cli.setup import check_migrated, reaching
from api.settings import reading_model

if TYPE_CHECKING:
    from worker.jobs import Jobs

_LOOK = 0.5  # seconds
_HINT = "still waiting: `readout work` reads"


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
    from worker.errors import AlreadyUnderWay
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
