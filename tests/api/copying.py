"""A client as a process: keeps a copy of a service in an SQLite file by following its changes.

`python -m tests.api.copying FILE URL`: for ever; with a third argument: until there is nothing more.
"""

import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import httpx


def copy(file: Path, url: str, *, once: bool) -> None:
    store = sqlite3.connect(file, isolation_level=None)
    store.execute("CREATE TABLE IF NOT EXISTS things (id TEXT PRIMARY KEY, body TEXT)")
    store.execute("CREATE TABLE IF NOT EXISTS reached (cursor TEXT)")
    with httpx.Client(base_url=url) as client:
        while True:
            row = store.execute("SELECT cursor FROM reached").fetchone()
            answer = client.get("/v1/changes", params={"limit": 3} | ({"cursor": row[0]} if row else {}))
            page = answer.raise_for_status().json()
            store.execute("BEGIN")
            for item in page["items"]:
                _apply(store, item)
            store.execute("DELETE FROM reached")
            store.execute("INSERT INTO reached VALUES (?)", [page["next_cursor"]])
            store.execute("COMMIT")
            if not page["has_more"]:
                if once:
                    return
                time.sleep(0.02)


def _apply(store: sqlite3.Connection, item: dict[str, Any]) -> None:
    if item["change"] == "removed":
        store.execute("DELETE FROM things WHERE id = ?", [item["id"]])
    else:
        store.execute("INSERT OR REPLACE INTO things VALUES (?, ?)", [item["id"], json.dumps(item["item"])])


def copied(file: Path) -> dict[str, Any]:
    """What the copy holds, by id."""
    store = sqlite3.connect(file)
    found = {id: json.loads(body) for id, body in store.execute("SELECT id, body FROM things")}
    store.close()
    return found


if __name__ == "__main__":
    copy(Path(sys.argv[1]), sys.argv[2], once=len(sys.argv) > 3)
