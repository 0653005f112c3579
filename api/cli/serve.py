"""`readout serve`: the API alone."""

import click

from api.cli import options


@click.command()
@options.host
@options.port
@options.database
@options.guarded
def command(host: str | None, port: str | None, database: str | None, guarded: bool) -> None:
    """Start the API alone. Another process reads the documents: see readout work."""
    from api.cli.inputs import Refused
    from api.cli.processes import leave_with_parent
    from api.settings import BadSetting

    settings = options.settings(host=host, port=port, database=database)
    if guarded:
        leave_with_parent()
    from api.http.server import serve

    try:
        serve(settings)
    except BadSetting as error:
        raise Refused(str(error)) from None
