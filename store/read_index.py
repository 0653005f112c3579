"""What is derived from a briefing's body: its entry in a list, its facts, what a search finds, what followers are told.

Rows that are as they should be are left alone: most facts of a briefing outlive most of its revisions.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from schemas import Briefing, BriefingSummary, Conflict, Fact, FuzzyDate, Negotiation, proofs_of
from schemas.kinds import KINDS, facts_of, facts_of_kind, kind_of
from store.changes import Noted, note
from store.facts import UNDATED, span_of
from store.search import index_words
from store.tables import (
    BEFORE_DAYS,
    NO_DAY,
    BodyRow,
    BriefingRow,
    FactLinkRow,
    FactRow,
    RevisionRow,
    SearchRow,
)

INDEX_VERSION = "3"
"""Of the rules here and of the words in `store.search`. Another one has everything derived anew."""
_NAME = "derived"
_DERIVED = (FactRow, FactLinkRow, SearchRow)
_FACTS, _LINKS, _ENTRIES = (SQLModel.metadata.tables[str(table.__tablename__)] for table in _DERIVED)
_FACT = tuple(FactRow.model_fields)
_UNTOLD = {name: field.default for name, field in FactRow.model_fields.items() if not field.is_required()}
_LINK = tuple(FactLinkRow.model_fields)
_ENTRY = ("id", "kind", "heading", "text")
_AT_A_TIME = 100
_Row = dict[str, Any]
"""A row of a table by its columns: there are thousands, and a model of each takes longer than to store it."""


def derive(session: Session, briefing: Briefing, *, first: bool = False) -> None:
    """Bring what is derived from a briefing up to its body, and have followers told what changed.

    `first`: there was no briefing of this id, so nothing is derived from it yet.
    """

    def stored(table: Table, columns: Sequence[str]) -> list[_Row]:
        if first:
            return []
        query = select(*(table.c[name] for name in columns)).where(table.c.briefing_id == briefing.id)
        return [dict(row) for row in session.execute(query).mappings()]

    before = {row["id"]: row for row in stored(_FACTS, _FACT)}
    known = {id: _Known(row["position"], row["body"], row["updated_at"]) for id, row in before.items()}
    rows = _fact_rows(briefing, known)
    facts = {row["id"]: row for row in rows}
    _bring_up(session, _FACTS, ("id",), _FACT, briefing.id, before.values(), list(facts.values()))
    links = _link_rows(briefing, rows)
    _bring_up(session, _LINKS, _LINK[:-1], _LINK, briefing.id, stored(_LINKS, _LINK), links)
    entries = list(_search_rows(briefing))
    _bring_up(session, _ENTRIES, ("id",), _ENTRY, briefing.id, stored(_ENTRIES, _ENTRY), entries)
    changed = {
        id: row["kind"] for id, row in facts.items() if id not in known or known[id].body != row["body"]
    }
    gone = {id: row["kind"] for id, row in before.items() if id not in facts}
    _note(session, briefing.id, gone, removed=True)
    _note(session, briefing.id, changed | {briefing.id: "briefing"}, removed=False)


def underive(session: Session, briefing_id: str) -> None:
    """Have nothing of a briefing found any more, and followers told so."""
    query = select(_FACTS.c.id, _FACTS.c.kind).where(_FACTS.c.briefing_id == briefing_id)
    gone = {id: kind for id, kind in session.execute(query)}
    for table in _DERIVED:
        session.execute(delete(table).where(col(table.briefing_id) == briefing_id))
    _note(session, briefing_id, gone | {briefing_id: "briefing"}, removed=True)


def is_stale(connection: Connection) -> bool:
    """Whether other rules derived what is stored."""
    return connection.scalar(select(col(BodyRow.shape)).where(col(BodyRow.name) == _NAME)) != INDEX_VERSION


def derive_anew(connection: Connection) -> None:
    """Derive everything by the rules of this version."""
    with Session(connection) as session, session.begin():
        for table in (FactLinkRow, SearchRow):
            session.execute(delete(table))
        current = (
            select(col(BriefingRow.id), col(BriefingRow.status), col(RevisionRow.body))
            .join(RevisionRow, col(RevisionRow.briefing_id) == col(BriefingRow.id))
            .where(col(RevisionRow.revision) == col(BriefingRow.revision))
        )
        for id in session.scalars(select(col(BriefingRow.id))).all():
            [(_, status, body)] = session.execute(current.where(col(BriefingRow.id) == id))
            briefing = msgspec.json.decode(body, type=Briefing)
            session.execute(update(BriefingRow).where(col(BriefingRow.id) == id).values(**listed(briefing)))
            if status != "withdrawn":
                derive(session, briefing)
        session.execute(delete(BodyRow).where(col(BodyRow.name) == _NAME))
        session.add(BodyRow(name=_NAME, shape=INDEX_VERSION))


def summary_of(briefing: Briefing) -> BriefingSummary:
    """What a list shows of a briefing."""
    return BriefingSummary(
        id=briefing.id,
        slug=briefing.slug,
        revision=briefing.revision,
        status=briefing.status,
        title=briefing.title,
        headline=briefing.headline.text if briefing.headline else None,
        negotiation=briefing.negotiation,
        counts={
            **{kind.plural: len(facts_of_kind(briefing, kind)) for kind in KINDS},
            "conflicts": len(briefing.conflicts),
            "sources": len(briefing.sources),
        },
        created_at=briefing.created_at,
        updated_at=briefing.updated_at,
    )


def listed(briefing: Briefing) -> dict[str, Any]:
    """The columns by which a list finds a briefing."""
    starts, ends = _days_of(briefing.negotiation)
    venue = briefing.negotiation.venue
    return {
        "updated_at": briefing.updated_at,
        "starts": starts,
        "ends": ends,
        "venue": venue.casefold() if venue else None,
    }


def _days_of(talks: Negotiation) -> tuple[date, date]:
    """The first and the last day that the talks can have; `NO_DAY` and `BEFORE_DAYS` where nothing says."""
    bounds = [_day(day) for when in (talks.start, talks.end) if when for day in (when.earliest, when.latest)]
    known = [day for day in bounds if day]
    return min(known, default=NO_DAY), max(known, default=BEFORE_DAYS)


class _Known(NamedTuple):
    """What is stored of a fact."""

    position: int
    body: bytes
    updated_at: datetime


def _fact_rows(briefing: Briefing, known: Mapping[str, _Known]) -> list[_Row]:
    """A row for every fact and conflict. Those that are known keep their position, new ones come after."""
    free = max((before.position for before in known.values()), default=-1) + 1
    rows = []
    facts: list[Fact | Conflict] = [*facts_of(briefing), *briefing.conflicts]
    for fact in facts:
        body = msgspec.json.encode(fact)
        before = known.get(fact.id)
        if before is None:
            before = _Known(free, b"", briefing.updated_at)
            free += 1
        rows.append(
            {
                **_UNTOLD,
                "briefing_id": briefing.id,
                "id": fact.id,
                "position": before.position,
                "updated_at": before.updated_at if before.body == body else briefing.updated_at,
                "body": body,
                **_columns(fact),
            }
        )
    return rows


def _columns(fact: Fact | Conflict) -> dict[str, Any]:
    """The columns by which a fact or conflict is found."""
    undated = {"day": NO_DAY, "span": UNDATED}
    if isinstance(fact, Conflict):
        return {"kind": "conflict", "word": fact.kind, **undated}
    kind = kind_of(fact)
    when: FuzzyDate | None = getattr(fact, kind.date) if kind.date else None
    return {
        "kind": kind.name,
        "certainty": fact.certainty,
        "proof": fact.proof,
        "origins": fact.origins,
        **{column: getattr(fact, field) for column, field in kind.columns.items()},
        **(_dated(when) if when else undated),
    }


def _dated(when: FuzzyDate) -> dict[str, Any]:
    earliest, latest = _day(when.earliest), _day(when.latest)
    return {
        "earliest": earliest,
        "latest": latest,
        "day": earliest or latest or NO_DAY,
        "last_day": latest or earliest or BEFORE_DAYS,
        "span": span_of(earliest, latest),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _link_rows(briefing: Briefing, rows: Collection[_Row]) -> list[_Row]:
    """Which facts are of which party's table, and which document proves which."""
    proofs = {fact.id: {proof.document_id for proof in proofs_of(fact)} for fact in facts_of(briefing)}
    for conflict in briefing.conflicts:
        named = {id for position in conflict.positions for id in position.fact_ids}
        proofs[conflict.id] = {document for id in named for document in proofs.get(id, ())}
    sides = set(briefing.negotiation.parties)
    return [
        {
            "name": name,
            "value": value,
            **{column: row[column] for column in ("kind", "span", "day", "briefing_id", "position")},
            "word": row["word"] or row["topic"],
        }
        for row in rows
        for name, values in (("party", sides), ("document_id", proofs[row["id"]]))
        for value in values
    ]


