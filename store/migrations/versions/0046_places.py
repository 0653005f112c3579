"""Indexes in whose order facts are listed tell their whole place, by which links are found without the fact."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_IN_ORDER = {
    "backwards": ("span", "last_day", "briefing_id", "position", "day"),
    "unit_value": ("unit", "value", "briefing_id", "position", "span", "day"),
    "origins": ("origins", "briefing_id", "position", "span", "day"),
    "salience": ("salience", "briefing_id", "position", "span", "day"),
    "updated_at": ("updated_at", "briefing_id", "position", "span", "day"),
    "value": ("value", "briefing_id", "position", "span", "day"),
}


def upgrade() -> None:
    for name, columns in _IN_ORDER.items():
        _replace(name, columns)


def downgrade() -> None:
    for name, columns in _IN_ORDER.items():
        _replace(name, columns[: columns.index("position") + 1])


def _replace(name: str, columns: tuple[str, ...]) -> None:
    op.drop_index(f"ix_facts_{name}", "facts")
    op.create_index(f"ix_facts_{name}", "facts", ["kind", *columns])
