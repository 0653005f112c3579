"""Who may come in, what they may do, and how often.

What a key must be able to do for each operation goes by its tag, or is what `opt["scope"]` of its handler says.
"""

from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import HTTPScope

from schemas.jobs import Scope
from schemas.kinds import KINDS
from store.embargoes import Cleared

BRIEFINGS_READ: Scope = "briefings:read"
DOCUMENTS_WRITE: Scope = "documents:write"
BRIEFINGS_REVIEW: Scope = "briefings:review"
ADMIN: Scope = "admin"

Needed = tuple[Scope, ...]
"""One of these is enough, and `admin` always is. With none, any key is."""

READS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING: dict[str, Needed] = {
    **dict.fromkeys((kind.plural for kind in KINDS), (BRIEFINGS_READ,)),
    **dict.fromkeys(
        (
            "briefings",
            "negotiations",
            "rounds",
            "documents",
            "facts",
            "reviews",
            "conflicts",
            "search",
            "digest",
            "issues",
            "topics",
        ),
        (BRIEFINGS_READ,),
    ),
    "publication": (BRIEFINGS_REVIEW,),
    **dict.fromkeys(("jobs", "watches"), (BRIEFINGS_READ, DOCUMENTS_WRITE)),
    **dict.fromkeys(("keys", "webhooks", "schedules", "subscriptions"), (ADMIN,)),
}
_WRITING: dict[str, Needed] = {
    **dict.fromkeys(("briefings", "rounds", "issues", "topics"), (BRIEFINGS_REVIEW,)),
    "drafts": (BRIEFINGS_READ,),
    **dict.fromkeys(("reviews", "publication"), (BRIEFINGS_REVIEW,)),
    **dict.fromkeys(("documents", "jobs", "watches"), (DOCUMENTS_WRITE,)),
    **dict.fromkeys(("keys", "webhooks", "schedules", "subscriptions"), (ADMIN,)),
}


def is_open(handler: BaseRouteHandler) -> bool:
    """Health checks answer whoever reaches them."""
    return bool(handler.opt.get("open"))


def is_read(handler: BaseRouteHandler) -> bool:
    return isinstance(handler, HTTPRouteHandler) and handler.http_methods <= READS


def may(scope: HTTPScope, wanted: Scope) -> bool:
    """Whether a request that was let in may do what takes this scope. Without keys, everybody may everything."""
    scopes = scope["state"].get("scopes")
    return scopes is None or not {ADMIN, wanted}.isdisjoint(scopes)


def cleared(scope: HTTPScope) -> Cleared:
    """Which documents the caller is told of: under an embargo who adds documents, unpublished who publishes."""
    return Cleared(embargoed=may(scope, DOCUMENTS_WRITE), withheld=may(scope, BRIEFINGS_REVIEW))


def needed(handler: BaseRouteHandler) -> Needed | None:
    """The scopes of which a key needs one. None: nobody said, so no key will do."""
    if "scope" in handler.opt:
        scopes: Needed = handler.opt["scope"]
        return scopes
    if not isinstance(handler, HTTPRouteHandler):
        return None
    if handler.http_methods == {"OPTIONS"}:
        return ()
    table = _READING if is_read(handler) else _WRITING
    scopes_of_tags = [table.get(tag) for tag in handler.resolve_tags()]
    return scopes_of_tags[0] if len(scopes_of_tags) == 1 else None
