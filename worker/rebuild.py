"""Rebuilding rounds: what documents change in the briefings is loaded, merged, and saved as new revisions."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache, partial
from typing import NamedTuple
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from pipeline.briefings.memory import Memories
from pipeline.briefings.merge import day_of_briefing, merge
from pipeline.briefings.reviews import (
    Held,
    InForce,
    PinnedOrder,
    ReviewOutcome,
    Reviews,
    added_by,
    with_added,
)
from pipeline.briefings.rounds import BlockingKeys, Part, blocking_keys
from pipeline.briefings.settlements import Settlement
from pipeline.writing.edited import EditedText, TextEdit
from pipeline.writing.text import STANDARD, Style
from schemas import (
    Briefing,
    Cause,
    Conflict,
    DocumentReadout,
    Fact,
    ReviewDecision,
    RevisionNote,
    Source,
    own_documents,
)
from schemas.kinds import BY_NAME
from store.documents import replace_older
from store.embargoes import lift
from store.engine import is_reviewed, writing
from store.publication import Drafted, save_draft
from store.rebuild import (
    Revised,
    Standing,
    StoredPart,
    add_waiting,
    as_draft,
    briefing_of,
    changing,
    check_free,
    current,
    drafted,
    drop_waiting,
    found_under,
    held_by,
    holding,
    lock_rounds,
    neighbours_of,
    overdue,
    parts_of,
    parts_rested_on,
    replaced_by,
    revised,
    save,
    sides_of,
    standings_of,
    tables_of,
    waiting,
    waiting_under,
    withdrawn,
)
from store.reviews import StoredReview, drop_outcomes, reviews_in_force, save_outcomes
from store.revisions import Encoded
from store.writing import note_unwritten

WRITTEN_AFTER = timedelta(seconds=1)
"""How long a briefing waits for more documents of its round before a model writes of it."""
_TRIES = 3
"""To merge while others may write; then they have to wait."""
_MOST_PARTS = 512
"""That a process keeps in memory: about a hundred kilobytes each."""
_MEMORIES = Memories(_MOST_PARTS)
_MOST_BRIEFINGS = 8
_SAVED: "WeakKeyDictionary[Engine, dict[str, _Saved]]" = WeakKeyDictionary()
"""The briefings that were saved last in each database, by id."""
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
        return part.day

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
        reviews: Reviews,
    ) -> list[Briefing]:
        """One of `previous` that it does not return is withdrawn, one of unchanged revision is left alone."""
        return merge(
            parts,
            previous,
            self.now(),
            assigned=assigned,
            stored=stored,
            style=self.style,
            reviews=reviews,
            memories=_MEMORIES,
        )


ROUND_RULES = RoundRules()


def rebuild(engine: Engine, document_id: str, rules: RoundRules = ROUND_RULES) -> list[str]:
    """Merge a document into the briefings it may belong to; ids of those that hold it afterwards.

    Running it again changes nothing. Raises NoResultFound without a readout.
    """

    def find(session: Session, _: Collection[str] | None) -> Rebuild:
        return _work_of(session, rules, _changes_of(session, [document_id]))._replace(waited=True)

    return _holding(rebuilt(engine, rules, find) or (), document_id)


def wait_to_rebuild(engine: Engine, document_id: str, rules: RoundRules = ROUND_RULES) -> None:
    """Let `rebuild_waiting` merge a document, be it called for this one or for another of its round."""

    def change(session: Session) -> None:
        part = _part_of(session, document_id)
        add_waiting(session, document_id, rules.keys(part).index if part.readout.negotiation else [])

    changing(engine, change)


def rebuild_waiting(engine: Engine, document_id: str, rules: RoundRules = ROUND_RULES) -> list[str]:
    """As `rebuild`, at once for all documents that wait and may be of its round. One that was merged so is left."""

    def find(session: Session, documents: Collection[str] | None) -> Rebuild | None:
        wanted = documents or {document_id, *_waiting_beside(session, document_id, rules)}
        left = waiting(session, wanted)
        if document_id not in left:
            return None
        changes = _changes_of(session, left)
        [own] = [one for one in changes if one.part.id == document_id]
        fit = [one for one in changes if one.kind == own.kind]
        return _work_of(session, rules, fit)._replace(waited=True)

    merged = rebuilt(engine, rules, find)
    if merged is not None:
        return _holding(merged, document_id)
    with Session(engine) as session:
        return sorted(holding(session, [document_id]))


def rounds_overdue(engine: Engine, today: date) -> list[str]:
    """Briefings that tell of something as pending whose day has passed."""
    with Session(engine) as session:
        return overdue(session, today, _MOST_OVERDUE)


def let_time_pass(engine: Engine, briefing_id: str, rules: RoundRules = ROUND_RULES) -> None:
    """Merge a round anew in which something was to fall due on a day that has passed."""

    def find(session: Session, _: Collection[str] | None) -> Rebuild:
        cause = Cause(kind="time_passed", document_ids=[], reason=None)
        return Rebuild(cause, {briefing_id}, tables=tables_of(session, [briefing_id]))

    rebuilt(engine, rules, find)


def end_embargo(engine: Engine, document_id: str, read: bool, rules: RoundRules = ROUND_RULES) -> None:
    """Merge a document whose embargo is over. One that is not `read` yet is merged when it has been."""
    with writing(engine) as session:
        replace_older(session, document_id)
    if read:
        rebuild(engine, document_id, rules)
    lift(engine, document_id)


def wait_no_more(engine: Engine, document_id: str) -> None:
    """Let nobody merge this document with theirs: where it cannot be merged, they could not either."""
    with writing(engine) as session:
        drop_waiting(session, [document_id])


class Announcement(NamedTuple):
    """What an editor tells readers: what of, why, who and when."""

    kind: str
    text: str
    by: str
    at: datetime

    def of(self, revision: int) -> RevisionNote:
        return RevisionNote(revision=revision, **self._asdict())


class Rebuild(NamedTuple):
    """What is to be merged, and why: briefings with the rounds before and after them, and documents besides.

    `near`: sides and days of rounds to come. `tables`: the parties between which rounds are rebuilt. `waited`: the
    documents wait to be merged. `read`: what has been loaded of them. `withdrawn`, `assigned`: what an editor is about
    to decide of documents; `review`: of what is read or written; `replaced`: which decisions give way to it.
    `announced`: what readers are told of it, as a correction in these briefings, or where one is withdrawn.
    """

    cause: Cause
    briefings: set[str]
    documents: Sequence[str] = ()
    near: Sequence[tuple[str, date | None]] = ()
    tables: Sequence[Sequence[str]] = ()
    waited: bool = False
    read: Sequence[StoredPart] = ()
    withdrawn: Sequence[str] = ()
    assigned: Mapping[str, str] = {}
    review: InForce | None = None
    replaced: frozenset[str] = frozenset()
    announced: Announcement | None = None


Find = Callable[[Session, Collection[str] | None], Rebuild | None]
"""Finds what is to be merged, of these documents alone where they are given; None where nothing is left to do."""
Decide = Callable[[Session, Rebuild], None]
"""Stores what an editor decides."""


class _Reach(NamedTuple):
    """What a merge turns out to concern besides what it was to: briefings withdrawn before that it brings back, and
    sides and days to which it moves rounds.
    """

    revived: frozenset[str] = frozenset()
    places: frozenset[tuple[str, date | None]] = frozenset()


class _Basis(NamedTuple):
    """All that a merge is made from, as it is stored."""

    work: Rebuild
    briefings: dict[str, Standing]
    parts: list[StoredPart]
    reviews: list[StoredReview]
    reach: _Reach

    @property
    def held(self) -> list[InForce]:
        """What editors decided, or are about to."""
        held = {one.review.id: one for one in map(_held, self.reviews)}
        if (new := self.work.review) is not None:
            gone = self.work.replaced
            held = {
                id: one for id, one in held.items() if id not in gone and one.review.about != new.review.about
            }
            held[new.review.id] = new
        return list(held.values())

    @property
    def added(self) -> dict[str, tuple[tuple[str, bytes], ...]]:
        """What editors added to each document, oldest first."""
        added: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
        for one in sorted(self.held, key=lambda one: (one.review.at, one.review.id)):
            if isinstance(one, Held) and one.review.verdict == "added":
                body = msgspec.json.encode(added_by(one.review, one.machine))
                added[one.machine.evidence[0].document_id].append((one.review.kind, body))
        return {document: tuple(facts) for document, facts in added.items()}

    @property
    def assigned(self) -> dict[str, str]:
        """To which briefings editors assigned documents, or are about to."""
        decided = self.work.assigned
        told = {part.id: decided.get(part.id, part.assigned) for part in self.parts}
        return {document: briefing for document, briefing in told.items() if briefing is not None}


class _Merge(NamedTuple):
    """What a merge has made of its basis, and what it looked up besides; nothing of it is saved yet."""

    basis: _Basis
    looked_up: dict[str, Standing | None]
    briefings: list[Briefing]
    new: list[Briefing]
    revisions: list[Revised]
    drafts: list[Drafted]
    unwritten: list[str]
    gone: list[str]
    outcomes: Mapping[str, Sequence[ReviewOutcome]]


def rebuilt(
    engine: Engine, rules: RoundRules, find: Find, decide: Decide | None = None
) -> list[Briefing] | None:
    """The briefings as they are merged and saved; None where there is nothing to do.

    Others can write while a round is merged. What has been made from what moved meanwhile is thrown away. `decide`
    stores what an editor decides, in the transaction that saves what comes of it.
    """
    for _ in range(_TRIES):
        with Session(engine) as session:
            work = find(session, None)
            if work is None:
                return None
            merge = _merged(engine, session, rules, work)
        if changing(engine, partial(_saved_unless_moved, rules=rules, find=find, merge=merge, decide=decide)):
            _keep(engine, merge)
            return merge.briefings
    return changing(engine, partial(_rebuilt_at_once, engine=engine, rules=rules, find=find, decide=decide))


def _saved_unless_moved(
    session: Session, rules: RoundRules, find: Find, merge: _Merge, decide: Decide | None
) -> bool:
    lock_rounds(session, merge.basis.work.tables)
    work = find(session, merge.basis.work.documents)
    if work != merge.basis.work or _basis(session, work, merge.basis.reach) != merge.basis:
        return False
    now = standings_of(session, merge.looked_up, withdrawn=True)
    if any(now.get(id) != before for id, before in merge.looked_up.items()):
        return False
    if decide:
        decide(session, work)
    _save(session, rules, merge)
    return True


def _rebuilt_at_once(
    session: Session, engine: Engine, rules: RoundRules, find: Find, decide: Decide | None
) -> list[Briefing] | None:
    """In one transaction, which lets nobody move anything."""
    found = find(session, None)
    if found is None:
        return None
    lock_rounds(session, found.tables)
    # Others may have merged some of it until the locks were had.
    work = find(session, found.documents)
    if work is None:
        return None
    if decide:
        decide(session, work)
    merge = _merged(engine, session, rules, work)
    _save(session, rules, merge)
    return merge.briefings


class _Change(NamedTuple):
    """What a document changes: as which kind of cause, in which briefings, between which parties."""

    part: Part
    stored: StoredPart
    kind: str
    briefings: set[str]
    tables: list[Sequence[str]]


def _waiting_beside(session: Session, document_id: str, rules: RoundRules) -> list[str]:
    """Documents that wait and may be of the round of this one."""
    part = _part_of(session, document_id)
    return waiting_under(session, rules.keys(part).search) if part.readout.negotiation else []


def _changes_of(session: Session, documents: Collection[str]) -> list[_Change]:
    stored = parts_of(session, documents)
    if missing := sorted(set(documents) - {part.id for part in stored}):
        raise NoResultFound(f"document {missing[0]} has not been read")
    older = replaced_by(session, [part.id for part in stored if part.replaces])
    held = held_by(session, {*documents, *(id for replaced in older.values() for id in replaced)})
    standing = standings_of(session, {id for briefings in held.values() for id in briefings}, withdrawn=True)
    changes = []
    for each in stored:
        part = _part(each.readout, each.source)
        replaced = {briefing for id in older.get(part.id, ()) for briefing in held.get(id, ())}
        briefings = held.get(part.id, set()) | replaced
        kind = "replaced" if replaced else "read_again" if briefings else "added"
        if each.embargoed and held.get(part.id):
            kind = "embargoed"
        tables: list[Sequence[str]] = [standing[id].sides.split("+") for id in sorted(briefings)]
        talks = part.readout.negotiation
        changes.append(_Change(part, each, kind, briefings, [*tables, *([talks.parties] if talks else [])]))
    return changes


def _part_of(session: Session, document_id: str) -> Part:
    stored = parts_of(session, [document_id])
    if not stored:
        raise NoResultFound(f"document {document_id} has not been read")
    return _part(stored[0].readout, stored[0].source)


@lru_cache(maxsize=_MOST_PARTS)
def _part(readout: bytes, source: bytes, added: tuple[tuple[str, bytes], ...] = ()) -> Part:
    """A part as it is stored. It keeps what is found out about it: most of a round was merged a moment ago.

    `added`: facts that editors added, each with its kind.
    """
    told = msgspec.json.decode(readout, type=DocumentReadout)
    facts = [msgspec.json.decode(body, type=BY_NAME[kind].fact) for kind, body in added]
    return Part(with_added(told, facts) if facts else told, msgspec.json.decode(source, type=Source))


def _work_of(session: Session, rules: RoundRules, changes: Sequence[_Change]) -> Rebuild:
    """What documents have merged that change briefings in the same way."""
    documents = sorted(one.part.id for one in changes)
    coming = [one for one in changes if one.part.readout.negotiation and one.stored.stands]
    ids = {id for one in changes for id in one.briefings}
    ids |= {one.stored.assigned for one in coming if one.stored.assigned}
    for keys in {rules.keys(one.part).search for one in coming}:
        ids |= found_under(session, keys)
    near = [(sides_of(one.part.talks.parties), rules.day(one.part)) for one in coming]
    cause = Cause(kind=changes[0].kind, document_ids=documents, reason=None)
    tables = [table for one in changes for table in one.tables]
    return Rebuild(cause, ids, documents, near, tables, read=[one.stored for one in changes])


def _holding(briefings: Iterable[Briefing], document_id: str) -> list[str]:
    """The ids of those that hold a document."""
    return [one.id for one in briefings if any(source.document_id == document_id for source in one.sources)]


def _basis(session: Session, work: Rebuild, reach: _Reach) -> _Basis:
    standing = standings_of(session, work.briefings)
    days = [(one.sides, one.day) for one in standing.values()]
    standing |= standings_of(session, neighbours_of(session, [*days, *work.near, *reach.places]))
    rested_on = {part.id: part for part in parts_rested_on(session, standing.keys())}
    read = rested_on | {part.id: part for part in work.read}
    read |= {part.id: part for part in parts_of(session, set(work.documents) - read.keys())}
    documents = read.keys() | work.documents
    standing_parts = [part for id, part in sorted(read.items()) if part.stands and id not in work.withdrawn]
    reviews = reviews_in_force(session, documents, standing.keys() | work.briefings | reach.revived)
    return _Basis(work, standing, standing_parts, reviews, reach)


class _Saved(NamedTuple):
    """A briefing as it was saved; `stored`: as it was stored, where this process has done that."""

    briefing: Briefing
    stored: Encoded | None


def _standing(engine: Engine, session: Session, standing: Mapping[str, Standing]) -> list[Briefing]:
    """Briefings as they stand, without reading again what this process has saved itself."""
    kept = _SAVED.get(engine, {})
    known = {id: kept[id].briefing for id in standing.keys() & kept.keys()}
    at_hand = [
        one
        for id, one in known.items()
        if (one.revision, one.updated_at) == standing[id][:2] and not standing[id].edition
    ]
    read = current(session, standing.keys() - {one.id for one in at_hand})
    return sorted([*at_hand, *read], key=lambda one: (one.created_at, one.id))


def _keep(engine: Engine, merge: _Merge) -> None:
    kept = _SAVED.setdefault(engine, {})
    stored = {one.id: one.encoded for one in merge.revisions}
    for briefing in merge.briefings:
        before = kept.pop(briefing.id, None)
        if briefing.status != "draft":
            same = before.stored if before and before.briefing is briefing else None
            kept[briefing.id] = _Saved(briefing, stored.get(briefing.id, same))
    for id in list(kept)[:-_MOST_BRIEFINGS]:
        kept.pop(id, None)


def _stored(engine: Engine, briefing: Briefing | None) -> Encoded | None:
    """A briefing as this process has stored it, if it has."""
    saved = _SAVED.get(engine, {}).get(briefing.id) if briefing else None
    return saved.stored if saved and saved.briefing is briefing else None


def _held(stored: StoredReview) -> InForce:
    review = msgspec.json.decode(stored.body, type=ReviewDecision)
    if review.kind == "conflict":
        return Settlement(review, msgspec.json.decode(stored.machine, type=Conflict))
    if review.kind == "text":
        edited = msgspec.convert(review.values, EditedText) if review.verdict == "edited" else None
        return TextEdit(review, edited)
    if review.kind == "order":
        return PinnedOrder(review, review.values["fact_ids"])
    shape = BY_NAME[review.kind].fact
    machine = msgspec.json.decode(stored.machine, type=shape)
    rejected: list[Fact] = []
    if review.verdict == "rejected":
        rejected = [msgspec.json.decode(body, type=shape) for _, body in stored.outcomes]
    ids = frozenset({review.about, *(id for id, _ in stored.outcomes)})
    return Held(review, machine, stored.places, ids, tuple(rejected))


def _reached(
    session: Session,
    basis: _Basis,
    merged: Iterable[Briefing],
    looked_up: Mapping[str, Standing | None],
    rules: RoundRules,
) -> _Reach:
    """What a merge concerns of which its basis does not tell, with what was found so before."""
    back = (one.id for one in merged if one.id not in basis.briefings and looked_up.get(one.id))
    places = {(sides_of(one.negotiation.parties), rules.day_of_briefing(one)) for one in merged}
    places -= {*basis.work.near, *((one.sides, one.day) for one in basis.briefings.values())}
    if neighbours_of(session, places) <= basis.briefings.keys():
        places.clear()
    return _Reach(basis.reach.revived.union(back) - basis.work.briefings, basis.reach.places | places)


def _merged(engine: Engine, session: Session, rules: RoundRules, work: Rebuild) -> _Merge:
    """What becomes of the rounds, worked out to the rows; it is made from what this transaction sees."""
    reach = _Reach()
    looked_up: dict[str, Standing | None] = {}

    @cache
    def stored(id: str) -> Briefing | None:
        looked_up[id] = standings_of(session, [id], withdrawn=True).get(id)
        return briefing_of(session, id) if looked_up[id] else None

    while True:
        basis = _basis(session, work, reach)
        previous = _standing(engine, session, basis.briefings)
        added = basis.added
        parts = [_part(part.readout, part.source, added.get(part.id, ())) for part in basis.parts]
        reviews = Reviews(basis.held)
        merged = rules.merge(parts, previous, basis.assigned, stored, reviews)
        further = _reached(session, basis, merged, looked_up, rules)
        if further == reach:
            break
        reach = further
    if len({briefing.id for briefing in merged}) < len(merged):
        raise ValueError("the merge gave two briefings one id")
    about = [part for part in parts if part.readout.negotiation]
    standing = {briefing.id: briefing for briefing in previous}
    new, unwritten = [], []
    revisions: list[Revised] = []
    drafts: list[Drafted] = []

    def make(briefing: Briefing, before: Briefing | None, cause: Cause, keys: Iterable[str]) -> Briefing:
        """A briefing as it is stored: told to readers, or a draft. `before`: its last revision."""
        day = rules.day_of_briefing(briefing)
        at = basis.briefings.get(briefing.id) or looked_up.get(briefing.id)
        edition = at.edition if at else 0
        briefing = _noted(briefing, work)
        if edition or is_reviewed(session):
            drafts.append(drafted(briefing, cause, day, keys, edition + 1))
            return as_draft(briefing)
        revisions.append(revised(session, briefing, before, cause, day, keys, _stored(engine, before)))
        return briefing

    for place, briefing in enumerate(merged):
        before = standing.pop(briefing.id, None)
        if before is not None and before.revision == briefing.revision:
            continue
        own = own_documents(briefing)
        keys = frozenset().union(*(rules.keys(part).index for part in about if part.id in own))
        if before is None:
            new.append(briefing)
        last = before or stored(briefing.id)
        merged[place] = make(briefing, last, _cause_for(work.cause, before, briefing), keys)
        # Who merges without a model leaves to the others what one has written of before.
        if briefing.writing.by == "rules" and (rules.author or (before and before.writing.by == "model")):
            unwritten.append(briefing.id)
    for gone in standing.values():
        make(withdrawn(gone), gone, _cause_for(work.cause, gone), ())
    return _Merge(
        basis, looked_up, merged, new, revisions, drafts, unwritten, list(standing), reviews.outcomes
    )


def _noted(briefing: Briefing, work: Rebuild) -> Briefing:
    """A briefing with what the editor tells readers of it; that it was withdrawn is told while it is."""
    told, note, gone = work.announced, briefing.note, briefing.status == "withdrawn"
    if told is not None and briefing.id in work.briefings and (told.kind == "withdrawal") == gone:
        note = told.of(briefing.revision)
    elif note is not None and (note.kind == "withdrawal") != gone:
        note = None
    return msgspec.structs.replace(briefing, note=note)


def _save(session: Session, rules: RoundRules, merge: _Merge) -> None:
    for briefing in merge.new:
        # Of the others nothing was there, and nothing is: what was looked up has not moved.
        if merge.looked_up.get(briefing.id):
            check_free(session, briefing)
    for draft in merge.drafts:
        save_draft(session, draft)
    for change in merge.revisions:
        save(session, change)
    if merge.basis.reviews or merge.basis.work.review:
        drop_outcomes(session, merge.gone)
        for briefing in merge.briefings:
            save_outcomes(session, briefing, merge.outcomes.get(briefing.id, ()))
    for id in merge.unwritten:
        note_unwritten(session, id, rules.now() + WRITTEN_AFTER)
    if merge.basis.work.waited:
        drop_waiting(session, merge.basis.work.documents)


def _cause_for(cause: Cause, *briefings: Briefing | None) -> Cause:
    """The cause with those of its documents that this briefing holds or held; where it holds none, with all.

    An editor's decision is told whole.
    """
    if cause.reason is not None:
        return cause
    told = [{source.document_id: source for source in one.sources} for one in briefings if one]
    own = [id for id in cause.document_ids if any(id in sources for sources in told)]
    kind = cause.kind
    if kind == "read_again" and any(len({_told(sources.get(id)) for sources in told}) > 1 for id in own):
        kind = "restated"
    return msgspec.structs.replace(cause, kind=kind, document_ids=own or cause.document_ids)


def _told(source: Source | None) -> bytes:
    """Where a document comes from, as it and its sender tell."""
    if source is None:
        return b""
    return msgspec.json.encode(msgspec.structs.replace(source, origin_group=source.document_id[:8]))
