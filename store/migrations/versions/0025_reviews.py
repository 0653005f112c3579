"""What editors decided about facts, where those stand, and what has come of it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("fact_id", sa.String(), nullable=False),
        sa.Column("briefing_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("machine", sa.LargeBinary(), nullable=False),
        sa.Column("replaced_by", sa.String(), nullable=True),
    )
    op.create_index("ix_reviews_briefing", "reviews", ["briefing_id", "at", "id"])
    op.create_table(
        "review_places",
        sa.Column("document_id", sa.String(), primary_key=True),
        sa.Column("review_id", sa.String(), sa.ForeignKey("reviews.id"), primary_key=True),
        sa.Column("start", sa.Integer(), primary_key=True),
        sa.Column("end", sa.Integer(), primary_key=True),
    )
    op.create_table(
        "review_outcomes",
        sa.Column("briefing_id", sa.String(), primary_key=True),
        sa.Column("review_id", sa.String(), sa.ForeignKey("reviews.id"), primary_key=True),
        sa.Column("fact_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sources", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_review_outcomes_fact", "review_outcomes", ["fact_id"])


def downgrade() -> None:
    op.drop_table("review_outcomes")
    op.drop_table("review_places")
    op.drop_table("reviews")
