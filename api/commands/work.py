"""`readout work`: a worker alone."""

import click

from api import options


@click.command()
@options.database
@options.extractor
@click.option("--concurrency", metavar="N", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Documents that are read at the same time.")  # fmt: skip
@options.guarded
def command(database: str | None, extractor: str | None, concurrency: int, guarded: bool) -> None:
    """Start a worker alone. Several may work on one PostgreSQL database."""
    settings = options.settings(database=database, extractor=extractor)
    if guarded:
        from api.processes import leave_with_parent

        leave_with_parent()
    from api.storage import reaching
    from worker.process import run

    extractor = "embedded" if settings.extractor == "auto" else settings.extractor
    with reaching():
        run(settings.database_url, extractor, concurrency)
