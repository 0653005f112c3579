"""`readout add`: documents to a running service."""

import time
from collections.abc import Callable

import click

from api.inputs import complain, day, documents
from api.options import settings


def patience(seconds: float) -> Callable[[], None]:
    """A watch that says once, after a while, what may be missing: a service without a worker reads nothing."""
    until = time.monotonic() + seconds
    told = False

    def watch() -> None:
        nonlocal told
        if not told and time.monotonic() > until:
            told = True
            complain("still waiting: a service reads with `readout work` beside `readout serve`")

    return watch


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--server", metavar="URL", help="Where the service is.  [from READOUT_HOST and READOUT_PORT]")
@click.option("--published", metavar="DATE", callback=day, help="Day from which relative dates are counted.")
def command(files: tuple[str, ...], server: str | None, published: str | None) -> int:
    """Send FILEs (- is standard input) to a running service and wait until they are read.

    The exit status is 2 if a file was refused, 1 if one could not be worked on.
    """
    from api.address import base_url
    from api.client import connect
    from api.reading import send

    found = settings()
    given = list(documents(files, published))
    readable = [(name, document) for name, document in given if document]
    with connect(server or base_url(found), found.admin_key) as client:
        outcome = send(client, readable, published, patience(60))
    click.echo(f"{outcome.read} read, {outcome.known} already read, {outcome.failed} failed")
    if outcome.refused or len(readable) < len(given):
        return 2
    return 1 if outcome.failed else 0
