"""Rebuilding rounds: what documents change in the briefings is loaded, merged, and saved as new revisions."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple

import msgspec
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from pipeline.briefings.merge import day_of_briefing, merge
from pipeline.briefings.rounds import BlockingKeys, Part, blocking_keys, day_of_part
from pipeline.writing.text import STANDARD, Style
from schemas import Briefing, Cause, own_documents
from store.engine import writing
from store.rebuild import (
    active,
    add_waiting,
    assigned_to,
    briefing_of,
    changing,
    check_free,
    current,
    drop_waiting,
    found_under,
    holding,
    lock_rounds,
    neighbours_of,
    overdue,
    pairs_of,
    readouts_of,
    replaced_by,
    save_briefing,
    sides_of,
    tables_of,
    waiting,
    waiting_under,
    withdraw_briefing,
)
from store.writing import note_unwritten

WRITTEN_AFTER = timedelta(seconds=1)
"""How long a briefing waits for more documents of its round before a model writes of it."""
_MOST_OVERDUE = 1_000
"""At a time: the others wait for the next hour."""


class RoundRules:
    """What the pipeline says of rounds; whoever merges otherwise says it otherwise.

    `style`: how summaries are written; `author`: whether a model writes of what changes.
    """

    style: Style = STANDARD
    author: bool = False

    def __init__(self, style: Style = STANDARD, author: bool = False) -> None:
        self.style = style
        self.author = author

    def keys(self, part: Part) -> BlockingKeys:
        return blocking_keys(part)

    def day(self, part: Part) -> date | None:
        """The day by which a document's round is placed in time."""
        return day_of_part(part)

    def day_of_briefing(self, briefing: Briefing) -> date | None:
        return day_of_briefing(briefing)

    def now(self) -> datetime:
        """By what deadlines have passed, and the moment of a revision."""
        return datetime.now(UTC)

    def merge(
        self,
        parts: Sequence[Part],
        previous: Sequence[Briefing],
        assigned: Mapping[str, str],
        stored: Callable[[str], Briefing | None],
    ) -> list[Briefing]:
        """One of `previous` that it does not return is withdrawn, one of unchanged revision is left alone."""
        return merge(parts, previous, self.now(), assigned=assigned, stored=stored, style=self.style)


ROUND_RULES = RoundRules()


def rebuild(engine: Engine, document_id: str, rules: RoundRules = ROUND_RULES) -> list[str]:
    """Merge a document into the briefings it may belong to; ids of those that hold it afterwards.

    Running it again changes nothing. Raises NoResultFound without a readout.
    """

    def change(session: Session) -> list[str]:
        lock_rounds(session, _change_of(session, document_id).tables)
        drop_waiting(session, [document_id])
        return _merge_changes(session, [_change_of(session, document_id)], rules, document_id)

    return changing(engine, change)


def wait_to_rebuild(engine: Engine, document_id: str, rules: RoundRules = ROUND_RULES) -> None:
    """Let `rebuild_waiting` merge a document, be it called for this one or for another of its round."""

    def change(session: Session) -> None:
        part = _part_of(session, document_id)
        add_waiting(session, document_id, rules.keys(part).index if part.readout.negotiation else [])

    changing(engine, change)


def rebuild_waiting(engine: Engine, document_id: str, rules: RoundRules = ROUND_RULES) -> list[str]:
    """As `rebuild`, at once for all documents that wait and may be of its round. One that was merged so is left."""
    with Session(engine) as session:
        if not waiting(session, [document_id]):
            return sorted(holding(session, [document_id]))
    return changing(engine, lambda session: _rebuild_waiting(session, document_id, rules))


def rounds_overdue(engine: Engine, today: date) -> list[str]:
    """Briefings that tell of something as pending whose day has passed."""
    with Session(engine) as session:
        return overdue(session, today, _MOST_OVERDUE)


def let_time_pass(engine: Engine, briefing_id: str, rules: RoundRules = ROUND_RULES) -> None:
    """Merge a round anew in which something was to fall due on a day that has passed."""

    def change(session: Session) -> None:
        lock_rounds(session, tables_of(session, [briefing_id]))
        cause = Cause(kind="time_passed", document_ids=[], reason=None)
        remerge(session, rules, [briefing_id], cause)

    changing(engine, change)


def wait_no_more(engine: Engine, document_id: str) -> None:
    """Let nobody merge this document with theirs: where it cannot be merged, they could not either."""
    with writing(engine) as session:
        drop_waiting(session, [document_id])


