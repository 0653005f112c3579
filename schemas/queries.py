"""Query parameters: a struct a collection, from which requests are checked, the API is described and lists are cut."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.issues import SinceIssue, TopicId
from schemas.kinds import KINDS
from schemas.vocabulary import (
    BriefingId,
    BriefingStatus,
    Certainty,
    ConflictKind,
    DeadlineKind,
    DeadlineStatus,
    DocumentStatus,
    EventStatus,
    FigureStatus,
    JobStatus,
    Language,
    Length,
    Measure,
    Party,
    Proof,
    Sha256,
    SourceKind,
    Topic,
    known_words,
)
from schemas.watches import ItemStatus
from schemas.webhooks import DeliveryStatus

CalendarDay = Annotated[
    date,
    Meta(
        description="A calendar day.",
        examples=["2031-03-14"],
        extra_json_schema={"format": "date", "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}\Z"},
    ),
]
Revision = Annotated[
    int, Meta(ge=1, le=2_147_483_647, description="Number of a revision, from 1.", examples=[1])
]
BriefingSort = Literal["created_at", "-created_at", "updated_at", "-updated_at", "date", "-date"]
DiffForm = Literal["fields", "text"]
DocumentSort = Literal["added_at", "-added_at", "-published"]
ConflictSort = Literal["updated_at", "-updated_at"]
FactSort = Literal["updated_at", "-updated_at", "origins", "-origins", "salience", "-salience"]
DatedSort = Literal[
    "updated_at", "-updated_at", "origins", "-origins", "salience", "-salience", "date", "-date"
]
FigureSort = Literal[
    "updated_at", "-updated_at", "origins", "-origins", "salience", "-salience", "date", "-date", "value",
    "-value",
]  # fmt: skip
OfBriefing = Annotated[BriefingId, Meta(description="Only those of this briefing.")]
OfDocument = Annotated[Sha256, Meta(description="Only those that this document proves.")]
Since = Annotated[
    datetime,
    Meta(
        tz=True,
        description="Only what was new or changed then or later: RFC 3339, with a time zone. The first changed comes "
        "first, unless `sort` says otherwise.",
        examples=["2031-03-14T09:30:00Z"],
    ),
]
Number = Annotated[float, Meta(ge=-1e300, le=1e300)]
_PARTY = "(?:[A-Z]{2}|X-[A-Z0-9]+(?:-[A-Z0-9]+)*)"
_TOPIC = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
_MOST = 10
_SEVERAL = "separated by commas"
_SORTED = "Order; a minus turns it around."
_BY_DATE = (
    f"{_SORTED} By `date`: the first day that the date can be, backwards the last; undated ones come last. "
    "Without it by `date`, or by what a range is asked of."
)
ByBriefing = Annotated[
    FactSort, Meta(description=f"{_SORTED} Without it by briefing, or by what a range is asked of.")
]
ByDate = Annotated[DatedSort, Meta(description=_BY_DATE)]


def _any_of(description: str, one: str, *examples: str, **extra: Any) -> Any:
    """A filter that takes several values: what fits any of them is found."""
    return Meta(
        pattern=rf"^{one}(?:,{one}){{0,{_MOST - 1}}}\Z",
        description=f"{description} Up to {_MOST}, {_SEVERAL}.",
        examples=list(examples),
        **extra,
    )


def _among(description: str, words: Sequence[str]) -> Any:
    """A filter by words that this version knows: others are refused, as nothing is ever found by them."""
    one = f"(?:{'|'.join(words)})".replace(".", r"\.")
    known = ", ".join(f"`{word}`" for word in words)
    return _any_of(f"{description} Known: {known}.", one, words[0], extra={"known": words})


AtTables = Annotated[
    str, _any_of("Only those of negotiations with any of these parties at the table.", _PARTY, "US,CN")
]
OfKind = Annotated[
    str, _among("Only what is any of these.", ("briefing", *(kind.name for kind in KINDS), "conflict"))
]
FactKinds = Annotated[str, _among("Only facts of any of these kinds.", tuple(kind.name for kind in KINDS))]
WithTopics = Annotated[str, _among("Only what is about any of these.", known_words(Topic))]
DeadlineKinds = Annotated[str, _among("Only deadlines of any of these kinds.", known_words(DeadlineKind))]
DeadlineStatuses = Annotated[
    str, _among("Only deadlines in any of these states.", known_words(DeadlineStatus))
]
EventStatuses = Annotated[str, _among("Only events in any of these states.", known_words(EventStatus))]
Measures = Annotated[str, _among("Only figures of any of these measures.", known_words(Measure))]
FigureStatuses = Annotated[str, _among("Only figures as firm as any of these.", known_words(FigureStatus))]
ConflictKinds = Annotated[str, _among("Only conflicts of any of these kinds.", known_words(ConflictKind))]
OfTopic = Annotated[
    TopicId,
    Meta(
        description="The parties and topics of this saved topic. What is given beside it goes before it.",
        examples=["top_5c1f0e2d3b4a6978"],
    ),
]
SEVERAL = frozenset({"party", "topic", "kind", "measure", "status", "imposed_by"})
"""Filters that take several values."""


def written(value: object) -> str:
    """The one way to write a value in an address."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class PageQuery(Struct, frozen=True, kw_only=True):
    """What every list takes."""

    limit: Annotated[int, Meta(ge=1, le=100, description="Items on a page.")] = 20
    cursor: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=512,
                description="`next_cursor` of the page before; give the same filters with it.",
            ),
        ]
        | None
    ) = None


