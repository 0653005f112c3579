"""Rounds that editors mend, documents withdrawn or replaced."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
