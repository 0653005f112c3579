"""What one document says, proven, and what is published: one round, merged from every document about it."""

from datetime import datetime
from typing import Annotated, Generic

from msgspec import Meta, Struct

from schemas.dates import FuzzyDate
from schemas.facts import (
    Carrier,
    Deadline,
    Delegate,
    Event,
    Figure,
    NoBriefing,
    Review,
    Stake,
    Statement,
    TranslatedWords,
)
from schemas.vocabulary import (
    BriefingId,
    BriefingStatus,
    ConflictId,
    ConflictKind,
    DocumentLanguage,
    Head,
    KnownFactId,
    KnownParty,
    KnownSha256,
    Language,
    Length,
    Level,
    MembershipKind,
    NegotiationId,
    NegotiationStatus,
    NoteKind,
    SentenceAbout,
    SourceKind,
    Stage,
    Text,
    WrittenBy,
    check_party,
)

Timestamp = Annotated[
    datetime, Meta(tz=True, description="RFC 3339, UTC.", examples=["2031-03-14T09:30:00Z"])
]


class Negotiation(Struct, frozen=True, kw_only=True):
    """Who talks with whom, where, when, and how far they are."""

    name: Annotated[Text, Meta(examples=["US-China trade talks, London"])]
    parties: Annotated[list[KnownParty], Meta(min_length=2, description="The sides of the table.")]
    venue: Annotated[Text | None, Meta(description="City of the talks.", examples=["London"])]
    round: Annotated[Text | None, Meta(description="The number or name that the sources give the round.")]
    start: FuzzyDate | None
    end: FuzzyDate | None
    level: Level
    status: NegotiationStatus
    stage: Stage | None
    outcome: Annotated[Text | None, Meta(description="What they came to, in the source's words.")]
    translated: Annotated[
        list[TranslatedWords], Meta(description="Of venue, round and outcome, those that are a translation.")
    ]
    prior_round: Annotated[BriefingId | None, Meta(description="The briefing of the round before this one.")]
    next_round: Annotated[BriefingId | None, Meta(description="The briefing of the round after this one.")]

    def __post_init__(self) -> None:
        for party in self.parties:
            check_party(party)


class Delegation(Struct, Generic[Carrier], frozen=True, kw_only=True):
    """The people whom the sources seat for one party. A party for whom they name nobody has none."""

    party: KnownParty
    head: Annotated[
        Head,
        Meta(description="`sole`, `joint`, `not_stated`, or `disputed` where sources disagree on who leads."),
    ]
    members: Annotated[list[Delegate[Carrier]], Meta(min_length=1)]

    def __post_init__(self) -> None:
        check_party(self.party)


class ConflictPosition(Struct, frozen=True, kw_only=True):
    """One side of a disagreement between sources."""

    value: Annotated[Text, Meta(description="What these facts say, in words.")]
    fact_ids: Annotated[list[KnownFactId], Meta(min_length=1)]


class Conflict(Struct, frozen=True, kw_only=True):
    """Sources that cannot both be right. Only an editor settles it, never a majority."""

    id: ConflictId
    briefing_id: BriefingId
    about: Annotated[Text, Meta(description="What the sources disagree on, in words.")]
    kind: ConflictKind
    positions: Annotated[list[ConflictPosition], Meta(min_length=2)]
    resolution: Annotated[
        Text | None,
        Meta(
            description="The side that an editor holds to be right, in its words, or `neither`; null while it is open."
        ),
    ]
    review: Annotated[
        Review | None,
        Meta(description="Who settled it, or opened it again; `contradicted`: new documents did."),
    ]


NEITHER = "neither"
"""The resolution of a conflict of which no side is right."""


def is_upheld(conflict: Conflict, fact_id: str) -> bool:
    """Whether a fact is of the side that an editor holds to be right."""
    return conflict.resolution is not None and any(
        position.value == conflict.resolution and fact_id in position.fact_ids
        for position in conflict.positions
    )


class Source(Struct, frozen=True, kw_only=True):
    """A document behind a briefing."""

    document_id: KnownSha256
    title: Annotated[Text | None, Meta(description="As the document or its sender says.")]
    publisher: Annotated[Text | None, Meta(description="As the document or its sender says.")]
    url: Annotated[Text | None, Meta(description="Where it was published, as its sender says.")]
    language: DocumentLanguage
    published: FuzzyDate | None
    updated: FuzzyDate | None
    kind: SourceKind
    origin_group: Annotated[
        Text, Meta(description="Copies and rewrites of one story share it.", examples=["o1"])
    ]
    cites: Annotated[list[Text], Meta(description="Agencies and outlets that it names.")]


