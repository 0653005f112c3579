"""What editors decide about facts, and what comes of it."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.briefing import Conflict, Timestamp
from schemas.changes import Reason
from schemas.http import FoundFact, NextCursor
from schemas.vocabulary import (
    BriefingId,
    ConflictId,
    ConflictVerdict,
    FactId,
    ReviewId,
    ReviewStanding,
    ReviewVerdict,
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
    reason: Reason


class QuotedEvidence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of a document that prove a fact. Code finds their span."""

    document_id: Annotated[Sha256, Meta(description="One of the documents that the briefing is about.")]
    quote: Annotated[
        Text,
        Meta(
            max_length=2_000,
            description="As they stand there, but for white space and the form of quotation marks.",
            examples=["New Zealand exported 12,400 tonnes of apples to Taiwan in 2030."],
        ),
    ]
    at: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(description="Near which code point of the document, where they stand there several times."),
    ] = None


class AddFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact that no machine has read, or not so."""

    kind: Annotated[Text, Meta(description="The kind of fact.", examples=["figure"])]
    fields: Annotated[
        dict[str, Any],
        Meta(
            description="Its fields by name, in the words of the document. A date is its words, or `{text, edtf}` "
            "where its words alone do not tell the day; a party is its name there, or its code.",
            examples=[{"as_written": "12,400 tonnes", "subject": "apples", "measure": "trade_volume"}],
        ),
    ]
    evidence: QuotedEvidence
    reason: Reason


class SettleConflict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an editor decides about a conflict."""

    verdict: Annotated[
        ConflictVerdict,
        Meta(description="`settled`: one side is right, or none; `reopened`: it is open as before."),
    ]
    fact_id: Annotated[
        FactId | None,
        Meta(description="Where it is settled, a fact of the side that is right; null where neither is."),
    ] = None
    reason: Reason


class ReviewDecision(Struct, frozen=True, kw_only=True):
    """An editor's decision about a fact or a conflict. It holds until a later one about the same."""

    id: ReviewId
    fact_id: Annotated[
        FactId | None,
        Meta(description="The fact that it was about; of one that was added, its id in its document."),
    ]
    conflict_id: Annotated[ConflictId | None, Meta(description="The conflict that it was about.")]
    briefing_id: Annotated[BriefingId, Meta(description="The briefing that had it then.")]
    kind: Annotated[Text, Meta(description="The kind of fact, or `conflict`.", examples=["figure"])]
    verdict: ReviewVerdict
    values: Annotated[
        dict[str, Any],
        Meta(
            description="The editor's values where it is corrected; of a conflict that is settled, `resolution`."
        ),
    ]
    document_ids: Annotated[list[Sha256], Meta(description="The documents of the briefing then.")]
    by: Annotated[
        Text,
        Meta(description="Id of the key that was used; where none is asked for, the address of the caller."),
    ]
    reason: Text
    at: Timestamp

    @property
    def about(self) -> str:
        """The id of what it was about."""
        return self.fact_id or self.conflict_id or self.briefing_id


class ReviewRecord(Struct, frozen=True, kw_only=True):
    """A decision about a fact or a conflict, and what has come of it."""

    decision: ReviewDecision
    machine: Annotated[
        dict[str, Any],
        Meta(description="The fact as the machine read it then, or as it was added; the conflict as it was."),
    ]
    standing: Annotated[
        ReviewStanding,
        Meta(
            description="`holds`; `contradicted`: it holds, and what was read since says otherwise; `without_fact`: "
            "there is no such fact or conflict now; `overruled`: a later decision about what became one fact holds; "
            "`replaced`: a later decision about the same fact holds."
        ),
    ]
    found: Annotated[
        FoundFact | None,
        Meta(description="The fact as it is now, with its evidence, also where it is rejected."),
    ]
    conflict: Annotated[Conflict | None, Meta(description="The conflict as it is now.")]


class ReviewPage(Struct, frozen=True, kw_only=True):
    """A page of decisions about the facts and conflicts of a briefing, newest first."""

    items: list[ReviewRecord]
    next_cursor: NextCursor
