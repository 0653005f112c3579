"""What changed, one thing after another, for those who keep a copy."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.briefing import BriefingSummary, Conflict, Timestamp
from schemas.facts import Deadline, Delegate, Event, Figure, Stake, Statement
from schemas.vocabulary import BriefingId, Text

Found = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]*\Z",
        description="What it is. Known values: `briefing`, `delegate`, `stake`, `deadline`, `figure`, `statement`, "
        "`event`, `conflict`. New values may appear.",
        examples=["deadline"],
    ),
]


class _Changed(Struct, frozen=True, kw_only=True, tag_field="change"):
    """What every change says."""

    id: Annotated[
        Text, Meta(description="Of the briefing, fact or conflict.", examples=["fct_0b9c8d1e2f3a4b5c"])
    ]
    briefing_id: BriefingId
    at: Timestamp


class BriefingChange(_Changed, frozen=True, kw_only=True, tag="briefing"):
    """A briefing is new or has another revision. The whole of it is at `/v1/briefings/{id}`."""

    item: BriefingSummary


class DelegateChange(_Changed, frozen=True, kw_only=True, tag="delegate"):
    """A delegate is new or says something else."""

    item: Delegate


class StakeChange(_Changed, frozen=True, kw_only=True, tag="stake"):
    """A stake is new or says something else."""

    item: Stake


class DeadlineChange(_Changed, frozen=True, kw_only=True, tag="deadline"):
    """A deadline is new or says something else."""

    item: Deadline


class FigureChange(_Changed, frozen=True, kw_only=True, tag="figure"):
    """A figure is new or says something else."""

    item: Figure


class StatementChange(_Changed, frozen=True, kw_only=True, tag="statement"):
    """A statement is new or says something else."""

    item: Statement


class EventChange(_Changed, frozen=True, kw_only=True, tag="event"):
    """An event is new or says something else."""

    item: Event


class ConflictChange(_Changed, frozen=True, kw_only=True, tag="conflict"):
    """A conflict is new or says something else."""

    item: Conflict


class Removal(_Changed, frozen=True, kw_only=True, tag="removed"):
    """A fact or conflict is not there any more, or a briefing was withdrawn."""

    kind: Found


Change = (
    BriefingChange
    | DelegateChange
    | StakeChange
    | DeadlineChange
    | FigureChange
    | StatementChange
    | EventChange
    | ConflictChange
    | Removal
)


class ChangePage(Struct, frozen=True, kw_only=True):
    """Changes, oldest first. Once `has_more` is false, who applied them all has what the service has."""

    items: list[Change]
    next_cursor: Annotated[
        Text, Meta(description="Keep it: the next call goes on from here, whenever it is.")
    ]
    has_more: Annotated[bool, Meta(description="Whether there were more changes at that moment.")]
