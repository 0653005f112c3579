"""Operations as OpenAPI writes them, from what the handlers declare: parameters, bodies, answers and where these lead;
and what is posted to webhooks, which `worker.webhooks` does.
"""

from inspect import cleandoc
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.routes import HTTPRoute
from litestar.utils.helpers import unwrap_partial
from msgspec import Struct
from msgspec.structs import fields

from api.http.auth import is_open, needed
from api.http.content import TEXTS, offered
from api.http.openapi.components import JsonObject, header_refs, response_name, schema_of
from api.http.openapi.examples import NDJSON_LINES, example_of, represented
from api.http.parameters import NoQuery, parameters
from api.http.responses import BYTES, NDJSON
from schemas import Problem
from schemas.kinds import KINDS
from schemas.webhooks import (
    BriefingChanged,
    BriefingWithdrawn,
    ConflictOpened,
    DeadlineChanged,
    DeadlineDue,
    Delivered,
    JobFailed,
    WebhookTested,
)


def operation(method: str, route: HTTPRoute, handler: HTTPRouteHandler) -> JsonObject:
    described: JsonObject = {
        "operationId": handler.operation_id,
        "tags": sorted(handler.resolve_tags()),
        "summary": handler.summary,
        "description": _words(handler),
    }
    described["parameters"] = _parameters(method, route, handler)
    if body := handler.opt.get("body"):
        # Generators of clients leave an operation out that takes a media type which they have not heard of.
        known = {media_type: shape for media_type, shape in body.items() if media_type != NDJSON}
        content = {
            media_type: _shown(
                _taken(shape), NDJSON_LINES if media_type == BYTES else example_of(shapes_of(shape)[0])
            )
            for media_type, shape in known.items()
        }
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = _responses(method, handler)
    described["security"] = [] if is_open(handler) else [{"key": []}]
    if not is_open(handler):
        described["x-scopes"] = list(needed(handler) or ())
    return described


def shapes_of(taken: Any) -> tuple[Any, ...]:
    """The shapes that a body may have."""
    return taken if isinstance(taken, tuple) else (taken,)


def _taken(taken: Any) -> JsonObject:
    schemas = [schema_of(shape) for shape in shapes_of(taken)]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _success(method: str, handler: HTTPRouteHandler, spec: ResponseSpec) -> JsonObject:
    if spec.data_container is None:
        return {"description": spec.description, "headers": header_refs("X-Request-Id")}
    extra = ("ETag",) if method == "get" and not _is_stream(spec) else ()
    described = {
        "description": spec.description,
        "headers": header_refs(*extra, "X-Request-Id"),
        "content": {
            media_type: _content(handler, spec, media_type) for media_type in _offered(handler, spec)
        },
    }
    links = _LINKS.get(str(handler.operation_id))
    return described | ({"links": links} if links else {})


def _offered(handler: HTTPRouteHandler, spec: ResponseSpec) -> tuple[str, ...]:
    return (*offered(handler), *((BYTES,) if spec.media_type == NDJSON else ()))


def _content(handler: HTTPRouteHandler, spec: ResponseSpec, media_type: str) -> JsonObject:
    if media_type == BYTES:
        schema: JsonObject = {"type": "string", "format": "binary"}
    elif media_type in TEXTS:
        schema = {"type": "string"}
    else:
        schema = schema_of(spec.data_container)
    return _shown(schema, represented(str(handler.operation_id), spec.data_container, media_type))


def _shown(schema: JsonObject, example: Any) -> JsonObject:
    return {"schema": schema} if example is None else {"schema": schema, "example": example}


def _is_stream(spec: ResponseSpec) -> bool:
    return spec.media_type in ("text/event-stream", NDJSON)


def _responses(method: str, handler: HTTPRouteHandler) -> JsonObject:
    described: JsonObject = {}
    for status, spec in (handler.responses or {}).items():
        if spec.data_container is Problem:
            described[str(status)] = {"$ref": f"#/components/responses/{response_name(status)}"}
        else:
            described[str(status)] = _success(method, handler, spec)
            if status == 201:
                described["201"]["headers"] |= header_refs("Location")
            if status == 202:
                described["202"]["headers"] |= header_refs("Location", "Retry-After")
    if method == "get" and not any(map(_is_stream, (handler.responses or {}).values())):
        described["304"] = {
            "description": "What you have is current.",
            "headers": header_refs("ETag", "X-Request-Id"),
        }
    return dict(sorted(described.items()))


