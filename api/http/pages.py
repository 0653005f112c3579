"""How a page for people is answered."""

from litestar import Response

from api.http.conditional import entity_tag
from api.rendering.html import style_hash


def whole(body: str, status: int = 200, forms: str = "'none'") -> Response[str]:
    """A page that loads nothing, and sends its forms to `forms` alone."""
    policy = (
        f"default-src 'none'; style-src '{style_hash()}'; "
        f"base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "ETag": entity_tag(body.encode())}
    return Response(body, media_type="text/html", status_code=status, headers=headers)
