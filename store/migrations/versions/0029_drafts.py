"""Drafts of briefings, and documents that readers are not told of before an editor publishes what rests on them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None


_UNWRITTEN = sa.table(
    "unwritten",
    sa.column("briefing_id", sa.String()),
    sa.column("tries", sa.Integer()),
    sa.column("due_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "briefing_drafts",
        sa.Column("briefing_id", sa.String(), primary_key=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sides", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("overdue_from", sa.Date(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("cause", sa.LargeBinary(), nullable=False),
        sa.Column("publish_at", moment, nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
    )
    op.create_index("ix_briefing_drafts_updated", "briefing_drafts", ["updated_at", "briefing_id"])
    op.create_index("ix_briefing_drafts_sides", "briefing_drafts", ["sides", "day"])
    op.create_index("ix_briefing_drafts_slug", "briefing_drafts", ["slug"])
    op.create_index("ix_briefing_drafts_publish", "briefing_drafts", ["publish_at"])
    op.create_index("ix_briefing_drafts_overdue", "briefing_drafts", ["overdue_from"])
    op.create_table(
        "briefing_draft_links",
        sa.Column("briefing_id", sa.String(), sa.ForeignKey("briefing_drafts.briefing_id"), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), primary_key=True),
    )
    op.create_index("ix_briefing_draft_links_value", "briefing_draft_links", ["name", "value"])
    op.add_column("documents", sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false()))
    withheld = sa.text("withheld")
    op.create_index(
        "ix_documents_withheld", "documents", ["id"], sqlite_where=withheld, postgresql_where=withheld
    )
    _free_unwritten()


def _free_unwritten() -> None:
    """A draft that waits for its text need not be a briefing yet: the table anew, with its rows."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(_UNWRITTEN)).mappings().all()
    op.drop_index("ix_unwritten_due", "unwritten")
    op.drop_table("unwritten")
    op.create_table(
        "unwritten",
        sa.Column("briefing_id", sa.String(), primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_unwritten_due", "unwritten", ["due_at"])
    if rows:
        connection.execute(_UNWRITTEN.insert(), [dict(row) for row in rows])


def downgrade() -> None:
    """An earlier version asks for no less of what waits for its text; drafts are none of its business."""
    op.execute("DELETE FROM unwritten WHERE briefing_id NOT IN (SELECT id FROM briefings)")
    op.drop_index("ix_documents_withheld", "documents")
    op.drop_column("documents", "withheld")
    op.drop_table("briefing_draft_links")
    op.drop_table("briefing_drafts")
