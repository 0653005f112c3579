"""The kinds of fact, each with the evidence that proves it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Annotated, Any, Generic, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace
from typing_extensions import TypeVar

from schemas.dates import FuzzyDate
from schemas.vocabulary import (
    Capacity,
    Certainty,
    Comparator,
    ConditionKind,
    ConflictId,
    DeadlineKind,
    DeadlineStatus,
    Direction,
    EventStatus,
    FigureStatus,
    KnownFactId,
    KnownParty,
    KnownSha256,
    Measure,
    Proof,
    Region,
    ReviewId,
    ReviewVerdict,
    Text,
    Topic,
    Unit,
    check_party,
    check_unit,
)

_exact, _translated = attrgetter("exact"), attrgetter("translated")


class Evidence(Struct, frozen=True, kw_only=True, gc=False):
    """A span of a source, as W3C Web Annotation selectors: `text[start:end] == exact`.

    Offsets count Unicode code points of the document's canonical text, `/v1/documents/{id}/text`, end
    exclusive.
    """

    document_id: KnownSha256
    start: Annotated[int, Meta(ge=0, description="First code point.", examples=[902])]
    end: Annotated[int, Meta(ge=1, description="One past the last code point.", examples=[918])]
    exact: Annotated[Text, Meta(description="The source's own characters.", examples=["talks on Monday"])]
    prefix: Annotated[str, Meta(description="Up to 32 characters before the span.")]
    suffix: Annotated[str, Meta(description="Up to 32 characters after the span.")]
    region: Region
    page: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="Page of the source, from 1; null where it has no pages."),
    ]

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.exact):
            raise ValueError(f"a span of {self.end - self.start} code points cannot hold {len(self.exact)}")


class TranslatedWords(Struct, frozen=True, kw_only=True, gc=False):
    """Words of a source in another language than English, and what they are here, in English."""

    text: Annotated[Text, Meta(description="The English, as a field has it.", examples=["the duty on lamb"])]
    original: Annotated[
        Text, Meta(description="The source's words.", examples=["le droit de douane sur l’agneau"])
    ]
    by: Annotated[Literal["model"], Meta(description="Who translated: a language model.")]


class Correction(Struct, frozen=True, kw_only=True):
    """A field of which an editor says otherwise than the machine."""

    field: Annotated[Text, Meta(examples=["value"])]
    machine: Annotated[Any, Meta(description="What the machine reads in the sources now.")]
    editor: Annotated[Any, Meta(description="What the editor says, as the fact has it.")]


class Review(Struct, frozen=True, kw_only=True):
    """What an editor decided about a fact, a conflict or a text."""

    id: ReviewId
    verdict: ReviewVerdict
    by: Annotated[
        Text,
        Meta(description="Id of the key that was used; where none is asked for, the address of the caller."),
    ]
    at: Annotated[datetime, Meta(tz=True, description="RFC 3339, UTC.")]
    note: Annotated[str | None, Meta(description="Why, in the editor's words.")]
    corrections: Annotated[
        list[Correction], Meta(description="Where the verdict is `corrected`, what is; else empty.")
    ]
    contradicted: Annotated[
        bool,
        Meta(description="Whether what was read since says otherwise. The decision holds all the same."),
    ]


NoBriefing = Annotated[None, Meta(description="Always null: no briefing carries what one document says.")]
Carrier = TypeVar("Carrier", default=Any)
"""What carries a fact: a briefing by its `BriefingId`, or `NoBriefing` in the readout of one document."""


class Fact(Struct, Generic[Carrier], frozen=True, kw_only=True):
    """What every fact carries beside its own content."""

    id: KnownFactId
    briefing_id: Carrier
    certainty: Annotated[
        Certainty,
        Meta(
            description="`confirmed`: an official source or two origins say it; `reported`: one origin does; "
            "`claimed`: one side says so, or it is hedged; `disputed`: sources conflict."
        ),
    ]
    proof: Annotated[
        Proof,
        Meta(
            description="`full`: code read every value of it in the source's words itself, and found the same; "
            "`quoted`: the words stand in the source, and what some of them mean is the extractor's reading."
        ),
    ]
    evidence: Annotated[list[Evidence], Meta(min_length=1)]
    translated: Annotated[
        list[TranslatedWords],
        Meta(
            description="Of the words of its fields, those that are a translation; empty where all are its source's. "
            "Its evidence has the original words."
        ),
    ]
    origins: Annotated[
        int, Meta(ge=1, description="Independent sources behind it: copies count once.", examples=[2])
    ]
    conflict_ids: list[ConflictId]
    salience: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="How much it weighs in its briefing, by what it tells, its origins, headlines and how new it "
            "is; 0 in a readout.",
            examples=[0.62],
        ),
    ]
    review: Review | None
    first_revision: Annotated[
        int, Meta(ge=0, description="Revision that brought it; 0 in a readout.", examples=[1])
    ]
    changed_revision: Annotated[int, Meta(ge=0, description="Revision that last changed it; 0 in a readout.")]


class Delegate(Fact[Carrier], Generic[Carrier], frozen=True, kw_only=True):
    """A person whom a source seats at the table."""

    party: KnownParty
    name: Annotated[
        Text | None,
        Meta(description="Null where the source tells the office alone.", examples=["Ana Example"]),
    ]
    role: Annotated[
        Text,
        Meta(
            description="Office, or what seats somebody who has none, in the source's words.",
            examples=["Trade Minister", "led the Chilean team"],
        ),
    ]
    organisation: Annotated[
        Text | None, Meta(description="What the person belongs to, in the source's words.")
    ]
    head: Annotated[
        bool | None,
        Meta(
            description="Whether the person leads the delegation; null where no source says that they do or do not."
        ),
    ]
    capacity: Capacity | None

    def __post_init__(self) -> None:
        check_party(self.party)


class Position(Struct, frozen=True, kw_only=True):
    """What one party asks for, offers, or will not give, in words that its evidence holds."""

    party: KnownParty
    ask: Annotated[Text | None, Meta(description="What it asks for.")]
    offer: Annotated[Text | None, Meta(description="What it offers.")]
    red_line: Annotated[Text | None, Meta(description="What it will not give.")]
    evidence: Annotated[list[Evidence], Meta(description="Where that stands.")]

    def __post_init__(self) -> None:
        check_party(self.party)


class Stake(Fact[Carrier], Generic[Carrier], frozen=True, kw_only=True):
    """What is on the table."""

    topic: Topic
    title: Annotated[
        Text | None,
        Meta(description="What it is about, in a few of the source's words.", examples=["the duty on lamb"]),
    ]
    summary: Annotated[Text, Meta(description="One sentence.")]
    positions: list[Position]
    at_risk: Annotated[Text | None, Meta(description="What is lost without an agreement.")]


class Condition(Struct, frozen=True, kw_only=True, gc=False):
    """What would lift a deadline, in the source's words."""

    kind: ConditionKind
    text: Annotated[Text, Meta(description="The source's words.")]