def _rebuild_waiting(session: Session, document_id: str, rules: RoundRules) -> list[str]:
    part = _part_of(session, document_id)
    beside = waiting_under(session, rules.keys(part).search) if part.readout.negotiation else []
    wanted = sorted({document_id, *beside})
    locked = lock_rounds(session, [table for id in wanted for table in _change_of(session, id).tables])
    # Others may have merged some of them until the locks were had.
    left = waiting(session, wanted)
    if document_id not in left:
        return sorted(holding(session, [document_id]))
    changes = [_change_of(session, id) for id in sorted(left)]
    [own] = [one for one in changes if one.part.id == document_id]
    fit = [one for one in changes if one is own or (one.kind == own.kind and pairs_of(one.tables) <= locked)]
    drop_waiting(session, [one.part.id for one in fit])
    return _merge_changes(session, fit, rules, document_id)


class _Change(NamedTuple):
    """What a document changes: as which kind of cause, in which briefings, between which parties."""

    part: Part
    kind: str
    briefings: set[str]
    tables: list[Sequence[str]]


def _change_of(session: Session, document_id: str) -> _Change:
    part = _part_of(session, document_id)
    talks = part.readout.negotiation
    older = replaced_by(session, document_id)
    held = holding(session, [document_id, *older])
    kind = "read_again" if held else "added"
    if older and holding(session, older):
        kind = "replaced"
    return _Change(part, kind, held, [*tables_of(session, held), *([talks.parties] if talks else [])])


def _part_of(session: Session, document_id: str) -> Part:
    parts = _parts_of(session, [document_id])
    if not parts:
        raise NoResultFound(f"document {document_id} has not been read")
    return parts[0]


def _parts_of(session: Session, documents: Collection[str]) -> list[Part]:
    return [Part(readout, source) for readout, source in readouts_of(session, documents)]


def _merge_changes(
    session: Session, changes: Sequence[_Change], rules: RoundRules, document_id: str
) -> list[str]:
    """Merge documents that change briefings in the same way; ids of those that hold this one afterwards."""
    documents = sorted(one.part.id for one in changes)
    ids = {id for one in changes for id in one.briefings}
    near = []
    standing = active(session, documents)
    for one in changes:
        talks = one.part.readout.negotiation
        if talks and one.part.id in standing:
            ids |= found_under(session, rules.keys(one.part).search)
            ids |= set(assigned_to(session, [one.part.id]).values())
            near.append((sides_of(talks.parties), rules.day(one.part)))
    cause = Cause(kind=changes[0].kind, document_ids=documents, reason=None)
    merged = remerge(session, rules, ids, cause, documents=documents, near=near)
    return [one.id for one in merged if any(source.document_id == document_id for source in one.sources)]


def remerge(
    session: Session,
    rules: RoundRules,
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
    parts = _parts_of(session, active(session, held | set(documents)))
    assigned = assigned_to(session, [part.id for part in parts])
    merged = rules.merge(parts, previous, assigned, cache(lambda id: briefing_of(session, id)))
    if len({briefing.id for briefing in merged}) < len(merged):
        raise ValueError("the merge gave two briefings one id")
    _save(session, rules, parts, previous, merged, cause)
    return merged


def _save(
    session: Session,
    rules: RoundRules,
    parts: Iterable[Part],
    previous: Iterable[Briefing],
    merged: Iterable[Briefing],
    cause: Cause,
) -> None:
    about = [part for part in parts if part.readout.negotiation]
    standing = {briefing.id: briefing for briefing in previous}
    for briefing in merged:
        before = standing.pop(briefing.id, None)
        if before is not None and before.revision == briefing.revision:
            continue
        own = own_documents(briefing)
        keys = (key for part in about if part.id in own for key in rules.keys(part).index)
        if before is None:
            check_free(session, briefing)
        day = rules.day_of_briefing(briefing)
        save_briefing(session, briefing, _cause_for(cause, before, briefing), day, keys)
        # Who merges without a model leaves to the others what one has written of before.
        if briefing.writing.by != "model" and (rules.author or (before and before.writing.by == "model")):
            note_unwritten(session, briefing.id, rules.now() + WRITTEN_AFTER)
    for gone in standing.values():
        withdraw_briefing(session, gone, _cause_for(cause, gone), rules.day_of_briefing(gone))


def _cause_for(cause: Cause, *briefings: Briefing | None) -> Cause:
    """The cause with those of its documents that this briefing holds or held; where it holds none, with all.

    An editor's decision is told whole.
    """
    if cause.reason is not None:
        return cause
    held = {source.document_id for one in briefings if one for source in one.sources}
    own = [id for id in cause.document_ids if id in held]
    return msgspec.structs.replace(cause, document_ids=own) if own else cause
