"""Stored bodies, as migrations rewrite them: plain JSON, for the structs of an earlier version are gone."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from msgspec import json

from store.revisions import change_bodies

_LISTS = ("stakes", "deadlines", "figures", "statements", "events")
_AT_A_TIME = 500


def facts_in(holder: Any) -> Iterator[Any]:
    """Every fact of a readout or a briefing."""
    for side in holder.get("delegations", ()):
        yield from side["members"]
    for name in _LISTS:
        yield from holder.get(name, ())


def rewrite(
    connection: sa.Connection, table: sa.Table, change: Callable[[Any], None], column: str = "body"
) -> None:
    """Changes every body of a table in place, some rows at a time; those of revisions as they are packed."""
    if column == "body" and "base" in table.c:
        change_bodies(connection, table, lambda _, body: _rewritten(body, change))
        return
    keys = list(table.primary_key)
    query = sa.select(*keys, table.c[column]).order_by(*keys).limit(_AT_A_TIME)
    rows = connection.execute(query).all()
    while rows:
        for *key, stored in rows:
            mine = sa.tuple_(*keys) == tuple(key)
            body = _rewritten(stored, change)
            digest = {"digest": sha256(body).hexdigest()} if "digest" in table.c else {}
            connection.execute(table.update().where(mine).values({column: body, **digest}))
        rows = connection.execute(query.where(sa.tuple_(*keys) > tuple(rows[-1][:-1]))).all()


def rewrite_whole(connection: sa.Connection, change: Callable[[bytes], bytes]) -> None:
    """Changes how the bodies of briefings are stored that are told by no other; one at a time, as some are large."""
    tables = sa.MetaData()
    names = ("briefing_revisions", "briefing_drafts")
    tables.reflect(connection, only=names)
    for table in map(tables.tables.__getitem__, names):
        keys = list(table.primary_key)
        whole = table.c.base.is_(None) if "base" in table.c else sa.true()
        for key in connection.execute(sa.select(*keys).where(whole)).all():
            mine = sa.tuple_(*keys) == tuple(key)
            stored = connection.execute(sa.select(table.c.body).where(mine)).scalar_one()
            if (body := change(stored)) != stored:
                connection.execute(table.update().where(mine).values(body=body))


def _rewritten(stored: bytes, change: Callable[[Any], None]) -> bytes:
    body = json.decode(stored)
    change(body)
    return json.encode(body)
