"""How much a fact weighs, and the main days of a briefing: told of what was stored before anybody asked.

A fact weighs nothing, and no day is a main one, until its round is merged again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.migrations.bodies import facts_in, rewrite

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["readouts", "briefing_revisions", "facts"])
    rewrite(connection, tables.tables["readouts"], _of_readout)
    rewrite(connection, tables.tables["briefing_revisions"], _of_briefing)
    rewrite(connection, tables.tables["facts"], _of_fact)


def _of_readout(readout: Any) -> None:
    for fact in facts_in(readout):
        _of_fact(fact)


def _of_briefing(briefing: Any) -> None:
    briefing.setdefault("timeline", [])
    _of_readout(briefing)


def _of_fact(fact: Any) -> None:
    # A conflict has no evidence of its own, and no weight.
    if fact.get("evidence"):
        fact.setdefault("salience", 0.0)


def downgrade() -> None:
    """More than an earlier version reads is no harm to it."""
