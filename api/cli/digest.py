"""`readout digest`: what a newsletter is made of, from a running service."""

import click

from api.cli import options
from schemas.vocabulary import LENGTHS

_TYPES = {"md": "text/markdown", "html": "text/html", "text": "text/plain", "json": "application/json"}


@click.command()
@options.server
@click.option(
    "--since", metavar="MOMENT", help="What changed after this day or moment; a week ago without it."
)
@click.option("--parties", metavar="CODES", help="Only talks with any of these at the table: EU,IN.")
@click.option("--topics", metavar="TOPICS", help="Only talks with any of these at stake: tariffs,energy.")
@click.option("--length", type=click.Choice(LENGTHS), default="standard", show_default=True)
@click.option("--format", "form", type=click.Choice(list(_TYPES)), default="text", show_default=True)
def digest_command(
    server: str | None,
    since: str | None,
    parties: str | None,
    topics: str | None,
    length: str,
    form: str,
) -> int:
    """Print what changed, what falls due and where sources disagree, ready to be sent."""
    from api.cli.client import service_at
    from api.settings import base_url

    settings = options.settings()
    given = {"since": since, "parties": parties, "topics": topics, "length": length}
    asked = {name: value for name, value in given.items() if value is not None}
    with service_at(server or base_url(settings), settings.admin_key) as service:
        click.echo(service.digest(asked, _TYPES[form]), nl=form == "json")
    return 0
