"""Rebuilding rounds: what a change to documents changes in the briefings, saved as new revisions."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

import msgspec
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schemas import Briefing, Cause, own_documents
from store.engine import writing
from store.publishing import check_free, save, sides_of, withdraw
from store.rebuild_inputs import (
    Part,
    active,
    assigned_to,
    briefing_of,
    current,
    found_under,
    holding,
    lock_rounds,
    neighbours_of,
    parts_of,
    read_part,
    replaced_by,
    tables_of,
)

T = TypeVar("T")
_TRIES = 5


class Rules(Protocol):
    """What rounds are and how they are merged, which the store does not know."""

    def keys(self, part: Part) -> tuple[Collection[str], Collection[str]]:
        """The keys of a document about talks: under which its round is found, and under which it looks for it."""

    def day(self, part: Part) -> date | None:
        """The day by which a document's round is placed in time."""

    def day_of_briefing(self, briefing: Briefing) -> date | None:
        """The day by which a briefing is placed in time."""

    def merge(
        self,
        parts: Sequence[Part],
        previous: Sequence[Briefing],
        assigned: Mapping[str, str],
        stored: Callable[[str], Briefing | None],
    ) -> list[Briefing]:
        """The briefings of these documents. One of `previous` that it does not return is withdrawn.

        What it returns at an unchanged revision is left alone. `assigned`: briefing ids by document id, as
        editors decided; `stored`: the briefing of an id, withdrawn ones among them.
        """


def rebuild(engine: Engine, document_id: str, rules: Rules) -> list[str]:
    """Merge a document into the briefings it may belong to; ids of those that hold it afterwards.

    Running it again changes nothing. Raises NoResultFound without a readout.
    """
    return changing(engine, lambda session: _rebuild(session, document_id, rules))


def changing(engine: Engine, change: Callable[[Session], T]) -> T:
    """What a change to rounds returns, committed. Changes to rounds between the same parties wait for each other.

    Where another process changed the same briefing through another of its parties, it is done again.
    """
    for tries_left in reversed(range(_TRIES)):
        try:
            with writing(engine) as session:
                return change(session)
        except IntegrityError:
            if not tries_left:
                raise
    raise AssertionError("unreachable")


class Change(NamedTuple):
    """What a document changes: as which kind of cause, in which briefings, between which parties."""

    part: Part
    kind: str
    briefings: set[str]
    tables: list[Sequence[str]]

    @property
    def id(self) -> str:
        return self.part[0].document.id


def change_of(session: Session, document_id: str) -> Change:
    part = read_part(session, document_id)
    talks = part[0].negotiation
    older = replaced_by(session, document_id)
    held = holding(session, [document_id, *older])
    kind = "read_again" if held else "added"
    if older and holding(session, older):
        kind = "replaced"
    return Change(part, kind, held, [*tables_of(session, held), *([talks.parties] if talks else [])])


def _rebuild(session: Session, document_id: str, rules: Rules) -> list[str]:
    lock_rounds(session, change_of(session, document_id).tables)
    return merge_changes(session, [change_of(session, document_id)], rules, document_id)


def merge_changes(session: Session, changes: Sequence[Change], rules: Rules, document_id: str) -> list[str]:
    """Merge documents that change briefings in the same way; ids of those that hold this one afterwards."""
    documents = sorted(one.id for one in changes)
    ids = {id for one in changes for id in one.briefings}
    near = []
    standing = active(session, documents)
    for one in changes:
        talks = one.part[0].negotiation
        if talks and one.id in standing:
            ids |= found_under(session, rules.keys(one.part)[1])
            ids |= set(assigned_to(session, [one.id]).values())
            near.append((sides_of(talks.parties), rules.day(one.part)))
    cause = Cause(kind=changes[0].kind, document_ids=documents, reason=None)
    merged = remerge(session, rules, ids, cause, documents=documents, near=near)
    return [one.id for one in merged if any(source.document_id == document_id for source in one.sources)]


def remerge(
    session: Session,
    rules: Rules,
    ids: Iterable[str],
    cause: Cause,
    *,
    documents: Iterable[str] = (),
    near: Sequence[tuple[str, date | None]] = (),
) -> list[Briefing]:
    """Merge these briefings anew, with the rounds before and after them.

    `documents` are merged besides those that the briefings hold; `near`: sides and days of rounds to come.
    """
    previous = current(session, ids)
    days = [(sides_of(one.negotiation.parties), rules.day_of_briefing(one)) for one in previous]
    around = neighbours_of(session, [*days, *near])
    previous = current(session, {briefing.id for briefing in previous} | around)
    held = {source.document_id for briefing in previous for source in briefing.sources}
    parts = parts_of(session, active(session, held | set(documents)))
    assigned = assigned_to(session, [readout.document.id for readout, _ in parts])
    merged = rules.merge(parts, previous, assigned, lambda id: briefing_of(session, id))
    if len({briefing.id for briefing in merged}) < len(merged):
        raise ValueError("the merge gave two briefings one id")
    _store(session, rules, parts, previous, merged, cause)
    return merged


def _store(
    session: Session,
    rules: Rules,
    parts: Iterable[Part],
    previous: Iterable[Briefing],
    merged: Iterable[Briefing],
    cause: Cause,
) -> None:
    about = [part for part in parts if part[0].negotiation]
    standing = {briefing.id: briefing for briefing in previous}
    for briefing in merged:
        before = standing.pop(briefing.id, None)
        if before is not None and before.revision == briefing.revision:
            continue
        own = own_documents(briefing)
        keys = (key for part in about if part[0].document.id in own for key in rules.keys(part)[0])
        if before is None:
            check_free(session, briefing)
        save(session, briefing, _of(cause, before, briefing), rules.day_of_briefing(briefing), keys)
    for gone in standing.values():
        withdraw(session, gone, _of(cause, gone), rules.day_of_briefing(gone))


def _of(cause: Cause, *briefings: Briefing | None) -> Cause:
    """The cause with those of its documents that this briefing holds or held; where it holds none, with all.

    An editor's decision is told whole.
    """
    if cause.reason is not None:
        return cause
    held = {source.document_id for one in briefings if one for source in one.sources}
    own = [id for id in cause.document_ids if id in held]
    return msgspec.structs.replace(cause, document_ids=own) if own else cause
