"""API keys and what they may do; how much each caller has asked."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("prefix"),
    )
    op.create_index("ix_keys_created", "keys", ["created_at", "id"])
    op.create_table(
        "rates",
        sa.Column("caller", sa.String(), primary_key=True),
        sa.Column("full_at", sa.Float(), nullable=False),
    )
    op.create_index("ix_rates_full_at", "rates", ["full_at"])


def downgrade() -> None:
    op.drop_table("rates")
    op.drop_table("keys")
