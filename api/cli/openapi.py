"""`readout openapi`: the description of the API."""

import click

from api.cli import complain


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; the exit status is 1 if the file is stale.")
def command(check: bool) -> int:
    """Write openapi.yaml in this folder from the code, or check that it is fresh."""
    from api.http import openapi

    if not check:
        openapi.write()
        click.echo(f"wrote {openapi.PATH}")
        return 0
    if openapi.check():
        click.echo(f"{openapi.PATH} is fresh")
        return 0
    complain(f"{openapi.PATH} is stale: run `readout openapi`")
    return 1
