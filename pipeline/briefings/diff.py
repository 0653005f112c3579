"""What turns one revision of a briefing into another, and one round into the next: what of it is worth telling."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from pipeline.briefings.comparison import independent
from pipeline.briefings.conflicts.values import differ, falls_due_alike, one_quantity, quantity_in_words
from pipeline.briefings.deduplicate import equality_of, of_one_matter, on_one_thing
from pipeline.briefings.rounds import by_day
from pipeline.language.lexicons import lexicon
from pipeline.language.parties import party_name
from pipeline.language.people import same_person
from schemas import (
    Briefing,
    BriefingDiff,
    Conflict,
    Deadline,
    Delegate,
    Fact,
    FieldChange,
    Item,
    ItemChange,
    RoundChange,
    Stake,
    SummarySentence,
    ToldInRound,
    unproven,
)
from schemas.kinds import KINDS, LISTED, facts_of_kind
from schemas.vocabulary import OPEN_DEADLINES, DigestChange

_F = TypeVar("_F", bound=Fact)

_BY_DOCUMENT = {"sources": "source", "memberships": "membership"}
_BY_ID = {kind.plural: kind.name for kind in LISTED} | {"conflicts": "conflict"}
_NOT_CONTENT = {"revision", "updated_at", "delegations", *_BY_ID, *_BY_DOCUMENT}
_BOOKKEEPING = {
    "briefing_id", "changed_revision", "conflict_ids", "evidence", "first_revision", "origins", "proof", "review",
    "salience", "translated",
}  # fmt: skip
_URGENCY = ("deadline", "stake", "figure", "delegate", "event", "statement")
"""What is told first; kinds that are not named come last."""
_BACK = 3
"""So many rounds are looked back on: each fact is compared with all of theirs."""
_Key = tuple[str, str]


class FactChange(Struct, frozen=True, kw_only=True):
    """A fact that came, went, or says something else. `fields` names what differs between `before` and `fact`."""

    change: DigestChange
    kind: str
    fact: Fact
    before: Fact | None = None
    fields: list[str] = []


class Story(Struct, frozen=True, kw_only=True):
    """What there is to tell of a briefing. `opening`: sentences about all of one that is new, instead of its facts."""

    opening: list[SummarySentence]
    changes: list[FactChange]
    conflicts: list[tuple[Conflict, bool]]
    """Those that nobody has settled, or that have been settled on the way; whether each is new."""


def difference(before: Briefing, after: Briefing) -> BriefingDiff:
    """Lists of items are compared by id, other lists as a whole."""
    old, new = _items(before), _items(after)
    common = sorted(old.keys() & new.keys())
    changes = ((key, list(_changes("", old[key], new[key]))) for key in common)
    return BriefingDiff(
        briefing_id=before.id,
        from_=before.revision,
        to=after.revision,
        fields=list(_changes("", _fields(before), _fields(after))),
        added=[_item(key, new[key]) for key in sorted(new.keys() - old.keys())],
        changed=[ItemChange(kind=kind, id=id, fields=fields) for (kind, id), fields in changes if fields],
        gone=[_item(key, old[key]) for key in sorted(old.keys() - new.keys())],
        text=None,
    )


def story(before: Briefing | None, after: Briefing) -> Story:
    """The way from one revision, or from nothing, to another. Of a withdrawn briefing there is nothing to tell."""
    if after.status == "withdrawn":
        return Story(opening=[], changes=[], conflicts=[])
    known = {conflict.id: conflict for conflict in before.conflicts} if before else {}
    return Story(
        opening=after.summary if before is None else [],
        changes=[] if before is None and after.summary else fact_changes(before, after),
        conflicts=[
            (one, one.id not in known)
            for one in after.conflicts
            if one.resolution is None or (one.id in known and known[one.id].resolution != one.resolution)
        ],
    )


def fact_changes(before: Briefing | None, after: Briefing) -> list[FactChange]:
    """Facts that came, that say something else, and that went; more proof of the same is no news."""
    new = {fact.id: (kind, fact) for kind, fact in ranked_facts(after)}
    if before is None:
        return [FactChange(change="added", kind=kind, fact=fact) for kind, fact in new.values()]
    old = {fact.id: (kind, fact) for kind, fact in ranked_facts(before)}
    fields = {id: _differing(old[id][1], fact) for id, (_, fact) in new.items() if id in old}
    added = [
        FactChange(change="added", kind=kind, fact=fact) for id, (kind, fact) in new.items() if id not in old
    ]
    changed = [
        FactChange(change="changed", kind=kind, fact=fact, before=old[id][1], fields=fields[id])
        for id, (kind, fact) in new.items()
        if id in old and fields.get(id)
    ]
    gone = [
        FactChange(change="gone", kind=kind, fact=fact) for id, (kind, fact) in old.items() if id not in new
    ]
    return [*added, *changed, *gone]


def _differing(before: Fact, after: Fact) -> list[str]:
    """The fields in which two facts say different things."""
    names = set(before.__struct_fields__) - _BOOKKEEPING
    return sorted(name for name in names if unproven(getattr(before, name)) != unproven(getattr(after, name)))


def ranked_facts(briefing: Briefing) -> Iterator[tuple[str, Fact]]:
    """Every fact with the name of its kind, what is most urgent first."""
    ranks = {name: rank for rank, name in enumerate(_URGENCY)}
    for kind in sorted(KINDS, key=lambda kind: ranks.get(kind.name, len(ranks))):
        yield from ((kind.name, fact) for fact in facts_of_kind(briefing, kind))


def is_on(briefing: Briefing, topics: Sequence[str]) -> bool:
    """Whether something at stake is of one of these topics. Without topics: always."""
    return not topics or any(on_topic(stake, topics) for stake in briefing.stakes)


def on_topic(stake: Stake, topics: Sequence[str]) -> bool:
    """Whether a stake is of one of these topics, or of one that narrows it. Without topics: always."""
    return not topics or any(stake.topic == one or stake.topic.startswith(f"{one}.") for one in topics)


def round_changes(rounds: Sequence[Briefing]) -> list[RoundChange]:
    """What a round tells otherwise than the last one before it that tells of the same: who leads, days, values.

    `rounds`: first to last, of which three are looked back on. Where either of two has several values for one thing,
    nothing is told of it.
    """
    changes: list[RoundChange] = []
    for at, after in enumerate(rounds):
        earlier = rounds[max(at - _BACK, 0) : at][::-1]
        changes += _changed("delegate", earlier, after, _heads, _one_seat, _replaced, _seat_in_words, _name)
        changes += _changed(
            "deadline", earlier, after, _dated, _one_matter, _moved, lambda old, new: new.what, _day
        )
        changes += _changed(
            "figure",
            earlier,
            after,
            lambda briefing: briefing.figures,
            one_quantity,
            differ,
            quantity_in_words,
            lambda figure: figure.as_written,
        )
    return changes


def open_deadlines(rounds: Sequence[Briefing], changes: Sequence[RoundChange], today: date) -> list[Deadline]:
    """What is ahead in any round, each once, as the latest one tells it: earliest first, undated ones last.

    What a later round moved is ahead no more, nor is what an earlier round gave no day.
    """
    moved = {change.before.fact_id for change in changes if change.kind == "deadline"}
    same = equality_of("deadline").same
    found: list[Deadline] = []
    for briefing in reversed(rounds):
        for due in briefing.deadlines:
            last = due.date.latest if due.date else None
            ahead = last >= today.isoformat() if last else briefing is rounds[-1]
            standing = due.status in OPEN_DEADLINES and due.id not in moved
            if ahead and standing and not any(same(known, due) for known in found):
                found.append(due)
    return sorted(found, key=lambda due: (by_day(due.date), due.id))


def _changed(
    kind: str,
    earlier: Sequence[Briefing],
    after: Briefing,
    facts_in: Callable[[Briefing], Sequence[_F]],
    same: Callable[[_F, _F], bool],
    otherwise: Callable[[_F, _F], bool],
    about: Callable[[_F, _F], str],
    value: Callable[[_F], str],
) -> Iterator[RoundChange]:
    """Changes of one kind. `same`: of one thing; `otherwise`: whether the second of two says another value of it."""
    for new in facts_in(after):
        told = [[old for old in facts_in(briefing) if same(old, new)] for briefing in earlier]
        at = next((place for place, facts in enumerate(told) if facts), None)
        beside = any(same(other, new) and value(other) != value(new) for other in facts_in(after))
        if at is None or beside:
            continue
        old = told[at][0]
        if all(
            otherwise(one, new) and independent(one, new) and value(one) == value(old) for one in told[at]
        ):
            yield RoundChange(
                kind=kind,
                about=about(old, new),
                before=ToldInRound(briefing_id=earlier[at].id, fact_id=old.id, value=value(old)),
                after=ToldInRound(briefing_id=after.id, fact_id=new.id, value=value(new)),
            )


def _heads(briefing: Briefing) -> list[Delegate]:
    """Those who lead a side alone."""
    return [
        member
        for side in briefing.delegations
        if side.head == "sole"
        for member in side.members
        if member.head and member.name
    ]


def _one_seat(old: Delegate, new: Delegate) -> bool:
    return old.party == new.party


def _replaced(old: Delegate, new: Delegate) -> bool:
    return not same_person(old.name or "", new.name or "")


def _seat_in_words(old: Delegate, new: Delegate) -> str:
    return f"who leads for {party_name(new.party)}"


def _name(delegate: Delegate) -> str:
    return delegate.name or ""


def _dated(briefing: Briefing) -> list[Deadline]:
    """What falls due on a day of its own; each round has its own meetings."""
    return [due for due in briefing.deadlines if due.kind != "meeting" and due.date and due.date.edtf]


def _one_matter(old: Deadline, new: Deadline) -> bool:
    """Whether the same falls due, or the later round tells that it was moved."""
    if not of_one_matter(old, new):
        return False
    told = any(lexicon.modality.moves.search(e.exact) for e in new.evidence)
    return (old.kind == new.kind and falls_due_alike(old, new)) or (told and on_one_thing(old, new))


def _moved(old: Deadline, new: Deadline) -> bool:
    return not equality_of("deadline").same(old, new)


def _day(due: Deadline) -> str:
    return (due.date.edtf if due.date else None) or ""


def _items(briefing: Briefing) -> dict[_Key, Any]:
    """Everything in a briefing that has an identity, as JSON values."""
    plain = msgspec.to_builtins(briefing)
    items = {
        ("delegate", member["id"]): member for side in plain["delegations"] for member in side["members"]
    }
    for names, id_field in ((_BY_ID, "id"), (_BY_DOCUMENT, "document_id")):
        for field, kind in names.items():
            items |= {(kind, item[id_field]): item for item in plain[field]}
    return items


def _fields(briefing: Briefing) -> dict[str, Any]:
    """What a briefing says itself; of its delegations, who leads each."""
    plain = msgspec.to_builtins(briefing)
    heads = {side["party"]: {"head": side["head"]} for side in plain["delegations"]}
    return {name: value for name, value in plain.items() if name not in _NOT_CONTENT} | {"delegations": heads}


def _changes(pointer: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted(before.keys() | after.keys()):
            escaped = name.replace("~", "~0").replace("/", "~1")
            yield from _changes(f"{pointer}/{escaped}", before.get(name), after.get(name))
    elif before != after:
        yield FieldChange(pointer=pointer, before=_raw(before), after=_raw(after))


def _item(key: _Key, body: Any) -> Item:
    return Item(kind=key[0], id=key[1], body=_raw(body))


def _raw(value: Any) -> Raw:
    return Raw(msgspec.json.encode(value))