def _parameter(name: str, place: str, annotation: Any, **beside: Any) -> JsonObject:
    schema = schema_of(annotation)
    description = schema.pop("description")
    return {"name": name, "in": place, "description": description} | beside | {"schema": schema}


def _parameters(method: str, route: HTTPRoute, handler: HTTPRouteHandler) -> list[JsonObject]:
    signature = handler.parsed_fn_signature.parameters
    described = [
        _parameter(name, "path", signature[name].raw, required=True) for name in route.path_parameters
    ]
    query: type[Struct] = handler.opt.get("query", NoQuery)
    annotations = parameters(query)
    for field in fields(query):
        required = {"required": True} if field.required else {}
        parameter = _parameter(field.encode_name, "query", annotations[field.encode_name], **required)
        if not field.required and field.default is not None:
            parameter["schema"]["default"] = field.default
        described.append(parameter)
    headers = handler.opt.get("headers", ["IfNoneMatch" if method == "get" else "RequestId"])
    return [*described, *({"$ref": f"#/components/parameters/{header}"} for header in headers)]


def _words(handler: HTTPRouteHandler) -> str:
    """What the operation does, and which scopes a key needs for it."""
    words = cleandoc(unwrap_partial(handler.fn).__doc__ or "")
    if is_open(handler):
        return f"{words}\n\nNeeds no key."
    scopes = " or ".join(f"`{scope}`" for scope in needed(handler) or ())
    return f"{words}\n\nNeeds a key with the scope {scopes}." if scopes else f"{words}\n\nNeeds a key."


_ANSWER = "$response.body#"
_JOB = [
    ("get_job", "Where the job stands."),
    ("listen_to_job", "What happens to the job, as it happens."),
]
_DOCUMENT = [
    ("get_document", "What is known of the document."),
    ("get_document_text", "The document's text."),
    ("get_document_readout", "What was read out of the document, once the job is done."),
]
_BRIEFING = [
    ("get_briefing", "The whole briefing."),
    ("list_briefing_revisions", "The briefing's revisions."),
]


def _to(targets: list[tuple[str, str]], parameter: str, pointer: str) -> dict[str, Any]:
    return {
        operation: {
            "operationId": operation,
            "parameters": {parameter: f"{_ANSWER}{pointer}"},
            "description": description,
        }
        for operation, description in targets
    }


_CARRIER = [("get_briefing", "The briefing that carries the first one.")]
_CANCEL = ("cancel_job", "Stop the job.")
_RETRY = ("retry_job", "Queue the job again.")
_KEY = [("get_key", "What is known of the key."), ("revoke_key", "End the key.")]
_WEBHOOK = [
    ("get_webhook", "The webhook, and how its deliveries go."),
    ("resume_webhook", "Go on with it."),
    ("list_webhook_deliveries", "What it was sent."),
    ("test_webhook", "Test it."),
    ("delete_webhook", "Tell it nothing any more."),
]
_WATCH = [
    ("get_watch", "The watch, and how it goes."),
    ("list_watch_items", "What it found."),
    ("change_watch", "Look more or less often, pause, or go on."),
    ("delete_watch", "Look no more."),
]
_ISSUE = [("get_issue", "The issue whole.")]
_TOPIC = [("get_topic", "The topic."), ("delete_topic", "Follow it no more.")]
_SCHEDULE = [
    ("get_schedule", "The schedule."),
    ("change_schedule", "Change when and to whom."),
    ("delete_schedule", "Make no more issues."),
]
_SUBSCRIPTION = [("get_subscription", "The subscription."), ("delete_subscription", "Let nobody in by it.")]
_LINKS: dict[str, dict[str, Any]] = {
    "add_document": _to([*_JOB, _CANCEL], "job_id", "/job_id")
    | _to(_DOCUMENT, "document_id", "/document_id"),
    "retry_job": _to([*_JOB, _CANCEL], "job_id", "/id"),
    "cancel_job": _to([_JOB[0], _RETRY], "job_id", "/id"),
    "get_job": _to(_DOCUMENT, "document_id", "/document_id")
    | _to(_BRIEFING[:1], "id_or_slug", "/briefing_ids/0"),
    "list_jobs": _to(_JOB, "job_id", "/items/0/id"),
    "list_briefings": _to(_BRIEFING, "id_or_slug", "/items/0/id"),
    "get_briefing": _to(
        [_BRIEFING[1], ("diff_briefing_revisions", "What the last revision changed.")], "id_or_slug", "/id"
    )
    | _to(_DOCUMENT[:2], "document_id", "/sources/0/document_id"),
    "list_negotiations": _to([("get_negotiation", "Its rounds in a row.")], "negotiation_id", "/items/0/id"),
    "get_negotiation": _to([("get_briefing", "Its first round.")], "id_or_slug", "/rounds/0/id"),
    "withdraw_document": _to(_DOCUMENT[:1], "document_id", "/id"),
    "create_key": _to(_KEY, "key_id", "/id"),
    "search": _to(_CARRIER, "id_or_slug", "/items/0/briefing_id"),
    "list_changes": _to(_CARRIER, "id_or_slug", "/items/0/briefing_id"),
    "get_digest": _to([("get_briefing", "The briefing that changed last.")], "id_or_slug", "/briefings/0/id"),
    "create_issue": _to(_ISSUE, "issue_id", "/id"),
    "list_issues": _to(_ISSUE, "issue_id", "/items/0/id"),
    "create_topic": _to(_TOPIC, "topic_id", "/id"),
    "list_topics": _to(_TOPIC, "topic_id", "/items/0/id"),
    "create_schedule": _to(_SCHEDULE, "schedule_id", "/id"),
    "list_schedules": _to(_SCHEDULE, "schedule_id", "/items/0/id"),
    "create_subscription": _to(_SUBSCRIPTION, "subscription_id", "/subscription/id"),
    "list_subscriptions": _to(_SUBSCRIPTION, "subscription_id", "/items/0/id"),
    "create_webhook": _to(_WEBHOOK, "webhook_id", "/webhook/id"),
    "list_webhooks": _to(_WEBHOOK, "webhook_id", "/items/0/id"),
    "create_watch": _to(_WATCH, "watch_id", "/id"),
    "list_watches": _to(_WATCH, "watch_id", "/items/0/id"),
    "list_watch_items": _to(_JOB, "job_id", "/items/0/job_id"),
    "list_keys": _to(_KEY, "key_id", "/items/0/id"),
} | {
    f"list_{facts}": _to(_CARRIER, "id_or_slug", "/items/0/briefing_id")
    for facts in (*(kind.plural for kind in KINDS), "conflicts")
}
"""By the operation whose answer it is. A link whose value is not there leads nowhere yet."""


