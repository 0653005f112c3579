"""Documents that wait to be merged, so that those of one round are merged together."""

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import writing
from store.rebuild_inputs import holding, lock_rounds, pairs_of, read_part
from store.rounds import Rules, change_of, changing, merge_changes
from store.tables import MergeRow

_MOST = 200
_keys = msgspec.json.Decoder(list[str])


def wait_to_rebuild(engine: Engine, document_id: str, rules: Rules) -> None:
    """Let `rebuild_waiting` merge a document, be it called for this one or for another of its round."""

    def change(session: Session) -> None:
        part = read_part(session, document_id)
        keys = sorted(rules.keys(part)[0]) if part[0].negotiation else []
        session.merge(MergeRow(document_id=document_id, keys=msgspec.json.encode(keys).decode()))

    changing(engine, change)


def rebuild_waiting(engine: Engine, document_id: str, rules: Rules) -> list[str]:
    """As `rebuild`, at once for all documents that wait and may be of its round. One that was merged so is left."""
    with Session(engine) as session:
        if not _waiting(session, [document_id]):
            return sorted(holding(session, [document_id]))
    return changing(engine, lambda session: _rebuild(session, document_id, rules))


def wait_no_more(engine: Engine, document_id: str) -> None:
    """Let nobody merge this document with theirs: where it cannot be merged, they could not either."""
    with writing(engine) as session:
        _merged(session, [document_id])


def _rebuild(session: Session, document_id: str, rules: Rules) -> list[str]:
    part = read_part(session, document_id)
    beside = _under(session, rules.keys(part)[1]) if part[0].negotiation else []
    wanted = sorted({document_id, *beside})
    locked = lock_rounds(session, [table for id in wanted for table in change_of(session, id).tables])
    # Others may have merged some of them until the locks were had.
    left = _waiting(session, wanted)
    if document_id not in left:
        return sorted(holding(session, [document_id]))
    changes = [change_of(session, id) for id in sorted(left)]
    [own] = [one for one in changes if one.id == document_id]
    fit = [one for one in changes if one is own or (one.kind == own.kind and pairs_of(one.tables) <= locked)]
    _merged(session, [one.id for one in fit])
    return merge_changes(session, fit, rules, document_id)


def _waiting(session: Session, documents: Collection[str]) -> set[str]:
    query = select(col(MergeRow.document_id)).where(col(MergeRow.document_id).in_(documents))
    return set(session.scalars(query))


def _under(session: Session, keys: Iterable[str]) -> list[str]:
    """Documents that wait and have one of these keys."""
    wanted = set(keys)
    rows = session.execute(select(col(MergeRow.document_id), col(MergeRow.keys)))
    return sorted(id for id, listed in rows if not wanted.isdisjoint(_keys.decode(listed)))[:_MOST]


def _merged(session: Session, documents: Iterable[str]) -> None:
    session.execute(delete(MergeRow).where(col(MergeRow.document_id).in_(list(documents))))
