"""A readout that a worker still has is known by its digest, and not loaded again."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("readouts", sa.Column("digest", sa.String()))


def downgrade() -> None:
    op.drop_column("readouts", "digest")