class Deadline(Fact[Carrier], Generic[Carrier], frozen=True, kw_only=True):
    """Something that falls due."""

    what: Annotated[Text, Meta(description="What falls due, in a few words.")]
    date: Annotated[FuzzyDate | None, Meta(description="Null where the source gives it no date.")]
    starts: Annotated[
        FuzzyDate | None, Meta(description="First day of the time that ends with it, or that begins with it.")
    ]
    kind: DeadlineKind
    conditions: list[Condition]
    consequence: Annotated[Text | None, Meta(description="What follows if it lapses, in the source's words.")]
    status: DeadlineStatus


class Figure(Fact[Carrier], Generic[Carrier], frozen=True, kw_only=True):
    """A quantity. `value` is what re-reading `as_written` gives, in `unit`."""

    value: Annotated[
        float, Meta(description="In `unit`, scaled: `$17.4 billion` is 17400000000.", examples=[15.0])
    ]
    value_high: Annotated[float | None, Meta(description="Upper end where `comparator` is `range`.")]
    comparator: Comparator
    previous_value: Annotated[
        float | None, Meta(description="What it was before, in `unit`: 10 in “from 10% to 15%”.")
    ]
    unit: Unit
    as_written: Annotated[
        Text, Meta(description="The source's words for the quantity.", examples=["15 per cent"])
    ]
    measure: Measure
    subject: Annotated[Text, Meta(description="What is measured, in the source's words.")]
    period: FuzzyDate | None
    direction: Direction | None
    comparison_base: Annotated[
        Text | None, Meta(description="What a change is counted from, in the source's words.")
    ]
    status: FigureStatus
    imposed_by: Annotated[KnownParty | None, Meta(description="Whose measure it is.")]
    applies_to: Annotated[
        list[KnownParty], Meta(description="Whose goods or people it falls on; empty where untold.")
    ]
    effective: Annotated[FuzzyDate | None, Meta(description="From when it applies.")]
    legal_basis: Annotated[
        Text | None,
        Meta(
            description="The law or agreement that it rests on, in the source's words.",
            examples=["Article XXVIII"],
        ),
    ]
    reported_by: Annotated[Text | None, Meta(description="Who published the value, in the source's words.")]

    def __post_init__(self) -> None:
        check_unit(self.unit)
        for party in (*self.applies_to, *([self.imposed_by] if self.imposed_by else ())):
            check_party(party)
        if (self.value_high is not None) != (self.comparator == "range"):
            raise ValueError("a figure has a `value_high` exactly when its comparator is `range`")


