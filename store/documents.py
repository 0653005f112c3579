"""Documents and what was read out of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import ColumnElement, Engine, and_, case, exists, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import (
    DetectedMetadata,
    DocumentInfo,
    DocumentReadout,
    DocumentRefusal,
    ExtractorInfo,
    Source,
    StatedMetadata,
    Usage,
)
from schemas.queries import DocumentQuery
from store.copies import add_sketch
from store.embargoes import NOBODY, Cleared, told_to, under_embargo
from store.engine import is_reviewed, put, writing
from store.paging import Page, as_likely, decode_cursor, encode_cursor, filters_of, scope_of_query
from store.tables import BEFORE_DAYS, DocumentRow, MemberRow, ReadoutRow

_AT_A_TIME = 200
_TEXTS = 10  # in one answer of the database: each may be a megabyte
_INFO: tuple[Any, ...] = (
    col(DocumentRow.id),
    col(DocumentRow.file),
    col(DocumentRow.chars),
    col(DocumentRow.status),
    col(DocumentRow.refusal),
    col(DocumentRow.source),
    col(DocumentRow.stated),
    col(DocumentRow.detected),
    col(DocumentRow.copy_of),
    col(DocumentRow.added_at),
    col(DocumentRow.withdrawn_at),
    col(DocumentRow.replaced_by),
)
"""The columns of which a DocumentInfo is made."""


def add_document(
    engine: Engine,
    info: DocumentInfo,
    text: str,
    layout: bytes,
    sketch: Collection[int] = (),
    known: DocumentInfo | UnsetType | None = UNSET,
) -> bool:
    """Keep a document for ever: once this returns, it survives a crash. False where nothing is new about it.

    New is one that was withdrawn or replaced and comes back, and one of which something else is stated. It replaces
    what the same address gave before, as soon as it has been read and is under no embargo. `sketch`: by what near
    copies of it are found. `known`: what `get_document` told just now, where it was asked.
    """
    if known is UNSET:
        known = get_document(engine, info.id)
    back = known is not None and (known.withdrawn_at is not None or known.replaced_by is not None)
    if known is not None and not back and known.stated == info.stated:
        return False
    row: dict[str, Any] = {"file": info.file, "layout": layout, **_about(info)}
    this = col(DocumentRow.id) == info.id
    try:
        with writing(engine) as session:
            if known is None:
                new = {"chars": info.chars, "text": text, "added_at": info.added_at, **row}
                session.add(DocumentRow(id=info.id, withheld=is_reviewed(session), **new))
                session.flush()
                add_sketch(session, info.id, sketch)
            else:
                counts = {"withdrawn_at": None, "replaced_by": None}
                session.execute(update(DocumentRow).where(this).values(**row, **counts))
                _settle(session, this)
            if info.source.url is not None:
                replace_older(session, info.id)
    except IntegrityError:
        return False
    return True


def _about(info: DocumentInfo) -> dict[str, Any]:
    """The columns that what is known of a document fills: to be served, and to be found by."""
    source, stated = info.source, info.stated
    day = source.published.earliest if source.published else None
    embargo = stated.embargo if stated else None
    return {
        "source": msgspec.json.encode(source),
        "stated": msgspec.json.encode(stated) if stated else None,
        "detected": msgspec.json.encode(info.detected) if info.detected else None,
        "embargo": embargo if embargo and embargo > datetime.now(UTC) else None,
        "url": source.url,
        "host": _host(source.url),
        "publisher": source.publisher.lower() if source.publisher else None,
        "kind": source.kind,
        "published": date.fromisoformat(day) if day else BEFORE_DAYS,
    }


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None


def replace_older(session: Session, id: str) -> None:
    """What else the address of a document gave counts no more, if that document does."""
    counting = select(col(DocumentRow.url)).where(
        col(DocumentRow.id) == id,
        col(DocumentRow.withdrawn_at).is_(None),
        col(DocumentRow.replaced_by).is_(None),
        ~under_embargo(),
    )
    url = session.scalar(counting)
    if url is not None:
        same = (
            col(DocumentRow.url) == url,
            col(DocumentRow.id) != id,
            col(DocumentRow.replaced_by).is_(None),
        )
        session.execute(update(DocumentRow).where(*same).values(replaced_by=id))
        _settle(session, col(DocumentRow.replaced_by) == id)


def _settle(session: Session, which: ColumnElement[bool]) -> None:
    """Bring the status of documents in line with what has become of them."""
    read = exists().where(col(ReadoutRow.document_id) == col(DocumentRow.id))
    status = case(
        (col(DocumentRow.withdrawn_at).is_not(None), "withdrawn"),
        (col(DocumentRow.replaced_by).is_not(None), "replaced"),
        (read, "current"),
        (col(DocumentRow.refusal).is_not(None), "refused"),
        else_="waiting",
    )
    session.execute(update(DocumentRow).where(which).values(status=status))


def refuse_document(engine: Engine, id: str, refusal: DocumentRefusal) -> None:
    """Note why a document is not read. What it was to replace counts again."""
    with writing(engine) as session:
        this, older = col(DocumentRow.id) == id, col(DocumentRow.replaced_by) == id
        replaced = list(session.scalars(select(col(DocumentRow.id)).where(older)))
        session.execute(update(DocumentRow).where(this).values(refusal=msgspec.json.encode(refusal)))
        session.execute(update(DocumentRow).where(older).values(replaced_by=None))
        _settle(session, col(DocumentRow.id).in_([id, *replaced]))


def is_known(session: Session, id: str) -> bool:
    """Whether there is such a document, be it withdrawn."""
    return session.scalar(select(col(DocumentRow.id)).where(col(DocumentRow.id) == id)) is not None


def withdraw_document(session: Session, id: str, now: datetime) -> None:
    """Nothing rests on a document from now on; its text stays for the revisions that cite it."""
    this = session.get_one(DocumentRow, id)
    this.withdrawn_at = this.withdrawn_at or now
    this.status = "withdrawn"


def get_document(engine: Engine, id: str) -> DocumentInfo | None:
    with Session(engine) as session:
        row = session.execute(select(*_INFO).where(col(DocumentRow.id) == id)).first()
    return _info(*row) if row else None


_ORDERS: dict[str, tuple[Any, type, bool]] = {
    "added_at": (col(DocumentRow.added_at), datetime, False),
    "-added_at": (col(DocumentRow.added_at), datetime, True),
    "-published": (col(DocumentRow.published), date, True),
}
"""What a list is sorted by before the id, what that is in Python, and whether backwards."""
_FILTERS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "publisher": lambda name: col(DocumentRow.publisher) == name.lower(),
    "kind": lambda kinds: col(DocumentRow.kind).in_(kinds),
    "host": lambda host: col(DocumentRow.host) == host.lower(),
    "url": lambda url: col(DocumentRow.url) == url,
    "status": lambda statuses: col(DocumentRow.status).in_(statuses),
    "briefing_id": lambda briefing: col(DocumentRow.id).in_(
        select(col(MemberRow.document_id)).where(col(MemberRow.briefing_id) == briefing)
    ),
    "published_from": lambda day: col(DocumentRow.published) >= day,
    "published_to": lambda day: and_(
        col(DocumentRow.published) > BEFORE_DAYS, col(DocumentRow.published) <= day
    ),
    "added_from": lambda moment: col(DocumentRow.added_at) >= moment,
    "added_to": lambda moment: col(DocumentRow.added_at) <= moment,
}

_SHARES = {"publisher": 0.05, "host": 0.05, "kind": 0.3, "status": 0.9}
_SHARES |= dict.fromkeys(("published_from", "published_to", "added_from", "added_to"), 0.9)
"""What part of all documents mostly fits a filter; of the others, few do."""


def page_documents(engine: Engine, asked: DocumentQuery, *, to: Cleared = NOBODY) -> Page:
    """Documents that somebody is told of, those added last first, or by day where a range of days is given.

    Raises BadCursor.
    """
    given = filters_of(asked)
    ranged = "published_from" in given or "published_to" in given
    sort: str = asked.sort or ("-published" if ranged else "-added_at")
    column, kind, backwards = _ORDERS[sort]
    key = (column, col(DocumentRow.id))
    scope = scope_of_query("documents", asked, sort)
    query = select(*_INFO).where(*told_to(to))
    for name, value in given.items():
        fits = _FILTERS[name](value)
        query = query.where(as_likely(fits, _SHARES[name], engine.dialect.name) if name in _SHARES else fits)
    if asked.cursor is not None:
        last = decode_cursor(asked.cursor, scope, kind, str)
        query = query.where(tuple_(*key) < last if backwards else tuple_(*key) > last)
    query = query.add_columns(col(DocumentRow.published))
    query = query.order_by(*(one.desc() if backwards else one for one in key))
    with Session(engine) as session:
        rows = session.execute(query.limit(asked.limit + 1)).all()
    more = None
    if len(rows) > asked.limit:
        end = rows[asked.limit - 1]
        more = encode_cursor(scope, (end.published if sort == "-published" else end.added_at, end.id))
    return Page([msgspec.json.encode(_info(*row[:-1])) for row in rows[: asked.limit]], more)


def get_text(engine: Engine, id: str) -> str | None:
    """A document's canonical text."""
    with Session(engine) as session:
        return session.scalar(select(col(DocumentRow.text)).where(col(DocumentRow.id) == id))


