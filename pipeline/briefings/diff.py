"""What turns one revision of a briefing into another."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from schemas import Briefing, BriefingDiff, FieldChange, Item, ItemChange

_KINDS = {
    "stakes": "stake",
    "deadlines": "deadline",
    "figures": "figure",
    "statements": "statement",
    "events": "event",
    "conflicts": "conflict",
    "sources": "source",
    "memberships": "membership",
}
_BY_DOCUMENT = ("sources", "memberships")
_NOT_CONTENT = ("revision", "updated_at", "delegations", *_KINDS)
_Key = tuple[str, str]


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


def _items(briefing: Briefing) -> dict[_Key, Any]:
    """Everything in a briefing that has an identity, as JSON values."""
    plain = msgspec.to_builtins(briefing)
    items = {
        ("delegate", member["id"]): member for side in plain["delegations"] for member in side["members"]
    }
    for name, kind in _KINDS.items():
        field = "document_id" if name in _BY_DOCUMENT else "id"
        items.update({(kind, item[field]): item for item in plain[name]})
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
