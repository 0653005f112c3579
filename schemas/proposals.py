"""What an extractor proposes: words and a quote. Code decides later what of it is proven.

Every field that holds words must stand in the document; dates, amounts and parties are read again later.
"""

from msgspec import Struct

from schemas.facts import Condition
from schemas.vocabulary import (
    DeadlineKind,
    Direction,
    EventStatus,
    FigureStatus,
    Measure,
    NegotiationStatus,
    Topic,
)


class Proposal(Struct, frozen=True, kw_only=True):
    """A quote that is meant to stand in the document; `at`: where the extractor read it, in code points."""

    quote: str
    at: int | None = None


class TalksProposal(Proposal, frozen=True, kw_only=True):
    """That the document is about a negotiation, and between whom."""

    parties: list[str]
    venue: str | None = None
    round: str | None = None
    date_words: str | None = None
    status: NegotiationStatus = "unknown"


class DelegateProposal(Proposal, frozen=True, kw_only=True):
    """Somebody whom the quote seats for a party."""

    name: str
    role: str
    party: str
    organisation: str | None = None
    head: bool = False


class PositionProposal(Struct, frozen=True, kw_only=True):
    """What a party asks for, offers, or will not give."""

    party: str
    ask: str | None = None
    offer: str | None = None
    red_line: str | None = None


class StakeProposal(Proposal, frozen=True, kw_only=True):
    """What the quote puts on the table."""

    topic: Topic
    summary: str
    positions: list[PositionProposal] = []
    at_risk: str | None = None


class DeadlineProposal(Proposal, frozen=True, kw_only=True):
    """What falls due, and when."""

    what: str
    date_words: str
    kind: DeadlineKind
    conditions: list[Condition] = []
    consequence: str | None = None


class FigureProposal(Proposal, frozen=True, kw_only=True):
    """A quantity, and what it measures; `amount_at`: where the extractor read the amount, in code points."""

    as_written: str
    amount_at: int | None = None
    subject: str
    measure: Measure
    status: FigureStatus = "actual"
    period_words: str | None = None
    direction: Direction | None = None
    comparison_base: str | None = None
    reported_by: str | None = None


class StatementProposal(Proposal, frozen=True, kw_only=True):
    """What somebody said."""

    speaker: str
    text: str
    direct: bool
    role: str | None = None
    party: str | None = None
    channel: str | None = None


class EventProposal(Proposal, frozen=True, kw_only=True):
    """What happened or is to happen."""

    what: str
    date_words: str
    status: EventStatus
    place: str | None = None


class Proposals(Struct, frozen=True, kw_only=True):
    """All that an extractor proposes about one document. Without talks there are no facts."""

    talks: TalksProposal | None
    delegates: list[DelegateProposal] = []
    stakes: list[StakeProposal] = []
    deadlines: list[DeadlineProposal] = []
    figures: list[FigureProposal] = []
    statements: list[StatementProposal] = []
    events: list[EventProposal] = []
