"""What a rebuild of rounds loads and saves: readouts, briefings as they stand, their new revisions, who waits.

What is saved is part of a transaction of `changing`. What it costs to find out what is to be saved can be spent before.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Date,
    Engine,
    Executable,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    select,
    union,
    union_all,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased
from sqlmodel import SQLModel, col

from schemas import Briefing, Cause, RoundDecision
from store.embargoes import under_embargo
from store.engine import is_reviewed, lock, one_of, put, writing
from store.publication import (
    PLACES,
    Drafted,
    has_draft,
    keys_of_round,
    links_of,
    save_draft,
    working,
    working_links,
)
from store.read_index import (
    Derived,
    Rows,
    bring_up,
    compared,
    count_rounds,
    derived,
    listed,
    new_rows,
    save_derived,
    summary_of,
)
from store.revisions import Appended, Encoded, append, appended, encode
from store.tables import (
    AssignmentRow,
    BriefingDraftRow,
    BriefingRow,
    DecisionRow,
    DocumentRow,
    FactRow,
    MemberRow,
    MergeRow,
    Moment,
    PartyRow,
    ReadoutRow,
    RevisionRow,
    RoundKeyRow,
)

_T = TypeVar("_T")
_TRIES = 5
_MOST_CANDIDATES = 20
_MOST_TOGETHER = 200
_MOST_READOUTS = 512
_READOUTS: dict[str, bytes] = {}
"""The bodies that this process loaded last, by digest: most of a round was merged a moment ago."""
_PARTIES, _MEMBERS, _KEYS = (
    SQLModel.metadata.tables[str(table.__tablename__)] for table in (PartyRow, MemberRow, RoundKeyRow)
)
_keys = msgspec.json.Decoder(list[str])


# Made once: to make a statement takes longer than to answer it.
_HOLDING = working_links("document", lambda _, document: [one_of(document, "given")])
_RESTING = working_links("document", lambda briefing, _: [one_of(briefing, "given")]).subquery()
_STANDINGS = working(
    ["id", "status", "revision", "updated_at", "sides", "day", "edition"],
    lambda of: [one_of(of["id"], "given")],
)
_KEYED = working_links("key", lambda _, key: [one_of(key, "given")]).subquery()
_KNOWN = working(["id", "created_at"], lambda of: [of["id"].in_(select(_KEYED.c.briefing_id))]).subquery()
_FOUND = select(_KNOWN.c.id).order_by(_KNOWN.c.created_at.desc(), _KNOWN.c.id).limit(_MOST_CANDIDATES)
_NOW: BindParameter[datetime] = bindparam("now", type_=Moment)
_NEWER, _OLDER = aliased(ReadoutRow), aliased(DocumentRow)
_PARTS = (
    select(
        col(DocumentRow.id),
        col(ReadoutRow.digest),
        col(DocumentRow.source),
        and_(
            col(DocumentRow.withdrawn_at).is_(None),
            ~exists().where(col(_NEWER.document_id) == col(DocumentRow.replaced_by)),
            ~under_embargo(_NOW),
        ),
        under_embargo(_NOW),
        exists().where(col(_OLDER.replaced_by) == col(DocumentRow.id)),
        col(AssignmentRow.briefing_id),
    )
    .join(ReadoutRow, col(ReadoutRow.document_id) == col(DocumentRow.id))
    .outerjoin(AssignmentRow, col(AssignmentRow.document_id) == col(DocumentRow.id))
    .order_by(col(DocumentRow.id))
)
_PARTS_GIVEN = _PARTS.where(one_of(col(DocumentRow.id), "given"))
_PARTS_RESTED_ON = _PARTS.where(col(DocumentRow.id).in_(select(_RESTING.c.document_id)))
_BODIES = select(col(ReadoutRow.document_id), col(ReadoutRow.digest), col(ReadoutRow.body)).where(
    one_of(col(ReadoutRow.document_id), "given")
)


def _neighbours() -> CompoundSelect[Any]:
    """The rounds between some sides right before a first day and right after a last one, and some of those between."""
    first, last = bindparam("first", type_=Date), bindparam("last", type_=Date)
    near: list[Select[Any]] = []
    for of, counts in PLACES:
        id, day = of["id"], of["day"]
        query = select(id).where(*counts, of["sides"] == bindparam("sides"), of["status"] != "withdrawn")
        near.append(query.where(day < first).order_by(day.desc(), id.desc()).limit(1))
        near.append(query.where(day > last).order_by(day, id).limit(1))
        near.append(query.where(day >= first, day <= last).limit(_MOST_CANDIDATES))
    return union_all(*(select(one.subquery()) for one in near))


_NEIGHBOURS = _neighbours()


def changing(engine: Engine, change: Callable[[Session], _T]) -> _T:
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


def lock_rounds(session: Session, tables: Iterable[Iterable[str]]) -> None:
    """Let nobody else rebuild rounds between these parties, in any pair, until the transaction ends."""
    pairs = (pair for parties in tables for pair in combinations(sorted(set(parties)), 2))
    lock(session, {"+".join(pair) for pair in pairs})


def sides_of(parties: Iterable[str]) -> str:
    """The sides of a table as one word, whatever their order."""
    return "+".join(sorted(set(parties)))


def tables_of(session: Session, briefings: Collection[str]) -> list[list[str]]:
    """The parties of each of these briefings, as workers and as readers have it."""
    if not briefings:
        return []
    served = select(col(BriefingRow.sides)).where(col(BriefingRow.id).in_(briefings))
    drafts = select(col(BriefingDraftRow.sides)).where(col(BriefingDraftRow.briefing_id).in_(briefings))
    return [sides.split("+") for sides in sorted(session.scalars(union(served, drafts)))]


class StoredPart(NamedTuple):
    """What was read in a document and where it comes from, as it is stored; what has been decided of it.

    `stands`: briefings may rest on it, for it is not withdrawn, under no embargo, nor replaced by one that has been
    read. `replaces`: others, by which briefings may rest on it instead. `assigned`: the briefing to which an editor
    assigned it.
    """

    id: str
    readout: bytes
    source: bytes
    stands: bool
    embargoed: bool
    replaces: bool
    assigned: str | None


def parts_of(session: Session, documents: Collection[str]) -> list[StoredPart]:
    """Those of these documents that were read, by id."""
    return _parts(session, _PARTS_GIVEN, documents)


def parts_rested_on(session: Session, briefings: Collection[str]) -> list[StoredPart]:
    """The documents that these briefings rest on, by id."""
    return _parts(session, _PARTS_RESTED_ON, briefings)


def _parts(session: Session, query: Executable, given: Collection[str]) -> list[StoredPart]:
    if not given:
        return []
    rows = session.execute(query, {"given": list(given), "now": datetime.now(UTC)}).all()
    readouts = {row[0]: body for row in rows if (body := _READOUTS.get(row[1]))}
    readouts |= _load_readouts(session, [row[0] for row in rows if row[0] not in readouts])
    return [StoredPart(row[0], readouts[row[0]], *row[2:]) for row in rows]


def _load_readouts(session: Session, documents: Collection[str]) -> dict[str, bytes]:
    if not documents:
        return {}
    readouts = {}
    # With its digest of the same moment: it may have been read again since.
    for id, digest, body in session.execute(_BODIES, {"given": list(documents)}):
        readouts[id] = _READOUTS[digest] = body
    for digest in list(_READOUTS)[:-_MOST_READOUTS]:
        _READOUTS.pop(digest, None)
    return readouts


def replaced_by(session: Session, documents: Collection[str]) -> dict[str | None, list[str]]:
    """The documents that each of these replaces."""
    if not documents:
        return {}
    replaced: dict[str | None, list[str]] = defaultdict(list)
    query = select(col(DocumentRow.replaced_by), col(DocumentRow.id))
    for newer, older in session.execute(query.where(col(DocumentRow.replaced_by).in_(documents))):
        replaced[newer].append(older)
    return replaced


def holding(session: Session, documents: Collection[str]) -> set[str]:
    """The briefings that rest on one of these documents."""
    return set(session.scalars(_HOLDING, {"given": list(documents)}))


def held_by(session: Session, documents: Collection[str]) -> dict[str, set[str]]:
    """The briefings that rest on each of these documents."""
    held: dict[str, set[str]] = defaultdict(set)
    for briefing, document in session.execute(_HOLDING, {"given": list(documents)}):
        held[document].add(briefing)
    return held


def found_under(session: Session, keys: Collection[str]) -> set[str]:
    """The newest briefings that have one of these keys."""
    return set(session.scalars(_FOUND, {"given": list(keys)}))


def overdue(session: Session, today: date, limit: int) -> list[str]:
    """Briefings that tell of a deadline as pending whose day has passed."""
    pending = (col(FactRow.kind) == "deadline", col(FactRow.status) == "pending", col(FactRow.latest) < today)
    served = select(col(FactRow.briefing_id)).where(*pending, ~has_draft(FactRow.briefing_id)).distinct()
    drafts = select(col(BriefingDraftRow.briefing_id)).where(col(BriefingDraftRow.overdue_from) < today)
    both = union_all(served, drafts).subquery()
    return list(session.scalars(select(both.c.briefing_id).order_by(both.c.briefing_id).limit(limit)))


class Standing(NamedTuple):
    """Where a briefing stands among others: its revision and when it came, its sides, and the day of its round.

    `edition`: how often its draft was made; 0 where it has none.
    """

    revision: int
    updated_at: datetime
    sides: str
    day: date | None
    edition: int


def standings_of(session: Session, ids: Collection[str], *, withdrawn: bool = False) -> dict[str, Standing]:
    """Where these briefings stand, as far as they are there; withdrawn ones only where they are asked for."""
    if not ids:
        return {}
    rows = session.execute(_STANDINGS, {"given": list(ids)})
    return {id: Standing(*where) for id, status, *where in rows if withdrawn or status != "withdrawn"}


def neighbours_of(session: Session, rounds: Iterable[tuple[str, date | None]]) -> set[str]:
    """The briefings right before and right after these rounds between the same sides."""
    days: dict[str, list[date]] = defaultdict(list)
    for sides, day in rounds:
        if day is not None:
            days[sides].append(day)
    return {
        id
        for sides, known in days.items()
        for id in session.scalars(_NEIGHBOURS, {"sides": sides, "first": min(known), "last": max(known)})
    }


def current(session: Session, ids: Iterable[str]) -> list[Briefing]:
    """These briefings as they stand, except withdrawn ones."""
    if not (wanted := set(ids)):
        return []
    served = _bodies().where(col(BriefingRow.status) != "withdrawn").where(col(BriefingRow.id).in_(wanted))
    briefings = [msgspec.json.decode(body, type=Briefing) for body in session.scalars(served)]
    drafts = select(col(BriefingDraftRow.body)).where(
        col(BriefingDraftRow.briefing_id).in_(wanted), col(BriefingDraftRow.status) != "withdrawn"
    )
    briefings += map(_as_made, session.scalars(drafts))
    return sorted(briefings, key=lambda one: (one.created_at, one.id))


def briefing_of(session: Session, id: str) -> Briefing | None:
    """A briefing as it stands, or stood last; None where there is none of that id."""
    draft = select(col(BriefingDraftRow.body)).where(col(BriefingDraftRow.briefing_id) == id)
    if (body := session.scalar(draft)) is not None:
        return _as_made(body)
    body = session.scalar(_bodies().where(col(BriefingRow.id) == id))
    return msgspec.json.decode(body, type=Briefing) if body is not None else None


def _bodies() -> Select[bytes]:
    """Of what is served and has no draft."""
    return (
        select(col(RevisionRow.body))
        .join(BriefingRow, col(BriefingRow.id) == col(RevisionRow.briefing_id))
        .where(col(BriefingRow.revision) == col(RevisionRow.revision), ~has_draft(BriefingRow.id))
    )


class Served(NamedTuple):
    """A briefing as readers have it, and the day of its round."""

    briefing: Briefing
    day: date | None


def served_briefing(session: Session, id: str) -> Served | None:
    """A briefing as readers have it, be it withdrawn; None where they have none of that id."""
    query = (
        select(col(RevisionRow.body), col(BriefingRow.day))
        .join(BriefingRow, col(BriefingRow.id) == col(RevisionRow.briefing_id))
        .where(col(BriefingRow.revision) == col(RevisionRow.revision), col(BriefingRow.id) == id)
    )
    row = session.execute(query).first()
    return Served(msgspec.json.decode(row.body, type=Briefing), row.day) if row else None


def _served(session: Session, id: str) -> Briefing | None:
    served = served_briefing(session, id)
    return served.briefing if served else None


def _as_made(draft: bytes) -> Briefing:
    """A draft as a merge goes on from it: what it makes takes the number of the draft."""
    briefing = msgspec.json.decode(draft, type=Briefing)
    status = "published" if briefing.status == "draft" else briefing.status
    return msgspec.structs.replace(briefing, status=status, revision=briefing.revision - 1)


class Revised(NamedTuple):
    """A revision, worked out before it is saved: its briefing's row, its own, and what else changes with it."""

    id: str
    encoded: Encoded
    briefing: dict[str, Any]
    revision: Appended
    found_by: list[Rows]
    derived: Derived


