"""The description of the API, as the service serves it about itself."""

from typing import Any

from litestar import Litestar, Request, Response, get
from msgspec import json

from api.http.conditional import entity_tag
from api.http.openapi import document, to_yaml
from api.http.openapi.components import Json
from api.http.resources import reference
from api.http.responses import stored


def _described(app: Litestar) -> Json:
    if "openapi" not in app.state:
        app.state["openapi"] = document(app)
    described: Json = app.state["openapi"]
    return described


@get("/openapi.json", include_in_schema=False, sync_to_thread=True, opt={"scope": ()})
def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI document as JSON."""
    return stored(json.encode(_described(request.app)))


@get("/openapi.yaml", include_in_schema=False, sync_to_thread=True, opt={"scope": ()})
def openapi_yaml(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI document as YAML, as in the repository."""
    body = to_yaml(_described(request.app)).encode()
    return Response(body, media_type="application/yaml", headers={"ETag": entity_tag(body)})


handlers = [openapi_json, openapi_yaml, *reference.handlers]