def _search_rows(briefing: Briefing) -> Iterator[_Row]:
    """What a search knows of a briefing and of each of its facts and conflicts: a heading, and a text below it."""
    talks = briefing.negotiation
    lines = [
        talks.name,
        talks.round,
        talks.venue,
        talks.outcome,
        *(sentence.text for sentence in briefing.summary),
    ]
    yield _search_row(briefing.id, "briefing", briefing.id, briefing.title, lines)
    for fact in facts_of(briefing):
        kind = kind_of(fact)
        lines = [words for path in kind.searched for words in _words_at(fact, *path)]
        # The words of its sources follow those that it is told in.
        proofs = [proof.exact for proof in proofs_of(fact)]
        heading = next(words for name in kind.heading if (words := getattr(fact, name)))
        yield _search_row(briefing.id, kind.name, fact.id, heading, [*lines, *proofs])
    for conflict in briefing.conflicts:
        lines = [*(position.value for position in conflict.positions), conflict.resolution]
        yield _search_row(briefing.id, "conflict", conflict.id, conflict.about, lines)


def _words_at(value: Any, field: str, *leaves: str) -> Iterator[str | None]:
    """The words in a field, or in these leaves of the struct or structs that it holds."""
    held = getattr(value, field)
    if not leaves:
        yield held
        return
    for struct in held if isinstance(held, list) else [held] if held else []:
        for leaf in leaves:
            yield getattr(struct, leaf)