def revised(
    session: Session,
    briefing: Briefing,
    before: Briefing | None,
    cause: Cause,
    day: date | None,
    keys: Iterable[str],
    stored: Encoded | None = None,
) -> Revised:
    """A briefing's new revision, to be found by its facts, documents, parties and keys from when it is saved on.

    `before`: its last one as readers have it, be it withdrawn; `stored`: as it was stored, where that is at hand.
    """
    encoded = encode(briefing, stored)
    row = {
        "id": briefing.id,
        "slug": briefing.slug,
        "revision": briefing.revision,
        "status": briefing.status,
        "summary": msgspec.json.encode(summary_of(briefing)),
        "created_at": briefing.created_at,
        "sides": sides_of(briefing.negotiation.parties),
        "day": day,
        **listed(briefing),
    }
    changes = derived(session, briefing, before, encoded)
    last = (before.revision, stored.body) if before and stored else None
    revision = appended(session, briefing, cause, encoded.body, last)
    found_by = _found_by(session, briefing, before, keys if briefing.status != "withdrawn" else ())
    return Revised(briefing.id, encoded, row, revision, found_by, changes)


def _found_by(
    session: Session, briefing: Briefing, before: Briefing | None, keys: Iterable[str]
) -> list[Rows]:
    """How the rows that a briefing is found by change."""
    known = _found_under(before) if before else [set(), set()]
    rows = []
    both = ((_PARTIES, "party"), (_MEMBERS, "document_id"))
    for (table, name), wanted, there in zip(both, _found_under(briefing), known, strict=True):
        fresh = [{"briefing_id": briefing.id, name: value} for value in sorted(wanted - there)]
        rows.append(Rows(table, (name,), [(value,) for value in sorted(there - wanted)], fresh))
    key = ("key",)
    wanted_keys = [{"briefing_id": briefing.id, "key": value} for value in sorted(set(keys))]
    first = briefing.revision == 1
    rows.append(
        new_rows(_KEYS, key, wanted_keys)
        if first
        else compared(session, _KEYS, key, key, briefing.id, wanted_keys)
    )
    return rows


