"""`readout migrate`: the database's tables."""

import click

from api import options


@click.command()
@options.database
def command(database: str | None) -> None:
    """Bring the database up to this version's tables. Does nothing where they are."""
    from api.storage import migrated

    applied = migrated(options.settings(database=database))
    click.echo(f"applied {', '.join(applied)}" if applied else "up to date")
