"""Whether code has read all of a fact: found by it, and told of what was stored before anybody asked."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from msgspec import json

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INDEX = ["kind", "proof", "span", "day", "briefing_id", "position"]
_LISTS = ("stakes", "deadlines", "figures", "statements", "events")
_WANTS = ("ask", "offer", "red_line")
_AT_A_TIME = 500


def upgrade() -> None:
    op.add_column("facts", sa.Column("proof", sa.String()))
    op.create_index("ix_facts_proof", "facts", _INDEX)
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["readouts", "briefing_revisions", "facts"])
    by_rules: set[str] = set()

    def of_document(readout: Any) -> None:
        own = (readout.get("extractor") or {}).get("name") == "embedded"
        if own:
            by_rules.add(readout["document"]["id"])
        for fact in _facts(readout):
            _complete(fact, own)

    def of_briefing(briefing: Any) -> None:
        for fact in _facts(briefing):
            of_fact(fact)

    def of_fact(fact: Any) -> None:
        # A conflict has no evidence of its own, and no proof.
        if proofs := fact.get("evidence"):
            _complete(fact, all(proof["document_id"] in by_rules for proof in proofs))

    _rewrite(connection, tables.tables["readouts"], of_document)
    _rewrite(connection, tables.tables["briefing_revisions"], of_briefing)
    _rewrite(connection, tables.tables["facts"], of_fact)


def _facts(holder: Any) -> Iterator[Any]:
    for side in holder.get("delegations", ()):
        yield from side["members"]
    for name in _LISTS:
        yield from holder.get(name, ())


def _complete(fact: Any, by_rules: bool) -> None:
    """Our own rules read every value themselves; a position rests on what its stake does, where that has its words."""
    fact.setdefault("proof", "full" if by_rules else "quoted")
    for position in fact.get("positions", ()):
        words = [position[name] for name in _WANTS if position.get(name)]
        has = [proof for proof in fact["evidence"] if all(one in _plain(proof["exact"]) for one in words)]
        position.setdefault("evidence", has or fact["evidence"])


def _plain(words: str) -> str:
    return " ".join(words.split())


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
    op.drop_index("ix_facts_proof", "facts")
    with op.batch_alter_table("facts") as facts:
        facts.drop_column("proof")
