"""Bodies of revisions as they are stored: the last one whole, each before it by how it differs from the next one.

Both are frames of Zstandard, which takes the next body for a dictionary: one document more leaves most of a briefing
as it was. Some are whole in between, so that no reader has to put many together.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from typing import NamedTuple

import msgspec
import zstandard
from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Briefing, Cause
from store.tables import RevisionRow

WHOLE_EVERY = 20
"""Revisions of a number that this divides stay whole."""
_LEVEL, _LEVEL_OF_DELTAS = 3, 6


def pack(body: bytes, base: bytes | None = None) -> bytes:
    """A body, or how it differs from another."""
    if base is None:
        return zstandard.ZstdCompressor(level=_LEVEL).compress(body)
    window = (len(base) + len(body)).bit_length()
    parameters = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL_OF_DELTAS, window_log=max(window, zstandard.WINDOWLOG_MIN)
    )
    compressor = zstandard.ZstdCompressor(dict_data=_dictionary(base), compression_params=parameters)
    return compressor.compress(body)


def unpack(packed: bytes, base: bytes | None = None) -> bytes:
    if base is None:
        return zstandard.ZstdDecompressor().decompress(packed)
    return zstandard.ZstdDecompressor(dict_data=_dictionary(base)).decompress(packed)


def _dictionary(base: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def body_of(session: Session, briefing_id: str, revision: int) -> bytes:
    """The body of a revision that is there, put together from the next one that is whole."""
    number, here = col(RevisionRow.revision), col(RevisionRow.briefing_id) == briefing_id
    whole = select(func.min(number)).where(here, number >= revision, col(RevisionRow.base).is_(None))
    query = select(col(RevisionRow.body)).where(here, number >= revision, number <= whole.scalar_subquery())
    last, *before = session.scalars(query.order_by(number.desc()))
    return reduce(lambda body, delta: unpack(delta, body), before, unpack(last))


class Appended(NamedTuple):
    """A revision to be stored, and what the one before is stored as from then on."""

    row: RevisionRow
    before: tuple[int, bytes] | None


def appended(session: Session, briefing: Briefing, cause: Cause) -> Appended:
    row = RevisionRow(
        briefing_id=briefing.id,
        revision=briefing.revision,
        slug=briefing.slug,
        body=b"",
        base=None,
        cause=msgspec.json.encode(cause),
        created_at=briefing.updated_at,
    )
    body = msgspec.json.encode(briefing)
    row.body = pack(body)
    query = select(col(RevisionRow.revision), col(RevisionRow.body))
    query = query.where(col(RevisionRow.briefing_id) == briefing.id).order_by(
        col(RevisionRow.revision).desc()
    )
    last = session.execute(query.limit(1)).first()
    if last is None or last.revision % WHOLE_EVERY == 0:
        return Appended(row, None)
    return Appended(row, (last.revision, pack(unpack(last.body), body)))


def append(session: Session, change: Appended) -> None:
    session.add(change.row)
    session.flush()
    if change.before:
        number, delta = change.before
        mine = (col(RevisionRow.briefing_id) == change.row.briefing_id, col(RevisionRow.revision) == number)
        session.execute(update(RevisionRow).where(*mine).values(body=delta, base=change.row.revision))


def change_bodies(
    connection: Connection, table: Table, change: Callable[[tuple[str, int], bytes], bytes]
) -> int:
    """Change the bodies of all revisions, given their keys, each briefing's last one first; how many were changed."""
    count, after, fresh_after, moved = 0, b"", b"", False
    for key, base, packed in latest_first(connection, table):
        body = unpack(packed, after if base else None)
        fresh = change(key, body)
        # A delta tells the difference from the next body, which may be another than it was.
        if fresh != body or (base and moved):
            mine = (table.c.briefing_id == key[0], table.c.revision == key[1])
            stored = pack(fresh, fresh_after if base else None)
            connection.execute(table.update().where(*mine).values(body=stored))
        moved, after, fresh_after = fresh != body, body, fresh
        count += moved
    return count


def latest_first(connection: Connection, table: Table) -> Iterator[tuple[tuple[str, int], int | None, bytes]]:
    """All revisions, one body at a time."""
    keys = select(table.c.briefing_id, table.c.revision)
    for id, number in connection.execute(keys.order_by(table.c.briefing_id, table.c.revision.desc())).all():
        query = select(table.c.base, table.c.body)
        [(base, body)] = connection.execute(
            query.where(table.c.briefing_id == id, table.c.revision == number)
        )
        yield (id, number), base, body
