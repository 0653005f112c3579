"""A negotiation keeps what is ahead of it: a list of them does not look through the facts of all their rounds."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_LOOKED_THROUGH = 10
_OPEN = ("pending", "unknown")


def upgrade() -> None:
    op.add_column("negotiations", sa.Column("ahead", sa.Text(), nullable=False, server_default="[]"))
    connection = op.get_bind()
    negotiations = sa.table("negotiations", sa.column("sides"), sa.column("ahead"))
    round_ = sa.table(
        "briefings", *(sa.column(name) for name in ("id", "sides", "status", "day", "created_at"))
    )
    fact = sa.table(
        "facts", *(sa.column(name) for name in ("id", "briefing_id", "kind", "status", "position")),
        sa.column("day", sa.Date()), sa.column("latest", sa.Date()),
    )  # fmt: skip
    order = (round_.c.day.desc().nulls_last(), round_.c.created_at.desc(), round_.c.id.desc())
    for sides in connection.scalars(sa.select(negotiations.c.sides)).all():
        last = sa.select(round_.c.id).where(round_.c.sides == sides, round_.c.status != "withdrawn")
        ids = connection.scalars(last.order_by(*order).limit(_LOOKED_THROUGH)).all()
        open_ = sa.func.coalesce(fact.c.status, "").in_(_OPEN)
        query = sa.select(fact.c.latest, fact.c.briefing_id, fact.c.id).where(
            fact.c.briefing_id.in_(ids), fact.c.kind == "deadline", fact.c.latest.is_not(None), open_
        )
        rows = connection.execute(query.order_by(fact.c.day, fact.c.briefing_id, fact.c.position))
        ahead = json.dumps([(latest.isoformat(), briefing, id) for latest, briefing, id in rows])
        this = negotiations.c.sides == sides
        connection.execute(negotiations.update().where(this).values(ahead=ahead))


def downgrade() -> None:
    op.drop_column("negotiations", "ahead")
