"""The description of the API, as the service serves it about itself."""

from typing import Any

from litestar import Request, Response, get
from msgspec import json

from api.answers import stored
from api.conditional import entity_tag
from api.openapi import document, to_yaml


@get("/openapi.json", include_in_schema=False, sync_to_thread=True)
def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI document as JSON."""
    return stored(json.encode(document(request.app)))


@get("/openapi.yaml", include_in_schema=False, sync_to_thread=True)
def openapi_yaml(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI document as YAML, as in the repository."""
    body = to_yaml(document(request.app)).encode()
    return Response(body, media_type="application/yaml", headers={"ETag": entity_tag(body)})


handlers = [openapi_json, openapi_yaml]
