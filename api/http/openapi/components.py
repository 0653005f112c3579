"""What operations share, as OpenAPI components: schemas of the structs, which are msgspec's own with named enums and
without leftovers; responses to errors, parameters and headers.
"""

from collections.abc import Iterable
from http import HTTPStatus
from types import GenericAlias
from typing import Any, get_args

import msgspec
from msgspec import Struct, to_builtins

from api.http.openapi.examples import problem
from api.http.problems import CATALOGUE, MEDIA_TYPE
from api.http.responses import WHEN
from schemas import (
    BriefingId,
    Delegation,
    DocumentUpload,
    Event,
    FoundFact,
    NoBriefing,
    Problem,
    fact_queries,
    queries,
    vocabulary,
)
from schemas.changes import Change
from schemas.drafts import DraftItemKind, DraftItemStatus
from schemas.jobs import Scope
from schemas.kinds import KINDS
from schemas.subscriptions import FeedKind, Quiet, Weekday
from schemas.watches import ItemStatus, WatchStatus
from schemas.webhooks import DeliveryStatus, WebhookEvent, WebhookStatus

JsonObject = dict[str, Any]
REF = "#/components/schemas/{name}"

_HEADERS = {
    "ETag": (
        "Strong entity tag of this answer.",
        {"type": "string", "examples": ['"r3-9f86d081884c7d659a"']},
    ),
    "Location": ("Where what was made, or its job, is.", {"type": "string", "format": "uri-reference"}),
    "RateLimit": (
        "What is left to the caller: `r` requests; it has all again after `t` seconds.",
        {"type": "string", "examples": ['"default";r=0;t=60']},
    ),
    "RateLimit-Policy": (
        "What the caller has: `q` requests in any `w` seconds.",
        {"type": "string", "examples": ['"default";q=600;w=60']},
    ),
    "Retry-After": (
        "Seconds to wait before asking again.",
        {"type": "integer", "minimum": 0, "examples": [1]},
    ),
    "WWW-Authenticate": ("How to send the key.", {"type": "string", "examples": ['Bearer realm="readout"']}),
    "X-Request-Id": (
        "Id of the request, in the log of the service too. Yours is kept if you send one.",
        {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$", "examples": ["0f1e2d3c4b5a6978"]},
    ),
}
_PARAMETERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A key of your own for this request: sent again within 24 hours, it gets the same answer.",
        "schema": {
            "type": "string",
            "pattern": "^[!-~]{1,255}$",
            "examples": ["3f0c6c2e-5d0b-4f43-9a55-0b6f1f0f7a11"],
        },
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The entity tag with which you got the resource: nothing is done if it has changed since.",
        "schema": {"type": "string", "examples": ['"9f86d081884c7d659a"']},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "Entity tags that you have, or `*`; 304 if one is current.",
        "schema": {"type": "string", "examples": ['"r3-9f86d081884c7d659a"']},
    },
    "LastEventId": {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "Id of the last event that you had: the stream goes on after it.",
        "schema": {"type": "string", "examples": ["1.2"]},
    },
    "RequestId": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "Your own id of the request: up to 128 letters, digits and `._:-`, or it is replaced.",
        "schema": {"type": "string", "examples": ["nightly-import-17"]},
    },
}
_CLOSED: dict[str, tuple[Any, str]] = {
    "Basis": (vocabulary.Basis, "Why a date is what it is."),
    "BriefingSort": (queries.BriefingSort, "Orders of briefings."),
    "BriefingStatus": (vocabulary.BriefingStatus, "Whether a briefing is out."),
    "Certainty": (vocabulary.Certainty, "How sure a fact is."),
    "Comparator": (vocabulary.Comparator, "How a value relates to the quantity."),
    "ConflictSort": (fact_queries.ConflictSort, "Orders of conflicts."),
    "DatedSort": (fact_queries.DatedSort, "Orders of facts with a date."),
    "DigestChange": (vocabulary.DigestChange, "Whether something is new, different or gone."),
    "Direction": (vocabulary.Direction, "Which way a quantity moved."),
    "ExportFormat": (queries.ExportFormat, "Formats of an export."),
    "ExportOf": (queries.ExportOf, "What can be exported."),
    "FactSort": (fact_queries.FactSort, "Orders of facts."),
    "FigureSort": (fact_queries.FigureSort, "Orders of figures."),
    "Head": (vocabulary.Head, "Who leads a delegation."),
    "DocumentSort": (queries.DocumentSort, "Orders of documents."),
    "Reliability": (vocabulary.Reliability, "How far the source of a document is to be trusted."),
    "JobStatus": (vocabulary.JobStatus, "Where a job stands."),
    "DeliveryStatus": (DeliveryStatus, "What came of a delivery."),
    "DiffForm": (queries.DiffForm, "How a difference is told."),
    "Language": (vocabulary.Language, "Of a headline and a summary, by BCP 47."),
    "Length": (vocabulary.Length, "How long a summary is."),
    "Level": (vocabulary.Level, "Rank of those who talk."),
    "MembershipKind": (vocabulary.MembershipKind, "Whether a document is about a round, or mentions it."),
    "Precision": (vocabulary.Precision, "How fine a date is."),
    "Proof": (vocabulary.Proof, "Who has read the values of a fact."),
    "RoundAction": (vocabulary.RoundAction, "What an editor did to rounds."),
    "ReviewReason": (vocabulary.ReviewReason, "Why a fact waits for an editor."),
    "ReviewStanding": (vocabulary.ReviewStanding, "What has come of an editor's decision."),
    "Scope": (Scope, "What a key may do."),
    "ReviewVerdict": (vocabulary.ReviewVerdict, "What an editor decided."),
    "ConflictVerdict": (vocabulary.ConflictVerdict, "What an editor decides about a conflict."),
    "TextVerdict": (vocabulary.TextVerdict, "What an editor decides about a text."),
    "Verdict": (vocabulary.Verdict, "What an editor decides about a fact."),
    "DraftItemKind": (DraftItemKind, "What of a draft is looked for."),
    "DraftItemStatus": (DraftItemStatus, "Whether the sources say it."),
    "FeedKind": (FeedKind, "What there is at the addresses of a subscription."),
    "Quiet": (Quiet, "What comes of a time in which nothing has changed: no issue, or one that says so."),
    "Weekday": (Weekday, "A day of the week."),
    "ItemStatus": (ItemStatus, "What became of something that a watch found."),
    "WatchStatus": (WatchStatus, "How the looks of a watch go."),
    "WebhookEvent": (WebhookEvent, "What a webhook can be told of."),
    "WebhookStatus": (WebhookStatus, "How the deliveries of a webhook go."),
}
_UNIONS = {
    "Change": (Change, "What is new or different, or that it is gone: `change` tells which."),
    "FoundFact": (FoundFact, "A fact of any kind: `kind` tells which."),
}


