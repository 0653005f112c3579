"""What changed: revisions of a briefing, what differs between two, and each change for those who keep a copy."""

from typing import TYPE_CHECKING, Annotated, Union

from msgspec import Meta, Raw, Struct, defstruct

from schemas.briefing import BriefingSummary, Conflict, RevisionNote, SummarySentence, Timestamp
from schemas.dates import FuzzyDate
from schemas.facts import Deadline, Fact
from schemas.kinds import KINDS, Kind
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
    Length,
    NegotiationId,
    Party,
    RoundAction,
    Sha256,
    Text,
    Topic,
)

CauseKind = Annotated[
    str,
    Meta(
        description="What made a revision. Known values: `added` (a document), `read_again`, `withdrawn`, "
        "`replaced` (a source published another text), `restated` (its sender said otherwise where it comes from), "
        "`embargoed`, `split`, `merged`, `reviewed` (a fact, by an editor), `time_passed` (a day that it tells of), "
        "`published` (by an editor, what had been made until then). "
        "New values may appear.",
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
Reason = Annotated[
    str, Meta(min_length=1, max_length=1000, description="Why, for whoever reads the audit later.")
]


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


class ChangedSentence(SummarySentence, frozen=True, kw_only=True):
    """A sentence on what changed, with the facts of both that it rests on."""

    change: DigestChange


class BriefingDiff(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What turns one revision into another. Lists are compared by id: their order carries no meaning."""

    briefing_id: BriefingId
    from_: Annotated[int, Meta(ge=1)]
    to: Annotated[int, Meta(ge=1)]
    fields: Annotated[list[FieldChange], Meta(description="Of the briefing itself: title, status, ….")]
    added: list[Item]
    changed: list[ItemChange]
    gone: list[Item]
    text: Annotated[
        list[ChangedSentence] | None,
        Meta(description="The weightiest changes in sentences that code has checked; null unless asked for."),
    ]


class SplitBriefing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Documents that are about another round: they leave for a briefing of their own."""

    document_ids: Annotated[list[Sha256], Meta(min_length=1, max_length=1000)]
    reason: Reason


class MergeBriefings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Briefings that are about the same round: their documents come over, and they are withdrawn."""

    briefing_ids: Annotated[list[BriefingId], Meta(min_length=1, max_length=100)]
    reason: Reason


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
    by: Annotated[
        Text,
        Meta(description="Id of the key that was used; where none is asked for, the address of the caller."),
    ]
    reason: Text
    at: Timestamp


class RoundsChanged(Struct, frozen=True, kw_only=True):
    """An editor's decision and the briefings as they are after it."""

    decision: RoundDecision
    briefings: list[BriefingSummary]


class ToldInRound(Struct, frozen=True, kw_only=True):
    """What the briefing of a round says of something."""

    briefing_id: BriefingId
    fact_id: FactId
    value: Annotated[Text, Meta(description="A date as EDTF, else in words.", examples=["6 per cent"])]


class RoundChange(Struct, frozen=True, kw_only=True):
    """Something that was otherwise in an earlier round: a rate, a day, who leads a side."""

    kind: ItemKind
    about: Annotated[Text, Meta(description="What it is, in words.", examples=["tariff rate: lamb"])]
    before: ToldInRound
    after: ToldInRound


class NegotiationRecord(Struct, frozen=True, kw_only=True):
    """All rounds between the same sides: how they followed one another, and what is open across them."""

    id: NegotiationId
    name: Annotated[Text, Meta(examples=["Chile–New Zealand trade talks"])]
    parties: Annotated[list[Party], Meta(min_length=2)]
    rounds: Annotated[
        list[BriefingSummary],
        Meta(min_length=1, description="The last thirty, first to last; those without a day come last."),
    ]
    rounds_left_out: Annotated[int, Meta(ge=0, description="Rounds before these.")]
    deadlines: Annotated[
        list[Deadline[BriefingId]],
        Meta(
            description="What is ahead and not known to be over, each once and as the latest round tells it: "
            "earliest first, undated ones last."
        ),
    ]
    changes: Annotated[
        list[RoundChange],
        Meta(description="From one round to the next that tells of the same, in their order."),
    ]
    updated_at: Annotated[Timestamp, Meta(description="The last change to any round.")]


ChangedKind = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]*\Z",
        description=f"What it is. Known values: `briefing`, {', '.join(f'`{kind.name}`' for kind in KINDS)}, "
        "`conflict`. New values may appear.",
        examples=["deadline"],
    ),
]


class _Changed(Struct, frozen=True, kw_only=True, tag_field="change"):
    """What every change says."""

    id: Annotated[
        Text, Meta(description="Of the briefing, fact or conflict.", examples=["fct_0b9c8d1e2f3a4b5c"])
    ]
    briefing_id: BriefingId
    at: Timestamp


class BriefingChange(_Changed, frozen=True, kw_only=True, tag="briefing"):
    """A briefing is new or has another revision. The whole of it is at `/v1/briefings/{id}`."""

    item: BriefingSummary


class ChangedFact(_Changed, frozen=True, kw_only=True):
    """A fact is new or says something else. What is sent is the struct of its kind, as in `FACT_CHANGES`."""

    item: Fact


