"""What editors decide about facts, and what comes of it."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.briefing import Timestamp
from schemas.http import FoundFact, NextCursor
from schemas.vocabulary import (
    BriefingId,
    FactId,
    ReviewId,
    ReviewReason,
    ReviewStanding,
    Sha256,
    Text,
    Verdict,
)


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


class PastDecisions(Struct, frozen=True, kw_only=True):
    """How decisions in force about such facts came out: of the same kind and `proof`, figures of the same measure,
    deadlines of the same kind.
    """

    decided: Annotated[int, Meta(ge=0, description="How many there are among the last 1,000 of all.")]
    mended: Annotated[int, Meta(ge=0, description="Those of them that corrected or rejected the fact.")]
    rate: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="How likely such a fact is to be mended: the share of those, and where there are few, of those "
            "about its kind, or all.",
            examples=[0.18],
        ),
    ]


class QueuedFact(Struct, frozen=True, kw_only=True):
    """A fact that waits for an editor, and why."""

    found: FoundFact
    etag: Annotated[
        Text, Meta(description="Its entity tag, for `If-Match`.", examples=['"9f86d081884c7d659a"'])
    ]
    reasons: Annotated[
        list[ReviewReason],
        Meta(
            description="`contradicted`: what was read since an editor's decision says otherwise; `disputed`: sources "
            "conflict; `hedged`: one side says so, or it is hedged; `quoted`: its words are as a model reads them; "
            "`one_origin`: nobody else tells it; `overdue`: its day is past, and nobody tells what became of it; "
            "`due_soon`: in 14 days at most; `salient`: it weighs much in its briefing."
        ),
    ]
    priority: Annotated[
        float,
        Meta(ge=0, le=1, description="How likely it is wrong, times how much it matters.", examples=[0.31]),
    ]
    before: PastDecisions


class ReviewQueue(Struct, frozen=True, kw_only=True):
    """A page of the facts that wait for an editor, the likeliest wrong and weightiest first."""

    items: list[QueuedFact]
    next_cursor: NextCursor
