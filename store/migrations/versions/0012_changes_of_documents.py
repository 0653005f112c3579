"""Documents that come in and are read are counted apart: answers about briefings stay right for longer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("documents", "readouts")
EVENTS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    op.add_column("freshness", sa.Column("documents", sa.BigInteger(), nullable=False, server_default="0"))
    _count("documents", "TG_TABLE_NAME")


def downgrade() -> None:
    _count("changes", "''")
    with op.batch_alter_table("freshness") as freshness:
        freshness.drop_column("documents")


def _count(column: str, payload: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION readout_changed() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_notify('readout_changed', {payload}); RETURN NULL; END $$"
        )
        return
    for table in TABLES:
        for event in EVENTS:
            name = f"{table}_{event.lower()}"
            op.execute(f"DROP TRIGGER {name}")
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} "
                f"BEGIN UPDATE freshness SET {column} = {column} + 1 WHERE id = 1; END"
            )