def _found_under(briefing: Briefing) -> list[set[str]]:
    """The parties and the documents of a briefing.

    Of a withdrawn one it is still asked whose it was, by those who are told that it is gone.
    """
    gone = briefing.status == "withdrawn"
    documents = set() if gone else {source.document_id for source in briefing.sources}
    return [set(briefing.negotiation.parties), documents]


def as_draft(briefing: Briefing) -> Briefing:
    """A briefing as workers have made it; one that they withdraw says so."""
    return briefing if briefing.status == "withdrawn" else msgspec.structs.replace(briefing, status="draft")


def drafted(briefing: Briefing, cause: Cause, day: date | None, keys: Iterable[str], edition: int) -> Drafted:
    """A briefing as workers have made it, as the draft of that edition."""
    briefing = as_draft(briefing)
    pending = [one.date.latest for one in briefing.deadlines if one.status == "pending" and one.date]
    row = {
        "briefing_id": briefing.id,
        "edition": edition,
        "revision": briefing.revision,
        "slug": briefing.slug,
        "status": briefing.status,
        "sides": sides_of(briefing.negotiation.parties),
        "day": day,
        "overdue_from": min((date.fromisoformat(one) for one in pending if one), default=None),
        "created_at": briefing.created_at,
        "updated_at": briefing.updated_at,
        "body": msgspec.json.encode(briefing),
        "cause": msgspec.json.encode(cause),
        # What no editor has seen is not published because another edition was to be.
        "publish_at": None,
        "note": None,
    }
    return Drafted(row, links_of(briefing, keys) if briefing.status != "withdrawn" else [])


