"""`readout serve` and `work`: the API and a worker alone, which load nothing that they do not run."""

from datetime import timedelta
from functools import partial

import click

from api.cli import options
from api.settings import reading_model


@click.command()
@options.host
@options.port
@options.database
@options.guarded
def serve_command(host: str | None, port: str | None, database: str | None) -> None:
    """Start the API alone. Another process reads the documents: see readout work."""
    settings = options.settings(host=host, port=port, database=database)
    from api.http.app import serve

    serve(settings)


@click.command()
@options.database
@options.extractor
@click.option("--concurrency", metavar="N", type=click.IntRange(1, 64),
              help="Documents read at the same time: 1, or with a model READOUT_MODEL_CONCURRENCY.")  # fmt: skip
@options.guarded
def work_command(database: str | None, extractor: str | None, concurrency: int | None) -> None:
    """Start a worker alone. Several may work on one PostgreSQL database."""
    settings = options.settings(database=database, extractor=extractor)
    model = reading_model(settings)
    from api.cli.setup import reaching
    from api.newsletters import newsroom_of
    from pipeline.writing.text import Style
    from worker.fetching import Manners
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
            Style(language=settings.summary_language, length=settings.summary_length),
            Manners(reach=settings.fetching, pause=settings.fetch_pause, contact=settings.fetch_contact),
            partial(newsroom_of, settings),
            settings.publish == "reviewed",
        )