class BriefingQuery(PageQuery, frozen=True, kw_only=True):
    party: (
        Annotated[str, _any_of("Only briefings with any of these parties at the table.", _PARTY, "US,CN")]
        | None
    ) = None
    venue: (
        Annotated[
            str,
            Meta(
                pattern=r"^[^\x00]{1,200}\Z",
                description="Only talks in this place, named as the briefing does.",
                examples=["London"],
            ),
        ]
        | None
    ) = None
    topic: (
        Annotated[str, _among("Only briefings with a stake of any of these topics.", known_words(Topic))]
        | None
    ) = None
    status: Annotated[BriefingStatus, Meta(description="Only briefings in this state.")] | None = None
    document_id: Annotated[Sha256, Meta(description="Only briefings that rest on this document.")] | None = (
        None
    )
    date_from: (
        Annotated[CalendarDay, Meta(description="Only talks that can have been under way this day or later.")]
        | None
    ) = None
    date_to: (
        Annotated[
            CalendarDay, Meta(description="Only talks that can have been under way this day or earlier.")
        ]
        | None
    ) = None
    updated_since: Since | None = None
    sort: (
        Annotated[
            BriefingSort,
            Meta(
                description=f"{_SORTED} By `date`: the first day that the talks can have, backwards the last; undated "
                "ones come last. Without it `-created_at`, or `updated_at` where `updated_since` is given."
            ),
        ]
        | None
    ) = None


class FeedQuery(BriefingQuery, frozen=True, kw_only=True):
    topic_id: OfTopic | None = None
    limit: Annotated[int, Meta(ge=1, le=100, description="Entries of the feed.")] = 50


class NegotiationQuery(PageQuery, frozen=True, kw_only=True):
    party: AtTables | None = None


class TextQuery(Struct, frozen=True, kw_only=True):
    language: (
        Annotated[
            Language,
            Meta(
                description="Of headline and summary; facts stay in the words of their sources. Without it as the "
                "service is set."
            ),
        ]
        | None
    ) = None
    length: (
        Annotated[
            Length,
            Meta(
                description="How long the summary is: two sentences, up to six, or up to ten. Without it as the "
                "service is set."
            ),
        ]
        | None
    ) = None


class AsOfQuery(TextQuery, frozen=True, kw_only=True):
    as_of: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="The briefing as it stood then: RFC 3339, with a time zone.",
                examples=["2031-03-14T09:30:00Z"],
            ),
        ]
        | None
    ) = None


class DiffQuery(Struct, frozen=True, kw_only=True, rename={"from_": "from", "as_": "as"}):
    from_: (
        Annotated[Revision, Meta(description="The revision before; that before `to` if not given.")] | None
    ) = None
    to: Annotated[Revision, Meta(description="The revision after; the current one if not given.")] | None = (
        None
    )

    as_: Annotated[
        DiffForm,
        Meta(
            description="`fields`: every field that differs; `text`: the weightiest changes in sentences, too."
        ),
    ] = "fields"


