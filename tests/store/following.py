"""A client that keeps a copy by following changes, and what the lists say at the same time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Engine

from store.changes import read_changes
from store.paging import Page
from tests.store.asking import page_briefings, page_facts

KINDS = ("delegate", "stake", "deadline", "figure", "statement", "event", "conflict")
Things = dict[str, Any]


@dataclass
class Follower:
    """What it holds, by id, and how far it is. Both are what it has after it was killed and started again."""

    things: Things = field(default_factory=dict)
    cursor: str | None = None

    def step(self, engine: Engine, limit: int = 100) -> bool:
        """Reads and applies a page; whether there is more."""
        changes = read_changes(engine, limit=limit, cursor=self.cursor)
        apply(self.things, [msgspec.json.decode(item) for item in changes.items])
        self.cursor = changes.next_cursor
        return changes.has_more

    def follow(self, engine: Engine, limit: int = 100) -> Things:
        while self.step(engine, limit):
            pass
        return self.things


def apply(things: Things, items: list[Any]) -> None:
    for item in items:
        if item["change"] == "removed":
            things.pop(item["id"], None)
        else:
            things[item["id"]] = item["item"]


def listed(engine: Engine) -> Things:
    """Everything that the lists have, by id."""
    found = _all(lambda cursor: page_briefings(engine, limit=50, cursor=cursor))
    for kind in KINDS:
        found |= _all(partial(_facts, engine, kind))
    return found


def _facts(engine: Engine, kind: str, cursor: str | None) -> Page:
    return page_facts(engine, kind, limit=50, cursor=cursor)


def _all(read: Callable[[str | None], Page]) -> Things:
    page = read(None)
    items = list(page.items)
    while page.next_cursor is not None:
        page = read(page.next_cursor)
        items += page.items
    return {thing["id"]: thing for thing in map(msgspec.json.decode, items)}
