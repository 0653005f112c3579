"""`readout brief`: the merged briefings of documents, without storing anything."""

import sys

import click

from api.cli.inputs import day, readable


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--extractor", type=click.Choice(["embedded", "model"]), default="embedded", show_default=True)
@click.option("--published", metavar="DATE", callback=day, help="Day from which relative dates are counted.")
@click.option(
    "--format", "form", type=click.Choice(["json", "md", "html", "table"]), default="table", show_default=True
)
def command(files: tuple[str, ...], extractor: str, published: str | None, form: str) -> int:
    """Read FILEs (- is standard input), merge those about one negotiation round, print the briefings.

    json is an array. A file that cannot be read is named on stderr; the others go on; the exit status is 2.
    """
    from msgspec import json

    from api.cli.extraction import readouts
    from pipeline.briefings.merge import merge
    from pipeline.briefings.rounds import Part
    from pipeline.documents.source import source_of

    refused: list[str] = []
    distinct = {document.id: (name, document) for name, document in readable(files, published, refused)}
    parts = [Part(found, source_of(document)) for document, found in readouts(distinct.values(), extractor)]
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
        click.echo("readout: none of these documents is about a trade negotiation", err=True)
    return 2 if refused else 0
