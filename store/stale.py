"""Documents whose readout another extractor made than the one that reads now."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import ExtractorInfo
from store.tables import DocumentRow, ReadoutRow

_AT_A_TIME = 200


class _Made(Struct):
    extractor: ExtractorInfo


def stale(
    engine: Engine, now: ExtractorInfo | None, *, since: datetime | None = None, after: str = ""
) -> Iterator[str]:
    """Documents that count and were read by another extractor, version, model or prompt; all where `now` is None.

    By id, those `after` one; `since`: only those that were added at that time or later.
    """
    query = (
        select(col(DocumentRow.id), col(ReadoutRow.body))
        .join(ReadoutRow, col(ReadoutRow.document_id) == col(DocumentRow.id))
        .where(col(DocumentRow.withdrawn_at).is_(None), col(DocumentRow.replaced_by).is_(None))
        .order_by(col(DocumentRow.id))
        .limit(_AT_A_TIME)
    )
    if since is not None:
        query = query.where(col(DocumentRow.added_at) >= since)
    while True:
        with Session(engine) as session:
            rows = session.execute(query.where(col(DocumentRow.id) > after)).all()
        if not rows:
            return
        yield from (id for id, body in rows if now is None or _maker(body) != now)
        after = rows[-1][0]


def _maker(body: bytes) -> ExtractorInfo:
    return msgspec.json.decode(body, type=_Made).extractor
