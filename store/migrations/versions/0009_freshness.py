"""A count of the changes to what is served: what keeps answers in memory right."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SERVED = ("documents", "readouts", "briefings", "briefing_revisions", "decisions")
EVENTS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    freshness = op.create_table(
        "freshness",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(freshness, [{"id": 1, "changes": 0}])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION readout_changed() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_notify('readout_changed', ''); RETURN NULL; END $$"
        )
        for table in SERVED:
            op.execute(
                f"CREATE TRIGGER {table}_changed AFTER {' OR '.join(EVENTS)} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION readout_changed()"
            )
        return
    for table in SERVED:
        for event in EVENTS:
            op.execute(
                f"CREATE TRIGGER {table}_{event.lower()} AFTER {event} ON {table} "
                "BEGIN UPDATE freshness SET changes = changes + 1 WHERE id = 1; END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in SERVED:
            op.execute(f"DROP TRIGGER {table}_changed ON {table}")
        op.execute("DROP FUNCTION readout_changed")
    else:
        for table in SERVED:
            for event in EVENTS:
                op.execute(f"DROP TRIGGER {table}_{event.lower()}")
    op.drop_table("freshness")
