"""API keys and what they may do."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
