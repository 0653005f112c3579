"""Negotiations have a row each, which `store.read_index` fills; facts are found by their ids, headings by words."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "negotiations",
        sa.Column("sides", sa.String(), primary_key=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("latest_id", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_negotiations_updated", "negotiations", ["updated_at", "sides"])
    op.drop_index("ix_briefings_sides", "briefings")
    op.create_index("ix_briefings_sides", "briefings", ["sides", "day", "status", "updated_at"])
    op.create_index("ix_facts_id", "facts", ["id"])
    op.create_index(
        "ix_search_heading_words", "search", ["heading_words"],
        postgresql_using="gin", sqlite_where=sa.text("false"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_search_heading_words", "search")
    op.drop_index("ix_facts_id", "facts")
    op.drop_index("ix_briefings_sides", "briefings")
    op.create_index("ix_briefings_sides", "briefings", ["sides", "day"])
    op.drop_index("ix_negotiations_updated", "negotiations")
    op.drop_table("negotiations")
