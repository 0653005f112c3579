"""Documents by publisher, kind, host, status and day; what is stated and detected of them; sketches of their words."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op
from msgspec import json

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

_FILTERED = ("publisher", "kind", "host", "status")
_ORDERS = {"added": "added_at", "published": "published"}
_COLUMNS = (
    sa.Column("stated", sa.LargeBinary()),
    sa.Column("detected", sa.LargeBinary()),
    sa.Column("status", sa.String(), nullable=False, server_default="waiting"),
    sa.Column("refusal", sa.LargeBinary()),
    sa.Column("copy_of", sa.String()),
    sa.Column("embargo", sa.DateTime(timezone=True)),
    sa.Column("publisher", sa.String()),
    sa.Column("kind", sa.String(), nullable=False, server_default="unknown"),
    sa.Column("host", sa.String()),
    sa.Column("published", sa.Date(), nullable=False, server_default=date.min.isoformat()),
)
_AT_A_TIME = 500


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("documents", column)
    op.create_table(
        "sketches",
        sa.Column("run", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
    )
    op.create_index("ix_sketches_document", "sketches", ["document_id"])
    connection, tables = op.get_bind(), sa.MetaData()
    tables.reflect(connection, only=["documents", "readouts"])
    documents, readouts = tables.tables["documents"], tables.tables["readouts"]
    for id, source in _sources(connection, documents):
        connection.execute(
            documents.update().where(documents.c.id == id).values(_listed(json.decode(source)))
        )
    read = sa.exists().where(readouts.c.document_id == documents.c.id)
    status = sa.case(
        (documents.c.withdrawn_at.is_not(None), "withdrawn"),
        (documents.c.replaced_by.is_not(None), "replaced"),
        (read, "current"),
        else_="waiting",
    )
    connection.execute(documents.update().values(status=status))
    op.create_index("ix_documents_published", "documents", ["published", "id"])
    op.create_index("ix_documents_embargo", "documents", ["embargo"])
    for name in _FILTERED:
        for order, at in _ORDERS.items():
            op.create_index(f"ix_documents_{name}_{order}", "documents", [name, at, "id"])


def _sources(connection: sa.Connection, documents: sa.Table) -> Iterator[tuple[str, bytes]]:
    query = sa.select(documents.c.id, documents.c.source).order_by(documents.c.id).limit(_AT_A_TIME)
    rows = connection.execute(query).all()
    while rows:
        yield from ((id, source) for id, source in rows)
        rows = connection.execute(query.where(documents.c.id > rows[-1][0])).all()


def _listed(source: Any) -> dict[str, Any]:
    day = (source.get("published") or {}).get("earliest")
    try:
        host = urlsplit(source.get("url") or "").hostname
    except ValueError:
        host = None
    return {
        "publisher": publisher.lower() if (publisher := source.get("publisher")) else None,
        "kind": source.get("kind") or "unknown",
        "host": host,
        "published": date.fromisoformat(day) if day else date.min,
    }


def downgrade() -> None:
    for name in _FILTERED:
        for order in _ORDERS:
            op.drop_index(f"ix_documents_{name}_{order}", "documents")
    op.drop_index("ix_documents_embargo", "documents")
    op.drop_index("ix_documents_published", "documents")
    op.drop_table("sketches")
    for column in _COLUMNS:
        op.drop_column("documents", column.name)
