"""Watches: addresses that are looked at again and again, and what was taken from them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import Engine

from api.http.auth import cleared
from api.http.requests import Reply, json_body, once, reply
from api.http.responses import Database, answers, existing, json_answer, no_such, stored, stored_page
from schemas.filters import PageQuery
from schemas.queries import ItemQuery
from schemas.watches import NewWatch, Watch, WatchChange, WatchId, WatchItem, WatchItemPage, WatchPage
from store.addresses import page_items
from store.embargoes import Cleared, is_restricted, told_among
from store.watches import change_watch, create_watch, delete_watch, get_watch, page_watches


class AllWatches(Controller):
    path = "/v1/watches"
    tags = ("watches",)

    @get(
        operation_id="list_watches",
        summary="List watches",
        opt={"query": PageQuery},
        responses=answers(WatchPage, when="A page of watches, newest first."),
        sync_to_thread=True,
    )
    def list_watches(self, database: Database, asked: NamedDependency[PageQuery]) -> Response[bytes]:
        """Every address that is watched, newest first, and how that goes."""
        return stored_page(page_watches(database, limit=asked.limit, cursor=asked.cursor))

    @post(
        operation_id="create_watch",
        summary="Watch an address",
        status_code=201,
        opt={"body": {"application/json": NewWatch}, "headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(Watch, 408, 409, 415, 422, status=201, when="The watch."),
    )
    async def make_watch(self, request: Request[Any, Any, Any], database: Database) -> Response[bytes]:
        """Has an address looked at from now on, and what it points to fetched and read: each item once, and again
        when it changes.

        It may be an RSS or Atom feed, a JSON Feed, a sitemap, or a page, which is itself what is taken. What is not
        about trade negotiations is skipped.
        """
        new = await json_body(request, NewWatch)
        return await sync_to_thread(_make, request, database, new)


class OneWatch(Controller):
    path = "/v1/watches/{watch_id:str}"
    tags = ("watches",)

    @get(
        operation_id="get_watch",
        summary="Get a watch",
        responses=answers(Watch, 404, when="The watch, and how it goes."),
        sync_to_thread=True,
    )
    def read_watch(self, database: Database, watch_id: WatchId) -> Response[bytes]:
        """What is watched, when it was last looked at, and why that fails."""
        return stored(json.encode(existing(get_watch(database, watch_id), f"watch {watch_id}")))

    @patch(
        operation_id="change_watch",
        summary="Change a watch",
        status_code=200,
        opt={"body": {"application/json": WatchChange}},
        responses=answers(Watch, 404, 408, 415, 422, when="The watch, changed."),
    )
    async def alter_watch(
        self, request: Request[Any, Any, Any], database: Database, watch_id: WatchId
    ) -> Response[bytes]:
        """Has a watch look more or less often, pause, or go on; then it looks at once."""
        change = await json_body(request, WatchChange)
        watch = await sync_to_thread(change_watch, database, watch_id, change, datetime.now(UTC))
        return json_answer(existing(watch, f"watch {watch_id}"))

    @delete(
        operation_id="delete_watch",
        summary="Delete a watch",
        status_code=204,
        responses=answers(None, 404, status=204, when="It is gone."),
        sync_to_thread=True,
    )
    def end_watch(self, database: Database, watch_id: WatchId) -> Response[None]:
        """Looks at this address no more, and forgets what was skipped. Documents that were taken stay."""
        if not delete_watch(database, watch_id):
            raise no_such(f"watch {watch_id}")
        return Response(None, status_code=204)

    @get(
        "/items",
        operation_id="list_watch_items",
        summary="List what a watch found",
        opt={"query": ItemQuery},
        responses=answers(WatchItemPage, 404, when="A page of items, first seen last."),
        sync_to_thread=True,
    )
    def list_items(
        self,
        request: Request[Any, Any, Any],
        database: Database,
        watch_id: WatchId,
        asked: NamedDependency[ItemQuery],
    ) -> Response[bytes]:
        """Everything that the address pointed to: what was taken, what was skipped or failed, and why. What the caller
        is not told of as a document has no title.
        """
        existing(get_watch(database, watch_id), f"watch {watch_id}")
        listed = page_items(database, watch_id, status=asked.status, limit=asked.limit, cursor=asked.cursor)
        if is_restricted(database):
            listed = replace(listed, items=_titled(database, listed.items, cleared(request.scope)))
        return stored_page(listed)


def _titled(database: Engine, items: Sequence[bytes], who: Cleared) -> list[bytes]:
    """Items of a watch, with the titles of those documents that somebody is told of."""
    found = [json.decode(item, type=WatchItem) for item in items]
    told = told_among(database, filter(None, (one.document_id for one in found)), who)
    return [json.encode(one if one.document_id in told else replace(one, title=None)) for one in found]


def _make(request: Request[Any, Any, Any], database: Engine, new: NewWatch) -> Response[bytes]:
    def act() -> Reply:
        watch = create_watch(database, url=new.url, every=int(new.every), now=datetime.now(UTC))
        return reply(watch, 201, {"Location": f"/v1/watches/{watch.id}"})

    return once(request, database, new, act)


handlers: list[ControllerRouterHandler] = [AllWatches, OneWatch]
