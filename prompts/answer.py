"""The JSON Schema of the model's answers: derived from the proposals, in the subset of strict mode."""

from typing import Any

import msgspec

from schemas.proposals import Proposals

_KEPT = {"type", "properties", "items", "enum", "anyOf", "$ref", "required", "additionalProperties"}
_OURS = {"at"}
"""Fields of a proposal that only code fills."""


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Every field required, nothing beside them, known words as an enum, only keywords of strict mode."""
    if words := schema.get("x-extensible-enum"):
        return {"type": "string", "enum": list(words)}
    kept = {key: value for key, value in schema.items() if key in _KEPT}
    if "$ref" in kept:
        return {"$ref": kept["$ref"].removesuffix("Proposal")}
    if "properties" in kept:
        own = {name: _strict(part) for name, part in kept["properties"].items() if name not in _OURS}
        kept |= {"properties": own, "required": list(own), "additionalProperties": False}
    if "items" in kept:
        kept["items"] = _strict(kept["items"])
    if "anyOf" in kept:
        kept["anyOf"] = [_strict(part) for part in kept["anyOf"]]
        types = [part.get("type") for part in kept["anyOf"]]
        if all(set(part) == {"type"} for part in kept["anyOf"]):
            return {"type": types}
    return kept


def answer_schema() -> dict[str, Any]:
    """The schema of an answer, one declaration with `schemas.proposals`."""
    (_,), components = msgspec.json.schema_components([Proposals], ref_template="#/$defs/{name}")
    root = _strict(components.pop("Proposals"))
    parts = {name.removesuffix("Proposal"): _strict(part) for name, part in sorted(components.items())}
    return root | {"$defs": parts}
