"""API keys and webhooks, for whoever has a key with the scope `admin`."""

from datetime import timedelta
from typing import Any

from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.types import ControllerRouterHandler
from msgspec import UNSET, json
from sqlalchemy import Engine

from api.http.auth.keyring import Keyring
from api.http.problems import INVALID_BODY, Refusal
from api.http.requests import Reply, json_body, once, reply
from api.http.resources.issues import check_topic
from api.http.responses import Database, answers, existing, json_answer, no_such, stored, stored_page
from schemas import FieldError
from schemas.filters import PageQuery
from schemas.jobs import Key, KeyCreated, KeyId, KeyPage, NewKey
from schemas.queries import DeliveryQuery
from schemas.webhooks import (
    DeliveryId,
    MadeWebhook,
    NewSecret,
    NewWebhook,
    Webhook,
    WebhookChange,
    WebhookDelivery,
    WebhookDeliveryPage,
    WebhookId,
    WebhookPage,
)
from store.keys import create_key, get_key, page_keys, revoke_key
from store.webhooks import (
    ask_to_send,
    change_webhook,
    create_webhook,
    delete_webhook,
    get_webhook,
    page_deliveries,
    page_webhooks,
    resume_webhook,
    rotate_secret,
)
from worker import NotCalled
from worker.addresses import Reach, check

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
        responses=answers(KeyCreated, 408, 415, 422, status=201, when="The key. `key` is not shown again."),
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


Called = NamedDependency[SkipValidation[Reach]]


class AllWebhooks(Controller):
    path = "/v1/webhooks"
    tags = ("webhooks",)

    @get(
        operation_id="list_webhooks",
        summary="List webhooks",
        opt={"query": PageQuery},
        responses=answers(WebhookPage, when="A page of webhooks, newest first."),
        sync_to_thread=True,
    )
    def list_webhooks(self, database: Database, asked: NamedDependency[PageQuery]) -> Response[bytes]:
        """Everybody who is told of changes, newest first, and how that goes."""
        return stored_page(page_webhooks(database, limit=asked.limit, cursor=asked.cursor))

    @post(
        operation_id="create_webhook",
        summary="Make a webhook",
        status_code=201,
        opt={"body": {"application/json": NewWebhook}, "headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(
            MadeWebhook, 408, 409, 415, 422, status=201, when="The webhook. `secret` is not shown again."
        ),
    )
    async def make_webhook(
        self, request: Request[Any, Any, Any], database: Database, reach: Called
    ) -> Response[bytes]:
        """Has an address told of what changes from now on, by POST, as https://www.standardwebhooks.com has it.

        What is posted is under `webhooks` of this description. It is signed with `secret`.
        """
        new = await json_body(request, NewWebhook)
        return await sync_to_thread(_make, request, database, reach, new)


