"""Schedules, by which issues and reminders are sent; subscriptions, and the feeds at their addresses."""

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from msgspec import Meta, json
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_READ
from api.http.content import ATOM, JSON_FEED
from api.http.problems import INVALID_BODY, Refusal
from api.http.requests import Reply, json_body, once, reply
from api.http.resources.feeds import briefings_as, deadlines_as_calendar
from api.http.resources.issues import check_topic, issues_as
from api.http.responses import Database, answers, base_of, existing, json_answer, no_such, stored, stored_page
from schemas import FieldError
from schemas.fact_queries import CalendarQuery
from schemas.filters import PageQuery
from schemas.queries import FeedQuery, IssueQuery
from schemas.subscriptions import (
    FeedKind,
    MadeSubscription,
    NewSchedule,
    NewSubscription,
    Schedule,
    ScheduleChange,
    ScheduleId,
    SchedulePage,
    Subscription,
    SubscriptionId,
    SubscriptionPage,
)
from store.schedules import change_schedule, create_schedule, delete_schedule, get_schedule, page_schedules
from store.subscriptions import (
    create_subscription,
    delete_subscription,
    find_subscription,
    get_subscription,
    page_subscriptions,
    saw_subscription,
)

Segment = Annotated[str, Meta(max_length=100, description="A part of an address.")]
_FILES: dict[FeedKind, tuple[str, ...]] = {
    "deadlines": ("deadlines.ics",),
    "briefings": ("briefings.atom", "briefings.feed.json"),
    "issues": ("issues.atom", "issues.feed.json"),
}


