"""`readout extract`: what each document says, without storing anything."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import click

from api.cli import complain, options
from api.cli.inputs import readable
from api.settings import reading_model
from pipeline.documents.document import Document
from schemas import DocumentReadout

Given = TypeVar("Given")
Made = TypeVar("Made")


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.own_extractor
@options.published
@click.option(
    "--format", "form", type=click.Choice(["ndjson", "json", "table"]), default="ndjson", show_default=True
)
def command(files: tuple[str, ...], extractor: str, published: str | None, form: str) -> int:
    """Read FILEs (- is standard input) and print the proven facts of each, in the order given.

    A file that cannot be read is named on stderr; the others go on, and the exit status is 2.
    """
    from msgspec import json

    refused: list[str] = []
    collected = []
    for _, readout in readouts(readable(files, published, refused), extractor):
        if form == "ndjson":
            sys.stdout.buffer.write(json.encode(readout) + b"\n")
            sys.stdout.buffer.flush()
        elif form == "table":
            from api.rendering.terminal import console, table

            console().print(table(readout))
        else:
            collected.append(readout)
    if form == "json":
        sys.stdout.buffer.write(json.format(json.encode(collected), indent=2) + b"\n")
    return 2 if refused else 0


def readouts(
    documents: Iterable[tuple[str, Document]], extractor: str
) -> Iterator[tuple[Document, DocumentReadout]]:
    """Readouts of named documents, in their order. Raises BadSetting where the model is not configured.

    A document for which the model fails is told on stderr; its readout is the embedded extractor's.
    """
    model = reading_model(options.settings(), extractor)
    from worker.extractors import reader

    read = reader(model)
    made = _in_order(lambda named: read(named[1]), documents, model.concurrency if model else 1)
    for (name, document), readout in made:
        if readout.extractor.stands_in_for:
            complain(f"{name}: the embedded extractor read it, {readout.rejected[-1].reason}")
        yield document, readout


def _in_order(
    make: Callable[[Given], Made], given: Iterable[Given], at_once: int
) -> Iterator[tuple[Given, Made]]:
    """`make` of each, `at_once` of them under way, in the order given. One at a time needs no thread."""
    if at_once == 1:
        yield from ((one, make(one)) for one in given)
        return
    under_way: deque[tuple[Given, Future[Made]]] = deque()
    with ThreadPoolExecutor(at_once) as pool:
        for one in given:
            under_way.append((one, pool.submit(make, one)))
            if len(under_way) > at_once:
                first, future = under_way.popleft()
                yield first, future.result()
        for first, future in under_way:
            yield first, future.result()
