"""What workers made and editors publish: drafts, and what becomes of them."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.briefing import BriefingSummary, RevisionNote, Timestamp
from schemas.changes import Cause
from schemas.http import NextCursor

_TOLD = Meta(
    min_length=1,
    max_length=1000,
    description="What readers are told: it goes with the revision into pages, feeds, digests and webhooks.",
)


class PublishBriefing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a draft is published."""

    note: Annotated[str, _TOLD] | None = None
    correction: Annotated[
        bool, Meta(description="Whether the note tells of a correction; readers are told so.")
    ] = False
    publish_at: Annotated[
        Timestamp | None, Meta(description="Publish it then, unless it has changed until then; null: now.")
    ] = None


class WithdrawBriefing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a briefing is withdrawn."""

    note: Annotated[str, _TOLD]


class BriefingDraft(Struct, frozen=True, kw_only=True):
    """What is not published of a briefing. A draft that is `withdrawn` withdraws the briefing when it is published."""

    briefing: BriefingSummary
    published_revision: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="What readers see; null while they see nothing of it."),
    ]
    cause: Annotated[Cause, Meta(description="What changed the draft last.")]
    publish_at: Annotated[Timestamp | None, Meta(description="When it is published; null: by an editor.")]
    note: Annotated[RevisionNote | None, Meta(description="The note with which it is then published.")]


class BriefingDraftPage(Struct, frozen=True, kw_only=True):
    """A page of drafts, the one that changed last first."""

    items: list[BriefingDraft]
    next_cursor: NextCursor


class PublishedBriefing(Struct, frozen=True, kw_only=True):
    """What has become of a briefing."""

    briefing: Annotated[BriefingSummary, Meta(description="As readers have it now; a draft while it waits.")]
    publish_at: Annotated[Timestamp | None, Meta(description="When it is published; null: it is.")]
