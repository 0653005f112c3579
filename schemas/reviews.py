"""What editors decide about facts, and what comes of it."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.briefing import Timestamp
from schemas.http import FoundFact, NextCursor
from schemas.vocabulary import BriefingId, FactId, ReviewId, ReviewStanding, Sha256, Text, Verdict


class ReviewFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an editor decides about a fact."""

    verdict: Annotated[
        Verdict,
        Meta(
            description="`accepted`: as the machine reads it; `corrected`: with `values`; `rejected`: it is left out "
            "of briefings, lists and digests."
        ),
    ]
    values: Annotated[
        dict[str, Any],
        Meta(
            description="Where it is corrected, its fields by name, as the fact has them; a date may be given as EDTF.",
            examples=[{"value": 16.0}],
        ),
    ] = {}
    reason: Annotated[
        str, Meta(min_length=1, max_length=1000, description="Why, for whoever reads the audit later.")
    ]


class FactReview(Struct, frozen=True, kw_only=True):
    """An editor's decision about a fact. It holds until a later one about the same fact."""

    id: ReviewId
    fact_id: FactId
    briefing_id: Annotated[BriefingId, Meta(description="The briefing that had the fact then.")]
    kind: Annotated[Text, Meta(description="The kind of fact.", examples=["figure"])]
    verdict: Verdict
    values: Annotated[dict[str, Any], Meta(description="The editor's values; empty unless it is corrected.")]
    document_ids: Annotated[list[Sha256], Meta(description="The documents of the briefing then.")]
    by: Annotated[
        Text,
        Meta(description="Id of the key that was used; where none is asked for, the address of the caller."),
    ]
    reason: Text
    at: Timestamp


class ReviewRecord(Struct, frozen=True, kw_only=True):
    """A decision about a fact, and what has come of it."""

    decision: FactReview
    machine: Annotated[dict[str, Any], Meta(description="The whole fact as the machine read it then.")]
    standing: Annotated[
        ReviewStanding,
        Meta(
            description="`holds`; `contradicted`: it holds, and what was read since says otherwise; `without_fact`: no "
            "document tells of such a fact now; `overruled`: a later decision about what became one fact holds; "
            "`replaced`: by a later decision about the same fact."
        ),
    ]
    found: Annotated[
        FoundFact | None,
        Meta(description="The fact as it is now, with its evidence, also where it is rejected."),
    ]


class ReviewPage(Struct, frozen=True, kw_only=True):
    """A page of decisions about the facts of a briefing, newest first."""

    items: list[ReviewRecord]
    next_cursor: NextCursor
