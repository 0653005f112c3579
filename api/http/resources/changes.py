"""What changed, for those who keep a copy."""

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import json

from api.http.auth.scopes import READ
from api.http.queries import ChangeQuery
from api.http.responses import Database, answers, stored
from schemas import ChangePage
from store.changes import read_changes


@get(
    "/v1/changes",
    operation_id="list_changes",
    tags=["changes"],
    summary="List changes",
    opt={"query": ChangeQuery, "scope": (READ,)},
    responses=answers(ChangePage, when="Changes, oldest first, and where the next ones begin."),
    sync_to_thread=True,
)
def list_changes(database: Database, asked: NamedDependency[ChangeQuery]) -> Response[bytes]:
    """Everything that is new, different or gone since a cursor: put `item` in place by `id`, drop what was removed.

    Each briefing, fact and conflict is there once, with its last change. Keep `next_cursor` together with what you
    applied and go on from it, after a second or a year. Nothing is left out and nothing comes in the wrong order,
    whatever is written at the same time. Applying a page again does no harm.
    """
    found = read_changes(database, limit=asked.limit, cursor=asked.cursor)
    cursor, more = json.encode(found.next_cursor), json.encode(found.has_more)
    items = b",".join(found.items)
    return stored(b'{"items":[' + items + b'],"next_cursor":' + cursor + b',"has_more":' + more + b"}")


handlers = [list_changes]
