"""API keys: made, listed and revoked by whoever has one with the scope `admin`."""

from typing import Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.types import ControllerRouterHandler
from msgspec import json

from api.http.auth.keyring import Keyring
from api.http.requests import json_body
from api.http.responses import Database, answers, existing, json_answer, stored, stored_page
from schemas.keys import Key, KeyCreated, KeyId, KeyPage, NewKey
from schemas.queries import PageQuery
from store.keys import create_key, get_key, page_keys, revoke_key

Keys = NamedDependency[SkipValidation[Keyring]]


class AllKeys(Controller):
    path = "/v1/keys"
    tags = ("keys",)

    @get(
        operation_id="list_keys",
        summary="List keys",
        opt={"query": PageQuery},
        responses=answers(KeyPage, when="A page of keys, newest first."),
        sync_to_thread=True,
    )
    def list_keys(self, database: Database, asked: NamedDependency[PageQuery]) -> Response[bytes]:
        """Every key that was made, newest first, with those that expired or were revoked."""
        return stored_page(page_keys(database, limit=asked.limit, cursor=asked.cursor))

    @post(
        operation_id="create_key",
        summary="Make a key",
        status_code=201,
        opt={"body": {"application/json": NewKey}},
        responses=answers(KeyCreated, 415, 422, status=201, when="The key. `key` is not shown again."),
    )
    async def make_key(self, request: Request[Any, Any, Any], database: Database) -> Response[bytes]:
        """Makes a key. What can be done with it is what `scopes` say, until `expires_at`."""
        new = await json_body(request, NewKey)
        made = await sync_to_thread(
            create_key, database, name=new.name, scopes=new.scopes, expires_at=new.expires_at
        )
        headers = {"Location": f"/v1/keys/{made.id}", "Cache-Control": "no-store"}
        return json_answer(made, 201, headers)


class OneKey(Controller):
    path = "/v1/keys/{key_id:str}"
    tags = ("keys",)

    @get(
        operation_id="get_key",
        summary="Get a key",
        responses=answers(Key, 404, when="What is known of the key."),
        sync_to_thread=True,
    )
    def read_key(self, database: Database, key_id: KeyId) -> Response[bytes]:
        """A key's name, scopes and dates. The key itself was shown when it was made."""
        key = existing(get_key(database, key_id), f"key {key_id}")
        return stored(json.encode(key))

    @delete(
        operation_id="revoke_key",
        summary="Revoke a key",
        status_code=200,
        responses=answers(Key, 404, when="The key, revoked."),
    )
    async def end_key(self, database: Database, keyring: Keys, key_id: KeyId) -> Response[bytes]:
        """Ends a key for ever; it stays in the list. Other processes may take it for ten more seconds."""
        key = existing(await sync_to_thread(revoke_key, database, key_id), f"key {key_id}")
        keyring.revoked(key)
        return json_answer(key)


handlers: list[ControllerRouterHandler] = [AllKeys, OneKey]
