"""`readout migrate`: the database's tables."""

import click

from api.cli import options


@click.command()
@options.database
def command(database: str | None) -> None:
    """Bring the database up to this version's tables, and what it holds to their shapes. Says what it did.

    Several processes may do so at once: one does the work, the others find it done.
    """
    from api.cli.storage import migrated

    click.echo(migrated(options.settings(database=database)))
