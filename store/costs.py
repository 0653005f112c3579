"""What reading documents cost, as their readouts say."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Usage
from store.tables import ReadoutRow


class _Paid(Struct):
    usage: Usage


def costs_of(engine: Engine, ids: Sequence[str]) -> dict[str, float | None]:
    """US dollars by document; None without a price. Documents without a readout are left out."""
    query = select(col(ReadoutRow.document_id), col(ReadoutRow.body)).where(
        col(ReadoutRow.document_id).in_(ids)
    )
    with Session(engine) as session:
        return {id: msgspec.json.decode(body, type=_Paid).usage.cost for id, body in session.execute(query)}
