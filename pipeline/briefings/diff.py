"""What turns one revision of a briefing into another, and what of it is worth telling."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from schemas import (
    Briefing,
    BriefingDiff,
    Conflict,
    Fact,
    FieldChange,
    Item,
    ItemChange,
    Stake,
    SummarySentence,
    unproven,
)
from schemas.kinds import KINDS, LISTED, facts_of_kind
from schemas.vocabulary import DigestChange

_BY_DOCUMENT = {"sources": "source", "memberships": "membership"}
_BY_ID = {kind.plural: kind.name for kind in LISTED} | {"conflicts": "conflict"}
_NOT_CONTENT = {"revision", "updated_at", "delegations", *_BY_ID, *_BY_DOCUMENT}
_BOOKKEEPING = {
    "briefing_id", "changed_revision", "conflict_ids", "evidence", "first_revision", "origins", "proof", "review",
    "salience",
}  # fmt: skip
_URGENCY = ("deadline", "stake", "figure", "delegate", "event", "statement")
"""What is told first; kinds that are not named come last."""
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
    """Those that nobody has settled; whether each is new."""


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
    )


def story(before: Briefing | None, after: Briefing) -> Story:
    """The way from one revision, or from nothing, to another. Of a withdrawn briefing there is nothing to tell."""
    if after.status == "withdrawn":
        return Story(opening=[], changes=[], conflicts=[])
    known = {conflict.id for conflict in before.conflicts} if before else set()
    return Story(
        opening=after.summary if before is None else [],
        changes=[] if before is None and after.summary else fact_changes(before, after),
        conflicts=[(one, one.id not in known) for one in after.conflicts if one.resolution is None],
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
