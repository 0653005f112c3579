"""Which shape the stored bodies have."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bodies",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("shape", sa.String(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("bodies")
