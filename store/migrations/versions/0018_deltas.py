"""Bodies of revisions are compressed, and all but the last told by how they differ from the next one."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from store.revisions import WHOLE_EVERY, latest_first, pack, unpack

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("briefing_revisions", sa.Column("base", sa.Integer(), nullable=True))
    connection, table = op.get_bind(), _revisions()
    for id in connection.scalars(sa.select(table.c.briefing_id).distinct()).all():
        base, after = None, None
        for number in _numbers(connection, table, id):
            mine = (table.c.briefing_id == id, table.c.revision == number)
            body: bytes = connection.execute(sa.select(table.c.body).where(*mine)).scalar_one()
            if number % WHOLE_EVERY == 0:
                base, after = None, None
            connection.execute(table.update().where(*mine).values(body=pack(body, after), base=base))
            base, after = number, body


def _numbers(connection: sa.Connection, table: sa.Table, id: str) -> Iterator[int]:
    """A briefing's revisions, last first."""
    query = sa.select(table.c.revision).where(table.c.briefing_id == id)
    yield from connection.scalars(query.order_by(table.c.revision.desc())).all()


def _revisions() -> sa.Table:
    tables = sa.MetaData()
    tables.reflect(op.get_bind(), only=["briefing_revisions"])
    return tables.tables["briefing_revisions"]


def downgrade() -> None:
    connection, table, after = op.get_bind(), _revisions(), b""
    for (id, number), base, packed in latest_first(connection, table):
        after = unpack(packed, after if base else None)
        mine = (table.c.briefing_id == id, table.c.revision == number)
        connection.execute(table.update().where(*mine).values(body=after))
    op.drop_column("briefing_revisions", "base")
