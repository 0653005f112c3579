"""Bodies of revisions after which others came are told by how they differ from the next one."""

import sqlalchemy as sa
from alembic import op

from store.revisions import as_served, latest_first, superseded

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("briefing_revisions", sa.Column("base", sa.Integer(), nullable=True))
    connection, table = op.get_bind(), _revisions()
    briefing, following, next_body = "", 0, b""
    for (id, number), _, body in latest_first(connection, table):
        if id == briefing:
            _, base, packed = superseded(number, body, following, next_body)
            _store(connection, table, (id, number), {"base": base, "body": packed})
        briefing, following, next_body = id, number, body


def downgrade() -> None:
    connection, table, body = op.get_bind(), _revisions(), b""
    for (id, number), base, stored in latest_first(connection, table):
        body = as_served(number, base, stored, body)
        if base is not None:
            _store(connection, table, (id, number), {"body": body})
    op.drop_column("briefing_revisions", "base")


def _store(
    connection: sa.Connection, table: sa.Table, key: tuple[str, int], values: dict[str, object]
) -> None:
    mine = sa.tuple_(table.c.briefing_id, table.c.revision) == key
    connection.execute(table.update().where(mine).values(values))


def _revisions() -> sa.Table:
    tables = sa.MetaData()
    tables.reflect(op.get_bind(), only=["briefing_revisions"])
    return tables.tables["briefing_revisions"]
