"""Documents, readouts, briefings with their revisions, facts, and what workers need to agree."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("file", sa.String()),
        sa.Column("chars", sa.Integer(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("layout", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_documents_added", "documents", ["added_at", "id"])
    op.create_table(
        "readouts",
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "briefings",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_briefings_slug", "briefings", ["slug"])
    op.create_index("ix_briefings_created", "briefings", ["created_at", "id"])
    op.create_table(
        "briefing_revisions",
        sa.Column("briefing_id", sa.String(), sa.ForeignKey("briefings.id"), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "briefing_parties",
        sa.Column("briefing_id", sa.String(), sa.ForeignKey("briefings.id"), primary_key=True),
        sa.Column("party", sa.String(), primary_key=True),
    )
    op.create_index("ix_briefing_parties_party", "briefing_parties", ["party", "briefing_id"])
    op.create_table(
        "briefing_documents",
        sa.Column("briefing_id", sa.String(), sa.ForeignKey("briefings.id"), primary_key=True),
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
    )
    op.create_index("ix_briefing_documents_document", "briefing_documents", ["document_id"])
    op.create_table(
        "facts",
        sa.Column("briefing_id", sa.String(), sa.ForeignKey("briefings.id"), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("party", sa.String()),
        sa.Column("topic", sa.String()),
        sa.Column("word", sa.String()),
        sa.Column("status", sa.String()),
        sa.Column("unit", sa.String()),
        sa.Column("value", sa.Float()),
        sa.Column("earliest", sa.Date()),
        sa.Column("latest", sa.Date()),
        sa.Column("certainty", sa.String()),
        sa.Column("origins", sa.Integer()),
        sa.Column("speaker", sa.String()),
        sa.Column("direct", sa.Boolean()),
    )
    order = ["day", "briefing_id", "position"]
    op.create_index("ix_facts_order", "facts", ["kind", *order])
    for name in ("party", "topic", "word", "speaker"):
        op.create_index(f"ix_facts_{name}", "facts", ["kind", name, *order])
    locks = op.create_table(
        "locks",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("taken", sa.Integer(), nullable=False),
    )
    op.bulk_insert(locks, [{"name": "rounds", "taken": 0}])
    op.create_table(
        "workers",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "workers",
        "locks",
        "facts",
        "briefing_documents",
        "briefing_parties",
        "briefing_revisions",
        "briefings",
        "readouts",
        "documents",
    ):
        op.drop_table(table)
