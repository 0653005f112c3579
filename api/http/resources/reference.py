"""The description as a page to read and to try: Scalar, from this service alone."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from litestar import Response, get
from msgspec import json

from api.http.auth.sign_in import instead_of_a_page
from api.http.conditional import entity_tag
from api.http.problems import Refusal
from api.rendering.html import page

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


@cache
def _page() -> str:
    return page("docs.html", bundle=_BUNDLE, configuration=json.encode(_CONFIGURATION).decode())


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


handlers = [reference_page, reference_bundle]
