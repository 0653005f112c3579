"""Query parameters: a struct a collection, from which requests are checked and the API is described."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from schemas.vocabulary import (
    BriefingId,
    BriefingStatus,
    Certainty,
    ConflictKind,
    Day,
    DeadlineKind,
    DeadlineStatus,
    EventStatus,
    FigureStatus,
    JobStatus,
    Measure,
    Party,
    Sha256,
    Topic,
)

Revision = Annotated[
    int, Meta(ge=1, le=2_147_483_647, description="Number of a revision, from 1.", examples=[1])
]


class NoQuery(Struct, frozen=True):
    """For resources that take no query parameter."""


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


class BriefingQuery(PageQuery, frozen=True, kw_only=True):
    party: Annotated[Party, Meta(description="Only briefings with this party at the table.")] | None = None
    status: Annotated[BriefingStatus, Meta(description="Only briefings in this state.")] | None = None


class AsOfQuery(Struct, frozen=True, kw_only=True):
    as_of: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="The briefing as it stood then: RFC 3339, with a time zone.",
                examples=["2031-03-14T09:30:00Z"],
            ),
        ]
        | None
    ) = None


class DiffQuery(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    from_: (
        Annotated[Revision, Meta(description="The revision before; that before `to` if not given.")] | None
    ) = None
    to: Annotated[Revision, Meta(description="The revision after; the current one if not given.")] | None = (
        None
    )


class FactQuery(PageQuery, frozen=True, kw_only=True):
    """What every list of facts takes."""

    briefing_id: Annotated[BriefingId, Meta(description="Only those of this briefing.")] | None = None
    party: (
        Annotated[Party, Meta(description="Only those of negotiations with this party at the table.")] | None
    ) = None
    certainty: Annotated[Certainty, Meta(description="Only facts this certain.")] | None = None


class DelegateQuery(FactQuery, frozen=True, kw_only=True):
    party: Annotated[Party, Meta(description="Only this party's delegates.")] | None = None


class StakeQuery(FactQuery, frozen=True, kw_only=True):
    topic: Topic | None = None


class DatedQuery(FactQuery, frozen=True, kw_only=True):
    """For facts with a date. A date that is known to the month alone can be any day of it."""

    date_from: Annotated[Day, Meta(description="Only dates that can be this day or later.")] | None = None
    date_to: Annotated[Day, Meta(description="Only dates that can be this day or earlier.")] | None = None


class DeadlineQuery(DatedQuery, frozen=True, kw_only=True):
    kind: DeadlineKind | None = None
    status: DeadlineStatus | None = None


class EventQuery(DatedQuery, frozen=True, kw_only=True):
    status: EventStatus | None = None


class FigureQuery(FactQuery, frozen=True, kw_only=True):
    measure: Measure | None = None
    unit: (
        Annotated[
            str,
            Meta(pattern="^[!-~]{1,20}$", description="Only this unit: ISO 4217 or UCUM.", examples=["%"]),
        ]
        | None
    ) = None
    status: FigureStatus | None = None


class StatementQuery(FactQuery, frozen=True, kw_only=True):
    party: Annotated[Party, Meta(description="Only statements made for this party.")] | None = None
    speaker: (
        Annotated[
            str, Meta(pattern=r"^[^\x00]{1,200}$", description="Only this speaker, named as the source does.")
        ]
        | None
    ) = None
    direct: Annotated[bool, Meta(description="`true`: only verbatim quotations.")] | None = None


class ConflictQuery(PageQuery, frozen=True, kw_only=True):
    briefing_id: Annotated[BriefingId, Meta(description="Only those of this briefing.")] | None = None
    kind: ConflictKind | None = None


class JobQuery(PageQuery, frozen=True, kw_only=True):
    status: Annotated[JobStatus, Meta(description="Only jobs in this state.")] | None = None
    document_id: Annotated[Sha256, Meta(description="Only the work on this document.")] | None = None
    created_since: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="Only jobs made in this second or later: RFC 3339, with a time zone.",
                examples=["2031-03-14T09:30:00Z"],
            ),
        ]
        | None
    ) = None
