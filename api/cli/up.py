"""`readout up`: everything on this machine."""

import time
from collections.abc import Mapping, Sequence

import click

from api.cli import options
from api.cli.client import Service, Watch, briefing, connect, is_ready
from api.cli.fetching import is_address
from api.cli.inputs import Failed, Refused, documents, in_folders
from api.cli.processes import Stopped, stop_on_signals, together
from api.cli.storage import migrated
from api.cli.upload import Outcome, send
from api.http.address import base_url, check_address
from api.rendering.terminal import console, table
from api.settings import BadSetting, Settings, check_serving

_STARTUP = 60  # seconds


def _until_ready(service: Service, watch: Watch) -> None:
    until = time.monotonic() + _STARTUP
    while not is_ready(service):
        watch()
        if time.monotonic() > until:
            raise Failed(f"the API was not ready within {_STARTUP} s: its last words are above")
        time.sleep(0.1)


def _show(service: Service, outcome: Outcome) -> None:
    screen = console()
    for briefing_id in outcome.briefing_ids:
        screen.print(table(briefing(service, briefing_id)))
    if outcome.read + outcome.known and not outcome.briefing_ids:
        click.echo("None of these documents is about a trade negotiation, so there is no briefing.")


def _run(settings: Settings, env: Mapping[str, str], names: Sequence[str]) -> None:
    if (done := migrated(settings)).revisions or done.bodies:
        click.echo(f"database: {done}", err=True)
    base = base_url(settings)
    commands = {"API": ["serve"], "worker": ["work"]}
    with together(commands, env) as children, connect(base, settings.admin_key) as service:

        def watch() -> None:
            for child in children:
                child.check()

        _until_ready(service, watch)
        if names:
            outcome = send(service, names, watch=watch)
            if not outcome.read and outcome.known:
                click.echo("nothing new to read", err=True)
            _show(service, outcome)
        click.echo(f"Briefings to read   {base}/")
        click.echo(f"API                 {base}/v1/briefings")
        click.echo("Ctrl-C stops everything.")
        while True:
            watch()
            time.sleep(0.2)


def _from_the_first_readable(names: Sequence[str]) -> Sequence[str]:
    """The names without those before the first that can be read. They are said on stderr."""
    for place, name in enumerate(names):
        if name == "-" or is_address(name) or all(found for _, found in documents([name])):
            return names[place:]
    return []


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1)
@options.host
@options.port
@options.database
@options.extractor
def command(
    files: tuple[str, ...], host: str | None, port: str | None, database: str | None, extractor: str | None
) -> int:
    """Migrate the database, start the API and a worker, read FILEs, print their briefings.

    Of a folder, its files and those below it are read. Then it serves until Ctrl-C. What was read before is not
    read again.
    """
    given = {"host": host, "port": port, "database": database, "extractor": extractor}
    settings = options.settings(**given)
    options.model(settings)
    try:
        check_serving(settings)
        check_address(settings.host, settings.port)
    except BadSetting as error:
        raise Refused(str(error)) from None
    names = _from_the_first_readable(in_folders(files))
    if files and not names:
        raise Refused("none of the files can be read, so nothing was started")
    stop_on_signals()
    try:
        _run(settings, options.environment(**given), names)
    except Stopped:
        click.echo("stopped", err=True)
    return 0