def _change_of(kind: Kind) -> type[ChangedFact]:
    article = "An" if kind.name[0] in "aeiou" else "A"
    change = defstruct(
        f"{kind.fact.__name__}Change",
        [("item", kind.carried)],
        bases=(ChangedFact,),
        module=__name__,
        namespace={"__doc__": f"{article} {kind.name} is new or says something else."},
        tag=kind.name,
        frozen=True,
        kw_only=True,
    )
    assert issubclass(change, ChangedFact)
    return change


FACT_CHANGES = {kind.name: _change_of(kind) for kind in KINDS}
"""The change of each kind of fact, by the kind's name."""


class ConflictChange(_Changed, frozen=True, kw_only=True, tag="conflict"):
    """A conflict is new or says something else."""

    item: Conflict


class Removal(_Changed, frozen=True, kw_only=True, tag="removed"):
    """A fact or conflict is not there any more, or a briefing was withdrawn."""

    kind: ChangedKind
    note: Annotated[RevisionNote | None, Meta(description="Of a withdrawn briefing, what readers are told.")]


if TYPE_CHECKING:
    Change = BriefingChange | ChangedFact | ConflictChange | Removal
else:
    Change = Union[(BriefingChange, *FACT_CHANGES.values(), ConflictChange, Removal)]


class ChangePage(Struct, frozen=True, kw_only=True):
    """Changes, oldest first. Once `has_more` is false, who applied them all has what the service has."""

    items: list[Change]
    next_cursor: Annotated[
        Text, Meta(description="Keep it: the next call goes on from here, whenever it is.")
    ]
    has_more: Annotated[bool, Meta(description="Whether there were more changes at that moment.")]


class ExportLine(Struct, frozen=True, kw_only=True):
    """A line of an export. The last one is of the type `end`: where it is missing, the stream was cut."""

    type: Annotated[
        str,
        Meta(
            pattern=r"^[a-z][a-z0-9_]*\Z",
            description="What `item` is: `briefing`, a kind of fact, `conflict`; of a change the word in its `change`; "
            "`end` at the end.",
            examples=["deadline"],
        ),
    ]
    cursor: Annotated[
        Text,
        Meta(
            description="Goes on after this line. Of the `end`: a cursor of `/v1/changes`, whose changes bring what "
            "was exported up to date."
        ),
    ]
    item: Annotated[
        Raw, Meta(description="The thing as its list, or `/v1/changes`, has it; null at the end.")
    ]


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
    headline: Annotated[
        Text | None, Meta(description="What of it is told first; null where no fact bears one out.")
    ]
    headline_sources: Annotated[list["DigestSource"], Meta(description="The proofs of the headline.")]
    status: BriefingStatus
    note: Annotated[RevisionNote | None, Meta(description="What an editor has told readers after `since`.")]
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
    salience: Annotated[float, Meta(ge=0, le=1, description="How much it weighs among all that changed.")]


class DeadlineSentence(_Sentence, frozen=True, kw_only=True):
    """A deadline ahead."""

    date: FuzzyDate
    kind: DeadlineKind
    status: DeadlineStatus


class ConflictSide(Struct, frozen=True, kw_only=True):
    """What some of the sources say that disagree."""

    value: Text
    sources: Annotated[list[DigestSource], Meta(min_length=1)]


class ConflictSentence(_Sentence, frozen=True, kw_only=True):
    """A disagreement that nobody has settled, or that an editor has settled after `since`."""

    about: Annotated[Text, Meta(description="What the sources disagree on.")]
    sides: Annotated[list[ConflictSide], Meta(min_length=2)]
    conflict_id: ConflictId
    kind: ConflictKind
    new: Annotated[bool, Meta(description="Whether it came up after `since`.")]
    settlement: Annotated[
        Text | None,
        Meta(
            description="Which side an editor holds to be right, and why; null while it is open.",
            examples=["settled: 2 per cent (The ministry's notice says so.)"],
        ),
    ]


class Digest(Struct, frozen=True, kw_only=True):
    """The changes after a moment, the deadlines ahead, and where the briefings that changed have sources at odds."""

    since: Annotated[Timestamp, Meta(description="Changes after this moment are in it.")]
    until: Annotated[
        Timestamp, Meta(description="The last change that is in it: the `since` of the digest that follows.")
    ]
    parties: list[Party]
    topics: list[Topic]
    query: Annotated[Text | None, Meta(description="Words that the talks have in their briefing.")]
    length: Annotated[Length, Meta(description="How much of it Markdown, text and HTML tell.")]
    date_from: Annotated[Day, Meta(description="Deadlines that can fall on this day or later are ahead.")]
    date_to: Day | None
    briefings: list[DigestBriefing]
    changes: Annotated[list[ChangeSentence], Meta(description="Those of the newest change first.")]
    deadlines: Annotated[list[DeadlineSentence], Meta(description="Earliest first.")]
    conflicts: Annotated[list[ConflictSentence], Meta(description="Of the briefings that changed.")]
    briefings_left_out: Annotated[
        int,
        Meta(
            ge=0,
            le=100,
            description="Briefings that changed too, longer ago, beyond `limit`; up to 100 are counted.",
        ),
    ]
    deadlines_left_out: Annotated[
        int,
        Meta(ge=0, le=100, description="Deadlines that are later, beyond `limit`; up to 100 are counted."),
    ]
