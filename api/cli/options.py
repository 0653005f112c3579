"""Options that several commands share. An option given goes before the environment, and that before .env."""

import contextlib
import os
import signal
import threading
import time
from datetime import date

import click
from msgspec import ValidationError, convert

from api.settings import Settings, load_settings, variable
from schemas import Timestamp

GRACE = 3.5  # seconds that a process of `readout up` has to finish what it is at


def environment(**given: str | None) -> dict[str, str]:
    """The environment in which the options given are settings."""
    if given.get("database"):
        given["database_url"] = given.pop("database")
    return dict(os.environ) | {variable(name): value for name, value in given.items() if value}


def settings(**given: str | None) -> Settings:
    """Raises BadSetting."""
    return load_settings(environment(**given))


def calendar_day(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Checks a calendar day, `YYYY-MM-DD`."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a day: write it as 2031-03-14", ctx, param) from None


def moment(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Checks a moment, RFC 3339 with a time zone."""
    if value is None:
        return None
    try:
        return convert(value, Timestamp).isoformat()
    except ValidationError:
        raise click.BadParameter(
            f"{value!r} is not a moment: write it as 2031-03-14T09:30:00Z", ctx, param
        ) from None


def _leave_with_parent(ctx: click.Context, param: click.Parameter, guarded: bool) -> None:
    """Stops this process when standard input closes, so that a parent which was killed leaves nobody behind."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os.killpg(0, signal.SIGKILL)

    if guarded:
        threading.Thread(target=watch, daemon=True).start()


database = click.option(
    "--database",
    metavar="URL",
    help="sqlite:///PATH or postgresql://USER@HOST/DATABASE  [READOUT_DATABASE_URL]",
)
host = click.option("--host", metavar="ADDRESS", help="Address to serve on.  [READOUT_HOST]")
port = click.option("--port", metavar="NUMBER", help="Port to serve on.  [READOUT_PORT]")
extractor = click.option("--extractor", metavar="NAME", help="auto, embedded or model.  [READOUT_EXTRACTOR]")
server = click.option(
    "--server", metavar="URL", help="Where the service is.  [from READOUT_HOST and READOUT_PORT]"
)
own_extractor = click.option(
    "--extractor", type=click.Choice(["embedded", "model"]), default="embedded", show_default=True
)
published = click.option(
    "--published", metavar="DATE", callback=calendar_day, help="Day from which relative dates are counted."
)
guarded = click.option(
    "--guarded", is_flag=True, hidden=True, expose_value=False, callback=_leave_with_parent
)
