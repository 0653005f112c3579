"""Bodies of revisions as they are stored: the last one whole, each before it by how it differs from the next.

That is a frame of Zstandard, which takes the next body for a dictionary: one document more leaves most of a briefing as
it was. Some are compressed whole in between, so that no reader has to put many together.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec
import zstandard
from msgspec.structs import replace
from sqlalchemy import Connection, Table, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schemas import Briefing, Cause, Fact
from schemas.kinds import LISTED, facts_of_kind
from store.tables import RevisionRow, at_rest, served

WHOLE_EVERY = 20
"""Revisions of a number that this divides are told by no other."""
_LEVEL = 4
# Of two bodies most is the same for long stretches: what begins alike for seven bytes tells that.
_ALIKE = {"hash_log": 18, "min_match": 7}


def pack(body: bytes, base: bytes | None = None) -> bytes:
    """A body, or how it differs from another."""
    if base is None:
        return zstandard.ZstdCompressor(level=_LEVEL).compress(body)
    window = max((len(base) + len(body)).bit_length(), zstandard.WINDOWLOG_MIN)
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=window, **_ALIKE)
    compressor = zstandard.ZstdCompressor(dict_data=_dictionary(base), compression_params=parameters)
    return compressor.compress(body)


def unpack(packed: bytes, base: bytes | None = None) -> bytes:
    if base is None:
        return zstandard.ZstdDecompressor().decompress(packed)
    return zstandard.ZstdDecompressor(dict_data=_dictionary(base)).decompress(packed)


def _dictionary(base: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def as_served(number: int, base: int | None, stored: bytes, following: bytes) -> bytes:
    """The body of a revision by how it is stored, and by the body of the next one."""
    if base is None:
        return served(stored)
    return unpack(stored, None if base == number else following)


def body_of(session: Session, briefing_id: str, revision: int) -> bytes:
    """The body of a revision that is there, put together from the next one that is whole."""
    number, base, here = col(RevisionRow.revision), col(RevisionRow.base), col(RevisionRow.briefing_id)
    later = (here == briefing_id, number >= revision)
    whole = select(func.min(number)).where(*later, or_(base.is_(None), base == number))
    query = select(number, base, col(RevisionRow.body)).where(*later, number <= whole.scalar_subquery())
    body = b""
    for row in session.execute(query.order_by(number.desc())):
        body = as_served(*row, body)
    return body


class Encoded(NamedTuple):
    """A briefing as JSON. `facts`: those of its lists, and each as JSON, by their `id()`."""

    body: bytes
    facts: Mapping[int, tuple[Fact, msgspec.Raw]]


def encode(briefing: Briefing, before: Encoded | None = None) -> Encoded:
    """A briefing as it is stored and served. Facts that were in the one `before` are not encoded again."""
    known = before.facts if before else {}
    facts: dict[int, tuple[Fact, msgspec.Raw]] = {}
    told = {}
    for kind in LISTED:
        own = facts_of_kind(briefing, kind)
        encoded = [known.get(id(fact)) or (fact, msgspec.Raw(msgspec.json.encode(fact))) for fact in own]
        facts.update(zip(map(id, own), encoded, strict=True))
        told[kind.plural] = [body for _, body in encoded]
    return Encoded(msgspec.json.encode(replace(briefing, **told)), facts)


class Appended(NamedTuple):
    """A revision to be stored, and how the one before is stored from then on: its number, its base, its body."""

    row: RevisionRow
    before: tuple[int, int, bytes] | None


def appended(
    session: Session, briefing: Briefing, cause: Cause, body: bytes, last: tuple[int, bytes] | None = None
) -> Appended:
    """`last`: the number and the body of the last revision, where they are at hand."""
    row = RevisionRow(
        briefing_id=briefing.id,
        revision=briefing.revision,
        slug=briefing.slug,
        body=body,
        cause=msgspec.json.encode(cause),
        created_at=briefing.updated_at,
    )
    if briefing.revision == 1:
        return Appended(row, None)
    last = last or _last_body(session, briefing.id)
    return Appended(row, superseded(*last, row.revision, body) if last else None)


def _last_body(session: Session, briefing_id: str) -> tuple[int, bytes] | None:
    number = col(RevisionRow.revision)
    query = select(number, col(RevisionRow.body)).where(col(RevisionRow.briefing_id) == briefing_id)
    row = session.execute(query.order_by(number.desc()).limit(1)).first()
    return (row.revision, row.body) if row else None


def superseded(number: int, body: bytes, next_number: int, next_body: bytes) -> tuple[int, int, bytes]:
    """How a revision is stored after which another has come: its number, its base, its body."""
    if number % WHOLE_EVERY == 0:
        return number, number, pack(body)
    return number, next_number, pack(body, next_body)


def append(session: Session, change: Appended) -> None:
    session.add(change.row)
    session.flush()
    if change.before:
        number, base, body = change.before
        mine = (col(RevisionRow.briefing_id) == change.row.briefing_id, col(RevisionRow.revision) == number)
        session.execute(update(RevisionRow).where(*mine).values(body=body, base=base))


def change_bodies(
    connection: Connection, table: Table, change: Callable[[tuple[str, int], bytes], bytes]
) -> int:
    """Change the bodies of all revisions, given their keys, each briefing's last one first; how many were changed."""
    count, following, next_fresh = 0, b"", b""
    for (id, number), base, stored in latest_first(connection, table):
        body = as_served(number, base, stored, following)
        fresh = change((id, number), body)
        told_by_next = base is not None and base != number
        # What tells the difference from the next body is another where that has changed.
        if fresh != body or (told_by_next and next_fresh != following):
            packed = (
                at_rest(fresh, connection.dialect.name)
                if base is None
                else pack(fresh, next_fresh if told_by_next else None)
            )
            mine = (table.c.briefing_id == id, table.c.revision == number)
            connection.execute(table.update().where(*mine).values(body=packed))
        count += fresh != body
        following, next_fresh = body, fresh
    return count


def latest_first(connection: Connection, table: Table) -> Iterator[tuple[tuple[str, int], int | None, bytes]]:
    """The keys, bases and bodies of all revisions, one body at a time."""
    keys = select(table.c.briefing_id, table.c.revision)
    for id, number in connection.execute(keys.order_by(table.c.briefing_id, table.c.revision.desc())).all():
        query = select(table.c.base, table.c.body)
        [(base, body)] = connection.execute(
            query.where(table.c.briefing_id == id, table.c.revision == number)
        )
        yield (id, number), base, body
