"""The system database in which DBOS keeps the work: where it is, and what both of its sides call things."""

import logging
import sqlite3
from contextlib import closing

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer
from sqlalchemy import make_url

APPLICATION = "readout"
WORKFLOW = "ingest"
QUEUE = "ingest"
REINGEST = "reingest"
UPKEEP = "upkeep"
"""The queue of what workers do beside their work on documents."""
DELIVER = "deliver"
DELIVERIES = "deliveries"
"""The queue of webhooks that are to be told something."""
# Of the workflow's steps, not of the product: another version would leave unfinished work of this one alone.
VERSION = "1"
SERIALIZER = DBOSPortableJSONSerializer()

# DBOS tells at length what it does; what a reader of the log can act on are its warnings.
logging.getLogger("dbos").setLevel(logging.WARNING)
logging.getLogger("dbos").addHandler(logging.NullHandler())


def system_url(database_url: str) -> str:
    """Where the work is kept: in a file beside an SQLite database, in schema `dbos` of a PostgreSQL one."""
    address = make_url(database_url)
    if address.get_backend_name() != "sqlite":
        return address.set(drivername="postgresql").render_as_string(hide_password=False)
    stem, dot, suffix = (address.database or "readout.db").rpartition(".")
    beside = f"{stem}-jobs.{suffix}" if dot and "/" not in suffix else f"{address.database}-jobs"
    return address.set(database=beside).render_as_string(hide_password=False)


def prepare_system(database_url: str) -> None:
    """Create or bring up to date the tables of DBOS. Safe from several processes at once."""
    url = system_url(database_url)
    if url.startswith("sqlite"):
        # Kept in the file: readers and the writer then do not wait for each other.
        with closing(sqlite3.connect(make_url(url).database or "", timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    DBOS.migrate(url)


def connect_system(database_url: str) -> DBOSClient:
    """A client of the system database, connected on first use."""
    return DBOSClient(
        system_database_url=system_url(database_url),
        serializer=SERIALIZER,
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )
