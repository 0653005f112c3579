"""`readout openapi`: the description of the API, in a file."""

from pathlib import Path

import click

from api.cli import complain

PATH = Path("openapi.yaml")


@click.command()
@click.option(
    "--check", "checks", is_flag=True, help="Change nothing; the exit status is 1 if the file is stale."
)
def command(checks: bool) -> int:
    """Write openapi.yaml in this folder from the code, or check that it is fresh."""
    if not checks:
        write()
        click.echo(f"wrote {PATH}")
        return 0
    if is_fresh():
        click.echo(f"{PATH} is fresh")
        return 0
    complain(f"{PATH} is stale: run `readout openapi`")
    return 1


def text() -> str:
    """The text of the file."""
    from api.http.app import create_app
    from api.http.openapi import document, to_yaml
    from api.settings import Settings

    return to_yaml(document(create_app(Settings(database_url="sqlite:///:memory:"))))


def write(path: Path = PATH) -> None:
    path.write_text(text(), encoding="utf-8")


def is_fresh(path: Path = PATH) -> bool:
    """Whether the file is what `write` would make it."""
    return path.is_file() and path.read_text(encoding="utf-8") == text()
