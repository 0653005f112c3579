"""How a browser brings a key: it signs in once, and a cookie that scripts cannot see goes with its reads."""

from typing import Any
from urllib.parse import parse_qs

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from msgspec import Struct

from api.http.auth import ADMIN, BRIEFINGS_READ
from api.http.auth.guard import COOKIE, check_origin
from api.http.auth.keyring import Keyring, is_over, why_not
from api.http.middleware import is_https
from api.http.problems import MISSING_SCOPE, Refusal
from api.http.responses import whole
from api.rendering.html import render_page

_MOST = 4096  # bytes of a form


def _form(then: str, message: str = "", status: int = 200, known: bool = False) -> Response[str]:
    """The page with the form; `known`: the browser has a key, and may want to be rid of it."""
    body = render_page("sign_in.html", title="Sign in", home=None, then=then, said=message, known=known)
    answer = whole(body, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _own(path: str) -> str:
    """A path of this service, or the first page: nobody is sent elsewhere."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def instead_of_a_page(request: Request[Any, Any, Any], error: Refusal) -> Response[str]:
    """Whoever asks for a page without a key that may see it gets the form, at the page's own address."""
    query = request.scope["query_string"].decode("latin-1")
    known = COOKIE in request.cookies
    path = request.scope["path"] + (f"?{query}" if query else "")
    form = _form(path, error.detail if known else "", error.kind.status, known)
    form.headers.update(error.headers)
    return form


class SignIn(Struct, frozen=True):
    """What the form sends."""

    key: str
    then: str


async def _sent(request: Request[Any, Any, Any]) -> SignIn:
    fields = parse_qs((await request.body()).decode("latin-1"))
    return SignIn(
        key=fields.get("key", [""])[0].strip(),
        then=_own(fields.get("then", ["/"])[0]),
    )


def _cookie(request: Request[Any, Any, Any], value: str, lifetime: int | None = None) -> Cookie:
    return Cookie(
        key=COOKIE,
        value=value,
        max_age=lifetime,
        httponly=True,
        samesite="strict",
        secure=is_https(request.scope),
    )


@get("/sign-in", include_in_schema=False, sync_to_thread=False, opt={"open": True, "counted": True})
def sign_in_page(request: Request[Any, Any, Any]) -> Response[str]:
    return _form("/", known=COOKIE in request.cookies)


@post(
    "/sign-in/key",
    include_in_schema=False,
    request_max_body_size=_MOST,
    opt={"open": True, "counted": True},
)
async def sign_in(
    request: Request[Any, Any, Any], keyring: NamedDependency[SkipValidation[Keyring]]
) -> Response[str]:
    check_origin(request)
    sent = await _sent(request)
    key = await keyring.owner(sent.key) if sent.key else None
    state = request.scope["state"]
    if key is not None:
        state["key_id"] = key.id
    if key is None or is_over(key):
        state["refused"] = (key and is_over(key)) or "unknown-key"
        return _form(sent.then, why_not(key), 401)
    if not {BRIEFINGS_READ, ADMIN} & set(key.scopes):
        state["refused"] = MISSING_SCOPE.name
        return _form(sent.then, f"The key may not read: it lacks the scope `{BRIEFINGS_READ}`.", 403)
    headers = {"Location": sent.then, "Cache-Control": "no-store"}
    return Response(
        "", status_code=303, media_type="text/plain", headers=headers, cookies=[_cookie(request, sent.key)]
    )


@post("/sign-out", include_in_schema=False, opt={"open": True, "counted": True}, sync_to_thread=False)
def sign_out(request: Request[Any, Any, Any]) -> Response[str]:
    check_origin(request)
    headers = {"Location": "/sign-in", "Cache-Control": "no-store"}
    return Response(
        "", status_code=303, media_type="text/plain", headers=headers, cookies=[_cookie(request, "", 0)]
    )


sign_in_pages = [sign_in_page, sign_in, sign_out]
