"""Near copies of documents: found by the few runs of words that their sketches share."""

from collections.abc import Collection

from sqlalchemy import Engine, func, select, tuple_, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from store.engine import insert_into, writing
from store.tables import DocumentRow, SketchRow

_MOST = 5


def add_sketch(session: Session, document_id: str, sketch: Collection[int]) -> None:
    """Let near copies of a document be found by these runs of words."""
    if sketch:
        rows = [{"run": run, "document_id": document_id} for run in sketch]
        session.execute(insert_into(session, SketchRow).on_conflict_do_nothing(), rows)


def like(engine: Engine, document_id: str) -> list[tuple[str, str]]:
    """Documents that share runs of words with this one, came before it, and count; the first first, with their texts.

    What its own address gave before is another version, and none of them.
    """
    mine = select(col(SketchRow.run)).where(col(SketchRow.document_id) == document_id)
    others = select(col(SketchRow.document_id)).where(col(SketchRow.run).in_(mine))
    came = (col(DocumentRow.added_at), col(DocumentRow.id))
    this = aliased(DocumentRow)
    query = (
        select(came[1], col(DocumentRow.text))
        .join(this, col(this.id) == document_id)
        .where(
            came[1].in_(others),
            tuple_(*came) < tuple_(col(this.added_at), col(this.id)),
            # Most documents count: to begin with those would be to look at all of them.
            func.coalesce(col(DocumentRow.status), "").in_(("waiting", "current")),
            col(DocumentRow.copy_of).is_(None),
            col(DocumentRow.url).is_distinct_from(col(this.url)) | col(DocumentRow.url).is_(None),
        )
        .order_by(*came)
        .limit(_MOST)
    )
    with Session(engine) as session:
        return [(id, text) for id, text in session.execute(query)]


def note_copy(engine: Engine, document_id: str, original: str | None) -> None:
    """Note of which document this one is a near copy; None: of none."""
    this = col(DocumentRow.id) == document_id
    other = col(DocumentRow.copy_of).is_distinct_from(original)
    with writing(engine) as session:
        session.execute(update(DocumentRow).where(this, other).values(copy_of=original))