class FactQuery(PageQuery, frozen=True, kw_only=True):
    """What every list of facts takes."""

    briefing_id: OfBriefing | None = None
    document_id: OfDocument | None = None
    party: AtTables | None = None
    certainty: Annotated[Certainty, Meta(description="Only facts this certain.")] | None = None
    proof: (
        Annotated[
            Proof,
            Meta(
                description="`full`: only facts of which code read every value itself; `quoted`: only those of which "
                "some value is an extractor's reading."
            ),
        ]
        | None
    ) = None
    min_origins: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=1000,
                description="Only facts with at least so many independent sources. Those with the most come first, "
                "unless `sort` says otherwise.",
                examples=[2],
            ),
        ]
        | None
    ) = None
    min_salience: (
        Annotated[
            float,
            Meta(
                ge=0,
                le=1,
                description="Only facts that weigh so much in their briefing. The weightiest come first, unless `sort` "
                "says otherwise.",
                examples=[0.5],
            ),
        ]
        | None
    ) = None
    updated_since: Since | None = None


class DelegateQuery(FactQuery, frozen=True, kw_only=True):
    party: Annotated[str, _any_of("Only delegates of any of these parties.", _PARTY, "US,CN")] | None = None
    sort: ByBriefing | None = None


class StakeQuery(FactQuery, frozen=True, kw_only=True):
    topic: WithTopics | None = None
    sort: ByBriefing | None = None


class DatedQuery(FactQuery, frozen=True, kw_only=True):
    """For facts with a date. A date that is known to the month alone can be any day of it."""

    date_from: (
        Annotated[CalendarDay, Meta(description="Only dates that can be this day or later.")] | None
    ) = None
    date_to: (
        Annotated[CalendarDay, Meta(description="Only dates that can be this day or earlier.")] | None
    ) = None


class DeadlineQuery(DatedQuery, frozen=True, kw_only=True):
    kind: DeadlineKinds | None = None
    status: DeadlineStatuses | None = None
    sort: ByDate | None = None


class CalendarQuery(DeadlineQuery, frozen=True, kw_only=True):
    topic_id: OfTopic | None = None
    topics: (
        Annotated[str, _among("Only deadlines of talks with any of these at stake.", known_words(Topic))]
        | None
    ) = None
    limit: Annotated[int, Meta(ge=1, le=1000, description="Deadlines in the calendar.")] = 1000


class EventQuery(DatedQuery, frozen=True, kw_only=True):
    status: EventStatuses | None = None
    sort: ByDate | None = None


class FigureQuery(DatedQuery, frozen=True, kw_only=True):
    """The date of a figure is its period."""

    measure: Measures | None = None
    unit: (
        Annotated[
            str,
            Meta(pattern=r"^[!-~]{1,20}\Z", description="Only this unit: ISO 4217 or UCUM.", examples=["%"]),
        ]
        | None
    ) = None
    value_min: (
        Annotated[
            Number,
            Meta(
                description="Only values of this much or more, in their unit; of a range its lower end counts. "
                "The least comes first, unless `sort` says otherwise.",
                examples=[10],
            ),
        ]
        | None
    ) = None
    value_max: (
        Annotated[
            Number,
            Meta(
                description="Only values of this much or less, in their unit; of a range its lower end counts."
            ),
        ]
        | None
    ) = None
    status: FigureStatuses | None = None
    imposed_by: Annotated[str, _any_of("Only what any of these parties imposes.", _PARTY, "US,CN")] | None = (
        None
    )
    applies_to: (
        Annotated[Party, Meta(description="Only what falls on this party's goods or people.")] | None
    ) = None
    effective_from: (
        Annotated[CalendarDay, Meta(description="Only what can begin to apply this day or later.")] | None
    ) = None
    effective_to: (
        Annotated[CalendarDay, Meta(description="Only what can begin to apply this day or earlier.")] | None
    ) = None
    sort: Annotated[FigureSort, Meta(description=_BY_DATE)] | None = None