class Membership(Struct, frozen=True, kw_only=True):
    """Why a document stands behind a briefing."""

    document_id: KnownSha256
    kind: Annotated[
        MembershipKind,
        Meta(
            description="`own`: the document is about this round. `mention`: it is about another round between "
            "the same parties and also tells of this one; only those facts count here."
        ),
    ]
    score: Annotated[
        float, Meta(ge=0, le=1, description="How well it fits the round; 1 where an editor said so.")
    ]
    reasons: Annotated[list[Text], Meta(min_length=1, examples=[["same parties", "same venue: Suva"]])]


class SummarySentence(Struct, frozen=True, kw_only=True):
    """A sentence written from facts, which code has checked against them; an editor may say more."""

    text: Text
    fact_ids: Annotated[list[KnownFactId], Meta(min_length=1, description="The facts that it rests on.")]
    about: SentenceAbout
    by: WrittenBy
    original: Annotated[
        Text | None,
        Meta(
            description="The English that code has checked, where `text` is in another language; else null."
        ),
    ]
    unproven: Annotated[
        list[Text],
        Meta(description="What of it the facts do not prove; empty but for what an editor says."),
    ]


class DroppedSentence(Struct, frozen=True, kw_only=True):
    """A sentence of a model that does not say what its facts say, and is not served."""

    text: str
    fact_ids: list[KnownFactId]
    reasons: Annotated[
        list[Text], Meta(min_length=1, examples=[["the number “18%” stands in no fact that it cites"]])
    ]


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """A main day of the talks, past or to come."""

    date: FuzzyDate
    what: Annotated[Text, Meta(description="What happened or falls due, in the source's words.")]
    fact_ids: Annotated[list[KnownFactId], Meta(min_length=1)]


class DocumentHead(Struct, frozen=True, kw_only=True):
    """Which document a readout is of."""

    file: Annotated[Text | None, Meta(description="Name of the file it came from.", examples=["talks.txt"])]
    id: KnownSha256
    title: Text | None
    publisher: Text | None
    language: DocumentLanguage
    published: FuzzyDate | None
    chars: Annotated[int, Meta(ge=1, description="Code points of the canonical text.")]


class Rejection(Struct, frozen=True, kw_only=True):
    """A proposal that the text does not prove, or the part of one that it does not."""

    kind: Annotated[Text, Meta(examples=["figure"])]
    leaf: Annotated[
        Text | None,
        Meta(
            description="The field that is null for it while the fact stands; null where all of it was refused.",
            examples=["period"],
        ),
    ]
    quote: str
    reason: Annotated[Text, Meta(examples=["the quote does not stand in the document"])]


class ExtractorInfo(Struct, frozen=True, kw_only=True):
    """What proposed the facts."""

    name: Annotated[Text, Meta(examples=["embedded"])]
    version: Text
    model: Text | None
    prompt: Annotated[Text | None, Meta(description="Version of the prompt; null without a model.")]
    stands_in_for: Annotated[
        Text | None,
        Meta(description="The extractor that was asked for and gave no answer; null where this one was."),
    ]


class Usage(Struct, frozen=True, kw_only=True):
    """What the readout cost. Zeros without a model."""

    calls: Annotated[int, Meta(ge=0)]
    prompt_tokens: Annotated[int, Meta(ge=0)]
    cached_tokens: Annotated[int, Meta(ge=0)]
    completion_tokens: Annotated[int, Meta(ge=0)]
    seconds: Annotated[float, Meta(ge=0, description="Spent waiting for the model.")]
    cost: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="US dollars; null without a price for the model."),
    ]


def used_together(one: Usage, other: Usage) -> Usage:
    """What two readouts, or two parts of one, cost together."""
    names = (name for name in Usage.__struct_fields__ if name != "cost")
    sums = {name: getattr(one, name) + getattr(other, name) for name in names}
    return Usage(**sums, cost=None if one.cost is None or other.cost is None else one.cost + other.cost)


class DocumentReadout(Struct, frozen=True, kw_only=True):
    """The proven facts of one document. Not about a trade negotiation: `negotiation` null and no facts."""

    document: DocumentHead
    unread: Annotated[
        Text | None,
        Meta(
            description="Why the extractor reads nothing out of this document; null where it has read it.",
            examples=["the document is in French, which the embedded extractor does not read"],
        ),
    ]
    negotiation: Negotiation | None
    delegations: list[Delegation[NoBriefing]]
    stakes: list[Stake[NoBriefing]]
    deadlines: list[Deadline[NoBriefing]]
    figures: list[Figure[NoBriefing]]
    statements: list[Statement[NoBriefing]]
    events: list[Event[NoBriefing]]
    rejected: Annotated[
        list[Rejection],
        Meta(description="With those that have no `leaf`, the accepted add up to what was proposed."),
    ]
    extractor: ExtractorInfo
    usage: Usage


