"""Documents and what was read out of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, Select, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import DocumentInfo, DocumentReadout, ExtractorInfo, Source, Usage
from store.engine import put, writing
from store.paging import decode_cursor, encode_cursor, scope_of
from store.tables import DocumentRow, MemberRow, ReadoutRow

_AT_A_TIME = 200


def add_document(engine: Engine, info: DocumentInfo, text: str, layout: bytes) -> bool:
    """Keep a document for ever: once this returns, it survives a crash. False where it was there already.

    One that was withdrawn, or replaced by another version, comes back: True. It replaces what the same address
    gave before, as soon as it has been read.
    """
    row = DocumentRow(
        id=info.id,
        file=info.file,
        chars=info.chars,
        source=msgspec.json.encode(info.source),
        text=text,
        layout=layout,
        added_at=info.added_at,
        url=info.source.url,
    )
    known = get_document(engine, info.id)
    if known is not None and known.withdrawn_at is None and known.replaced_by is None:
        return False
    try:
        with writing(engine) as session:
            if known is None:
                session.add(row)
                session.flush()
            _replace_older(session, info.id)
    except IntegrityError:
        return False
    return True


def _replace_older(session: Session, id: str) -> None:
    """The document counts again, in place of others that its address gave."""
    this = session.get_one(DocumentRow, id)
    this.withdrawn_at, this.replaced_by = None, None
    if this.url is not None:
        same = (
            col(DocumentRow.url) == this.url,
            col(DocumentRow.id) != id,
            col(DocumentRow.replaced_by).is_(None),
        )
        session.execute(update(DocumentRow).where(*same).values(replaced_by=id))


def is_known(session: Session, id: str) -> bool:
    """Whether there is such a document, be it withdrawn."""
    return session.scalar(select(col(DocumentRow.id)).where(col(DocumentRow.id) == id)) is not None


def withdraw_document(session: Session, id: str, now: datetime) -> None:
    """Nothing rests on a document from now on; its text stays for the revisions that cite it."""
    this = session.get_one(DocumentRow, id)
    this.withdrawn_at = this.withdrawn_at or now


def get_document(engine: Engine, id: str) -> DocumentInfo | None:
    with Session(engine) as session:
        row = session.execute(_infos().where(col(DocumentRow.id) == id)).first()
    return _info(*row) if row else None


def page_documents(
    engine: Engine, *, limit: int, cursor: str | None = None
) -> tuple[list[DocumentInfo], str | None]:
    """Documents, newest first, and the cursor of the next page. Raises BadCursor."""
    scope = scope_of("documents", {})
    query = _infos().order_by(col(DocumentRow.added_at).desc(), col(DocumentRow.id).desc())
    if cursor is not None:
        last = decode_cursor(cursor, scope, datetime, str)
        query = query.where(tuple_(col(DocumentRow.added_at), col(DocumentRow.id)) < last)
    with Session(engine) as session:
        rows = session.execute(query.limit(limit + 1)).all()
    items = [_info(*row) for row in rows[:limit]]
    more = encode_cursor(scope, (items[-1].added_at, items[-1].id)) if len(rows) > limit else None
    return items, more


def get_text(engine: Engine, id: str) -> str | None:
    """A document's canonical text."""
    with Session(engine) as session:
        return session.scalar(select(col(DocumentRow.text)).where(col(DocumentRow.id) == id))


def get_content(engine: Engine, id: str) -> tuple[str, bytes] | None:
    """A document's canonical text, and what the reader kept beside it, in the reader's own encoding."""
    query = select(col(DocumentRow.text), col(DocumentRow.layout)).where(col(DocumentRow.id) == id)
    with Session(engine) as session:
        row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def save_readout(engine: Engine, id: str, readout: DocumentReadout) -> None:
    """Keep a document's readout in place of an earlier one."""
    with writing(engine) as session:
        put(session, ReadoutRow, [{"document_id": id, "body": msgspec.json.encode(readout)}])


def get_readout(engine: Engine, id: str) -> bytes | None:
    """A document's readout as the JSON that is served; None until it has been read."""
    with Session(engine) as session:
        return session.scalar(select(col(ReadoutRow.body)).where(col(ReadoutRow.document_id) == id))


class _Made(Struct):
    extractor: ExtractorInfo


class _Paid(Struct):
    usage: Usage


def costs_of(engine: Engine, ids: Sequence[str]) -> dict[str, float | None]:
    """US dollars that reading cost, by document; None without a price. Documents without a readout are left out."""
    query = select(col(ReadoutRow.document_id), col(ReadoutRow.body)).where(
        col(ReadoutRow.document_id).in_(ids)
    )
    with Session(engine) as session:
        return {id: msgspec.json.decode(body, type=_Paid).usage.cost for id, body in session.execute(query)}


def read_by_others(
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
        for id, body in rows:
            if now is None or msgspec.json.decode(body, type=_Made).extractor != now:
                yield id
        after = rows[-1][0]


def briefings_of(engine: Engine, ids: Sequence[str]) -> dict[str, list[str]]:
    """Ids of the briefings that rest on each of these documents."""
    document_id, briefing_id = col(MemberRow.document_id), col(MemberRow.briefing_id)
    query = select(document_id, briefing_id).where(document_id.in_(ids)).order_by(briefing_id)
    with Session(engine) as session:
        rows = session.execute(query).all()
    holders: dict[str, list[str]] = {id: [] for id in ids}
    for document, briefing in rows:
        holders[document].append(briefing)
    return holders


def _infos() -> Select[str, str | None, int, bytes, datetime, datetime | None, str | None]:
    return select(
        col(DocumentRow.id),
        col(DocumentRow.file),
        col(DocumentRow.chars),
        col(DocumentRow.source),
        col(DocumentRow.added_at),
        col(DocumentRow.withdrawn_at),
        col(DocumentRow.replaced_by),
    )


def _info(
    id: str,
    file: str | None,
    chars: int,
    source: bytes,
    added_at: datetime,
    withdrawn_at: datetime | None,
    replaced_by: str | None,
) -> DocumentInfo:
    return DocumentInfo(
        id=id,
        file=file,
        chars=chars,
        source=msgspec.json.decode(source, type=Source),
        added_at=added_at,
        withdrawn_at=withdrawn_at,
        replaced_by=replaced_by,
    )