class OneWebhook(Controller):
    path = "/v1/webhooks/{webhook_id:str}"
    tags = ("webhooks",)

    @get(
        operation_id="get_webhook",
        summary="Get a webhook",
        responses=answers(Webhook, 404, when="The webhook, and how its deliveries go."),
        sync_to_thread=True,
    )
    def read_webhook(self, database: Database, webhook_id: WebhookId) -> Response[bytes]:
        """Who is told of what, when that last succeeded, and why it does not."""
        return stored(json.encode(existing(get_webhook(database, webhook_id), f"webhook {webhook_id}")))

    @patch(
        operation_id="change_webhook",
        summary="Change a webhook",
        opt={"body": {"application/json": WebhookChange}},
        responses=answers(Webhook, 404, 408, 415, 422, when="The webhook, changed."),
    )
    async def alter_webhook(
        self, request: Request[Any, Any, Any], database: Database, reach: Called, webhook_id: WebhookId
    ) -> Response[bytes]:
        """Another address, other events, another topic, from the next delivery on. What is not given stays."""
        change = await json_body(request, WebhookChange)
        if change.url is not UNSET:
            await sync_to_thread(_check, change.url, reach)
        if change.topic_id is not UNSET:
            await sync_to_thread(check_topic, database, change.topic_id)
        changed = await sync_to_thread(change_webhook, database, webhook_id, change)
        return json_answer(existing(changed, f"webhook {webhook_id}"))

    @delete(
        operation_id="delete_webhook",
        summary="Delete a webhook",
        status_code=204,
        responses=answers(None, 404, status=204, when="It is gone."),
        sync_to_thread=True,
    )
    def end_webhook(self, database: Database, webhook_id: WebhookId) -> Response[None]:
        """Tells this address nothing any more. A delivery that is under way may still arrive."""
        if not delete_webhook(database, webhook_id):
            raise no_such(f"webhook {webhook_id}")
        return Response(None, status_code=204)

    @post(
        "/resume",
        operation_id="resume_webhook",
        summary="Resume a webhook",
        status_code=200,
        opt={"headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(Webhook, 404, 409, 422, when="The webhook, active."),
        sync_to_thread=True,
    )
    def go_on(
        self, request: Request[Any, Any, Any], database: Database, webhook_id: WebhookId
    ) -> Response[bytes]:
        """Goes on at once with a webhook that fails or is disabled, where it stopped: nothing has been lost."""

        def act() -> Reply:
            return reply(existing(resume_webhook(database, webhook_id), f"webhook {webhook_id}"))

        return once(request, database, None, act)

    @post(
        "/secret",
        operation_id="rotate_webhook_secret",
        summary="Change a webhook's secret",
        status_code=200,
        opt={"body": {"application/json": NewSecret}, "headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(
            MadeWebhook, 404, 408, 409, 415, 422, when="The webhook. `secret` is not shown again."
        ),
    )
    async def renew_secret(
        self, request: Request[Any, Any, Any], database: Database, webhook_id: WebhookId
    ) -> Response[bytes]:
        """Signs with a new secret from now on, and with the one before as well while `overlap` lasts."""
        new = await json_body(request, NewSecret)

        def act() -> Reply:
            made = rotate_secret(database, webhook_id, timedelta(seconds=new.overlap))
            return reply(existing(made, f"webhook {webhook_id}"), headers={"Cache-Control": "no-store"})

        return await sync_to_thread(once, request, database, new, act)

    @post(
        "/test",
        operation_id="test_webhook",
        summary="Test a webhook",
        status_code=202,
        opt={"headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(
            WebhookDelivery,
            404,
            409,
            422,
            status=202,
            when="The delivery, queued. `Location` has the deliveries.",
        ),
        sync_to_thread=True,
    )
    def try_webhook(
        self, request: Request[Any, Any, Any], database: Database, webhook_id: WebhookId
    ) -> Response[bytes]:
        """Has a `webhook.test` posted to it within a second or two, once, whatever it is told of or how it goes."""

        def act() -> Reply:
            return _queued(ask_to_send(database, webhook_id), webhook_id, f"webhook {webhook_id}")

        return once(request, database, None, act)

    @get(
        "/deliveries",
        operation_id="list_webhook_deliveries",
        summary="List deliveries",
        opt={"query": DeliveryQuery},
        responses=answers(WebhookDeliveryPage, 404, when="A page of deliveries, newest first."),
        sync_to_thread=True,
    )
    def list_deliveries(
        self, database: Database, webhook_id: WebhookId, asked: NamedDependency[DeliveryQuery]
    ) -> Response[bytes]:
        """The last 500 tries to tell it something, newest first, and what came of each."""
        existing(get_webhook(database, webhook_id), f"webhook {webhook_id}")
        return stored_page(page_deliveries(database, webhook_id, asked))

    @post(
        "/deliveries/{delivery_id:str}/redeliver",
        operation_id="redeliver",
        summary="Deliver again",
        status_code=202,
        opt={"headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(
            WebhookDelivery,
            404,
            409,
            422,
            status=202,
            when="The delivery, queued. `Location` has the deliveries.",
        ),
        sync_to_thread=True,
    )
    def deliver_again(
        self,
        request: Request[Any, Any, Any],
        database: Database,
        webhook_id: WebhookId,
        delivery_id: DeliveryId,
    ) -> Response[bytes]:
        """Posts what a delivery posted once more, under the same `webhook-id`; nothing else waits for it."""

        def act() -> Reply:
            queued = ask_to_send(database, webhook_id, delivery_id)
            return _queued(queued, webhook_id, f"delivery {delivery_id} of {webhook_id}")

        return once(request, database, None, act)


def _queued(delivery: WebhookDelivery | None, webhook_id: str, what: str) -> Reply:
    headers = {"Location": f"/v1/webhooks/{webhook_id}/deliveries", "Retry-After": "1"}
    return reply(existing(delivery, what), 202, headers)


def _check(url: str, reach: Reach) -> None:
    """Raises Refusal where the service does not call the address."""
    try:
        check(url, reach)
    except NotCalled as error:
        fault = FieldError(pointer="/url", detail=str(error))
        raise Refusal(INVALID_BODY, f"The service does not call this: {error}.", [fault]) from None


def _make(
    request: Request[Any, Any, Any], database: Engine, reach: Reach, new: NewWebhook
) -> Response[bytes]:
    def act() -> Reply:
        _check(new.url, reach)
        check_topic(database, new.topic_id)
        made = create_webhook(
            database, url=new.url, events=new.events, topic_id=new.topic_id, remind_days=new.remind_days
        )
        headers = {"Location": f"/v1/webhooks/{made.webhook.id}", "Cache-Control": "no-store"}
        return reply(made, 201, headers)

    return once(request, database, new, act)


handlers: list[ControllerRouterHandler] = [AllKeys, OneKey, AllWebhooks, OneWebhook]
