"""`readout mcp`: the tools for an agent that starts this command itself."""

import asyncio

import click

from api.cli import options


@click.command()
@options.database
def mcp_command(database: str | None) -> None:
    """Answer an agent on standard input and output by the Model Context Protocol, until it hangs up.

    It reads the database itself: no service need run, and no key is asked for.
    """
    settings = options.settings(database=database)
    from api.cli.setup import check_migrated, reached
    from api.mcp.server import serve_streams

    check_migrated(settings)
    with reached(settings.database_url) as engine:
        asyncio.run(serve_streams(engine))
