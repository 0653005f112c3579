"""A database that the version before wrote, by its own workers: this one serves from it what that one served.

Made with that version from `samples/`, and one briefing split: its two files, and its answers by path. A list is
kept as all its pages, each of which begins where the cursor of the one before says.
"""

import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import MetaData, create_engine, select

from store.engine import connect
from store.migrate import migrate
from tests.api.conftest import Client, serving
from tests.store.test_migrations import fill
from worker.jobs import prepare

BEFORE = Path(__file__).parent / "earlier" / "0013"
Page = dict[str, Any]


class Served(msgspec.Struct):
    """What the version before answered, by path."""

    answers: dict[str, Any]
    lists: dict[str, list[Page]]


SERVED = msgspec.json.decode(lzma.decompress((BEFORE / "served.json.xz").read_bytes()), type=Served)


def unpacked(name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(lzma.decompress((BEFORE / f"{name}.xz").read_bytes()))
    return path


def rows_of(database: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of an SQLite database by table, without what its full-text search keeps."""
    engine = create_engine(f"sqlite:///{database}")
    tables = MetaData()
    tables.reflect(engine, only=lambda name, _: not name.startswith("search_words"))
    with engine.connect() as connection:
        rows = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.sorted_tables
            if table.name not in ("alembic_version", "freshness")
        }
    engine.dispose()
    return {name: given for name, given in rows.items() if given}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """This version on the files of the version before, migrated."""
    folder = tmp_path_factory.mktemp("before")
    url = f"sqlite:///{unpacked('readout.db', folder)}"
    unpacked("readout-jobs.db", folder)
    prepare(url)
    with serving(url) as client:
        yield client


def test_what_is_recorded_is_all_that_is_to_be_compared() -> None:
    kinds = {path.split("?")[0].removeprefix("/v1/").split("/")[0] for path in SERVED.lists}
    facts = {"delegates", "stakes", "deadlines", "figures", "statements", "events", "conflicts"}
    assert kinds >= facts | {"briefings", "changes", "search", "jobs"}
    assert sum(len(pages) > 1 for pages in SERVED.lists.values()) > 20


@pytest.mark.parametrize("path", SERVED.answers)
def test_an_answer_is_the_one_of_the_version_before(client: Client, path: str) -> None:
    assert client.get(path).json() == SERVED.answers[path]


@pytest.mark.parametrize("path", SERVED.lists)
def test_a_list_goes_on_from_the_cursors_of_the_version_before(client: Client, path: str) -> None:
    asked = path
    for page in SERVED.lists[path]:
        assert client.get(asked).json() == page
        asked = f"{path}&cursor={page['next_cursor']}"


def test_the_rows_of_the_version_before_are_served_from_either_database(
    blank_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = connect(blank_url)
    fill(engine, BEFORE.name, rows_of(unpacked("readout.db", tmp_path_factory.mktemp("before"))))
    migrate(engine)
    engine.dispose()
    with serving(blank_url) as client:
        for path, answer in SERVED.answers.items():
            if "/jobs/" not in path:
                assert client.get(path).json() == answer
        for path, pages in SERVED.lists.items():
            asked = path
            for page in pages if "/jobs" not in path else []:
                assert client.get(asked).json() == page
                asked = f"{path}&cursor={page['next_cursor']}"
