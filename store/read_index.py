"""What is derived from a briefing's body: its entry in a list, its facts, what a search finds, what followers are told.

Rows that are as they should be are left alone: most facts of a briefing outlive most of its revisions.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import convert
from msgspec.structs import replace
from sqlalchemy import (
    Connection,
    Table,
    Update,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from schemas import (
    Briefing,
    BriefingSummary,
    Conflict,
    Fact,
    FuzzyDate,
    Negotiation,
    Source,
    SourceHead,
    proofs_of,
    proving_documents,
)
from schemas.kinds import KINDS, facts_of, facts_of_kind, kind_of
from schemas.vocabulary import OPEN_DEADLINES
from store.changes import Noted, note
from store.engine import one_of, put
from store.facts import UNDATED, span_of
from store.revisions import Encoded, encode
from store.search import index_words
from store.tables import (
    BEFORE_DAYS,
    LAST_FIRST,
    NO_DAY,
    BodyRow,
    BriefingRow,
    FactLinkRow,
    FactRow,
    NegotiationRow,
    RevisionRow,
    SearchRow,
)

INDEX_VERSION = "5"
"""Of the rules here and of the words in `store.search`. Another one has everything derived anew."""
_NAME = "derived"
_DERIVED = (FactRow, FactLinkRow, SearchRow)
_FACTS, _LINKS, _ENTRIES = (SQLModel.metadata.tables[str(table.__tablename__)] for table in _DERIVED)
_FACT = tuple(FactRow.model_fields)
_UNTOLD = {name: field.default for name, field in FactRow.model_fields.items() if not field.is_required()}
_LINK = tuple(FactLinkRow.model_fields)
_ENTRY = ("id", "kind", "heading", "text")
_AT_A_TIME = 100
_LOOKED_THROUGH = 10
"""Rounds of each negotiation in a list, for what falls due next."""
_Row = dict[str, Any]
"""A row of a table by its columns: there are thousands, and a model of each takes longer than to store it."""


_Item = Fact | Conflict


class Rows(NamedTuple):
    """How the rows of a briefing in a table are brought up to date: the keys of those that go, and those that come.

    `altered`: rows that stay, with the columns that change; by which these are.
    """

    table: Table
    key: tuple[str, ...]
    stale: list[tuple[Any, ...]]
    fresh: list[_Row]
    altered: Mapping[tuple[str, ...], list[_Row]] = {}


class Derived(NamedTuple):
    """What changes with a revision in what is derived from a briefing's body, and what followers are told.

    `settled`: conflicts that are not open.
    """

    briefing_id: str
    rows: list[Rows]
    changed: dict[str, str]
    gone: dict[str, str]
    settled: set[str]


def derived(session: Session, briefing: Briefing, before: Briefing | None, encoded: Encoded) -> Derived:
    """What is to change with a revision. `before`: the last one, of which all is derived that is stored.

    What hangs on a fact that stays as it was stays, too. Of a withdrawn briefing nothing is found any more.
    """
    if before is None:
        return _first(briefing, encoded)
    items, known = _items(briefing), _items(before)
    changed = {id: one for id, one in items.items() if one is not known.get(id) and one != known.get(id)}
    gone = {id: _kind(one) for id, one in known.items() if id not in items}
    if _sides(briefing) != _sides(before):
        touched = known.keys() | items.keys()
    else:
        touched = changed.keys() | gone.keys() | _restated(before, briefing)
        touched |= {one.id for one in briefing.conflicts if not touched.isdisjoint(_facts_of(one))}
    return _changes(session, briefing, before, encoded, changed, gone, touched)


_MARKS = ("salience", "certainty", "origins", "conflict_ids", "changed_revision")
"""By which no search finds a fact, and no link."""


def _is_found_alike(before: _Item | None, after: _Item | None) -> bool:
    """Whether all that has changed of a fact is how it is marked."""
    if not (isinstance(before, Fact) and isinstance(after, Fact)):
        return False
    return replace(before, **{name: getattr(after, name) for name in _MARKS}) == after


def _restated(before: Briefing, after: Briefing) -> set[str]:
    """The facts of which a source is told otherwise."""
    known = {source.document_id: source for source in before.sources}
    documents = {
        source.document_id
        for source in after.sources
        if (old := known.get(source.document_id, source)) is not source
        and any(getattr(old, name) != getattr(source, name) for name in SourceHead.__struct_fields__)
    }
    if not documents:
        return set()
    return {one.id for one in facts_of(after) if not documents.isdisjoint(proving_documents(one))}


def _changes(
    session: Session,
    briefing: Briefing,
    before: Briefing | None,
    encoded: Encoded,
    changed: Mapping[str, _Item],
    gone: Mapping[str, str],
    touched: Collection[str],
) -> Derived:
    """Rows for those of a briefing's facts and conflicts that are touched. New ones come after those that are known.

    `before`: of which the rows are derived that are stored; None where they are by other rules, and no links are.
    """
    here, items = briefing.id, _items(briefing)
    stored = _stored(session, _FACTS, _FACT, here, touched)
    known = {row["id"]: _Known(row["position"], row["updated_at"]) for row in stored}
    some = {id: one for id, one in items.items() if id in touched}
    next_ = select(func.coalesce(func.max(_FACTS.c.position) + 1, 0)).where(_FACTS.c.briefing_id == here)
    free = 0 if some.keys() <= known.keys() else session.scalar(next_)
    rows = _fact_rows(briefing, some, known, changed, free or 0, encoded)
    moved = set(touched)
    linked: _Links = {}
    if before:
        earlier = _items(before)
        if _sides(briefing) == _sides(before):
            moved = {id for id in touched if not _is_found_alike(earlier.get(id), items.get(id))}
        linked = _links_of(before, earlier, (row for row in stored if row["id"] in moved))
    stands = briefing.status != "withdrawn"
    entries = _search_rows(briefing, moved) if stands else []
    noted = {id: _kind(one) for id, one in changed.items()} | ({here: "briefing"} if stands else {})
    removed = {**gone, **({} if stands else {here: "briefing"})}
    return Derived(
        here,
        [
            differing(_FACTS, ("kind", "id"), _FACT, stored, rows),
            _relinked(linked, _links_of(briefing, items, (row for row in rows if row["id"] in moved))),
            compared(session, _ENTRIES, ("id",), _ENTRY, here, list(entries), [*moved, here]),
        ],
        noted,
        removed,
        _settled(briefing),
    )


def _items(briefing: Briefing) -> dict[str, _Item]:
    """What is found of a briefing, by id: its facts and conflicts, none of one that is withdrawn."""
    if briefing.status == "withdrawn":
        return {}
    items: list[_Item] = [*facts_of(briefing), *briefing.conflicts]
    return {one.id: one for one in items}


def _kind(item: _Item) -> str:
    return "conflict" if isinstance(item, Conflict) else kind_of(item).name


def _sides(briefing: Briefing) -> set[str]:
    """Whose tables its facts are of."""
    return set(briefing.negotiation.parties)


def _first(briefing: Briefing, encoded: Encoded) -> Derived:
    """Of a briefing of which nothing is stored yet."""
    items = _items(briefing)
    facts = _fact_rows(briefing, items, {}, items, 0, encoded)
    rows = [
        new_rows(_FACTS, ("kind", "id"), facts),
        _relinked({}, _links_of(briefing, items, facts)),
        new_rows(_ENTRIES, ("id",), list(_search_rows(briefing, items))),
    ]
    changed = {id: _kind(one) for id, one in items.items()} | {briefing.id: "briefing"}
    return Derived(briefing.id, rows, changed, {}, _settled(briefing))


def _settled(briefing: Briefing) -> set[str]:
    return {one.id for one in briefing.conflicts if one.resolution is not None}


def _facts_of(conflict: Conflict) -> Iterator[str]:
    """The facts in whose documents a conflict is found."""
    return (id for position in conflict.positions for id in position.fact_ids)


def save_derived(session: Session, change: Derived) -> None:
    """Bring what is derived from a briefing up to its body, and have followers told what changed."""
    for rows in change.rows:
        bring_up(session, change.briefing_id, rows)
    here, id = col(FactRow.briefing_id), col(FactRow.id)
    moved = select(id).where(id.in_(change.gone), here != change.briefing_id) if change.gone else None
    # What another briefing has taken over was not removed; it may have been published before this one.
    elsewhere = set(session.scalars(moved)) if moved is not None else set()
    gone = {id: kind for id, kind in change.gone.items() if id not in elsewhere}
    note(session, ((id, Noted(kind, change.briefing_id, removed=True)) for id, kind in gone.items()))
    changed = {
        id: Noted(
            kind, change.briefing_id, removed=False, is_open=kind == "conflict" and id not in change.settled
        )
        for id, kind in change.changed.items()
    }
    note(session, changed.items())


def count_rounds(session: Session, sides: str) -> None:
    """Bring a negotiation up to its rounds and their facts."""
    totals = (func.count().over(), func.max(col(BriefingRow.updated_at)).over())
    standing = (col(BriefingRow.sides) == sides, col(BriefingRow.status) != "withdrawn")
    query = select(col(BriefingRow.id), *totals).where(*standing)
    last = session.execute(query.order_by(*LAST_FIRST).limit(_LOOKED_THROUGH)).all()
    if not last:
        session.execute(delete(NegotiationRow).where(col(NegotiationRow.sides) == sides))
        return
    latest_id, rounds, updated_at = last[0]
    ahead = msgspec.json.encode(_ahead(session, [id for id, *_ in last])).decode()
    row = {"sides": sides, "rounds": rounds, "latest_id": latest_id, "updated_at": updated_at, "ahead": ahead}
    put(session, NegotiationRow, [row])


def _ahead(session: Session, rounds: Collection[str]) -> list[tuple[date, str, str]]:
    """Each open deadline of these rounds: the last day that it can be, its briefing, its id."""
    row = FactRow
    status = func.coalesce(col(row.status), "")  # a planner may begin at the status of all facts else
    query = select(col(row.latest), col(row.briefing_id), col(row.id)).where(
        col(row.briefing_id).in_(rounds),
        col(row.kind) == "deadline",
        col(row.latest).is_not(None),
        status.in_(OPEN_DEADLINES),
    )
    rows = session.execute(query.order_by(col(row.day), col(row.briefing_id), col(row.position)))
    return [(latest, briefing, id) for latest, briefing, id in rows if latest]


def is_stale(connection: Connection) -> bool:
    """Whether other rules derived what is stored."""
    return connection.scalar(select(col(BodyRow.shape)).where(col(BodyRow.name) == _NAME)) != INDEX_VERSION


def derive_anew(connection: Connection) -> None:
    """Derive everything by the rules of this version."""
    with Session(connection) as session, session.begin():
        for table in (FactLinkRow, SearchRow, NegotiationRow):
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
                save_derived(session, _derived_anew(session, briefing))
        for sides in session.scalars(select(col(BriefingRow.sides)).distinct()).all():
            count_rounds(session, sides)
        session.execute(delete(BodyRow).where(col(BodyRow.name) == _NAME))
        session.add(BodyRow(name=_NAME, shape=INDEX_VERSION))


def _derived_anew(session: Session, briefing: Briefing) -> Derived:
    """All that is derived from a briefing's body, compared with what is stored by other rules."""
    items = _items(briefing)
    columns = (_FACTS.c[name] for name in ("id", "kind", "body"))
    rows = session.execute(select(*columns).where(_FACTS.c.briefing_id == briefing.id)).all()
    bodies = {id: body for id, _, body in rows}
    encoded = encode(briefing)
    changed = {id: one for id, one in items.items() if bodies.get(id) != _body(one, encoded)}
    gone = {id: kind for id, kind, _ in rows if id not in items}
    return _changes(session, briefing, None, encoded, changed, gone, bodies.keys() | items.keys())


