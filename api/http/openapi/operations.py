"""Operations as OpenAPI writes them: parameters, bodies and answers, from what the handlers declare."""

from http import HTTPStatus
from inspect import cleandoc
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.routes import HTTPRoute
from litestar.utils.helpers import unwrap_partial
from msgspec import Struct, to_builtins
from msgspec.structs import fields

from api.http.auth.scopes import is_open, needed
from api.http.openapi.components import Json, schema_of
from api.http.openapi.examples import NDJSON_LINES, example_of, problem, represented
from api.http.openapi.links import LINKS
from api.http.parameters import parameters
from api.http.problems import CATALOGUE, MEDIA_TYPE
from api.http.queries import NoQuery
from api.http.representations import TEXTS, offered
from api.http.responses import BYTES, NDJSON, WHEN
from schemas import Problem

HEADERS = {
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
PARAMETERS = {
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


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def error_response(status: int) -> Json:
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
        "headers": _headers("X-Request-Id", *extra),
        "content": {MEDIA_TYPE: {"schema": schema_of(Problem), "examples": examples}},
    }


def response_name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _success(method: str, handler: HTTPRouteHandler, spec: ResponseSpec) -> Json:
    if spec.data_container is None:
        return {"description": spec.description, "headers": _headers("X-Request-Id")}
    extra = ("ETag",) if method == "get" and not _is_stream(spec) else ()
    described = {
        "description": spec.description,
        "headers": _headers(*extra, "X-Request-Id"),
        "content": {
            media_type: _content(handler, spec, media_type) for media_type in _offered(handler, spec)
        },
    }
    links = LINKS.get(str(handler.operation_id))
    return described | ({"links": links} if links else {})


def _offered(handler: HTTPRouteHandler, spec: ResponseSpec) -> tuple[str, ...]:
    return (*offered(handler), *((BYTES,) if spec.media_type == NDJSON else ()))


def _content(handler: HTTPRouteHandler, spec: ResponseSpec, media_type: str) -> Json:
    if media_type == BYTES:
        schema: Json = {"type": "string", "format": "binary"}
    elif media_type in TEXTS:
        schema = {"type": "string"}
    else:
        schema = schema_of(spec.data_container)
    return _shown(schema, represented(str(handler.operation_id), spec.data_container, media_type))


def _shown(schema: Json, example: Any) -> Json:
    return {"schema": schema} if example is None else {"schema": schema, "example": example}


def _is_stream(spec: ResponseSpec) -> bool:
    return spec.media_type == "text/event-stream"


def _responses(method: str, handler: HTTPRouteHandler) -> Json:
    described: Json = {}
    for status, spec in (handler.responses or {}).items():
        if spec.data_container is Problem:
            described[str(status)] = {"$ref": f"#/components/responses/{response_name(status)}"}
        else:
            described[str(status)] = _success(method, handler, spec)
            if status == 201:
                described["201"]["headers"] |= _headers("Location")
            if status == 202:
                described["202"]["headers"] |= _headers("Location", "Retry-After")
    if method == "get" and not any(map(_is_stream, (handler.responses or {}).values())):
        described["304"] = {
            "description": "What you have is current.",
            "headers": _headers("ETag", "X-Request-Id"),
        }
    return dict(sorted(described.items()))


def _parameter(name: str, place: str, annotation: Any, **beside: Any) -> Json:
    schema = schema_of(annotation)
    description = schema.pop("description")
    return {"name": name, "in": place, "description": description} | beside | {"schema": schema}


def _parameters(method: str, route: HTTPRoute, handler: HTTPRouteHandler) -> list[Json]:
    signature = handler.parsed_fn_signature.parameters
    found = [_parameter(name, "path", signature[name].raw, required=True) for name in route.path_parameters]
    query: type[Struct] = handler.opt.get("query", NoQuery)
    annotations = parameters(query)
    for field in fields(query):
        required = {"required": True} if field.required else {}
        parameter = _parameter(field.encode_name, "query", annotations[field.encode_name], **required)
        if not field.required and field.default is not None:
            parameter["schema"]["default"] = field.default
        found.append(parameter)
    headers = handler.opt.get("headers", ["IfNoneMatch" if method == "get" else "RequestId"])
    return [*found, *({"$ref": f"#/components/parameters/{header}"} for header in headers)]


def _words(handler: HTTPRouteHandler) -> str:
    """What the operation does, and which scopes a key needs for it."""
    said = cleandoc(unwrap_partial(handler.fn).__doc__ or "")
    if is_open(handler):
        return f"{said}\n\nNeeds no key."
    scopes = " or ".join(f"`{scope}`" for scope in needed(handler) or ())
    return f"{said}\n\nNeeds a key with the scope {scopes}." if scopes else f"{said}\n\nNeeds a key."


def operation(method: str, route: HTTPRoute, handler: HTTPRouteHandler) -> Json:
    described: Json = {
        "operationId": handler.operation_id,
        "tags": sorted(handler.resolve_tags()),
        "summary": handler.summary,
        "description": _words(handler),
    }
    described["parameters"] = _parameters(method, route, handler)
    if body := handler.opt.get("body"):
        # Generators of clients leave an operation out that takes a media type which they have not heard of.
        told = {media_type: shape for media_type, shape in body.items() if media_type != NDJSON}
        content = {
            media_type: _shown(schema_of(shape), NDJSON_LINES if media_type == BYTES else example_of(shape))
            for media_type, shape in told.items()
        }
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = _responses(method, handler)
    described["security"] = [] if is_open(handler) else [{"key": []}]
    if not is_open(handler):
        described["x-scopes"] = list(needed(handler) or ())
    return described