def get_texts(engine: Engine, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each of these documents that is there with its text, in their order; never all of them at once."""
    waiting = iter(ids)
    while some := list(islice(waiting, _TEXTS)):
        query = select(col(DocumentRow.id), col(DocumentRow.text)).where(col(DocumentRow.id).in_(some))
        with Session(engine) as session:
            texts = {id: text for id, text in session.execute(query)}
        yield from ((id, texts[id]) for id in some if id in texts)


def get_content(engine: Engine, id: str) -> tuple[str, bytes] | None:
    """A document's canonical text, and what the reader kept beside it, in the reader's own encoding."""
    query = select(col(DocumentRow.text), col(DocumentRow.layout)).where(col(DocumentRow.id) == id)
    with Session(engine) as session:
        row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def save_readout(engine: Engine, id: str, readout: DocumentReadout) -> None:
    """Keep a document's readout in place of an earlier one."""
    body = msgspec.json.encode(readout)
    row = {"document_id": id, "body": body, "digest": sha256(body).hexdigest()}
    with writing(engine) as session:
        put(session, ReadoutRow, [row])
        _settle(session, col(DocumentRow.id) == id)


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


def _info(
    id: str,
    file: str | None,
    chars: int,
    status: str,
    refusal: bytes | None,
    source: bytes,
    stated: bytes | None,
    detected: bytes | None,
    copy_of: str | None,
    added_at: datetime,
    withdrawn_at: datetime | None,
    replaced_by: str | None,
) -> DocumentInfo:
    return DocumentInfo(
        id=id,
        file=file,
        chars=chars,
        status=status,
        refusal=msgspec.json.decode(refusal, type=DocumentRefusal)
        if refusal and status == "refused"
        else None,
        source=msgspec.json.decode(source, type=Source),
        stated=msgspec.json.decode(stated, type=StatedMetadata) if stated else None,
        detected=msgspec.json.decode(detected, type=DetectedMetadata) if detected else None,
        copy_of=copy_of,
        added_at=added_at,
        withdrawn_at=withdrawn_at,
        replaced_by=replaced_by,
    )
