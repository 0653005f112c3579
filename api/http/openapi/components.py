"""Schemas of the structs as OpenAPI components: msgspec's own, with named enums and without leftovers."""

from collections.abc import Iterable
from typing import Any, get_args

import msgspec
from msgspec import Struct

from api.http import queries
from schemas import DocumentUpload, vocabulary
from schemas.changes import Change
from schemas.keys import Scope
from schemas.webhooks import WebhookEvent, WebhookStatus

Json = dict[str, Any]
REF = "#/components/schemas/{name}"

_CLOSED: dict[str, tuple[Any, str]] = {
    "Basis": (vocabulary.Basis, "Why a date is what it is."),
    "BriefingSort": (queries.BriefingSort, "Orders of briefings."),
    "BriefingStatus": (vocabulary.BriefingStatus, "Whether a briefing is out."),
    "Certainty": (vocabulary.Certainty, "How sure a fact is."),
    "Comparator": (vocabulary.Comparator, "How a value relates to the quantity."),
    "ConflictSort": (queries.ConflictSort, "Orders of conflicts."),
    "DatedSort": (queries.DatedSort, "Orders of facts with a date."),
    "DigestChange": (vocabulary.DigestChange, "Whether something is new, different or gone."),
    "Direction": (vocabulary.Direction, "Which way a quantity moved."),
    "FactSort": (queries.FactSort, "Orders of facts."),
    "FigureSort": (queries.FigureSort, "Orders of figures."),
    "Head": (vocabulary.Head, "Who leads a delegation."),
    "JobStatus": (vocabulary.JobStatus, "Where a job stands."),
    "Level": (vocabulary.Level, "Rank of those who talk."),
    "MembershipKind": (vocabulary.MembershipKind, "Whether a document is about a round, or mentions it."),
    "Precision": (vocabulary.Precision, "How fine a date is."),
    "RoundAction": (vocabulary.RoundAction, "What an editor did to rounds."),
    "Scope": (Scope, "What a key may do."),
    "Verdict": (vocabulary.Verdict, "What an editor decided."),
    "WebhookEvent": (WebhookEvent, "What a webhook can be told of."),
    "WebhookStatus": (WebhookStatus, "How the deliveries of a webhook go."),
}
_UNIONS = {"Change": (Change, "What is new or different, or that it is gone: `change` tells which.")}
_NAMES = {frozenset(get_args(words)): name for name, (words, _) in _CLOSED.items()}
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def _tidy(node: Any) -> Any:
    """One schema: enums by name, every enum typed, no defaults of null, no titles that repeat the name."""
    if isinstance(node, list):
        return [_tidy(part) for part in node]
    if not isinstance(node, dict):
        return node
    if "enum" in node:
        return _enum(node)
    if "discriminator" in node:
        return {"$ref": REF.format(name=_UNION_NAMES[frozenset(node["discriminator"]["mapping"])])}
    kept = {key: value for key, value in node.items() if not (key == "default" and value is None)}
    if "pattern" in kept:  # of Python, and there of ECMAScript, whose $ is the very end
        kept["pattern"] = kept["pattern"].replace(r"\Z", "$")
    if "properties" in kept:
        kept.pop("title", None)
        kept["properties"] = {name: _tidy(schema) for name, schema in kept["properties"].items()}
    return {key: value if key in _LITERAL else _tidy(value) for key, value in kept.items()}


_LITERAL = {"properties", "examples", "required", "x-extensible-enum"}


def _enum(node: Json) -> Json:
    words = node["enum"]
    beside = {key: value for key, value in node.items() if key != "enum"}
    if name := _NAMES.get(frozenset(words)):
        return {"$ref": REF.format(name=name)} | beside
    kind = {"type": _TYPES[type(words[0])]}
    return beside | kind | ({"const": words[0]} if len(words) == 1 else {"enum": words})


def _given(schema: Json) -> Json:
    """The schema of a form field: left out where it has no value, since a form cannot say null."""
    arms = [arm for arm in schema.get("anyOf", []) if arm != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "contentEncoding")}
    return (arms[0] if arms else {}) | rest


def _union(members: Any) -> Json:
    """Its members and what tells them apart."""
    described: Json = msgspec.json.schema_components([members], ref_template=REF)[0][0]
    return described


_UNION_NAMES = {
    frozenset(_union(members)["discriminator"]["mapping"]): name for name, (members, _) in _UNIONS.items()
}


def schema_of(shape: Any) -> Json:
    """The schema of a type: a reference where it is a struct."""
    tidied: Json = _tidy(msgspec.json.schema_components([shape], ref_template=REF)[0][0])
    return tidied


def components(structs: Iterable[type[Struct]]) -> Json:
    """Schemas of these structs and of all that they hold, by name."""
    _, found = msgspec.json.schema_components(structs, ref_template=REF)
    schemas = {name: _tidy(schema) for name, schema in found.items()}
    if form := schemas.get(DocumentUpload.__name__):
        form["properties"] = {name: _given(schema) for name, schema in form["properties"].items()}
    for name, (words, description) in _CLOSED.items():
        schemas[name] = {"description": description, "type": "string", "enum": list(get_args(words))}
    for name, (members, description) in _UNIONS.items():
        schemas[name] = {"description": description} | _union(members)
    return dict(sorted(schemas.items()))
