"""Addresses that documents are fetched from, and those that are looked at again and again."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "addresses",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("watch_id", sa.String(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("mark", sa.String(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("began_at", moment, nullable=True),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("document_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("modified", sa.String(), nullable=True),
    )
    op.create_index("ix_addresses_due", "addresses", ["due_at"])
    op.create_index("ix_addresses_created", "addresses", ["created_at", "id"])
    op.create_index("ix_addresses_watch", "addresses", ["watch_id", "created_at", "id"])
    op.create_table(
        "watches",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("looked_at", moment, nullable=True),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("modified", sa.String(), nullable=True),
    )
    op.create_index("ix_watches_due", "watches", ["due_at"])
    op.create_index("ix_watches_created", "watches", ["created_at", "id"])


def downgrade() -> None:
    op.drop_table("watches")
    op.drop_table("addresses")
