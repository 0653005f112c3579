"""The last rounds between the same sides are found without reading all of them."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite takes no NULLS LAST here and needs none: it reads an index backwards, and no day is the least to it.
    orders = {"day": "DESC NULLS LAST", "created_at": "DESC", "id": "DESC"}
    columns = ["sides", "day", "created_at", "id"]
    op.create_index("ix_briefings_last", "briefings", columns, postgresql_ops=orders)


def downgrade() -> None:
    op.drop_index("ix_briefings_last", "briefings")
