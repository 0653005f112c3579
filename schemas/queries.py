"""Query parameters: a struct a collection, from which requests are checked, the API is described and lists are cut."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.filters import (
    PARTY,
    SORTED,
    AtTables,
    CalendarDay,
    OfBriefing,
    OfTopic,
    PageQuery,
    Since,
    WithWords,
    among,
    several_of,
)
from schemas.issues import SinceIssue, TopicId
from schemas.kinds import KINDS
from schemas.vocabulary import (
    BriefingId,
    BriefingStatus,
    DocumentStatus,
    JobStatus,
    Language,
    Length,
    Sha256,
    SourceKind,
    Topic,
    known_words,
)
from schemas.watches import ItemStatus
from schemas.webhooks import DeliveryStatus

Revision = Annotated[
    int, Meta(ge=1, le=2_147_483_647, description="Number of a revision, from 1.", examples=[1])
]
BriefingSort = Literal["created_at", "-created_at", "updated_at", "-updated_at", "date", "-date"]
DiffForm = Literal["fields", "text"]
DocumentSort = Literal["added_at", "-added_at", "-published"]
_TOPIC = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
OfKind = Annotated[
    str, among("Only what is any of these.", ("briefing", *(kind.name for kind in KINDS), "conflict"))
]
FactKinds = Annotated[str, among("Only facts of any of these kinds.", tuple(kind.name for kind in KINDS))]


class BriefingQuery(PageQuery, frozen=True, kw_only=True):
    party: (
        Annotated[str, several_of("Only briefings with any of these parties at the table.", PARTY, "US,CN")]
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
        Annotated[str, among("Only briefings with a stake of any of these topics.", known_words(Topic))]
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
                description=f"{SORTED} By `date`: the first day that the talks can have, backwards the last; undated "
                "ones come last. Without it `-created_at`, or `updated_at` where `updated_since` is given."
            ),
        ]
        | None
    ) = None


class FeedQuery(BriefingQuery, frozen=True, kw_only=True):
    topic_id: OfTopic | None = None
    q: WithWords | None = None
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
                pattern=f"^{PARTY}(?:,{PARTY}){{0,49}}$",
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
    q: WithWords | None = None
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
                description=f"{SORTED} By `-published` those without a day come last. Without it `-added_at`, or "
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
