"""What browsers are told where there is no page to show: pages, instead of problems as JSON."""

from typing import Any

from litestar import Request, Response

from api.http.auth.sign_in import instead_of_a_page
from api.http.problems import MISSING_SCOPE, UNAUTHORIZED, Refusal, on_error, problem_of
from api.http.responses import whole
from api.rendering.html import render_page

_OF_PROGRAMS = ("/v1/", "/health/", "/metrics", "/openapi.")


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person asked, and not for what programs read."""
    return "text/html" in request.headers.get("accept", "") and not request.scope["path"].startswith(
        _OF_PROGRAMS
    )


def as_page(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The form for a key where one is needed; else what went wrong, and where to go on."""
    if not _wants_page(request):
        return on_error(request, error)
    if isinstance(error, Refusal) and error.kind in (UNAUTHORIZED, MISSING_SCOPE):
        return instead_of_a_page(request, error)
    problem, headers = problem_of(request, error)
    page = render_page("error.html", title=problem.title, home="/", problem=problem)
    answer = whole(page, problem.status)
    answer.headers.update(headers)
    return answer
