"""Addresses that are looked at again and again: feeds, sitemaps and pages, and what was taken from them."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.briefing import Timestamp
from schemas.http import NextCursor, WebAddress
from schemas.jobs import FetchId
from schemas.vocabulary import Sha256, Text

WatchStatus = Literal["active", "failing", "paused"]
ItemStatus = Literal["waiting", "taken", "skipped", "failed"]
WatchId = Annotated[
    str,
    Meta(
        pattern=r"^wch_[0-9a-f]{16}\Z",
        description="Identity of a watch: of its address.",
        examples=["wch_5c1f0e2d3b4a6978"],
    ),
]
Every = Annotated[
    int, Meta(ge=60, le=2_592_000, description="Seconds between looks at the address.", examples=[900])
]

GivenEvery = Annotated[
    float,
    Meta(
        ge=60,
        le=2_592_000,
        multiple_of=1,
        description="Seconds between looks at the address, a whole number.",
        examples=[900],
    ),
]
"""As JSON has whole numbers: `900.0` is one."""


class NewWatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address to look at from now on. Of one that is watched already, how often is changed."""

    url: WebAddress
    every: GivenEvery = 900


class WatchChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a watch; what is left out stays."""

    every: GivenEvery | UnsetType = UNSET
    paused: (
        Annotated[bool, Meta(description="Whether nobody looks until this is false again.")] | UnsetType
    ) = UNSET


class Watch(Struct, frozen=True, kw_only=True):
    """An address that is looked at again and again, and how that goes."""

    id: WatchId
    url: WebAddress
    every: Every
    format: Annotated[
        Text | None,
        Meta(
            description="What it turned out to be; null until somebody looked. The list may grow.",
            examples=["rss"],
            extra_json_schema={"x-extensible-enum": ["rss", "atom", "json", "sitemap", "page"]},
        ),
    ]
    status: Annotated[
        WatchStatus,
        Meta(description="`failing`: the last look failed and another one comes. `paused`: nobody looks."),
    ]
    created_at: Timestamp
    last_look_at: Annotated[Timestamp | None, Meta(description="When it was last looked at; null: never.")]
    next_look_at: Annotated[Timestamp | None, Meta(description="When the next look comes; null: paused.")]
    failures: Annotated[int, Meta(ge=0, description="Looks that failed, in a row.")]
    last_error: Annotated[
        Text | None,
        Meta(description="Why the last look failed; null if it did not.", examples=["it answered 500"]),
    ]
    left_out: Annotated[
        int, Meta(ge=0, description="Items of the last look that were more than a look takes.")
    ]


class WatchPage(Struct, frozen=True, kw_only=True):
    """A page of watches, newest first."""

    items: list[Watch]
    next_cursor: NextCursor


class WatchItem(Struct, frozen=True, kw_only=True):
    """Something that a watched address pointed to, and what became of it."""

    url: Annotated[Text, Meta(extra_json_schema={"format": "uri"})]
    title: Annotated[Text | None, Meta(description="As the feed has it.")]
    status: Annotated[
        ItemStatus,
        Meta(
            description="`waiting`: to be fetched. `taken`: it is a document. `skipped`: it is not about trade "
            "negotiations. `failed`: it could not be fetched or read."
        ),
    ]
    reason: Annotated[
        Text | None,
        Meta(description="Why it was skipped or failed, in a word that stays.", examples=["not-about-trade"]),
    ]
    detail: Annotated[Text | None, Meta(description="The same in words, or why the last try failed.")]
    job_id: FetchId
    document_id: Annotated[Sha256 | None, Meta(description="What was last taken of it.")]
    seen_at: Annotated[Timestamp, Meta(description="When it was first seen.")]
    fetched_at: Annotated[Timestamp | None, Meta(description="When it was last done with; null: not yet.")]


class WatchItemPage(Struct, frozen=True, kw_only=True):
    """A page of what a watched address pointed to, first seen last."""

    items: list[WatchItem]
    next_cursor: NextCursor
