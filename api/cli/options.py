"""Options that several commands share. An option given goes before the environment, and that before .env."""

import os
from typing import TYPE_CHECKING

import click

from api.cli.inputs import Refused
from api.cli.modelling import model_of
from api.settings import BadSetting, Settings, load, variable

if TYPE_CHECKING:
    from worker.extractors import ModelSettings

database = click.option(
    "--database",
    metavar="URL",
    help="sqlite:///PATH or postgresql://USER@HOST/DATABASE  [READOUT_DATABASE_URL]",
)
host = click.option("--host", metavar="ADDRESS", help="Address to serve on.  [READOUT_HOST]")
port = click.option("--port", metavar="NUMBER", help="Port to serve on.  [READOUT_PORT]")
extractor = click.option("--extractor", metavar="NAME", help="auto, embedded or model.  [READOUT_EXTRACTOR]")
guarded = click.option("--guarded", is_flag=True, hidden=True, help="Stop when standard input closes.")


def environment(**given: str | None) -> dict[str, str]:
    """The environment in which the options given are settings."""
    if given.get("database"):
        given["database_url"] = given.pop("database")
    return dict(os.environ) | {variable(name): value for name, value in given.items() if value}


def settings(**given: str | None) -> Settings:
    """Raises Refused for a setting that cannot be used."""
    try:
        return load(environment(**given))
    except BadSetting as error:
        raise Refused(str(error)) from None


def model(settings: Settings, extractor: str | None = None) -> "ModelSettings | None":
    """The model that is to read; None: the embedded extractor is. Raises Refused where it is not configured."""
    try:
        return model_of(settings, extractor)
    except BadSetting as error:
        raise Refused(str(error)) from None
