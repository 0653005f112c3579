"""`readout extract`: what each document says, without storing anything."""

import sys

import click

from api.cli.inputs import day, readable


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--extractor", type=click.Choice(["embedded", "model"]), default="embedded", show_default=True)
@click.option("--published", metavar="DATE", callback=day, help="Day from which relative dates are counted.")
@click.option(
    "--format", "form", type=click.Choice(["ndjson", "json", "table"]), default="ndjson", show_default=True
)
def command(files: tuple[str, ...], extractor: str, published: str | None, form: str) -> int:
    """Read FILEs (- is standard input) and print the proven facts of each, in the order given.

    A file that cannot be read is named on stderr; the others go on, and the exit status is 2.
    """
    from msgspec import json

    from api.cli.extraction import readouts

    refused: list[str] = []
    collected = []
    for _, found in readouts(readable(files, published, refused), extractor):
        if form == "ndjson":
            sys.stdout.buffer.write(json.encode(found) + b"\n")
            sys.stdout.buffer.flush()
        elif form == "table":
            from api.rendering.terminal import console, table

            console().print(table(found))
        else:
            collected.append(found)
    if form == "json":
        sys.stdout.buffer.write(json.format(json.encode(collected), indent=2) + b"\n")
    return 2 if refused else 0
