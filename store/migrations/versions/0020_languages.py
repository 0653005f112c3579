"""The language of a document, and which words are a translation: untold of what was stored before anybody asked."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.migrations.bodies import facts_in, rewrite

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["documents", "readouts", "briefings", "briefing_revisions", "facts"])
    rewrite(connection, tables.tables["documents"], _of_source, "source")
    rewrite(connection, tables.tables["readouts"], _of_readout)
    rewrite(connection, tables.tables["briefings"], _of_talks, "summary")
    rewrite(connection, tables.tables["briefing_revisions"], _of_briefing)
    rewrite(connection, tables.tables["facts"], _of_fact)


def _of_source(source: Any) -> None:
    source.setdefault("language", None)


def _of_readout(readout: Any) -> None:
    _of_source(readout["document"])
    readout.setdefault("unread", None)
    _of_facts(readout)


def _of_briefing(briefing: Any) -> None:
    for source in briefing.get("sources", ()):
        _of_source(source)
    _of_facts(briefing)


def _of_facts(holder: Any) -> None:
    _of_talks(holder)
    for fact in facts_in(holder):
        _of_fact(fact)


def _of_talks(holder: Any) -> None:
    if talks := holder.get("negotiation"):
        talks.setdefault("translated", [])


def _of_fact(fact: Any) -> None:
    # A conflict has no evidence of its own, and no words of a source.
    if fact.get("evidence"):
        fact.setdefault("translated", [])


def downgrade() -> None:
    """More than an earlier version reads is no harm to it."""
