"""The last decisions about facts are found without reading all."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_reviews_at", "reviews", ["at", "id"])


def downgrade() -> None:
    op.drop_index("ix_reviews_at", "reviews")