class StatementQuery(FactQuery, frozen=True, kw_only=True):
    party: (
        Annotated[str, _any_of("Only statements made for any of these parties.", _PARTY, "US,CN")] | None
    ) = None
    speaker: (
        Annotated[
            str,
            Meta(pattern=r"^[^\x00]{1,200}\Z", description="Only this speaker, named as the source does."),
        ]
        | None
    ) = None
    direct: Annotated[bool, Meta(description="`true`: only verbatim quotations.")] | None = None
    sort: ByBriefing | None = None


class ConflictQuery(PageQuery, frozen=True, kw_only=True):
    briefing_id: OfBriefing | None = None
    document_id: (
        Annotated[Sha256, Meta(description="Only those of facts that this document proves.")] | None
    ) = None
    party: AtTables | None = None
    kind: ConflictKinds | None = None
    updated_since: Since | None = None
    sort: (
        Annotated[
            ConflictSort,
            Meta(
                description=f"{_SORTED} Without it by briefing, or `updated_at` where `updated_since` is given."
            ),
        ]
        | None
    ) = None


class SearchQuery(PageQuery, frozen=True, kw_only=True):
    q: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=500,
            description="Words that must all be there, whatever their case, accents and English endings. In quotation "
            "marks: words that follow one another. Nothing else has a meaning of its own. Of more than 32 words "
            "and phrases the first count.",
            examples=['tariff "rare earths"'],
        ),
    ]
    kind: OfKind | None = None
    briefing_id: OfBriefing | None = None
    party: AtTables | None = None


class ChangeQuery(PageQuery, frozen=True, kw_only=True):
    cursor: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=512,
                description="`next_cursor` of the call before; without it, everything from the beginning.",
            ),
        ]
        | None
    ) = None


ExportOf = Literal[
    "facts",
    "delegates",
    "stakes",
    "deadlines",
    "figures",
    "statements",
    "events",
    "conflicts",
    "briefings",
    "changes",
]
ExportFormat = Literal["ndjson", "csv"]


class ExportQuery(Struct, frozen=True, kw_only=True):
    of: Annotated[
        ExportOf,
        Meta(
            description="What to export. `facts` are those of every kind; of `changes` each thing has its last one, "
            "as in `/v1/changes`."
        ),
    ] = "facts"
    format: (
        Annotated[
            ExportFormat,
            Meta(description="`ndjson` or `csv`; if not given, what `Accept` wants, else `ndjson`."),
        ]
        | None
    ) = None
    cursor: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=512,
                description="`cursor` of the last whole line that you have: the export goes on after it. Give the "
                "same `of` with it.",
            ),
        ]
        | None
    ) = None


class DigestQuery(Struct, frozen=True, kw_only=True):
    since: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="Changes after this moment: RFC 3339 with a time zone, or a day, which begins at "
                "midnight UTC. Seven days ago, if not given.",
                examples=["2031-03-14T09:30:00Z"],
            ),
        ]
        | None
    ) = None
    since_issue: SinceIssue | None = None
    topic_id: OfTopic | None = None
    parties: (
        Annotated[
            str,
            Meta(
                pattern=f"^{_PARTY}(?:,{_PARTY}){{0,49}}$",
                description="Only talks with any of these at the table, separated by commas.",
                examples=["EU,IN"],
            ),
        ]
        | None
    ) = None
    topics: (
        Annotated[
            str,
            Meta(
                pattern=f"^{_TOPIC}(?:,{_TOPIC}){{0,49}}$",
                description="Only talks with any of these at stake, separated by commas; `market_access` is all "
                "that narrows it, too.",
                examples=["tariffs,market_access"],
            ),
        ]
        | None
    ) = None
    date_from: (
        Annotated[
            CalendarDay,
            Meta(description="Only deadlines that can be on this day or later. Today, if not given."),
        ]
        | None
    ) = None
    date_to: (
        Annotated[CalendarDay, Meta(description="Only deadlines that can be on this day or earlier.")] | None
    ) = None
    length: Annotated[
        Length,
        Meta(
            description="How much Markdown, text and HTML tell: headlines and what weighs most, the summaries and "
            "some of each section, or all that there is.",
        ),
    ] = "standard"
    limit: Annotated[int, Meta(ge=1, le=100, description="Briefings that changed, and deadlines.")] = 50


