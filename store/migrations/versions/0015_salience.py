"""How much a fact weighs, and the main days of a briefing: told of what was stored before anybody asked.

A fact weighs nothing, and no day is a main one, until its round is merged again.
"""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from msgspec import json

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_LISTS = ("stakes", "deadlines", "figures", "statements", "events")
_AT_A_TIME = 500


def upgrade() -> None:
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["readouts", "briefing_revisions", "facts"])
    _rewrite(connection, tables.tables["readouts"], _of_readout)
    _rewrite(connection, tables.tables["briefing_revisions"], _of_briefing)
    _rewrite(connection, tables.tables["facts"], _of_fact)


def _of_readout(readout: Any) -> None:
    for fact in _facts(readout):
        _of_fact(fact)


def _of_briefing(briefing: Any) -> None:
    briefing.setdefault("timeline", [])
    _of_readout(briefing)


def _of_fact(fact: Any) -> None:
    # A conflict has no evidence of its own, and no weight.
    if fact.get("evidence"):
        fact.setdefault("salience", 0.0)


def _facts(holder: Any) -> Iterator[Any]:
    for side in holder.get("delegations", ()):
        yield from side["members"]
    for name in _LISTS:
        yield from holder.get(name, ())


def _rewrite(connection: sa.Connection, table: sa.Table, change: Callable[[Any], None]) -> None:
    keys = list(table.primary_key)
    query = sa.select(*keys, table.c.body).order_by(*keys).limit(_AT_A_TIME)
    rows = connection.execute(query).all()
    while rows:
        for *key, stored in rows:
            body = json.decode(stored)
            change(body)
            connection.execute(
                table.update().where(sa.tuple_(*keys) == tuple(key)).values(body=json.encode(body))
            )
        rows = connection.execute(query.where(sa.tuple_(*keys) > tuple(rows[-1][:-1]))).all()


def downgrade() -> None:
    """More than an earlier version reads is no harm to it."""
