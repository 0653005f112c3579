"""`python -m bench [NAME…]`: runs the measurements, all or those named, and exits 1 if one did not hold."""

import sys
from importlib import import_module

from bench.rows import Row, show

MEASUREMENTS = (
    "extraction",
    "locating",
    "reading",
    "throughput",
    "archive",
    "rounds",
    "serving",
    "lists",
    "export",
    "workers",
    "latency",
    "doors",
    "statements",
    "starting",
    "pages",
)


def main() -> int:
    wanted = sys.argv[1:] or MEASUREMENTS
    if unknown := set(wanted) - set(MEASUREMENTS):
        print(
            f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}",
            file=sys.stderr,
        )
        return 2
    rows: list[Row] = []
    for name in wanted:
        rows += import_module(f"bench.{name}").measure()
    show(rows)
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
