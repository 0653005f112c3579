"""Documents sent to a service and followed until they are read, with a progress bar or plain lines."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import click
import httpx
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.client import Watch, add, finished
from api.inputs import Refused, complain
from pipeline.document import Document


class Outcome(Struct):
    """What became of the documents: briefings they support, in order, and how many went wrong."""

    briefing_ids: list[str] = []
    read: int = 0
    known: int = 0
    refused: int = 0
    failed: int = 0


def _bar(total: int) -> tuple[AbstractContextManager[object], Callable[[str], None]]:
    """A context to read in, and what to call as each document is done with."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return nullcontext(), lambda said: click.echo(said, err=True)
    bar = Progress(
        TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    task = bar.add_task("Reading", total=total)

    def advance(said: str) -> None:
        bar.console.print(said, style="dim", markup=False, highlight=False)
        bar.advance(task)

    return bar, advance


def send(
    client: httpx.Client,
    documents: Sequence[tuple[str, Document]],
    published: str | None = None,
    watch: Watch = lambda: None,
) -> Outcome:
    """Sends the documents and waits until each is read, already was, or failed.

    `watch` is called now and then, and may raise.
    """
    outcome = Outcome()
    names: dict[str, str] = {}
    known = set()
    context, advance = _bar(len({document.id for _, document in documents}))
    with context:
        for name, document in documents:
            watch()
            try:
                added = add(client, name, document, published)
            except Refused as refused:
                outcome.refused += 1
                complain(refused.message)
                continue
            if added.status == "done":
                known.add(added.job_id)
            names.setdefault(added.job_id, name)
        for job in finished(client, names, watch):
            name = names[job.id]
            if job.status == "done":
                outcome.known += job.id in known
                outcome.read += job.id not in known
                outcome.briefing_ids += [i for i in job.briefing_ids if i not in outcome.briefing_ids]
                about = "" if job.briefing_ids else ", not about a trade negotiation"
                advance(f"{name}: {'already read' if job.id in known else 'read'}{about}")
            else:
                outcome.failed += 1
                advance(f"{name}: {job.status}" + (f", {job.error}" if job.error else ""))
    return outcome
