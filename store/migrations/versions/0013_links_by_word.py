"""What a party has of one measure, kind or topic, or a document tells of it, stands together."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COLUMNS = ("name", "value", "kind", "word", "span", "day", "briefing_id", "position")


def upgrade() -> None:
    # Emptied, for `store.derived` fills it anew.
    op.execute("DELETE FROM fact_links")
    with op.batch_alter_table("fact_links") as links:
        links.drop_column("id")
        links.add_column(sa.Column("word", sa.String()))
    some = sa.text("word IS NOT NULL")
    op.create_index("ix_fact_links_word", "fact_links", _COLUMNS, sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    op.drop_index("ix_fact_links_word", "fact_links")
    op.execute("DELETE FROM fact_links")
    with op.batch_alter_table("fact_links") as links:
        links.drop_column("word")
        links.add_column(sa.Column("id", sa.String(), nullable=False))
