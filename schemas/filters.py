"""What lists of any sort take: pages, days, filters that take several values."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.issues import TopicId
from schemas.vocabulary import BriefingId

CalendarDay = Annotated[
    date,
    Meta(
        description="A calendar day.",
        examples=["2031-03-14"],
        extra_json_schema={"format": "date", "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}\Z"},
    ),
]
OfBriefing = Annotated[BriefingId, Meta(description="Only those of this briefing.")]
Since = Annotated[
    datetime,
    Meta(
        tz=True,
        description="Only what was new or changed then or later: RFC 3339, with a time zone. The first changed comes "
        "first, unless `sort` says otherwise.",
        examples=["2031-03-14T09:30:00Z"],
    ),
]
PARTY = "(?:[A-Z]{2}|X-[A-Z0-9]+(?:-[A-Z0-9]+)*)"
_MOST = 10
SORTED = "Order; a minus turns it around."


def several_of(description: str, one: str, *examples: str, **extra: Any) -> Any:
    """A filter that takes several values: what fits any of them is found."""
    return Meta(
        pattern=rf"^{one}(?:,{one}){{0,{_MOST - 1}}}\Z",
        description=f"{description} Up to {_MOST}, separated by commas.",
        examples=list(examples),
        **extra,
    )


def among(description: str, words: Sequence[str]) -> Any:
    """A filter by words that this version knows: others are refused, as nothing is ever found by them."""
    one = f"(?:{'|'.join(words)})".replace(".", r"\.")
    known = ", ".join(f"`{word}`" for word in words)
    return several_of(f"{description} Known: {known}.", one, words[0], extra={"known": words})


AtTables = Annotated[
    str, several_of("Only those of negotiations with any of these parties at the table.", PARTY, "US,CN")
]
WithWords = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00]*\Z",
        description="Only talks whose briefing has all these words in some part of it, as `/v1/search` takes them.",
        examples=['"rare earths"'],
    ),
]
OfTopic = Annotated[
    TopicId,
    Meta(
        description="The parties, topics and words of this saved topic. What is given beside it goes before it.",
        examples=["top_5c1f0e2d3b4a6978"],
    ),
]
SEVERAL = frozenset({"party", "topic", "kind", "measure", "status", "imposed_by"})
"""Filters that take several values."""


def written(value: object) -> str:
    """The one way to write a value in an address."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class PageQuery(Struct, frozen=True, kw_only=True):
    """What every list takes."""

    limit: Annotated[int, Meta(ge=1, le=100, description="Items on a page.")] = 20
    cursor: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=512,
                description="`next_cursor` of the page before; give the same filters with it.",
            ),
        ]
        | None
    ) = None
