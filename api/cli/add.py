"""`readout add`: documents to a running service."""

import click

from api.cli import options
from api.cli.inputs import in_folders

_HINT = "still waiting: a service reads with `readout work` beside `readout serve`"


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--server", metavar="URL", help="Where the service is.  [from READOUT_HOST and READOUT_PORT]")
@options.published
def command(files: tuple[str, ...], server: str | None, published: str | None) -> int:
    """Send FILEs to a running service and wait until they are read.

    A FILE may be a folder (its files, and those below it), an address on the web, or - for standard input.
    Stop it when you like and run it again: what is read already is not read again. A service that is restarted
    is waited for. The exit status is 2 if a file was refused, 1 if one could not be worked on.
    """
    from api.cli.client import service_at
    from api.cli.upload import Upload, send
    from api.settings import base_url

    settings = options.settings()
    names = in_folders(files)
    outcome = Upload()
    stopped = False
    with service_at(server or base_url(settings), settings.admin_key) as service:
        try:
            send(service, names, published, hint=_HINT, outcome=outcome)
        except KeyboardInterrupt:
            stopped = True
    click.echo(f"{outcome.read} read, {outcome.known} already read, {outcome.failed} failed")
    if stopped:
        click.echo("readout: stopped: the same command goes on where this one was", err=True)
        return 130
    if outcome.refused or not names:
        return 2
    return 1 if outcome.failed else 0
