"""Large bodies of briefings may be compressed. Digests stand before the bodies of readouts, and all have one.

SQLite reads what comes before a column to reach it: a digest behind a body costs as much as the body.
"""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from store.tables import served

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_AT_A_TIME = 500
_COMPRESSED = ("briefing_revisions", "briefing_drafts")


def upgrade() -> None:
    connection = op.get_bind()
    readouts = sa.table("readouts", sa.column("document_id"), sa.column("digest"), sa.column("body"))
    without = sa.select(readouts.c.document_id, readouts.c.body).where(readouts.c.digest.is_(None))
    while rows := connection.execute(without.limit(_AT_A_TIME)).all():
        for document, body in rows:
            digest = sha256(body).hexdigest()
            connection.execute(
                readouts.update().where(readouts.c.document_id == document).values(digest=digest)
            )
    order: list[tuple[str, ...]] = [("document_id", "digest", "body")]
    with op.batch_alter_table("readouts", partial_reordering=order) as table:
        table.alter_column("digest", nullable=False)


def downgrade() -> None:
    """Earlier versions know no compressed bodies. The order of columns tells nobody anything."""
    with op.batch_alter_table("readouts") as readouts:
        readouts.alter_column("digest", nullable=True)
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=_COMPRESSED)
    for table in map(tables.tables.__getitem__, _COMPRESSED):
        keys = list(table.primary_key)
        whole = table.c.base.is_(None) if "base" in table.c else sa.true()
        for key in connection.execute(sa.select(*keys).where(whole)).all():
            mine = sa.tuple_(*keys) == tuple(key)
            stored = connection.execute(sa.select(table.c.body).where(mine)).scalar_one()
            if (body := served(stored)) != stored:
                connection.execute(table.update().where(mine).values(body=body))
