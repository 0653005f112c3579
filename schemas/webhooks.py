"""Webhooks: who is told of changes, and what they are told."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from schemas.briefing import BriefingSummary, Timestamp
from schemas.http import HOSTED, NextCursor
from schemas.vocabulary import BriefingId, Text

WebhookEvent = Literal["briefing.changed", "briefing.withdrawn"]
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


class NewWebhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to tell of changes from now on."""

    url: WebhookUrl
    events: Annotated[
        list[WebhookEvent],
        Meta(min_length=1, max_length=10, description="What to tell of; all that there is, if not given."),
    ] = field(default_factory=lambda: ["briefing.changed", "briefing.withdrawn"])


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
                    extra_json_schema={"x-extensible-enum": ["briefing.changed", "briefing.withdrawn"]},
                ),
            ]
        ],
        Meta(description="What it is told of. The list may grow: accept words you do not know."),
    ]
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
    """A new webhook. `secret` is shown this once."""

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


class _Told(Struct, frozen=True, kw_only=True, tag_field="type"):
    """What every delivery says."""

    timestamp: Annotated[Timestamp, Meta(description="When it happened.")]


class BriefingChanged(_Told, frozen=True, kw_only=True, tag="briefing.changed"):
    """A briefing is new or has another revision. The whole of it is at `/v1/briefings/{id}`."""

    data: BriefingSummary


class WithdrawnBriefing(Struct, frozen=True, kw_only=True):
    """A briefing that rests on nothing any more."""

    id: BriefingId


class BriefingWithdrawn(_Told, frozen=True, kw_only=True, tag="briefing.withdrawn"):
    """A briefing was withdrawn."""

    data: WithdrawnBriefing


Delivered = BriefingChanged | BriefingWithdrawn
