"""What an extractor proposes: words and a quote. Code decides later what of it is proven.

Every field that holds words must stand in the document; dates, amounts and parties are read again later.
"""

from msgspec import Struct


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
    level: str = "unknown"
    status: str = "unknown"


class DelegateProposal(Proposal, frozen=True, kw_only=True):
    name: str
    role: str
    party: str
    organisation: str | None = None
    head: bool = False


class StakeProposal(Proposal, frozen=True, kw_only=True):
    topic: str
    summary: str
    at_risk: str | None = None


class DeadlineProposal(Proposal, frozen=True, kw_only=True):
    what: str
    date_words: str
    kind: str
    conditions: list[tuple[str, str]] = []
    consequence: str | None = None


class FigureProposal(Proposal, frozen=True, kw_only=True):
    as_written: str
    subject: str
    measure: str
    status: str = "actual"
    period_words: str | None = None
    direction: str | None = None
    comparison_base: str | None = None
    reported_by: str | None = None


class StatementProposal(Proposal, frozen=True, kw_only=True):
    speaker: str
    text: str
    direct: bool
    role: str | None = None
    party: str | None = None
    channel: str | None = None


class EventProposal(Proposal, frozen=True, kw_only=True):
    what: str
    date_words: str
    status: str
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
