"""Drafts that are checked against the sources: what of them was found, where, and what the sources say instead."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.agents import SourceQuote
from schemas.vocabulary import BriefingId, Sha256, Text

DraftItemKind = Literal["quotation", "amount", "date", "name"]
DraftItemStatus = Literal["found", "elsewhere", "not_found"]


class DraftToVerify(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to check. Without `briefing_ids` and `document_ids` it is checked against all documents."""

    text: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=50_000,
            description="Plain text or Markdown.",
            examples=["India charges 110 per cent on cars."],
        ),
    ]
    day: (
        Annotated[date, Meta(description="The day that relative dates count from; today without it.")] | None
    ) = None
    briefing_ids: Annotated[
        list[BriefingId], Meta(max_length=100, description="Only the sources of these.")
    ] = []
    document_ids: Annotated[list[Sha256], Meta(max_length=100, description="Only these, too.")] = []


class WordingDifference(Struct, frozen=True, kw_only=True):
    """Words of the draft, and what stands in their place in the source; either may be empty."""

    draft: str
    source: str


class NearestWording(Struct, frozen=True, kw_only=True):
    """What a source says that comes closest, and what differs."""

    place: SourceQuote
    differences: list[WordingDifference]


class VerifiedItem(Struct, frozen=True, kw_only=True):
    """A quotation, amount, date or name of a draft. Offsets count code points of the draft, end exclusive."""

    kind: Annotated[DraftItemKind, Meta(description="What it is.")]
    start: Annotated[int, Meta(ge=0)]
    end: Annotated[int, Meta(ge=1)]
    exact: Text
    reading: Annotated[
        Text | None,
        Meta(description="What it means: EDTF of a date, value and UCUM or ISO 4217 unit of an amount."),
    ]
    status: Annotated[
        DraftItemStatus,
        Meta(
            description="`elsewhere`: it stands in the sources, but what they say of this matter is `nearest`."
        ),
    ]
    places: Annotated[
        list[SourceQuote], Meta(max_length=3, description="Where it stands, the best place first.")
    ]
    nearest: Annotated[
        NearestWording | None, Meta(description="Of what was not found; null where nothing comes close.")
    ]


class VerifiedDraft(Struct, frozen=True, kw_only=True):
    """What was looked for, in the order of the draft. `flagged` counts what is not `found`."""

    day: date
    flagged: Annotated[int, Meta(ge=0)]
    items: list[VerifiedItem]
    documents_searched: Annotated[int, Meta(ge=0)]
    documents_left_out: Annotated[
        int, Meta(ge=0, description="That were asked for and were more than one check reads.")
    ]
