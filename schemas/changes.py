"""What changed, one thing after another, for those who keep a copy."""

from typing import TYPE_CHECKING, Annotated, Union

from msgspec import Meta, Struct, defstruct

from schemas.briefing import BriefingSummary, Conflict, Timestamp
from schemas.facts import Fact
from schemas.kinds import KINDS, Kind
from schemas.vocabulary import BriefingId, Text

Found = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]*\Z",
        description=f"What it is. Known values: `briefing`, {', '.join(f'`{kind.name}`' for kind in KINDS)}, "
        "`conflict`. New values may appear.",
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


class ChangedFact(_Changed, frozen=True, kw_only=True):
    """A fact is new or says something else. What is sent is the struct of its kind, as in `FACT_CHANGES`."""

    item: Fact


def _change_of(kind: Kind) -> type[ChangedFact]:
    article = "An" if kind.name[0] in "aeiou" else "A"
    change = defstruct(
        f"{kind.fact.__name__}Change",
        [("item", kind.fact)],
        bases=(ChangedFact,),
        module=__name__,
        namespace={"__doc__": f"{article} {kind.name} is new or says something else."},
        tag=kind.name,
        frozen=True,
        kw_only=True,
    )
    assert issubclass(change, ChangedFact)
    return change


FACT_CHANGES = {kind.name: _change_of(kind) for kind in KINDS}
"""The change of each kind of fact, by the kind's name."""


class ConflictChange(_Changed, frozen=True, kw_only=True, tag="conflict"):
    """A conflict is new or says something else."""

    item: Conflict


class Removal(_Changed, frozen=True, kw_only=True, tag="removed"):
    """A fact or conflict is not there any more, or a briefing was withdrawn."""

    kind: Found


if TYPE_CHECKING:
    Change = BriefingChange | ChangedFact | ConflictChange | Removal
else:
    Change = Union[(BriefingChange, *FACT_CHANGES.values(), ConflictChange, Removal)]


class ChangePage(Struct, frozen=True, kw_only=True):
    """Changes, oldest first. Once `has_more` is false, who applied them all has what the service has."""

    items: list[Change]
    next_cursor: Annotated[
        Text, Meta(description="Keep it: the next call goes on from here, whenever it is.")
    ]
    has_more: Annotated[bool, Meta(description="Whether there were more changes at that moment.")]
