"""How far reading is: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

_FEW = 100  # documents of which each gets its line beside the bar


@dataclass(frozen=True)
class Progress:
    """What to call as each document is done with: with what is to be said of it."""

    read: Callable[[str], None]
    failed: Callable[[str], None]
    refused: Callable[[str], None]


@contextmanager
def progress(total: int) -> Iterator[Progress]:
    console = Console(stderr=True)
    if not console.is_terminal:
        say = _on_stderr
        yield Progress(say, say, lambda said: say(f"readout: {said}"))
        return
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, TextColumn("left"), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("Reading", total=total)

        def say_and_go_on(said: str) -> None:
            bar.console.print(said, style="dim", markup=False, highlight=False)
            bar.advance(task)

        def go_on(said: str) -> None:
            if total <= _FEW:
                bar.console.print(said, style="dim", markup=False, highlight=False)
            bar.advance(task)

        yield Progress(go_on, say_and_go_on, lambda said: say_and_go_on(f"readout: {said}"))


def _on_stderr(said: str) -> None:
    click.echo(said, err=True)


@contextmanager
def counted() -> Iterator[Callable[[int, int | None], None]]:
    """What to call with how many documents are done, of how many; None: nobody knows yet."""
    console = Console(stderr=True)
    if not console.is_terminal:
        seen: set[int] = set()

        def tell(done: int, total: int | None) -> None:
            if total is not None and done not in seen:
                seen.add(done)
                _on_stderr(f"{done} of {total}")

        yield tell
        return
    columns = (TextColumn("Reading again"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, TextColumn("left"), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("Reading again", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
