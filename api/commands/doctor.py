"""`readout doctor`: whether this machine has what Readout needs."""

import sys
from collections.abc import Callable

import click

from api import options
from api.inputs import Failed, Refused
from api.settings import Settings


def _settings() -> str:
    found = options.settings()
    return f"auth {found.auth}, extractor {found.extractor}, {found.host} port {found.port}"


def _database(settings: Settings) -> str:
    from api.storage import unapplied

    if unapplied(settings):
        raise Refused("its tables are not this version's: run `readout migrate`")
    return "reached, its tables are this version's"


def _extractor() -> str:
    from pipeline.extract import readout
    from pipeline.read import read

    talks = read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031.")
    version = readout(talks).extractor
    return f"{version.name} {version.version} reads"


def _model(settings: Settings) -> str:
    """Which extractor a worker runs, and whether the provider of its model answers."""
    model = options.model(settings)
    if model is None:
        return f"none is used: READOUT_EXTRACTOR is {settings.extractor}, so the embedded extractor reads"
    from pipeline.model.check import check
    from pipeline.model.requests import ModelError
    from worker.extractor import provider_of

    try:
        return check(provider_of(model), model.model)
    except ModelError as error:
        raise Failed(str(error)) from None


@click.command()
@options.database
def command(database: str | None) -> int:
    """Check the settings, the database, the extractor and the model. The exit status is 1 if one of them fails."""
    checks: dict[str, Callable[[], str]] = {
        "python": lambda: sys.version.split()[0],
        "settings": _settings,
        "database": lambda: _database(options.settings(database=database)),
        "extractor": _extractor,
        "model": lambda: _model(options.settings()),
    }
    failed = 0
    for name, check in checks.items():
        try:
            click.echo(f"ok    {name}: {check()}")
        except (click.ClickException, ImportError, OSError) as error:
            failed += 1
            said = error.format_message() if isinstance(error, click.ClickException) else str(error)
            click.echo(f"FAIL  {name}: {said}")
    return 1 if failed else 0
