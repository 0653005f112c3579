"""Which documents make up a round, where an editor decides it."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.briefing import BriefingSummary, Timestamp
from schemas.vocabulary import BriefingId, RoundAction, Sha256, Text

_REASON = Meta(min_length=1, max_length=1000, description="Why, for whoever reads the audit later.")


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
