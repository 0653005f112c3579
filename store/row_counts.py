"""How much the database holds, for a metrics page."""

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.tables import BriefingRow, DocumentRow, FactRow, UpgradeRow


def how_many(engine: Engine) -> dict[str, tuple[str, int]]:
    """What is counted, in words, and its number, by name."""
    queries = {
        "documents": ("Documents stored.", select(func.count()).select_from(DocumentRow)),
        "briefings": (
            "Briefings that are not withdrawn.",
            select(func.count()).select_from(BriefingRow).where(col(BriefingRow.status) != "withdrawn"),
        ),
        "current_facts": (
            "Facts and conflicts of the current briefings.",
            select(func.count()).select_from(FactRow),
        ),
        "awaiting_model": (
            "Documents that wait for the model to read them after all.",
            select(func.count()).select_from(UpgradeRow),
        ),
    }
    with Session(engine) as session:
        return {name: (words, session.scalars(query).one()) for name, (words, query) in queries.items()}
