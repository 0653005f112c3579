"""Large bodies of briefings may be compressed. Digests stand before the bodies of readouts, and all have one.

SQLite reads what comes before a column to reach it: a digest behind a body costs as much as the body.
"""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from store.migrations.bodies import rewrite_whole
from store.tables import served

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_AT_A_TIME = 500


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
    rewrite_whole(op.get_bind(), served)
