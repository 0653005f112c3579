"""Rounds that editors mend, documents withdrawn or replaced, and keys under which rounds are found."""

from itertools import combinations

import sqlalchemy as sa
from alembic import op
from msgspec import Struct, json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


class _Addressed(Struct):
    url: str | None = None


class _Talks(Struct):
    parties: list[str]


class _Listed(Struct):
    negotiation: _Talks


def upgrade() -> None:
    op.add_column("documents", sa.Column("url", sa.String()))
    op.add_column("documents", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column("documents", sa.Column("replaced_by", sa.String()))
    op.create_index("ix_documents_url", "documents", ["url"])
    op.create_index("ix_documents_replaced", "documents", ["replaced_by"])
    op.add_column("briefings", sa.Column("sides", sa.String(), nullable=False, server_default=""))
    op.add_column("briefings", sa.Column("day", sa.Date()))
    op.create_index("ix_briefings_sides", "briefings", ["sides", "day"])
    nothing = "''::bytea" if op.get_bind().dialect.name == "postgresql" else "X''"
    cause = sa.Column("cause", sa.LargeBinary(), nullable=False, server_default=sa.text(nothing))
    op.add_column("briefing_revisions", cause)
    op.create_table(
        "round_keys",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("briefing_id", sa.String(), sa.ForeignKey("briefings.id"), primary_key=True),
    )
    op.create_index("ix_round_keys_briefing", "round_keys", ["briefing_id"])
    op.create_table(
        "assignments",
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("briefing_id", sa.String(), nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("briefing_id", sa.String(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_decisions_briefing", "decisions", ["briefing_id", "at", "id"])
    op.drop_table("locks")
    _fill()


def _fill() -> None:
    """What the new columns say of what is there. Rounds are found by their parties until they are merged anew."""
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["documents", "briefings", "briefing_revisions", "round_keys"])
    documents, briefings = tables.tables["documents"], tables.tables["briefings"]
    for id, source in connection.execute(sa.select(documents.c.id, documents.c.source)).all():
        url = json.decode(source, type=_Addressed).url
        connection.execute(documents.update().where(documents.c.id == id).values(url=url))
    keys = []
    for id, summary in connection.execute(sa.select(briefings.c.id, briefings.c.summary)).all():
        sides = sorted(set(json.decode(summary, type=_Listed).negotiation.parties))
        connection.execute(briefings.update().where(briefings.c.id == id).values(sides="+".join(sides)))
        pairs = ["+".join(pair) for pair in combinations(sides, 2)]
        keys += [{"key": key, "briefing_id": id} for pair in pairs for key in (pair, f"{pair}@undated")]
    if keys:
        connection.execute(tables.tables["round_keys"].insert(), keys)
    unknown = json.encode({"kind": "added", "document_ids": [], "reason": None})
    connection.execute(tables.tables["briefing_revisions"].update().values(cause=unknown))


def downgrade() -> None:
    op.create_table(
        "locks",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("taken", sa.Integer(), nullable=False),
    )
    for table in ("decisions", "assignments", "round_keys"):
        op.drop_table(table)
    op.drop_column("briefing_revisions", "cause")
    op.drop_index("ix_briefings_sides", "briefings")
    for column in ("day", "sides"):
        op.drop_column("briefings", column)
    for index in ("ix_documents_replaced", "ix_documents_url"):
        op.drop_index(index, "documents")
    for column in ("replaced_by", "withdrawn_at", "url"):
        op.drop_column("documents", column)
