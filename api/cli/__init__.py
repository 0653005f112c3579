"""The `readout` command: one module a subcommand, and what ends a subcommand early.

Every error below is one line on stderr, never a traceback:

- `Refused`, exit status 2: what was given cannot be used; the line names it and says what to do about it.
  `api.settings.BadSetting` becomes one.
  - `Unusable`: there is no service, or it takes nothing from us.
- `Failed`, exit status 1: something went wrong that is not the input's fault.

Two are never shown: `Interrupted` ends a thread's wait for a service, `Stopped` ends `readout up`.
"""

import click


class Refused(click.ClickException):
    """Input that cannot be used."""

    exit_code = 2


class Unusable(Refused):
    """A service that is not there or takes nothing from us: no use in trying another document."""


class Failed(click.ClickException):
    """Something went wrong that is not the input's fault."""


class Interrupted(Exception):
    """The wait for the service was ended from outside."""


class Stopped(BaseException):
    """Somebody asked the whole to stop."""


def complain(message: str) -> None:
    """Says on stderr what does not end the command."""
    click.echo(f"readout: {message}", err=True)