class ReviewQueueQuery(PageQuery, frozen=True, kw_only=True):
    briefing_id: OfBriefing | None = None
    kind: FactKinds | None = None


class IssueQuery(PageQuery, frozen=True, kw_only=True):
    topic_id: Annotated[TopicId, Meta(description="Only issues of this saved topic.")] | None = None


class DocumentQuery(PageQuery, frozen=True, kw_only=True):
    publisher: (
        Annotated[
            str,
            Meta(
                pattern=r"^[^\x00]{1,500}\Z",
                description="Only what this publisher brought out, named as the document's source does, in any case.",
                examples=["Example Times"],
            ),
        ]
        | None
    ) = None
    kind: Annotated[SourceKind, Meta(description="Only this sort of publication.")] | None = None
    host: (
        Annotated[
            str,
            Meta(
                pattern=r"^[!-~]{1,253}\Z",
                description="Only documents from this host: that of their `url`.",
                examples=["times.example"],
            ),
        ]
        | None
    ) = None
    url: (
        Annotated[
            str,
            Meta(
                pattern=r"^[^\x00]{1,2000}\Z",
                description="Only versions of what was published at this address.",
                examples=["https://times.example/talks"],
            ),
        ]
        | None
    ) = None
    status: Annotated[DocumentStatus, Meta(description="Only documents in this state.")] | None = None
    briefing_id: Annotated[BriefingId, Meta(description="Only what this briefing rests on.")] | None = None
    published_from: (
        Annotated[
            CalendarDay,
            Meta(
                description="Only what was published this day or later. The last published comes first then."
            ),
        ]
        | None
    ) = None
    published_to: (
        Annotated[
            CalendarDay,
            Meta(
                description="Only what was published this day or earlier. The last published comes first then."
            ),
        ]
        | None
    ) = None
    added_from: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="Only what was added then or later: RFC 3339, with a time zone.",
                examples=["2031-03-14T09:30:00Z"],
            ),
        ]
        | None
    ) = None
    added_to: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="Only what was added then or earlier: RFC 3339, with a time zone.",
                examples=["2031-03-14T09:30:00Z"],
            ),
        ]
        | None
    ) = None
    sort: (
        Annotated[
            DocumentSort,
            Meta(
                description=f"{_SORTED} By `-published` those without a day come last. Without it `-added_at`, or "
                "`-published` where a range of days is given."
            ),
        ]
        | None
    ) = None


class JobQuery(PageQuery, frozen=True, kw_only=True):
    status: Annotated[JobStatus, Meta(description="Only jobs in this state.")] | None = None
    document_id: Annotated[Sha256, Meta(description="Only the work on this document.")] | None = None
    created_since: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="Only jobs made in this second or later: RFC 3339, with a time zone.",
                examples=["2031-03-14T09:30:00Z"],
            ),
        ]
        | None
    ) = None


class ItemQuery(PageQuery, frozen=True, kw_only=True):
    status: Annotated[ItemStatus, Meta(description="Only items of which this became.")] | None = None


class DeliveryQuery(PageQuery, frozen=True, kw_only=True):
    status: Annotated[DeliveryStatus, Meta(description="Only those of which this came.")] | None = None
    type: (
        Annotated[
            str,
            Meta(
                pattern=r"^[a-z][a-z0-9_.]*\Z",
                description="Only those that tell of this.",
                examples=["briefing.changed"],
            ),
        ]
        | None
    ) = None


FactsQuery = (
    DelegateQuery | StakeQuery | DeadlineQuery | FigureQuery | StatementQuery | EventQuery | ConflictQuery
)
"""What lists of facts, and of conflicts, are asked for."""
FACT_QUERIES: dict[str, type[FactsQuery]] = {
    "delegate": DelegateQuery,
    "stake": StakeQuery,
    "deadline": DeadlineQuery,
    "figure": FigureQuery,
    "statement": StatementQuery,
    "event": EventQuery,
}
"""What the list of each kind of fact can be asked for, by the kind's name."""