_MORE = (
    "Answer with 2xx within ten seconds, whatever the body; then work on it. Anything else is tried again, with the "
    "same `webhook-id`, over three days. 410 disables the webhook."
)
_SUMMARIES: dict[type[Delivered], str] = {
    BriefingChanged: "A briefing changed",
    BriefingWithdrawn: "A briefing was withdrawn",
    DeadlineChanged: "A deadline changed",
    DeadlineDue: "A deadline comes near",
    ConflictOpened: "A conflict came up",
    JobFailed: "A job failed",
    WebhookTested: "A test",
}
POSTED = tuple(_SUMMARIES)
_DELIVERY_HEADERS = {
    "webhook-id": (
        "Id of the event, the same for each try: drop what you have had.",
        {"type": "string", "pattern": "^msg_[0-9a-f]{24}$", "examples": ["msg_0b9c8d1e2f3a4b5c6d7e8f90"]},
    ),
    "webhook-timestamp": (
        "When this try was made, in seconds since 1970. Refuse what is older than five minutes.",
        {"type": "string", "pattern": "^[0-9]+$", "examples": ["1931254200"]},
    ),
    "webhook-signature": (
        "`v1,` and the base64 of the HMAC-SHA256, with the secret, of `webhook-id`, `webhook-timestamp` and the body "
        "as it came, joined by full stops. Several are separated by spaces: one that matches is enough.",
        {
            "type": "string",
            "pattern": "^v1,[0-9A-Za-z+/]{43}=( v1,[0-9A-Za-z+/]{43}=)*$",
            "examples": ["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="],
        },
    ),
}


def webhooks() -> JsonObject:
    """An entry an event, by its type."""
    return {str(event.__struct_config__.tag): {"post": _post(event)} for event in POSTED}


def _post(event: type[Delivered]) -> JsonObject:
    return {
        "operationId": f"tell_{str(event.__struct_config__.tag).replace('.', '_')}",
        "tags": ["webhooks"],
        "summary": _SUMMARIES[event],
        "description": f"{cleandoc(event.__doc__ or '')}\n\n{_MORE}",
        "parameters": [
            {"name": name, "in": "header", "description": description, "required": True, "schema": schema}
            for name, (description, schema) in _DELIVERY_HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema_of(event), "example": example_of(event)}},
        },
        "responses": {
            "204": {"description": "You have it. Any 2xx will do."},
            "410": {"description": "You want nothing any more: the webhook is disabled."},
        },
        "security": [],
    }
