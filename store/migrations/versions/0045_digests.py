"""Bodies of briefings from 4 KiB on stand behind digests, on PostgreSQL compressed; an index of withdrawn ones."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from store.tables import at_rest, served

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_TABLES = ("briefing_revisions", "briefing_drafts")


_INDEX, _GONE = "ix_briefings_withdrawn", sa.text("status = 'withdrawn'")


def upgrade() -> None:
    op.create_index(_INDEX, "briefings", ["updated_at", "id"], sqlite_where=_GONE, postgresql_where=_GONE)
    for table, mine, stored in _whole_bodies():
        if (body := at_rest(served(stored), op.get_bind().dialect.name)) != stored:
            op.get_bind().execute(table.update().where(mine).values(body=body))


def downgrade() -> None:
    op.drop_index(_INDEX, "briefings")
    for table, mine, stored in _whole_bodies():
        if (body := served(stored)) != stored:
            op.get_bind().execute(table.update().where(mine).values(body=body))


def _whole_bodies() -> Iterator[tuple[sa.Table, sa.ColumnElement[bool], bytes]]:
    """Bodies that are told by no other, and their rows: one at a time, as some are large."""
    connection, tables = op.get_bind(), sa.MetaData()
    tables.reflect(connection, only=_TABLES)
    for table in map(tables.tables.__getitem__, _TABLES):
        keys = list(table.primary_key)
        whole = table.c.base.is_(None) if "base" in table.c else sa.true()
        for key in connection.execute(sa.select(*keys).where(whole)).all():
            mine = sa.tuple_(*keys) == tuple(key)
            yield table, mine, connection.execute(sa.select(table.c.body).where(mine)).scalar_one()
