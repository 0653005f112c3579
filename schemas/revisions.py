"""How a briefing came to be what it is: revisions, what differs between two, and what editors decide of rounds."""

from typing import Annotated

from msgspec import Meta, Raw, Struct

from schemas.briefing import BriefingSummary, Timestamp
from schemas.kinds import KINDS
from schemas.vocabulary import BriefingId, RoundAction, Sha256, Text

CauseKind = Annotated[
    str,
    Meta(
        description="What made a revision. Known values: `added` (a document), `read_again`, `withdrawn`, "
        "`replaced` (a source published another text), `split`, `merged`. New values may appear.",
        examples=["added"],
    ),
]
ItemKind = Annotated[
    str,
    Meta(
        description=f"Known values: {', '.join(f'`{kind.name}`' for kind in KINDS)}, `conflict`, `source`, "
        "`membership`. New values may appear.",
        examples=["deadline"],
    ),
]
JsonValue = Annotated[Raw, Meta(description="Any JSON value.")]
_REASON = Meta(min_length=1, max_length=1000, description="Why, for whoever reads the audit later.")


class Cause(Struct, frozen=True, kw_only=True):
    """Why a revision was made."""

    kind: CauseKind
    document_ids: Annotated[list[Sha256], Meta(description="The documents that brought it about.")]
    reason: Annotated[Text | None, Meta(description="An editor's words, where an editor did it.")]


class RevisionInfo(Struct, frozen=True, kw_only=True):
    """A revision of a briefing in a list."""

    revision: Annotated[int, Meta(ge=1)]
    slug: Text
    cause: Cause
    created_at: Timestamp


class FieldChange(Struct, frozen=True, kw_only=True):
    """One field that differs. `before` or `after` is null where the field is null, or was not there."""

    pointer: Annotated[Text, Meta(description="JSON pointer into the item.", examples=["/date/edtf"])]
    before: JsonValue
    after: JsonValue


class Item(Struct, frozen=True, kw_only=True):
    """A fact, conflict, source or membership that only one of two revisions has."""

    kind: ItemKind
    id: Annotated[Text, Meta(description="Its id; of a source or membership, its document's.")]
    body: Annotated[Raw, Meta(description="The item as the briefing has it.")]


class ItemChange(Struct, frozen=True, kw_only=True):
    """An item that both revisions have, with the fields that differ."""

    kind: ItemKind
    id: Text
    fields: Annotated[list[FieldChange], Meta(min_length=1)]


class BriefingDiff(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What turns one revision into another. Lists are compared by id: their order carries no meaning."""

    briefing_id: BriefingId
    from_: Annotated[int, Meta(ge=1)]
    to: Annotated[int, Meta(ge=1)]
    fields: Annotated[list[FieldChange], Meta(description="Of the briefing itself: title, status, ….")]
    added: list[Item]
    changed: list[ItemChange]
    gone: list[Item]


class SplitBriefing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Documents that are about another round: they leave for a briefing of their own."""

    document_ids: Annotated[list[Sha256], Meta(min_length=1, max_length=1000)]
    reason: Annotated[str, _REASON]


class MergeBriefings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Briefings that are about the same round: their documents come over, and they are withdrawn."""

    briefing_ids: Annotated[list[BriefingId], Meta(min_length=1, max_length=100)]
    reason: Annotated[str, _REASON]


class RoundDecision(Struct, frozen=True, kw_only=True):
    """An editor's decision about rounds. It holds for these documents until a later one."""

    id: Annotated[
        str,
        Meta(pattern=r"^dec_[0-9a-f]{16}\Z", examples=["dec_5c1f0e2d3b4a6978"], description="Its identity."),
    ]
    action: RoundAction
    briefing_ids: Annotated[
        list[BriefingId],
        Meta(
            min_length=2,
            description="Of a split: the briefing, then the new one. Of a merge: who stays first.",
        ),
    ]
    document_ids: Annotated[list[Sha256], Meta(description="The documents that moved.")]
    by: Annotated[Text, Meta(description="The name of the key that was used; `local` without one.")]
    reason: Text
    at: Timestamp


class RoundsChanged(Struct, frozen=True, kw_only=True):
    """An editor's decision and the briefings as they are after it."""

    decision: RoundDecision
    briefings: list[BriefingSummary]
