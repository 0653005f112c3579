"""What processes take of the processor, in seconds, to the hundredth."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select

from store.engine import connect


def processor_seconds(process: int) -> float:
    """Of all threads of a process."""
    return sum(_ticks(process)[:2]) / os.sysconf("SC_CLK_TCK")


def family_seconds(process: int) -> float:
    """Of a process and all that it started, those included that have ended and were waited for."""
    while True:
        with suppress(
            FileNotFoundError, ProcessLookupError
        ):  # one ended while it was looked at: its parent tells
            return sum(sum(_ticks(one)) for one in family(process)) / os.sysconf("SC_CLK_TCK")


def server_seconds(url: str) -> Callable[[], float]:
    """Tells what all processes of a PostgreSQL server on this machine have taken until then; of SQLite nothing."""
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        return float
    with engine.connect() as connection:
        ours: int = connection.scalars(select(func.pg_backend_pid())).one()
        server = _fields(ours)[0]
    engine.dispose()
    return lambda: family_seconds(server)


def family(process: int) -> list[int]:
    """A process and all that it started and lives, in the order of starting."""
    threads = sorted(Path(f"/proc/{process}/task").iterdir(), key=lambda thread: int(thread.name))
    children = [child for thread in threads for child in (thread / "children").read_text().split()]
    return [process, *(one for child in children for one in family(int(child)))]


def _ticks(process: int) -> list[int]:
    """Its own as a user and as the system, then both of its children that have ended."""
    return _fields(process)[10:14]


def _fields(process: int) -> list[int]:
    """What the system tells of a process in numbers: its parent is the first."""
    _, *numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [int(one) for one in numbers]
