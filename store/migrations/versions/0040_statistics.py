"""PostgreSQL counts kinds, spans and states of facts together: apart, it guesses wrong and sorts all of them."""

from alembic import op

revision = "0040"
down_revision = "0031"
branch_labels = None
depends_on = None

_TOGETHER = {"facts": "kind, span, status", "fact_links": "name, value, kind, span"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in _TOGETHER.items():
            op.execute(f"CREATE STATISTICS st_{table} (mcv, dependencies) ON {columns} FROM {table}")
            op.execute(f"ANALYZE {table}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _TOGETHER:
            op.execute(f"DROP STATISTICS st_{table}")
