"""Whether code has read all of a fact: found by it, and told of what was stored before anybody asked."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.migrations.bodies import facts_in, rewrite

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INDEX = ["kind", "proof", "span", "day", "briefing_id", "position"]
_WANTS = ("ask", "offer", "red_line")


def upgrade() -> None:
    op.add_column("facts", sa.Column("proof", sa.String()))
    op.create_index("ix_facts_proof", "facts", _INDEX)
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["readouts", "briefing_revisions", "facts"])
    by_rules: set[str] = set()

    def of_document(readout: Any) -> None:
        own = (readout.get("extractor") or {}).get("name") == "embedded"
        if own:
            by_rules.add(readout["document"]["id"])
        for fact in facts_in(readout):
            _complete(fact, own)

    def of_briefing(briefing: Any) -> None:
        for fact in facts_in(briefing):
            of_fact(fact)

    def of_fact(fact: Any) -> None:
        # A conflict has no evidence of its own, and no proof.
        if proofs := fact.get("evidence"):
            _complete(fact, all(proof["document_id"] in by_rules for proof in proofs))

    rewrite(connection, tables.tables["readouts"], of_document)
    rewrite(connection, tables.tables["briefing_revisions"], of_briefing)
    rewrite(connection, tables.tables["facts"], of_fact)


def _complete(fact: Any, by_rules: bool) -> None:
    """Our own rules read every value themselves; a position rests on what its stake does, where that has its words."""
    fact.setdefault("proof", "full" if by_rules else "quoted")
    for position in fact.get("positions", ()):
        words = [position[name] for name in _WANTS if position.get(name)]
        has = [proof for proof in fact["evidence"] if all(one in _plain(proof["exact"]) for one in words)]
        position.setdefault("evidence", has or fact["evidence"])


def _plain(words: str) -> str:
    return " ".join(words.split())


def downgrade() -> None:
    op.drop_index("ix_facts_proof", "facts")
    with op.batch_alter_table("facts") as facts:
        facts.drop_column("proof")