def summary_of(briefing: Briefing) -> BriefingSummary:
    """What a list shows of a briefing."""
    return BriefingSummary(
        id=briefing.id,
        slug=briefing.slug,
        revision=briefing.revision,
        status=briefing.status,
        note=briefing.note,
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
    """What a row keeps of a fact that is known."""

    position: int
    updated_at: datetime


def _fact_rows(
    briefing: Briefing,
    items: Mapping[str, _Item],
    known: Mapping[str, _Known],
    changed: Container[str],
    free: int,
    encoded: Encoded,
) -> list[_Row]:
    """A row for each fact and conflict. Those that are known keep their position, new ones begin at the first free."""
    heads = source_heads(briefing)
    new = {id: place for place, id in enumerate((id for id in items if id not in known), free)}
    return [
        {
            **_UNTOLD,
            "briefing_id": briefing.id,
            "id": id,
            "position": new[id] if id in new else known[id].position,
            "updated_at": briefing.updated_at if id in changed else known[id].updated_at,
            "body": _body(one, encoded),
            **_columns(one),
            **({} if isinstance(one, Conflict) else {"sources": heads_of(proving_documents(one), heads)}),
        }
        for id, one in items.items()
    ]


def _body(item: _Item, encoded: Encoded) -> bytes:
    _, body = encoded.facts.get(id(item), (item, None))
    return msgspec.json.encode(item) if body is None else bytes(body)


def source_heads(briefing: Briefing) -> dict[str, SourceHead]:
    """Where the documents of a briefing were published, by id."""
    return {source.document_id: _head(source) for source in briefing.sources}


def _head(source: Source) -> SourceHead:
    return convert(source, SourceHead, from_attributes=True)


def heads_of(documents: Iterable[str], heads: Mapping[str, SourceHead]) -> bytes:
    """Where these documents were published, as it is stored and served."""
    return msgspec.json.encode({id: heads[id] for id in documents if id in heads})


def _columns(fact: Fact | Conflict) -> dict[str, Any]:
    """The columns by which a fact or conflict is found."""
    undated = {"day": NO_DAY, "span": UNDATED}
    if isinstance(fact, Conflict):
        return {"kind": "conflict", "word": fact.kind, **undated}
    kind = kind_of(fact)
    when: FuzzyDate | None = getattr(fact, kind.date) if kind.date else None
    begins: FuzzyDate | None = getattr(fact, kind.begins) if kind.begins else None
    return {
        "kind": kind.name,
        "certainty": fact.certainty,
        "proof": fact.proof,
        "origins": fact.origins,
        "salience": fact.salience,
        **{column: getattr(fact, field) for column, field in kind.columns.items()},
        **(_dated(when) if when else undated),
        **({"begins_first": _day(begins.earliest), "begins_last": _day(begins.latest)} if begins else {}),
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


_Links = Mapping[tuple[Any, ...], Set[str]]
"""Whom and what facts are linked with, by the other columns of the links, in the order of `_LINK`."""


def _links_of(briefing: Briefing, items: Mapping[str, _Item], rows: Iterable[_Row]) -> _Links:
    """Which facts are of which party's table and fall on whom, and which document proves which.

    `rows`: those of the facts.
    """
    links: dict[tuple[Any, ...], Set[str]] = {}
    for row in rows:
        place = tuple(row[column] for column in ("kind", "span", "day", "briefing_id", "position"))
        word = row["word"] or row["topic"]
        for name, values in _links(briefing, items, items[row["id"]]):
            links[name, *place, word] = values
    return links


def _relinked(stored: _Links, wanted: _Links) -> Rows:
    """What makes the links that are stored those that are wanted. A fact of many documents keeps most of its own."""
    stale = [link[:-1] for link in _beyond(stored, wanted)]
    fresh = [dict(zip(_LINK, link, strict=True)) for link in _beyond(wanted, stored)]
    return Rows(_LINKS, _LINK[:-1], stale, fresh)


def _beyond(some: _Links, others: _Links) -> list[tuple[Any, ...]]:
    """The rows of the links that are among some, and not among others, in the order of their key."""
    rows = (
        (name, value, *place)
        for (name, *place), values in some.items()
        for value in values - others.get((name, *place), frozenset())
    )
    return sorted(rows, key=lambda row: row[:-1])


def _links(briefing: Briefing, items: Mapping[str, _Item], item: _Item) -> Iterator[tuple[str, Set[str]]]:
    yield "party", _sides(briefing)
    if isinstance(item, Conflict):
        facts = (items.get(id) for id in _facts_of(item))
        yield (
            "document_id",
            {id for fact in facts if isinstance(fact, Fact) for id in proving_documents(fact)},
        )
    else:
        yield "document_id", set(proving_documents(item))
        yield from ((name, set(getattr(item, name))) for name in kind_of(item).linked)


def _search_rows(briefing: Briefing, ids: Container[str]) -> Iterator[_Row]:
    """What a search knows of a briefing and of these of its facts and conflicts: a heading, and a text below it."""
    talks = briefing.negotiation
    lines = [
        talks.name,
        talks.round,
        talks.venue,
        talks.outcome,
        *(sentence.text for sentence in briefing.summary),
    ]
    yield _search_row(briefing.id, "briefing", briefing.id, briefing.title, lines)
    for fact in (one for one in facts_of(briefing) if one.id in ids):
        kind = kind_of(fact)
        lines = [words for path in kind.searched for words in _words_at(fact, *path)]
        # The words of its sources follow those that it is told in.
        proofs = [proof.exact for proof in proofs_of(fact)]
        heading = next(words for name in kind.heading if (words := getattr(fact, name)))
        yield _search_row(briefing.id, kind.name, fact.id, heading, [*lines, *proofs])
    for conflict in (one for one in briefing.conflicts if one.id in ids):
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
    told = heading
    for line in texts:
        if line and line not in told:
            lines.append(line)
            told += f"\0{line}"  # which no line holds
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


def new_rows(table: Table, key: tuple[str, ...], rows: list[_Row]) -> Rows:
    """Rows of a briefing that has none in this table."""
    return Rows(table, key, [], rows)


def compared(
    session: Session,
    table: Table,
    key: tuple[str, ...],
    by: Sequence[str],
    briefing: str,
    wanted: Sequence[_Row],
    ids: Iterable[str] | None = None,
) -> Rows:
    """What makes a table's rows of a briefing those that are wanted. Rows with the same in `by` are left alone.

    `ids`: those of the rows that may be others than they were.
    """
    return differing(table, key, by, _stored(session, table, by, briefing, ids), wanted)


def _stored(
    session: Session, table: Table, names: Sequence[str], briefing: str, ids: Iterable[str] | None
) -> list[_Row]:
    query = select(*(table.c[name] for name in names)).where(table.c.briefing_id == briefing)
    if ids is None:
        rows = session.execute(query)
    else:
        rows = session.execute(query.where(one_of(table.c.id, "ids")), {"ids": list(ids)})
    return [dict(zip(names, row, strict=True)) for row in rows]


def differing(
    table: Table, key: tuple[str, ...], by: Sequence[str], stored: Iterable[_Row], wanted: Sequence[_Row]
) -> Rows:
    """As `compared`, with the rows that are stored. Of those that stay, indexes of other columns are left alone."""
    before = {_part(row, key): row for row in stored}
    fresh = []
    altered: dict[tuple[str, ...], list[_Row]] = defaultdict(list)
    for row in wanted:
        old = before.pop(_part(row, key), None)
        if old is None:
            fresh.append(row)
        elif _part(old, by) != _part(row, by):
            altered[tuple(name for name in row if name not in old or old[name] != row[name])].append(row)
    return Rows(table, key, sorted(before), fresh, altered)


def bring_up(session: Session, briefing: str, rows: Rows) -> None:
    table, stale = rows.table, rows.stale
    for start in range(0, len(stale), _AT_A_TIME):
        mine = tuple_(*(table.c[name] for name in rows.key)).in_(stale[start : start + _AT_A_TIME])
        session.execute(delete(table).where(table.c.briefing_id == briefing, mine))
    for columns, altered in rows.altered.items():
        parameters = [
            {"its_briefing": briefing, **{f"its_{name}": row[name] for name in rows.key}}
            | {name: row[name] for name in columns}
            for row in altered
        ]
        session.execute(_altering(table, rows.key, columns), parameters)
    if rows.fresh:
        session.execute(insert(table), rows.fresh)


@lru_cache(maxsize=256)
def _altering(table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> Update:
    """Changes these columns of a briefing's row of a key, whose values are given as `its_` and their name."""
    known = (table.c[name] == bindparam(f"its_{name}") for name in key)
    change = update(table).where(table.c.briefing_id == bindparam("its_briefing"), *known)
    return change.values({name: bindparam(name) for name in columns})


def _part(row: _Row, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(map(row.__getitem__, names))
