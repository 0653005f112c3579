"""Sentences of summaries tell the English that they are translated from; none of those until now is a translation."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.migrations.bodies import rewrite

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["briefing_revisions"])
    rewrite(connection, tables.tables["briefing_revisions"], _of_briefing)


def _of_briefing(briefing: Any) -> None:
    for sentence in [briefing["headline"], *briefing["summary"], *briefing["further"]]:
        if sentence is not None:
            sentence.setdefault("original", None)


def downgrade() -> None:
    """More than an earlier version reads is no harm to it."""