def save(session: Session, change: Revised) -> None:
    sides = col(BriefingRow.sides)
    # Of a first revision there is no row yet.
    known = change.briefing["revision"] > 1
    before = session.scalar(select(sides).where(col(BriefingRow.id) == change.id)) if known else None
    put(session, BriefingRow, [change.briefing])
    append(session, change.revision)
    for rows in change.found_by:
        bring_up(session, change.id, rows)
    save_derived(session, change.derived)
    for each in {change.briefing["sides"], before or change.briefing["sides"]}:
        count_rounds(session, each)


def save_briefing(
    session: Session, briefing: Briefing, cause: Cause, day: date | None, keys: Iterable[str]
) -> None:
    """Store a briefing's new revision, and find it by its facts, documents, parties and keys from now on."""
    save(session, revised(session, briefing, _served(session, briefing.id), cause, day, keys))


def save_text(session: Session, briefing: Briefing, cause: Cause) -> None:
    """Store a revision of a briefing that differs from the last in its text alone."""
    at = standings_of(session, [briefing.id])[briefing.id]
    if at.edition or is_reviewed(session):
        keys = keys_of_round(session, briefing.id)
        save_draft(session, drafted(briefing, cause, at.day, keys, at.edition + 1))
        return
    encoded = encode(briefing)
    changes = derived(session, briefing, _served(session, briefing.id), encoded)
    row = session.get_one(BriefingRow, briefing.id)
    row.revision = briefing.revision
    row.summary = msgspec.json.encode(summary_of(briefing))
    row.updated_at = briefing.updated_at
    append(session, appended(session, briefing, cause, encoded.body))
    save_derived(session, changes)
    count_rounds(session, row.sides)


