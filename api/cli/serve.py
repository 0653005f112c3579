"""`readout serve`: the API alone."""

import click

from api.cli import options


@click.command()
@options.host
@options.port
@options.database
@options.guarded
def command(host: str | None, port: str | None, database: str | None) -> None:
    """Start the API alone. Another process reads the documents: see readout work."""
    settings = options.settings(host=host, port=port, database=database)
    from api.http.app import serve

    serve(settings)
