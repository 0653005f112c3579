"""Query parameters of the lists of facts and of conflicts: a struct a list."""

from typing import Annotated, Literal

from msgspec import Meta

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
from schemas.vocabulary import (
    Certainty,
    ConflictKind,
    DeadlineKind,
    DeadlineStatus,
    EventStatus,
    FigureStatus,
    Measure,
    Party,
    Proof,
    Sha256,
    Topic,
    known_words,
)

ConflictSort = Literal["updated_at", "-updated_at"]
FactSort = Literal["updated_at", "-updated_at", "origins", "-origins", "salience", "-salience"]
DatedSort = Literal[
    "updated_at", "-updated_at", "origins", "-origins", "salience", "-salience", "date", "-date"
]
FigureSort = Literal[
    "updated_at", "-updated_at", "origins", "-origins", "salience", "-salience", "date", "-date", "value",
    "-value",
]  # fmt: skip
OfDocument = Annotated[Sha256, Meta(description="Only those that this document proves.")]
Number = Annotated[float, Meta(ge=-1e300, le=1e300)]
_BY_DATE = (
    f"{SORTED} By `date`: the first day that the date can be, backwards the last; undated ones come last. "
    "Without it by `date`, or by what a range is asked of."
)
ByBriefing = Annotated[
    FactSort, Meta(description=f"{SORTED} Without it by briefing, or by what a range is asked of.")
]
ByDate = Annotated[DatedSort, Meta(description=_BY_DATE)]
WithTopics = Annotated[str, among("Only what is about any of these.", known_words(Topic))]
DeadlineKinds = Annotated[str, among("Only deadlines of any of these kinds.", known_words(DeadlineKind))]
DeadlineStatuses = Annotated[
    str, among("Only deadlines in any of these states.", known_words(DeadlineStatus))
]
EventStatuses = Annotated[str, among("Only events in any of these states.", known_words(EventStatus))]
Measures = Annotated[str, among("Only figures of any of these measures.", known_words(Measure))]
FigureStatuses = Annotated[str, among("Only figures as firm as any of these.", known_words(FigureStatus))]
ConflictKinds = Annotated[str, among("Only conflicts of any of these kinds.", known_words(ConflictKind))]


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
    party: Annotated[str, several_of("Only delegates of any of these parties.", PARTY, "US,CN")] | None = None
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
    q: WithWords | None = None
    topics: (
        Annotated[str, among("Only deadlines of talks with any of these at stake.", known_words(Topic))]
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
    imposed_by: (
        Annotated[str, several_of("Only what any of these parties imposes.", PARTY, "US,CN")] | None
    ) = None
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
        Annotated[str, several_of("Only statements made for any of these parties.", PARTY, "US,CN")] | None
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
                description=f"{SORTED} Without it by briefing, or `updated_at` where `updated_since` is given."
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
