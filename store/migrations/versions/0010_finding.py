"""Facts by more of what they say, links to parties and documents, full-text search, and changes for followers."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op
from msgspec import Struct, json
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KEY = ["briefing_id", "position"]
_BY_DATE = ["span", "day", *_KEY]
_EARLIER = ("order", "party", "topic", "word", "speaker")
_FACTS = {
    "order": ["kind", *_BY_DATE],
    "backwards": ["kind", "span", "last_day", *_KEY],
    "unit_value": ["kind", "unit", "value", *_KEY],
} | {
    name: ["kind", name, *_BY_DATE]
    for name in ("party", "topic", "word", "status", "unit", "speaker", "certainty")
}  # fmt: skip
_RANGED = ("updated_at", "origins", "value")
_BRIEFINGS = {
    "updated": ["updated_at", "id"],
    "starts": ["starts", "id"],
    "ends": ["ends", "id"],
    "venue": ["venue"],
}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# What stands here until `store.derived` has read the bodies.
_COLUMNS = {
    "facts": (
        sa.Column("last_day", sa.Date(), nullable=False, server_default=date.min.isoformat()),
        sa.Column("span", sa.Integer(), nullable=False, server_default="4"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=_LONG_AGO.isoformat(" ")),
    ),
    "briefings": (
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=_LONG_AGO.isoformat(" ")),
        sa.Column("starts", sa.Date(), nullable=False, server_default=date.max.isoformat()),
        sa.Column("ends", sa.Date(), nullable=False, server_default=date.min.isoformat()),
        sa.Column("venue", sa.String()),
    ),
}  # fmt: skip


class _Revised(Struct):
    changed_revision: int | None = None


def upgrade() -> None:
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    for name in _EARLIER:
        op.drop_index(f"ix_facts_{name}", "facts")
    for name, keys in _FACTS.items():
        op.create_index(f"ix_facts_{name}", "facts", keys)
    for name in _RANGED:
        op.create_index(f"ix_facts_{name}", "facts", ["kind", name, *_KEY])
    for name, keys in _BRIEFINGS.items():
        op.create_index(f"ix_briefings_{name}", "briefings", keys)
    op.create_table(
        "fact_links",
        *(sa.Column(name, sa.String(), primary_key=True) for name in ("name", "value", "kind")),
        sa.Column("span", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("briefing_id", sa.String(), sa.ForeignKey("briefings.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(), nullable=False),
    )
    op.create_index("ix_fact_links_briefing", "fact_links", ["briefing_id"])
    op.create_table(
        "changes",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False, unique=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("briefing_id", sa.String(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    _search(op.get_bind().dialect.name)
    _date_facts(op.get_bind())


def _search(dialect: str) -> None:
    words = TSVECTOR() if dialect == "postgresql" else sa.Text()
    op.create_table(
        "search",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("briefing_id", sa.String(), sa.ForeignKey("briefings.id"), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("heading_words", words, nullable=False),
        sa.Column("words", words, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
    )
    op.create_index("ix_search_briefing", "search", ["briefing_id"])
    op.create_index("ix_search_id", "search", ["id"])
    never = sa.text("false")
    op.create_index("ix_search_words", "search", ["words"], postgresql_using="gin", sqlite_where=never)
    if dialect == "postgresql":
        return
    # https://sqlite.org/fts5.html#external_content_tables
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5(heading_words, words, content='search', content_rowid='number', "
        "tokenize='ascii')"
    )
    insert = "INSERT INTO search_words(rowid, heading_words, words) VALUES (new.number, new.heading_words, new.words);"
    remove = (
        "INSERT INTO search_words(search_words, rowid, heading_words, words) "
        "VALUES ('delete', old.number, old.heading_words, old.words);"
    )
    op.execute(f"CREATE TRIGGER search_inserted AFTER INSERT ON search BEGIN {insert} END")
    op.execute(f"CREATE TRIGGER search_deleted AFTER DELETE ON search BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER search_updated AFTER UPDATE ON search BEGIN {remove} {insert} END")


def _date_facts(connection: sa.Connection) -> None:
    """A fact was last changed with the revision that it names."""
    tables = sa.MetaData()
    tables.reflect(connection, only=["facts", "briefings", "briefing_revisions"])
    facts, briefings, revisions = (
        tables.tables[name] for name in ("facts", "briefings", "briefing_revisions")
    )
    for id, current in connection.execute(sa.select(briefings.c.id, briefings.c.revision)).all():
        made = sa.select(revisions.c.revision, revisions.c.created_at).where(revisions.c.briefing_id == id)
        at = {number: moment for number, moment in connection.execute(made)}
        mine = facts.c.briefing_id == id
        for fact, body in connection.execute(sa.select(facts.c.id, facts.c.body).where(mine)).all():
            number = json.decode(body, type=_Revised).changed_revision
            moment = at.get(number, at[current])
            connection.execute(facts.update().where(mine, facts.c.id == fact).values(updated_at=moment))


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.drop_table("search_words")
    for table in ("search", "changes", "fact_links"):
        op.drop_table(table)
    for name in _BRIEFINGS:
        op.drop_index(f"ix_briefings_{name}", "briefings")
    for name in (*_FACTS, *_RANGED):
        op.drop_index(f"ix_facts_{name}", "facts")
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name)
    op.create_index("ix_facts_order", "facts", ["kind", "day", *_KEY])
    for name in _EARLIER[1:]:
        op.create_index(f"ix_facts_{name}", "facts", ["kind", name, "day", *_KEY])
