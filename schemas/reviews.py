"""What editors decide about facts, conflicts and texts, and what comes of it."""

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.briefing import Conflict, Timestamp
from schemas.changes import Reason
from schemas.facts import Correction, Review
from schemas.http import FoundFact, NextCursor
from schemas.vocabulary import (
    BriefingId,
    ConflictId,
    ConflictVerdict,
    FactId,
    ReviewId,
    ReviewReason,
    ReviewStanding,
    ReviewVerdict,
    SentenceAbout,
    Sha256,
    Text,
    TextVerdict,
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
            description="As they stand there, but for white space and the form of quotation marks. They are so many "
            "that they stand there once.",
            examples=["New Zealand exported 12,400 tonnes of apples to Taiwan in 2030."],
        ),
    ]


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
    value: Annotated[
        Annotated[str, Meta(min_length=1, max_length=2_000)] | None,
        Meta(description="The `value` of that side, where several rest on one fact."),
    ] = None
    reason: Reason


class EditedSentence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sentence in an editor's words."""

    text: Annotated[Text, Meta(max_length=600)]
    fact_ids: Annotated[
        list[FactId], Meta(min_length=1, max_length=20, description="The facts that it rests on.")
    ]
    about: SentenceAbout = "background"


class EditText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an editor does to the headline and the summary of a briefing."""

    verdict: Annotated[
        TextVerdict,
        Meta(description="`edited`: they stay as they are then; `returned`: they are the machine's again."),
    ]
    headline: Annotated[
        EditedSentence | UnsetType | None, Meta(description="Left as it is where it is not given.")
    ] = UNSET
    summary: Annotated[
        Annotated[list[EditedSentence], Meta(max_length=20)] | UnsetType,
        Meta(description="Left as it is where it is not given."),
    ] = UNSET
    unchecked: Annotated[
        bool, Meta(description="Whether sentences are taken that the facts do not prove; they are marked.")
    ] = False
    reason: Reason


class PinFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which facts an editor has first."""

    fact_ids: Annotated[
        list[FactId],
        Meta(max_length=100, description="Of any kinds, in their order; the others follow as before."),
    ]
    reason: Reason


class ReviewDecision(Struct, frozen=True, kw_only=True):
    """An editor's decision about a briefing or something in it. It holds until a later one about the same."""

    id: ReviewId
    fact_id: Annotated[
        FactId | None,
        Meta(description="The fact that it was about; of one that was added, its id in its document."),
    ]
    conflict_id: Annotated[ConflictId | None, Meta(description="The conflict that it was about.")]
    briefing_id: Annotated[BriefingId, Meta(description="The briefing that had it then.")]
    kind: Annotated[
        Text, Meta(description="The kind of fact, `conflict`, `text` or `order`.", examples=["figure"])
    ]
    verdict: ReviewVerdict
    values: Annotated[
        dict[str, Any],
        Meta(
            description="What the editor says: values of a fact, the `resolution` of a conflict, `headline` and "
            "`sentences`, or the `fact_ids` that come first."
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
        """What it was about, by its id."""
        return self.fact_id or self.conflict_id or f"{self.kind} of {self.briefing_id}"

    def mark(self, corrections: Sequence[Correction] = (), contradicted: bool = False) -> Review:
        """What is told of it at what it is about."""
        return Review(
            id=self.id,
            verdict=self.verdict,
            by=self.by,
            at=self.at,
            note=self.reason,
            corrections=list(corrections),
            contradicted=contradicted,
        )


class ReviewRecord(Struct, frozen=True, kw_only=True):
    """A decision of an editor, and what has come of it."""

    decision: ReviewDecision
    machine: Annotated[
        dict[str, Any],
        Meta(
            description="What it was about as the machine had it then; of a fact that was added, as it was."
        ),
    ]
    standing: Annotated[
        ReviewStanding,
        Meta(
            description="`holds`; `contradicted`: it holds, and what was read since says otherwise; `without_fact`: "
            "there is nothing that it is about now; `overruled`: a later decision about what became one fact holds; "
            "`replaced`: a later decision about the same fact holds."
        ),
    ]
    found: Annotated[
        FoundFact | None,
        Meta(description="The fact as it is now, with its evidence, also where it is rejected."),
    ]
    conflict: Annotated[Conflict | None, Meta(description="The conflict as it is now.")]


class ReviewPage(Struct, frozen=True, kw_only=True):
    """A page of an editor's decisions about a briefing, newest first."""

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