class Statement(Fact[Carrier], Generic[Carrier], frozen=True, kw_only=True):
    """What somebody said: `direct` holds the quoted words, otherwise the reporting sentence."""

    speaker: Annotated[Text, Meta(description="Named as the source does.")]
    role: Annotated[Text | None, Meta(description="Office of the speaker, in the source's words.")]
    party: Annotated[KnownParty | None, Meta(description="The side that the speaker speaks for.")]
    direct: Annotated[bool, Meta(description="Whether `text` are the speaker's own words, quoted.")]
    text: Annotated[Text, Meta(description="The quoted words, or the sentence that reports them.")]
    channel: Annotated[Text | None, Meta(description="Where it was said, in the source's words.")]
    said_on: Annotated[FuzzyDate | None, Meta(description="When it was said, where the source tells.")]

    def __post_init__(self) -> None:
        if self.party is not None:
            check_party(self.party)


class Event(Fact[Carrier], Generic[Carrier], frozen=True, kw_only=True):
    """Something that happened or is to happen."""

    what: Annotated[Text, Meta(description="What happens, in a few words.")]
    date: FuzzyDate
    status: EventStatus
    place: Annotated[Text | None, Meta(description="Where, in the source's words.")]


def all_translated(holders: Iterable[Any]) -> list[TranslatedWords]:
    """What is a translation in any of some facts or talks, each once."""
    return list(dict.fromkeys(chain.from_iterable(map(_translated, holders))))


def proving_words(fact: Fact) -> Iterator[str]:
    """The words of each span that a fact rests on as a whole."""
    return map(_exact, fact.evidence)


def proofs_of(fact: Fact) -> list[Evidence]:
    """Every span that a fact or a part of it rests on, each once, those of the whole first."""
    return list({(e.document_id, e.start, e.end): e for e in _all_evidence(fact)}.values())


def proving_documents(fact: Fact) -> list[str]:
    """The ids of the documents that a fact or a part of it rests on, each once, those of the whole first."""
    return list(dict.fromkeys(e.document_id for e in _all_evidence(fact)))


def _all_evidence(fact: Fact) -> Iterable[Evidence]:
    parts = fact.positions if isinstance(fact, Stake) else ()
    return chain(fact.evidence, *(part.evidence for part in parts))


def unproven(value: Any) -> Any:
    """What a field of a fact says, without where that stands."""
    match value:
        case list():
            return [unproven(each) for each in value]
        case Position():
            return replace(value, evidence=[])
    return value
