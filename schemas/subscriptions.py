"""Who is sent what, and when: schedules of issues and reminders; and addresses for programs that send no password."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.briefing import Timestamp
from schemas.http import NextCursor, OneLine
from schemas.issues import TopicId
from schemas.vocabulary import Length, Text

ScheduleId = Annotated[
    str,
    Meta(
        pattern=r"^sch_[0-9a-f]{16}\Z",
        description="Identity of a schedule.",
        examples=["sch_5c1f0e2d3b4a6978"],
    ),
]
SubscriptionId = Annotated[
    str,
    Meta(
        pattern=r"^sub_[0-9a-f]{16}\Z",
        description="Identity of a subscription.",
        examples=["sub_5c1f0e2d3b4a6978"],
    ),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Quiet = Literal["skip", "send"]
_REMIND = Meta(
    max_length=5,
    description="How many days before a deadline there is a reminder of it, each once for each date that the "
    "deadline has. Of a date that is not one day, the last that it can be counts.",
    examples=[[7, 1]],
)
RemindDays = Annotated[list[Annotated[int, Meta(ge=0, le=365)]], _REMIND]
GivenRemindDays = Annotated[list[Annotated[float, Meta(ge=0, le=365, multiple_of=1)]], _REMIND]
"""As JSON has whole numbers: `7.0` is one."""
_DAYS = Meta(
    max_length=7,
    description="On which days an issue is made; on none, there are reminders alone.",
    examples=[["mon"]],
)
_TIME = Meta(
    pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]\Z", description="At what time of the day.", examples=["07:30"]
)
_ZONE = Meta(
    pattern=r"^[A-Za-z0-9_+/-]{1,64}\Z",
    description="In which time zone, by its name in the IANA database.",
    examples=["Europe/Brussels"],
)
_QUIET = Meta(description="What comes of a time in which nothing has changed: no issue, or one that says so.")
_RECIPIENT = Meta(
    pattern=r"^(?:mailto:[!#-'*+./0-9=?A-Z^-~-]+@[A-Za-z0-9.-]+|(?:slack|teams)\+https?://[!-~]+)\Z",
    max_length=2000,
    description="`mailto:ADDRESS`, or `slack+URL` or `teams+URL` of an incoming webhook.",
    examples=["mailto:ann@reader.example"],
)
_RECIPIENTS = Meta(min_length=1, max_length=500)


class NewSchedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an issue is made and to whom it is sent. `name` is its title."""

    name: OneLine
    topic_id: TopicId | None = None
    length: Length = "standard"
    days: Annotated[list[Weekday], _DAYS] = []
    time: Annotated[str, _TIME] = "07:00"
    time_zone: Annotated[str, _ZONE] = "UTC"
    quiet: Annotated[Quiet, _QUIET] = "skip"
    remind_days: GivenRemindDays = []
    recipients: Annotated[list[Annotated[str, _RECIPIENT]], _RECIPIENTS]


class ScheduleChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to be different about a schedule. What is not given stays as it is."""

    name: OneLine | UnsetType = UNSET
    length: Length | UnsetType = UNSET
    days: Annotated[list[Weekday], _DAYS] | UnsetType = UNSET
    time: Annotated[str, _TIME] | UnsetType = UNSET
    time_zone: Annotated[str, _ZONE] | UnsetType = UNSET
    quiet: Annotated[Quiet, _QUIET] | UnsetType = UNSET
    remind_days: GivenRemindDays | UnsetType = UNSET
    recipients: Annotated[list[Annotated[str, _RECIPIENT]], _RECIPIENTS] | UnsetType = UNSET


class Schedule(Struct, frozen=True, kw_only=True):
    """When an issue is made of what changed since the last one, and to whom it and reminders are sent."""

    id: ScheduleId
    name: Text
    topic_id: TopicId | None
    length: Length
    days: Annotated[list[Weekday], _DAYS]
    time: Annotated[str, _TIME]
    time_zone: Annotated[str, _ZONE]
    quiet: Annotated[Quiet, _QUIET]
    remind_days: RemindDays
    recipients: list[Annotated[str, _RECIPIENT]]
    created_at: Timestamp
    next_at: Annotated[
        Timestamp, Meta(description="When there is an issue to make, or reminders to look for, next.")
    ]


class SchedulePage(Struct, frozen=True, kw_only=True):
    """A page of schedules, newest first."""

    items: list[Schedule]
    next_cursor: NextCursor


FeedKind = Literal["deadlines", "briefings", "issues"]
_FEED = Meta(
    description="What there is at its addresses: `deadlines` as a calendar; `briefings` or `issues` as Atom and as "
    "JSON Feed."
)


class NewSubscription(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feed, of one topic or of everything, for a program that sends no password."""

    name: OneLine
    feed: Annotated[FeedKind, _FEED]
    topic_id: TopicId | None = None


class Subscription(Struct, frozen=True, kw_only=True):
    """One feed, of one topic or of everything, for a program that sends no password."""

    id: SubscriptionId
    name: Text
    feed: Annotated[FeedKind, _FEED]
    topic_id: TopicId | None
    prefix: Annotated[Text, Meta(description="How its secret begins.", examples=["rs_invented"])]
    created_at: Timestamp
    last_used_at: Annotated[
        Timestamp | None, Meta(description="When it was last fetched, to the hour; null: never.")
    ]


class MadeSubscription(Struct, frozen=True, kw_only=True):
    """A subscription that is new. `addresses` are shown this once."""

    subscription: Subscription
    addresses: Annotated[
        list[Annotated[str, Meta(extra_json_schema={"format": "uri"})]],
        Meta(
            description="Whoever has one of them reads this feed, until the subscription is deleted.",
            examples=[
                ["https://readout.example/s/rs_invented0123456789abcdefghijklmnopqrstuvwxyz/deadlines.ics"]
            ],
        ),
    ]


class SubscriptionPage(Struct, frozen=True, kw_only=True):
    """A page of subscriptions, newest first."""

    items: list[Subscription]
    next_cursor: NextCursor
