"""What briefings publish, whatever way they came about."""

import msgspec

from schemas import Briefing


def content(briefings: list[Briefing]) -> list[object]:
    """What briefings say. Identities and revisions tell how they came about: facts go by their evidence instead."""
    plain = msgspec.to_builtins(briefings)
    names: dict[str, str] = {}
    for briefing in plain:
        names[briefing["id"]] = "briefing"
        sides = [member for side in briefing["delegations"] for member in side["members"]]
        kinds = ("stakes", "deadlines", "figures", "statements", "events")
        for kind, facts in [("delegates", sides), *((kind, briefing[kind]) for kind in kinds)]:
            for fact in facts:
                spans = [(e["document_id"][:8], e["start"], e["end"]) for e in fact["evidence"]]
                told = {
                    name: value
                    for name, value in fact.items()
                    if name in ("value", "topic", "text", "name", "as_written")
                }
                names[fact["id"]] = f"{kind} {spans} {told}"
                fact["first_revision"] = fact["changed_revision"] = 0
        for conflict in briefing["conflicts"]:
            names[conflict["id"]] = f"conflict {conflict['about']}"
        for field in ("revision", "created_at", "updated_at", "slug"):
            del briefing[field]

    def named(value: object) -> object:
        match value:
            case str():
                return names.get(value, value)
            case list():
                return sorted((named(item) for item in value), key=repr)
            case dict():
                return {name: named(item) for name, item in value.items()}
        return value

    return [named(briefing) for briefing in plain]
