"""The last rounds between the same sides, and facts that apply from a day on, are found without reading all of them."""

from alembic import op
from sqlalchemy import text

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite takes no NULLS LAST here and needs none: it reads an index backwards, and no day is the least to it.
    orders = {"day": "DESC NULLS LAST", "created_at": "DESC", "id": "DESC"}
    columns = ["sides", "day", "created_at", "id"]
    op.create_index("ix_briefings_last", "briefings", columns, postgresql_ops=orders)
    begins = text("begins_first IS NOT NULL OR begins_last IS NOT NULL")
    columns = ["kind", "span", "day", "briefing_id", "position"]
    op.create_index("ix_facts_begins", "facts", columns, sqlite_where=begins, postgresql_where=begins)


def downgrade() -> None:
    op.drop_index("ix_facts_begins", "facts")
    op.drop_index("ix_briefings_last", "briefings")
