"""Requests remembered by their idempotency key."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submissions",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_submissions_created", "submissions", ["created_at"])


def downgrade() -> None:
    op.drop_table("submissions")