class Writing(Struct, frozen=True, kw_only=True):
    """How a headline and a summary came about."""

    by: WrittenBy
    model: Annotated[Text | None, Meta(description="Null where the rules wrote it.")]
    prompt: Annotated[Text | None, Meta(description="Version of the prompt; null without a model.")]
    language: Language
    length: Length
    basis: Annotated[
        Text, Meta(description="Changes with any fact that the text is written from, and with no other.")
    ]
    dropped: Annotated[
        list[DroppedSentence],
        Meta(description="What a model wrote, was told the faults of, and did not put right."),
    ]
    usage: Usage
    review: Annotated[
        Review | None,
        Meta(
            description="Whose text it is, where an editor has edited it; `contradicted`: facts that it cites have "
            "changed since, or are gone."
        ),
    ]


class WrittenText(Struct, frozen=True, kw_only=True):
    """A headline and all sentences of a summary, the most telling first: shorter texts are its first sentences."""

    headline: SummarySentence | None
    sentences: list[SummarySentence]
    writing: Writing


class RevisionNote(Struct, frozen=True, kw_only=True):
    """What an editor tells readers about a revision."""

    kind: NoteKind
    text: Text
    revision: Annotated[int, Meta(ge=1, description="The revision that it came with.")]
    by: Annotated[
        Text,
        Meta(description="Id of the key that was used; where none is asked for, the address of the caller."),
    ]
    at: Timestamp


_NOTE = Meta(description="The last that an editor told readers, about this revision or one before it.")


class Briefing(Struct, frozen=True, kw_only=True):
    """One negotiation round: every fact with its evidence, every disagreement between sources shown."""

    id: BriefingId
    slug: Annotated[
        Text,
        Meta(
            pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z",
            description="For addresses that people read; `id` is for ever, a slug may pass on.",
            examples=["us-cn-london-2025-06"],
        ),
    ]
    revision: Annotated[int, Meta(ge=1, description="Number of this revision, from 1.")]
    status: BriefingStatus
    note: Annotated[RevisionNote | None, _NOTE]
    title: Annotated[Text, Meta(description="Who talks, where and when.")]
    headline: Annotated[SummarySentence | None, Meta(description="Null where no fact bears one out.")]
    summary: Annotated[list[SummarySentence], Meta(description="The most telling sentence first.")]
    further: Annotated[
        list[SummarySentence], Meta(description="The sentences with which a longer summary goes on.")
    ]
    writing: Annotated[Writing, Meta(description="How headline and summary came about.")]
    timeline: Annotated[list[TimelineEntry], Meta(description="Its main days, eight at the most, in order.")]
    negotiation: Negotiation
    pinned: Annotated[
        list[KnownFactId], Meta(description="Facts that an editor has first in their lists, in this order.")
    ]
    delegations: list[Delegation[BriefingId]]
    stakes: list[Stake[BriefingId]]
    deadlines: list[Deadline[BriefingId]]
    figures: list[Figure[BriefingId]]
    statements: list[Statement[BriefingId]]
    events: list[Event[BriefingId]]
    conflicts: list[Conflict]
    sources: Annotated[list[Source], Meta(min_length=1)]
    memberships: Annotated[list[Membership], Meta(description="One for each source.")]
    created_at: Timestamp
    updated_at: Timestamp


def own_documents(briefing: Briefing) -> set[str]:
    """Ids of the documents that are about this round: all, in briefings older than the telling of memberships."""
    if not briefing.memberships:
        return {source.document_id for source in briefing.sources}
    return {member.document_id for member in briefing.memberships if member.kind == "own"}


class BriefingSummary(Struct, frozen=True, kw_only=True):
    """A briefing in a list: what it is about and how much it holds."""

    id: BriefingId
    slug: Annotated[
        Text, Meta(description="For addresses that people read; `id` is for ever, a slug may pass on.")
    ]
    revision: Annotated[int, Meta(ge=1, description="Number of the current revision.")]
    status: BriefingStatus
    note: Annotated[RevisionNote | None, _NOTE]
    title: Annotated[Text, Meta(description="Who talks, where and when.")]
    headline: Annotated[Text | None, Meta(description="As the briefing has it, with its proofs.")]
    negotiation: Negotiation
    counts: Annotated[
        dict[str, int],
        Meta(description="Facts by class, conflicts and sources.", examples=[{"deadlines": 2, "sources": 3}]),
    ]
    created_at: Timestamp
    updated_at: Timestamp


class NegotiationSummary(Struct, frozen=True, kw_only=True):
    """All rounds between the same sides, in a list."""

    id: NegotiationId
    name: Annotated[Text, Meta(examples=["Chile–New Zealand trade talks"])]
    parties: Annotated[list[KnownParty], Meta(min_length=2)]
    rounds: Annotated[int, Meta(ge=1, description="Briefings between these sides, withdrawn ones aside.")]
    latest: Annotated[BriefingSummary, Meta(description="The last round by its days.")]
    next_deadline: Annotated[
        Deadline[BriefingId] | None,
        Meta(description="Of the last rounds, what falls due next and is not known to be over."),
    ]
    updated_at: Annotated[Timestamp, Meta(description="The last change to any round.")]
