"""Webhooks: who is told of changes, and what they are told."""

from typing import Annotated, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType, field

from schemas.briefing import BriefingSummary, Conflict, RevisionNote, Timestamp
from schemas.facts import Deadline
from schemas.http import HOSTED, NextCursor
from schemas.issues import TopicId
from schemas.subscriptions import GivenRemindDays, RemindDays
from schemas.vocabulary import BriefingId, Day, Sha256, Text

WebhookEvent = Literal[
    "briefing.changed",
    "briefing.withdrawn",
    "deadline.changed",
    "deadline.due",
    "conflict.opened",
    "job.failed",
]
EVENTS: tuple[WebhookEvent, ...] = get_args(WebhookEvent)
DeliveryStatus = Literal["queued", "taken", "failed"]
WebhookStatus = Literal["active", "failing", "disabled"]
WebhookUrl = Annotated[
    str,
    Meta(
        pattern=HOSTED,
        max_length=2000,
        description="Where to post to, without user name and password. It begins with `https` and is on the public "
        "internet, unless the service is set to call any address.",
        examples=["https://desk.example/readout"],
    ),
]
WebhookId = Annotated[
    str,
    Meta(
        pattern=r"^wbh_[0-9a-f]{16}\Z",
        description="Identity of a webhook.",
        examples=["wbh_5c1f0e2d3b4a6978"],
    ),
]

_OF_TOPIC = Meta(
    description="It is told of the talks of this saved topic alone, and of no job.",
    examples=["top_5c1f0e2d3b4a6978"],
)


class NewWebhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to tell of changes from now on."""

    url: WebhookUrl
    events: Annotated[
        list[WebhookEvent],
        Meta(min_length=1, max_length=10, description="What to tell of; all that there is, if not given."),
    ] = field(default_factory=lambda: [*EVENTS])
    topic_id: Annotated[TopicId, _OF_TOPIC] | None = None
    remind_days: GivenRemindDays = field(default_factory=lambda: [7, 1])


class WebhookChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to be different about a webhook. What is not given stays as it is."""

    url: WebhookUrl | UnsetType = UNSET
    events: Annotated[list[WebhookEvent], Meta(min_length=1, max_length=10)] | UnsetType = UNSET
    topic_id: Annotated[TopicId, _OF_TOPIC] | UnsetType | None = UNSET
    remind_days: GivenRemindDays | UnsetType = UNSET