def check_free(session: Session, briefing: Briefing) -> None:
    """Raises ValueError where a new briefing has the id of one that stands."""
    if standings_of(session, [briefing.id]):
        raise ValueError(f"the merge gave a new briefing the id {briefing.id}, which another one has")


def withdrawn(briefing: Briefing) -> Briefing:
    """A briefing that rests on nothing any more: it keeps its address and its last facts, which nobody finds."""
    return msgspec.structs.replace(
        briefing, status="withdrawn", revision=briefing.revision + 1, updated_at=datetime.now(UTC)
    )


def add_waiting(session: Session, document_id: str, keys: Iterable[str]) -> None:
    """Note that a document waits to be merged, and under which keys its round is found."""
    row = {"document_id": document_id, "keys": msgspec.json.encode(sorted(keys)).decode()}
    put(session, MergeRow, [row])


def waiting(session: Session, documents: Collection[str]) -> set[str]:
    """Those of these documents that wait to be merged."""
    query = select(col(MergeRow.document_id)).where(col(MergeRow.document_id).in_(documents))
    return set(session.scalars(query))


def waiting_under(session: Session, keys: Iterable[str]) -> list[str]:
    """Documents that wait and have one of these keys."""
    wanted = set(keys)
    rows = session.execute(select(col(MergeRow.document_id), col(MergeRow.keys)))
    return sorted(id for id, listed in rows if not wanted.isdisjoint(_keys.decode(listed)))[:_MOST_TOGETHER]


def drop_waiting(session: Session, documents: Iterable[str]) -> None:
    """Note that these documents wait no more."""
    session.execute(delete(MergeRow).where(col(MergeRow.document_id).in_(list(documents))))


def assign(session: Session, briefing_id: str, documents: Iterable[str]) -> None:
    """Note that an editor assigned these documents to a briefing."""
    for document in documents:
        session.merge(AssignmentRow(document_id=document, briefing_id=briefing_id))


def add_decision(session: Session, decision: RoundDecision) -> None:
    """Keep a decision under each briefing that it concerns."""
    body = msgspec.json.encode(decision)
    session.add_all(
        DecisionRow(id=decision.id, briefing_id=one, at=decision.at, body=body)
        for one in decision.briefing_ids
    )
    session.flush()
