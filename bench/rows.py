"""What a measurement says, and how it is shown."""

import time
from collections.abc import Callable

from msgspec import Struct
from rich.console import Console
from rich.table import Table


class Row(Struct, frozen=True):
    """One ratio: ours to theirs, what was asked for, and whether it held."""

    what: str
    ours: str
    theirs: str
    ratio: str
    wanted: str
    held: bool


def seconds(
    work: Callable[[], object], times: int = 5, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The least of several runs, by a clock: noise only ever adds."""
    best = float("inf")
    for _ in range(times):
        began = clock()
        work()
        best = min(best, clock() - began)
    return best


def show(rows: list[Row]) -> None:
    table = Table(title="Side by side, in one run on this machine")
    for column in ("what", "ours", "theirs", "ratio", "wanted", "held"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(row.what, row.ours, row.theirs, row.ratio, row.wanted, "yes" if row.held else "NO")
    Console().print(table)