class NewSecret(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a secret gives way to another."""

    overlap: Annotated[
        float,
        Meta(ge=0, le=604_800, description="Seconds for which deliveries are signed with the old one too."),
    ] = 86_400


class Webhook(Struct, frozen=True, kw_only=True):
    """Somebody who is told of changes, and how that goes."""

    id: WebhookId
    url: WebhookUrl
    events: Annotated[
        list[
            Annotated[
                str,
                Meta(
                    pattern=r"^[a-z][a-z0-9_.]*\Z",
                    extra_json_schema={"x-extensible-enum": [*EVENTS]},
                ),
            ]
        ],
        Meta(description="What it is told of. The list may grow: accept words you do not know."),
    ]
    topic_id: Annotated[TopicId, _OF_TOPIC] | None
    remind_days: RemindDays
    created_at: Timestamp
    status: Annotated[
        WebhookStatus,
        Meta(
            description="`failing`: the last try failed and another one comes. `disabled`: nothing is sent until "
            "somebody resumes it."
        ),
    ]
    last_delivery_at: Annotated[
        Timestamp | None, Meta(description="When it last took something; null: never.")
    ]
    failures: Annotated[int, Meta(ge=0, description="Tries that failed, in a row.")]
    last_error: Annotated[
        Text | None,
        Meta(description="Why the last try failed; null if it did not.", examples=["it answered 500"]),
    ]
    next_attempt_at: Annotated[
        Timestamp | None, Meta(description="When the next try comes; null: as soon as there is something.")
    ]


class MadeWebhook(Struct, frozen=True, kw_only=True):
    """A webhook that is new or has a new secret. `secret` is shown this once."""

    webhook: Webhook
    secret: Annotated[
        str,
        Meta(
            pattern=r"^whsec_[0-9A-Za-z+/]{43}=\Z",
            description="What deliveries are signed with. Keep it: the service does not show it again.",
            examples=["whsec_Tm90QVJlYWxTZWNyZXRPbmx5QW5FeGFtcGxlMDAwMDA="],
        ),
    ]


class WebhookPage(Struct, frozen=True, kw_only=True):
    """A page of webhooks, newest first."""

    items: list[Webhook]
    next_cursor: NextCursor


DeliveryId = Annotated[
    str,
    Meta(
        pattern=r"^dlv_[0-9a-f]{16}\Z",
        description="Identity of a try to deliver something.",
        examples=["dlv_5c1f0e2d3b4a6978"],
    ),
]


class WebhookDelivery(Struct, frozen=True, kw_only=True):
    """A try to tell a webhook something. What comes of it: `taken`, or `failed` with the `error`."""

    id: DeliveryId
    message_id: Annotated[
        Text,
        Meta(
            description="`webhook-id` of it, the same for each try.",
            examples=["msg_0b9c8d1e2f3a4b5c6d7e8f90"],
        ),
    ]
    type: Annotated[Text, Meta(description="Of what it tells.", examples=["briefing.changed"])]
    status: DeliveryStatus
    at: Annotated[Timestamp, Meta(description="When it was tried; of one that is `queued`, asked for.")]
    error: Text | None


class WebhookDeliveryPage(Struct, frozen=True, kw_only=True):
    """A page of deliveries, newest first."""

    items: list[WebhookDelivery]
    next_cursor: NextCursor


class _Told(Struct, frozen=True, kw_only=True, tag_field="type"):
    """What every delivery says."""

    timestamp: Annotated[Timestamp, Meta(description="When it happened.")]


class BriefingChanged(_Told, frozen=True, kw_only=True, tag="briefing.changed"):
    """A briefing is new or has another revision. The whole of it is at `/v1/briefings/{id}`."""

    data: BriefingSummary


class WithdrawnBriefing(Struct, frozen=True, kw_only=True):
    """A briefing that rests on nothing any more, or that an editor withdrew."""

    id: BriefingId
    note: Annotated[
        RevisionNote | None, Meta(description="What readers are told; null where no editor said.")
    ]


class BriefingWithdrawn(_Told, frozen=True, kw_only=True, tag="briefing.withdrawn"):
    """A briefing was withdrawn."""

    data: WithdrawnBriefing


class DeadlineChanged(_Told, frozen=True, kw_only=True, tag="deadline.changed"):
    """A deadline is new or says something else."""

    data: Deadline[BriefingId]


class DueDeadline(Struct, frozen=True, kw_only=True):
    """A deadline that comes near. `due_on` is the last day that its date can be."""

    deadline: Deadline[BriefingId]
    due_on: Day
    days_left: Annotated[int, Meta(ge=0, description="Days from today to `due_on`, in UTC.")]


class DeadlineDue(_Told, frozen=True, kw_only=True, tag="deadline.due"):
    """A deadline comes near: as many days before as the webhook wants to be reminded. Once for each date it has."""

    data: DueDeadline


class ConflictOpened(_Told, frozen=True, kw_only=True, tag="conflict.opened"):
    """Sources of a briefing began to contradict each other."""

    data: Conflict


class FailedJob(Struct, frozen=True, kw_only=True):
    """A job that failed. The whole of it is at `/v1/jobs/{id}`."""

    id: Annotated[Text, Meta(examples=[f"ingest-{'0' * 64}"])]
    document_id: Sha256


class JobFailed(_Told, frozen=True, kw_only=True, tag="job.failed"):
    """The work on a document failed."""

    data: FailedJob


class WebhookTested(_Told, frozen=True, kw_only=True, tag="webhook.test"):
    """Somebody asked whether you can be reached."""


Delivered = (
    BriefingChanged
    | BriefingWithdrawn
    | DeadlineChanged
    | DeadlineDue
    | ConflictOpened
    | JobFailed
    | WebhookTested
)
