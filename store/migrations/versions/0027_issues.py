"""Issues of a newsletter, saved topics, and what was delivered to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "issues",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("topic_id", sa.String(), nullable=True),
        sa.Column("until", moment, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_issues_created", "issues", ["created_at", "id"])
    op.create_index("ix_issues_about", "issues", ["about", "created_at"])
    op.create_table(
        "topics",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_topics_created", "topics", ["created_at", "id"])
    op.create_table(
        "mailings",
        sa.Column("issue_id", sa.String(), sa.ForeignKey("issues.id"), primary_key=True),
        sa.Column("recipient", sa.String(), primary_key=True),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
    )
    op.create_index("ix_mailings_due", "mailings", ["due_at"])


def downgrade() -> None:
    op.drop_table("mailings")
    op.drop_table("topics")
    op.drop_table("issues")
