"""Where the work is kept, for each kind of database."""

import pytest

from worker.queue import system_url


@pytest.mark.parametrize(
    ("database", "system"),
    [
        ("sqlite:///readout.db", "sqlite:///readout-jobs.db"),
        ("sqlite:////var/lib/x.y/readout.sqlite3", "sqlite:////var/lib/x.y/readout-jobs.sqlite3"),
        ("sqlite:////var/lib/x.y/readout", "sqlite:////var/lib/x.y/readout-jobs"),
        ("postgresql://ann:p%40ss@db:5433/readout", "postgresql://ann:p%40ss@db:5433/readout"),
        ("postgresql+psycopg://ann@db/readout", "postgresql://ann@db/readout"),
        ("postgresql://ann@/readout?host=/run/pg", "postgresql://ann@/readout?host=%2Frun%2Fpg"),
    ],
)
def test_system_url(database: str, system: str) -> None:
    assert system_url(database) == system