def _name(shape: Any) -> str:
    """What msgspec calls the schema of a struct."""
    name: str = msgspec.json.schema_components([shape])[0][0]["$ref"].rpartition("/")[2]
    return name


_CARRIED: tuple[type[Struct], ...] = (Delegation, *(kind.fact for kind in KINDS))
_RENAMED = {
    **{_name(GenericAlias(one, (BriefingId,))): one.__name__ for one in _CARRIED},
    **{_name(GenericAlias(one, (NoBriefing,))): f"Readout{one.__name__}" for one in _CARRIED},
    _name(Event[BriefingId]): "EventFact",
}
"""Facts by what carries them; and `Event` stands for the DOM's where clients are written."""
_NAMES = {frozenset(get_args(words)): name for name, (words, _) in _CLOSED.items()}
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def components(structs: Iterable[type[Struct]], statuses: Iterable[int]) -> JsonObject:
    """All of them: with these structs and what they hold, and with responses for these statuses of errors."""
    return {
        "schemas": _schemas(structs),
        "responses": {response_name(status): _error_response(status) for status in sorted(statuses)},
        "parameters": _PARAMETERS,
        "headers": {
            name: {"description": description, "schema": schema}
            for name, (description, schema) in _HEADERS.items()
        },
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key of the service, as `Authorization: Bearer KEY`. Made with `POST /v1/keys` or "
                "`readout keys create`; it has one or more of the scopes `briefings:read`, `documents:write`, "
                "`briefings:review` and `admin`, which implies the others.",
            }
        },
    }


