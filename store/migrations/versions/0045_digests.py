"""Bodies of briefings from 4 KiB on stand behind digests, on PostgreSQL compressed; an index of withdrawn ones."""

import sqlalchemy as sa
from alembic import op

from store.migrations.bodies import rewrite_whole
from store.tables import at_rest, served

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_INDEX, _GONE = "ix_briefings_withdrawn", sa.text("status = 'withdrawn'")


def upgrade() -> None:
    connection = op.get_bind()
    op.create_index(_INDEX, "briefings", ["updated_at", "id"], sqlite_where=_GONE, postgresql_where=_GONE)
    rewrite_whole(connection, lambda stored: at_rest(served(stored), connection.dialect.name))


def downgrade() -> None:
    op.drop_index(_INDEX, "briefings")
    rewrite_whole(op.get_bind(), served)
