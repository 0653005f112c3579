"""What webhooks were sent, or are to be sent besides; secrets on their way out; since when a conflict is open."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("old_secret", sa.String(), nullable=True))
    op.add_column("webhooks", sa.Column("old_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("changes", sa.Column("opened", sa.Integer(), nullable=True))
    op.execute("UPDATE changes SET opened = number WHERE kind = 'conflict' AND NOT removed")
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("webhook_id", sa.String(), sa.ForeignKey("webhooks.id"), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_webhook_deliveries_at", "webhook_deliveries", ["webhook_id", "at", "id"])
    op.create_index("ix_webhook_deliveries_status", "webhook_deliveries", ["status", "webhook_id"])


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_column("changes", "opened")
    op.drop_column("webhooks", "old_until")
    op.drop_column("webhooks", "old_secret")
