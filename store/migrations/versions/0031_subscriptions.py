"""Schedules of issues, reminders of deadlines, subscription addresses; webhooks of one topic."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    # SQLite takes a foreign key with its column, and not after it.
    op.execute("ALTER TABLE webhooks ADD COLUMN topic_id VARCHAR REFERENCES topics (id)")
    op.add_column("webhooks", sa.Column("remind_days", sa.String(), nullable=False, server_default=""))
    op.add_column("issues", sa.Column("reminder", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "schedules",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("topic_id", sa.String(), sa.ForeignKey("topics.id"), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("next_at", moment, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_schedules_created", "schedules", ["created_at", "id"])
    op.create_index("ix_schedules_next", "schedules", ["next_at"])
    op.create_table(
        "reminders",
        sa.Column("recipient_id", sa.String(), primary_key=True),
        sa.Column("fact_id", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("days", sa.Integer(), primary_key=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
    )
    untold = sa.text("body IS NOT NULL")
    op.create_index(
        "ix_reminders_untold",
        "reminders",
        ["recipient_id", "at"],
        sqlite_where=untold,
        postgresql_where=untold,
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False, unique=True),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("topic_id", sa.String(), sa.ForeignKey("topics.id"), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("last_used_at", moment, nullable=True),
    )
    op.create_index("ix_subscriptions_created", "subscriptions", ["created_at", "id"])


def downgrade() -> None:
    op.drop_table("subscriptions")
    op.drop_table("reminders")
    op.drop_table("schedules")
    op.drop_column("issues", "reminder")
    op.drop_column("webhooks", "remind_days")
    with op.batch_alter_table("webhooks") as webhooks:
        webhooks.drop_column("topic_id")
