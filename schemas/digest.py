"""What a newsletter needs: what changed, what falls due, where sources disagree, sentence by sentence."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.briefing import Timestamp
from schemas.dates import FuzzyDate
from schemas.revisions import ItemKind
from schemas.vocabulary import (
    BriefingId,
    BriefingStatus,
    ConflictId,
    ConflictKind,
    Day,
    DeadlineKind,
    DeadlineStatus,
    DigestChange,
    FactId,
    Party,
    Sha256,
    Text,
    Topic,
)

Address = Annotated[
    Text,
    Meta(extra_json_schema={"format": "uri"}, examples=["https://readout.example/briefings/us-cn-london"]),
]


class DigestSource(Struct, frozen=True, kw_only=True):
    """Where a sentence of a digest has its facts from: one for each piece of evidence."""

    document_id: Sha256
    title: Text
    publisher: Text | None
    url: Annotated[Text | None, Meta(description="Where the document was published, if it says so.")]
    page: Annotated[Address, Meta(description="The proof in its place, on the document's own page here.")]
    exact: Annotated[Text, Meta(description="The source's own characters.")]


class DigestBriefing(Struct, frozen=True, kw_only=True):
    """A briefing that sentences of a digest are about."""

    id: BriefingId
    title: Text
    status: BriefingStatus
    page: Annotated[Address, Meta(description="Its page here.")]
    revision: Annotated[int, Meta(ge=1, description="Its current revision.")]
    from_revision: Annotated[
        int | None,
        Meta(
            description="Its revision at `since`: `/v1/briefings/{id}/diff?from=` tells all that is different; null "
            "if it is newer than that.",
        ),
    ]


class _Sentence(Struct, frozen=True, kw_only=True):
    """What every sentence carries. It is built by fixed wording from typed facts, or is a source's own."""

    briefing_id: BriefingId
    briefing_title: Text
    briefing_page: Annotated[
        Address, Meta(description="The briefing's page here; `#{fact id}` is a fact on it.")
    ]
    text: Text
    fact_ids: Annotated[list[FactId], Meta(min_length=1, description="The facts that it rests on.")]
    sources: Annotated[list[DigestSource], Meta(min_length=1)]


class ChangeSentence(_Sentence, frozen=True, kw_only=True):
    """Something that changed. Of a new briefing, its summary."""

    change: DigestChange
    kind: ItemKind


class DeadlineSentence(_Sentence, frozen=True, kw_only=True):
    """A deadline ahead."""

    date: FuzzyDate
    kind: DeadlineKind
    status: DeadlineStatus


class ConflictSentence(_Sentence, frozen=True, kw_only=True):
    """A disagreement that nobody has settled."""

    conflict_id: ConflictId
    kind: ConflictKind
    new: Annotated[bool, Meta(description="Whether it came up after `since`.")]


class Digest(Struct, frozen=True, kw_only=True):
    """The changes after a moment, the deadlines ahead, and where the briefings that changed have sources at odds."""

    since: Annotated[Timestamp, Meta(description="Changes after this moment are in it.")]
    until: Annotated[
        Timestamp, Meta(description="The last change that is in it: the `since` of the digest that follows.")
    ]
    parties: list[Party]
    topics: list[Topic]
    date_from: Annotated[Day, Meta(description="Deadlines that can fall on this day or later are ahead.")]
    date_to: Day | None
    briefings: list[DigestBriefing]
    changes: Annotated[list[ChangeSentence], Meta(description="Those of the newest change first.")]
    deadlines: Annotated[list[DeadlineSentence], Meta(description="Earliest first.")]
    conflicts: Annotated[list[ConflictSentence], Meta(description="Of the briefings that changed.")]
    briefings_left_out: Annotated[
        int, Meta(ge=0, description="Briefings that changed too, longer ago, beyond `limit`.")
    ]
    deadlines_left_out: Annotated[int, Meta(ge=0, description="Deadlines that are later, beyond `limit`.")]
