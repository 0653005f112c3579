"""`readout brief`: the merged briefings of documents, without storing anything."""

import sys

import click

from api.cli import complain, options
from api.cli.extract import readouts
from api.cli.inputs import readable


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.own_extractor
@options.published
@click.option(
    "--format", "form", type=click.Choice(["json", "md", "html", "table"]), default="table", show_default=True
)
def command(files: tuple[str, ...], extractor: str, published: str | None, form: str) -> int:
    """Read FILEs (- is standard input), merge those about one negotiation round, print the briefings.

    json is an array. A file that cannot be read is named on stderr; the others go on; the exit status is 2.
    """
    from msgspec import json

    from pipeline.briefings.merge import merge
    from pipeline.briefings.rounds import Part
    from pipeline.documents.source import source_of

    refused: list[str] = []
    distinct = {document.id: (name, document) for name, document in readable(files, published, refused)}
    parts = [
        Part(readout, source_of(document)) for document, readout in readouts(distinct.values(), extractor)
    ]
    briefings = merge(parts)
    if form == "json":
        sys.stdout.buffer.write(json.format(json.encode(briefings), indent=2) + b"\n")
    elif form == "table":
        from api.rendering.terminal import console, table

        for briefing in briefings:
            console().print(table(briefing))
    else:
        from api.rendering.html import html, markdown

        click.echo(html(*briefings) if form == "html" else markdown(*briefings))
    if parts and not briefings:
        complain("none of these documents is about a trade negotiation")
    return 2 if refused else 0