class AllSchedules(Controller):
    path = "/v1/schedules"
    tags = ("schedules",)

    @get(
        operation_id="list_schedules",
        summary="List schedules",
        opt={"query": PageQuery},
        responses=answers(SchedulePage, when="A page of schedules, newest first."),
        sync_to_thread=True,
    )
    def list_schedules(self, database: Database, asked: NamedDependency[PageQuery]) -> Response[bytes]:
        """Every schedule, newest first, and when each is due next."""
        return stored_page(page_schedules(database, limit=asked.limit, cursor=asked.cursor))

    @post(
        operation_id="create_schedule",
        summary="Make a schedule",
        status_code=201,
        opt={"body": {"application/json": NewSchedule}, "headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(Schedule, 408, 409, 415, 422, status=201, when="The schedule."),
    )
    async def make_schedule(self, request: Request[Any, Any, Any], database: Database) -> Response[bytes]:
        """Has issues of what changed since the last one made and sent, on some days of the week at a time of the day.

        With `remind_days`, its recipients are reminded of deadlines too, at that time, in letters of their own.
        """
        new = await json_body(request, NewSchedule)
        return await sync_to_thread(_make_schedule, request, database, new)


class OneSchedule(Controller):
    path = "/v1/schedules/{schedule_id:str}"
    tags = ("schedules",)

    @get(
        operation_id="get_schedule",
        summary="Get a schedule",
        responses=answers(Schedule, 404, when="The schedule."),
        sync_to_thread=True,
    )
    def read_schedule(self, database: Database, schedule_id: ScheduleId) -> Response[bytes]:
        """When an issue is made, of what, and to whom it is sent."""
        return stored(json.encode(existing(get_schedule(database, schedule_id), f"schedule {schedule_id}")))

    @patch(
        operation_id="change_schedule",
        summary="Change a schedule",
        opt={"body": {"application/json": ScheduleChange}},
        responses=answers(Schedule, 404, 408, 415, 422, when="The schedule, changed."),
    )
    async def alter_schedule(
        self, request: Request[Any, Any, Any], database: Database, schedule_id: ScheduleId
    ) -> Response[bytes]:
        """Other recipients, days, or whatever else, from the next issue on. What is not given stays as it is."""
        change = await json_body(request, ScheduleChange)
        now = datetime.now(UTC)
        changed = await sync_to_thread(change_schedule, database, schedule_id, change, _check, now)
        return json_answer(existing(changed, f"schedule {schedule_id}"))

    @delete(
        operation_id="delete_schedule",
        summary="Delete a schedule",
        status_code=204,
        responses=answers(None, 404, status=204, when="It is gone."),
        sync_to_thread=True,
    )
    def end_schedule(self, database: Database, schedule_id: ScheduleId) -> Response[None]:
        """Makes no more issues. Those that were made stay, and are still sent to whoever is to have them."""
        if not delete_schedule(database, schedule_id):
            raise no_such(f"schedule {schedule_id}")
        return Response(None, status_code=204)


def _make_schedule(request: Request[Any, Any, Any], database: Engine, new: NewSchedule) -> Response[bytes]:
    def act() -> Reply:
        _check(new)
        check_topic(database, new.topic_id)
        schedule = create_schedule(database, new, datetime.now(UTC))
        return reply(schedule, 201, {"Location": f"/v1/schedules/{schedule.id}"})

    return once(request, database, new, act)


def _check(schedule: NewSchedule | Schedule) -> None:
    """Raises Refusal where nobody knows when it is due."""
    try:
        ZoneInfo(schedule.time_zone)
    except (KeyError, ValueError, OSError):
        fault = FieldError(pointer="/time_zone", detail="there is no such time zone")
        raise Refusal(INVALID_BODY, f"There is no time zone {schedule.time_zone}.", [fault]) from None


class AllSubscriptions(Controller):
    path = "/v1/subscriptions"
    tags = ("subscriptions",)

    @get(
        operation_id="list_subscriptions",
        summary="List subscriptions",
        opt={"query": PageQuery},
        responses=answers(SubscriptionPage, when="A page of subscriptions, newest first."),
        sync_to_thread=True,
    )
    def list_subscriptions(self, database: Database, asked: NamedDependency[PageQuery]) -> Response[bytes]:
        """Every address that was given out and holds, newest first, and when it was last fetched."""
        return stored_page(page_subscriptions(database, limit=asked.limit, cursor=asked.cursor))

    @post(
        operation_id="create_subscription",
        summary="Make a subscription",
        status_code=201,
        opt={"body": {"application/json": NewSubscription}},
        responses=answers(
            MadeSubscription,
            408,
            415,
            422,
            status=201,
            when="The subscription. `addresses` are not shown again.",
        ),
    )
    async def make_subscription(self, request: Request[Any, Any, Any], database: Database) -> Response[bytes]:
        """Makes addresses of one feed for programs that send no password. Whoever has one reads the feed, and
        nothing else.
        """
        new = await json_body(request, NewSubscription)
        await sync_to_thread(check_topic, database, new.topic_id)
        made, secret = await sync_to_thread(create_subscription, database, new, datetime.now(UTC))
        addresses = [f"{base_of(request)}/s/{secret}/{file}" for file in _FILES[made.feed]]
        headers = {"Location": f"/v1/subscriptions/{made.id}", "Cache-Control": "no-store"}
        return json_answer(MadeSubscription(subscription=made, addresses=addresses), 201, headers)


class OneSubscription(Controller):
    path = "/v1/subscriptions/{subscription_id:str}"
    tags = ("subscriptions",)

    @get(
        operation_id="get_subscription",
        summary="Get a subscription",
        responses=answers(Subscription, 404, when="The subscription, without its addresses."),
        sync_to_thread=True,
    )
    def read_subscription(self, database: Database, subscription_id: SubscriptionId) -> Response[bytes]:
        """Which feed it is of, how its secret begins, and when it was last fetched."""
        found = existing(get_subscription(database, subscription_id), f"subscription {subscription_id}")
        return stored(json.encode(found))

    @delete(
        operation_id="delete_subscription",
        summary="Delete a subscription",
        status_code=204,
        responses=answers(None, 404, status=204, when="It is gone."),
        sync_to_thread=True,
    )
    def end_subscription(self, database: Database, subscription_id: SubscriptionId) -> Response[None]:
        """Its addresses lead nowhere from now on."""
        if not delete_subscription(database, subscription_id):
            raise no_such(f"subscription {subscription_id}")
        return Response(None, status_code=204)


@get(
    "/s/{secret:str}/{file:str}",
    include_in_schema=False,
    opt={"scope": (BRIEFINGS_READ,), "addressed": True},
    sync_to_thread=True,
)
def subscribed_feed(
    request: Request[Any, Any, Any], database: Database, secret: Segment, file: Segment
) -> Response[bytes]:
    """The feed of a subscription."""
    subscription = existing(find_subscription(database, secret), "such address")
    if file not in _FILES[subscription.feed]:
        raise no_such(f"{file} at this address")
    saw_subscription(database, subscription.id, datetime.now(UTC))
    topic_id, form = subscription.topic_id, ATOM if file.endswith(".atom") else JSON_FEED
    match subscription.feed:
        case "deadlines":
            answer = deadlines_as_calendar(request, database, CalendarQuery(topic_id=topic_id))
        case "briefings":
            answer = briefings_as(form, request, database, FeedQuery(topic_id=topic_id))
        case "issues":
            answer = issues_as(form, request, database, IssueQuery(topic_id=topic_id))
    answer.headers.pop("Link", None)  # one page is all that there is at an address
    return answer


handlers: list[ControllerRouterHandler] = [
    AllSchedules,
    OneSchedule,
    AllSubscriptions,
    OneSubscription,
    subscribed_feed,
]
