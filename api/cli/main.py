"""The `readout` command. Help needs no subcommand's module, so it is there at once."""

import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from api.cli import Refused

COMMANDS = {
    "up": "Start everything on this machine, read FILEs and serve them.",
    "serve": "Start the API alone.",
    "work": "Start a worker alone.",
    "mcp": "Answer an agent on standard input and output.",
    "add": "Send FILEs to a running service and wait until they are read.",
    "watch": "Watch feeds, sitemaps and pages.",
    "extract": "Read FILEs without storing: the proven facts of each.",
    "brief": "Read FILEs without storing: the merged briefings.",
    "compare": "Tell in sentences what changed from one briefing to another.",
    "digest": "Print a newsletter of what changed, from a running service.",
    "deliver": "Send issues of a newsletter to whoever should have them.",
    "annotate": "Show how FILEs are read: sentences, quantities, dates, people.",
    "eval": "Score how documents are read against annotations.",
    "verify": "Tell which quotations stand in DOCUMENT.",
    "keys": "Make, list and revoke API keys.",
    "reingest": "Read documents again that an earlier version read.",
    "migrate": "Bring the database up to this version's tables.",
    "openapi": "Write openapi.yaml, or check that it is fresh.",
    "doctor": "Check what Readout needs on this machine.",
}
"""What each command does, as help tells it."""
_MODULES = {
    "up": "up",
    "serve": "processes",
    "work": "processes",
    "mcp": "agents",
    "add": "add",
    "watch": "watches",
    "extract": "offline",
    "brief": "offline",
    "compare": "offline",
    "digest": "digest",
    "deliver": "deliver",
    "annotate": "offline",
    "eval": "evaluation",
    "verify": "offline",
    "keys": "keys",
    "reingest": "setup",
    "migrate": "setup",
    "openapi": "setup",
    "doctor": "doctor",
}


class Commands(click.Group):
    """Finds a subcommand's module by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"api.cli.{_MODULES[cmd_name]}"), f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        command.short_help = COMMANDS[cmd_name]
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the subcommand; a setting that cannot be used is bad input."""
        try:
            return super().invoke(ctx)
        except ValueError as error:
            from api.settings import BadSetting

            if isinstance(error, BadSetting):
                raise Refused(str(error)) from None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="readout")
def cli() -> None:
    """Documents about trade negotiations in, briefings out, every fact proven by a span of its source.

    Settings are read from the environment and from .env, for example READOUT_DATABASE_URL.
    """


def main() -> NoReturn:
    """Runs the command. What goes wrong is one line on stderr; exit status 2 if the input is at fault."""
    try:
        code = cli.main(prog_name="readout", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        where = context.command_path if context else "readout"
        hint = f" (see {where} --help)" if context else ""
        click.echo(f"{where}: {' '.join(error.format_message().split())}{hint}", err=True)
        code = error.exit_code
    except click.Abort:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