def _search_row(briefing: str, kind: str, id: str, heading: str, texts: Iterable[str | None]) -> _Row:
    lines: list[str] = []
    for line in texts:
        if line and not any(line in before for before in (heading, *lines)):
            lines.append(line)
    words = index_words(heading, *lines)
    return {
        "kind": kind,
        "id": id,
        "briefing_id": briefing,
        "heading": heading,
        "text": "\n".join(lines),
        "heading_words": index_words(heading),
        "words": words,
        "length": len(words.split()),
    }


def _note(session: Session, briefing: str, kinds: Mapping[str, str], *, removed: bool) -> None:
    note(session, ((id, Noted(kind, briefing, removed)) for id, kind in kinds.items()))


def _bring_up(
    session: Session,
    table: Table,
    key: Sequence[str],
    compared: Sequence[str],
    briefing: str,
    stored: Iterable[_Row],
    wanted: Sequence[_Row],
) -> None:
    """Make a table's rows of a briefing those that are wanted. Rows with the same in `compared` are left alone."""
    before = {_part(row, key): _part(row, compared) for row in stored}
    fresh = {_part(row, key): row for row in wanted if before.get(_part(row, key)) != _part(row, compared)}
    gone = before.keys() - {_part(row, key) for row in wanted}
    stale = sorted(gone | (before.keys() & fresh.keys()))
    for start in range(0, len(stale), _AT_A_TIME):
        mine = tuple_(*(table.c[name] for name in key)).in_(stale[start : start + _AT_A_TIME])
        session.execute(delete(table).where(table.c.briefing_id == briefing, mine))
    if fresh:
        session.execute(insert(table), list(fresh.values()))


def _part(row: _Row, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)