def _tidy(node: Any) -> Any:
    """One schema: enums by name, every enum typed, no defaults of null, no titles that repeat the name."""
    if isinstance(node, list):
        return [_tidy(part) for part in node]
    if not isinstance(node, dict):
        return node
    if "enum" in node:
        return _enum(node)
    if node.get("$ref") in _RENAMED_REFS:
        return node | {"$ref": _RENAMED_REFS[node["$ref"]]}
    if "discriminator" in node:
        return {"$ref": REF.format(name=_UNION_NAMES[frozenset(node["discriminator"]["mapping"])])}
    kept = {key: value for key, value in node.items() if not (key == "default" and value is None)}
    if "pattern" in kept:  # of Python, and there of ECMAScript, whose $ is the very end
        kept["pattern"] = kept["pattern"].replace(r"\Z", "$")
    if "properties" in kept:
        kept.pop("title", None)
        kept["properties"] = {name: _tidy(_nullable(schema)) for name, schema in kept["properties"].items()}
    return {key: value if key in _LITERAL else _tidy(value) for key, value in kept.items()}


def _nullable(schema: JsonObject) -> JsonObject:
    """What is null and nothing else, as text or null: generators know no such type."""
    if schema.get("type") != "null":
        return schema
    beside = {key: value for key, value in schema.items() if key != "type"}
    return beside | {"anyOf": [{"type": "string"}, {"type": "null"}]}


_RENAMED_REFS = {REF.format(name=ours): REF.format(name=theirs) for ours, theirs in _RENAMED.items()}
_LITERAL = {"properties", "examples", "required", "x-extensible-enum"}


def _enum(node: JsonObject) -> JsonObject:
    words = node["enum"]
    beside = {key: value for key, value in node.items() if key != "enum"}
    if name := _NAMES.get(frozenset(words)):
        return {"$ref": REF.format(name=name)} | beside
    kind = {"type": _TYPES[type(words[0])]}
    return beside | kind | ({"const": words[0]} if len(words) == 1 else {"enum": words})


def _given(schema: JsonObject) -> JsonObject:
    """The schema of a form field: left out where it has no value, since a form cannot say null."""
    arms = [arm for arm in schema.get("anyOf", []) if arm != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "contentEncoding")}
    return (arms[0] if arms else {}) | rest


def _union(members: Any) -> JsonObject:
    """Its members and what tells them apart."""
    described: JsonObject = msgspec.json.schema_components([members], ref_template=REF)[0][0]
    return described


_UNION_NAMES = {
    frozenset(_union(members)["discriminator"]["mapping"]): name for name, (members, _) in _UNIONS.items()
}


def schema_of(shape: Any) -> JsonObject:
    """The schema of a type: a reference where it is a struct."""
    tidied: JsonObject = _tidy(msgspec.json.schema_components([shape], ref_template=REF)[0][0])
    return tidied


def _schemas(structs: Iterable[type[Struct]]) -> JsonObject:
    """Schemas of these structs and of all that they hold, by name."""
    _, described = msgspec.json.schema_components(structs, ref_template=REF)
    schemas = {_RENAMED.get(name, name): _tidy(schema) for name, schema in described.items()}
    assert len(schemas) == len(described), "a fact of a shape that does not say what carries it"
    if form := schemas.get(DocumentUpload.__name__):
        form["properties"] = {name: _given(schema) for name, schema in form["properties"].items()}
    for name, (words, description) in _CLOSED.items():
        schemas[name] = {"description": description, "type": "string", **_words(get_args(words))}
    for name, (members, description) in _UNIONS.items():
        union = _union(members)
        schemas[name] = {"description": description, "oneOf": union.pop("anyOf")} | union
    return dict(sorted(schemas.items()))


def _words(words: tuple[str, ...]) -> JsonObject:
    """An enum. Generators name its members by the letters alone, and those of two orders alike."""
    if not any(word.startswith("-") for word in words):
        return {"enum": list(words)}
    names = [f"{word[1:]}_backwards" if word.startswith("-") else word for word in words]
    return {"enum": list(words), "x-enum-varnames": [name.upper() for name in names]}


def _error_response(status: int) -> JsonObject:
    """The response that every operation shares for this status, with each type of problem that it can be."""
    extra = {
        401: ("WWW-Authenticate",),
        429: ("RateLimit", "RateLimit-Policy", "Retry-After"),
        503: ("Retry-After",),
    }.get(status, ())
    examples = {
        kind.name: {"value": to_builtins(problem(kind.name, kind.status, kind.title))}
        for kind in CATALOGUE.values()
        if kind.status == status and not kind.of_job
    }
    return {
        "description": WHEN[status],
        "headers": header_refs("X-Request-Id", *extra),
        "content": {MEDIA_TYPE: {"schema": schema_of(Problem), "examples": examples}},
    }


def response_name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def header_refs(*names: str) -> JsonObject:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
