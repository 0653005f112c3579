"""`readout work`: a worker alone."""

from datetime import timedelta

import click

from api.cli import options
from api.settings import reading_model


@click.command()
@options.database
@options.extractor
@click.option("--concurrency", metavar="N", type=click.IntRange(1, 64),
              help="Documents read at the same time: 1, or with a model READOUT_MODEL_CONCURRENCY.")  # fmt: skip
@options.guarded
def command(database: str | None, extractor: str | None, concurrency: int | None) -> None:
    """Start a worker alone. Several may work on one PostgreSQL database."""
    settings = options.settings(database=database, extractor=extractor)
    model = reading_model(settings)
    from api.cli.migrate import reaching
    from worker.process import run

    with reaching():
        run(
            settings.database_url,
            model,
            concurrency or (model.concurrency if model else 1),
            settings.log_format,
            settings.log_level,
            settings.access_log == "on",
            timedelta(days=settings.keep_days),
            settings.webhooks,
        )
