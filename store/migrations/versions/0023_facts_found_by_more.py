"""Facts are found by their weight, by who imposes what, on whom and from when; their sources are told with them.

The columns are filled, and the links made, when everything is derived anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

_IMPOSED = sa.text("imposed_by IS NOT NULL")


def upgrade() -> None:
    op.add_column("facts", sa.Column("sources", sa.LargeBinary()))
    op.add_column("facts", sa.Column("salience", sa.Float()))
    op.add_column("facts", sa.Column("imposed_by", sa.String()))
    op.add_column("facts", sa.Column("begins_first", sa.Date()))
    op.add_column("facts", sa.Column("begins_last", sa.Date()))
    op.create_index("ix_facts_salience", "facts", ["kind", "salience", "briefing_id", "position"])
    op.create_index(
        "ix_facts_imposed_by",
        "facts",
        ["kind", "imposed_by", "span", "day", "briefing_id", "position"],
        sqlite_where=_IMPOSED,
        postgresql_where=_IMPOSED,
    )


def downgrade() -> None:
    op.drop_index("ix_facts_imposed_by", "facts")
    op.drop_index("ix_facts_salience", "facts")
    op.execute("DELETE FROM fact_links WHERE name = 'applies_to'")
    with op.batch_alter_table("facts") as facts:
        for name in ("begins_last", "begins_first", "imposed_by", "salience", "sources"):
            facts.drop_column(name)
