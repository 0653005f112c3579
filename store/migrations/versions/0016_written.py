"""Headlines, summaries that say who wrote them, and the briefings that wait for a model to write of them.

What was a summary until now stays one by rules; its basis is none, so that the next merge of the round writes anew.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.migrations.bodies import rewrite

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_WRITING: dict[str, Any] = {
    "by": "rules", "model": None, "prompt": None, "language": "en", "length": "standard", "basis": "0", "dropped": [],
    "usage": {
        "calls": 0, "prompt_tokens": 0, "cached_tokens": 0, "completion_tokens": 0, "seconds": 0.0, "cost": None
    },
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "unwritten",
        sa.Column("briefing_id", sa.String(), sa.ForeignKey("briefings.id"), primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_unwritten_due", "unwritten", ["due_at"])
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["briefings", "briefing_revisions"])
    rewrite(connection, tables.tables["briefing_revisions"], _of_briefing)
    rewrite(connection, tables.tables["briefings"], _of_entry, "summary")


def _of_briefing(briefing: Any) -> None:
    briefing.setdefault("headline", None)
    briefing.setdefault("further", [])
    briefing.setdefault("writing", _WRITING)
    for sentence in briefing.get("summary", []):
        sentence.setdefault("about", "background")
        sentence.setdefault("by", "rules")


def _of_entry(entry: Any) -> None:
    entry.setdefault("headline", None)


def downgrade() -> None:
    """More than an earlier version reads is no harm to it."""
    op.drop_index("ix_unwritten_due", "unwritten")
    op.drop_table("unwritten")
