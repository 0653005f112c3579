"""What processes take of the processor, in seconds, to the hundredth."""

import os
from pathlib import Path


def processor_seconds(process: int) -> float:
    """Of all threads of a process."""
    return sum(_ticks(process)[:2]) / os.sysconf("SC_CLK_TCK")


def family_seconds(process: int) -> float:
    """Of a process and all that it started, those included that have ended and were waited for."""
    return sum(sum(_ticks(one)) for one in family(process)) / os.sysconf("SC_CLK_TCK")


def family(process: int) -> list[int]:
    """A process and all that it started and lives, in the order of starting."""
    threads = sorted(Path(f"/proc/{process}/task").iterdir(), key=lambda thread: int(thread.name))
    children = [child for thread in threads for child in (thread / "children").read_text().split()]
    return [process, *(one for child in children for one in family(int(child)))]


def _ticks(process: int) -> list[int]:
    """Its own as a user and as the system, then both of its children that have ended."""
    return [int(one) for one in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:15]]
