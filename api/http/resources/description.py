"""The description of the API, as the service serves it about itself; and as a page to read and to try it: Scalar,
from this service alone.
"""

from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from litestar import Litestar, Request, Response, get
from msgspec import json

from api.http.auth.sign_in import instead_of_a_page
from api.http.caching import entity_tag
from api.http.openapi import document, to_yaml
from api.http.openapi.components import JsonObject
from api.http.problems import Refusal
from api.http.responses import stored
from api.rendering.html import render_page

_BUNDLE = f"/docs/scalar-{version('stopments')}.js"
# Scalar would otherwise fetch fonts, count its visitors and offer services of its maker. It writes style elements.
_CONFIGURATION: dict[str, Any] = {
    "agent": {"disabled": True},
    "authentication": {"preferredSecurityScheme": "key"},
    "defaultOpenAllTags": True,
    "hideClientButton": True,
    "mcp": {"disabled": True},
    "servers": [{"url": "/", "description": "This service."}],
    "showDeveloperTools": "never",
    "telemetry": False,
    "withDefaultFonts": False,
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def _described(app: Litestar) -> JsonObject:
    if "openapi" not in app.state:
        app.state["openapi"] = document(app)
    described: JsonObject = app.state["openapi"]
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


@cache
def _page() -> str:
    return render_page("docs.html", bundle=_BUNDLE, configuration=json.encode(_CONFIGURATION).decode())


@get(
    "/docs",
    include_in_schema=False,
    sync_to_thread=False,
    opt={"scope": ()},
    exception_handlers={Refusal: instead_of_a_page},
)
def reference_page() -> Response[str]:
    """The operations, with a form to try each."""
    headers = {"Content-Security-Policy": _POLICY, "ETag": entity_tag(_page().encode())}
    return Response(_page(), media_type="text/html", headers=headers)


@get(_BUNDLE, include_in_schema=False, sync_to_thread=True, opt={"scope": ()})
def reference_bundle() -> Response[bytes]:
    """Scalar's script, as the package brings it. The path has its version, so it never changes."""
    body = files("stopments").joinpath("static", "scalar-api-reference.js").read_bytes()
    headers = {"ETag": entity_tag(body), "Cache-Control": "private, max-age=31536000, immutable"}
    return Response(body, media_type="text/javascript", headers=headers)


handlers = [openapi_json, openapi_yaml, reference_page, reference_bundle]
