"""Whoever subscribes sees each change once, whichever way it is told: by a service and a worker as they are delivered."""

import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import Engine

from store.engine import connect
from store.webhooks import create_webhook
from tests.forked import Forked
from tests.serving import api, free_port, running
from tests.store.invented import T0, add, briefing, save
from tests.waiting import until
from tests.worker.receiver import Receiver, receiving
from worker.rebuild import rebuild

REVISIONS = range(1, 11)


class Subscriber:
    """Follows a service by a feed of each sort and by its changes, and notes the titles of what is new each time."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._known: dict[str, set[tuple[str, str]]] = {"atom": set(), "json": set()}
        self._cursor: str | None = None
        self.titles: dict[str, list[str]] = {"atom": [], "json": [], "changes": []}

    def look(self) -> None:
        entries = feedparser.parse(self._client.get("/v1/briefings.atom").content).entries
        self._note("atom", [(one.id, one.updated, one.title) for one in entries])
        items = self._client.get("/v1/briefings.feed.json").json()["items"]
        self._note("json", [(one["id"], one["date_modified"], one["title"]) for one in items])
        asked = {"cursor": self._cursor} if self._cursor else {}
        page: dict[str, Any] = self._client.get("/v1/changes", params=asked).json()
        self._cursor = page["next_cursor"]
        briefings = [one["item"] for one in page["items"] if one["change"] == "briefing"]
        self.titles["changes"] += [one["title"] for one in briefings]

    def _note(self, feed: str, entries: list[tuple[str, str, str]]) -> None:
        """As a program that reads feeds does: an entry is known by its id, a change to it by its moment."""
        for id, updated, title in entries:
            if (id, updated) not in self._known[feed]:
                self._known[feed].add((id, updated))
                self.titles[feed].append(title)


def revise(engine: Engine, revision: int) -> None:
    now = briefing(revision=revision, title=f"Revision {revision}")
    rebuild(engine, add(engine, "a"), save(replace(now, updated_at=T0 + timedelta(hours=revision))))


def has_been_told(receiver: Receiver, revision: int) -> bool:
    return len(receiver.received) == revision


def told(receiver: Receiver) -> list[str]:
    return [json.decode(one.body)["data"]["title"] for one in receiver.received]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_subscriber_through_ten_revisions_sees_each_change_once(database_url: str, tmp_path: Path) -> None:
    engine, port = connect(database_url), free_port()
    courier = Forked([sys.executable, "-m", "tests.worker.courier", database_url])
    with (
        receiving() as receiver,
        running(courier),
        api(database_url, tmp_path, port),
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        create_webhook(engine, url=receiver.url, events=["briefing.changed"])
        subscriber = Subscriber(client)
        for revision in REVISIONS:
            revise(engine, revision)
            until(partial(has_been_told, receiver, revision))
            subscriber.look()
            subscriber.look()
        engine.dispose()
    everything = [f"Revision {revision}" for revision in REVISIONS]
    assert subscriber.titles == {"atom": everything, "json": everything, "changes": everything}
    assert told(receiver) == everything
    assert len({one.id for one in receiver.received}) == len(everything)
