"""What an extractor proposes about a document. Code decides later what of it is proven.

A proposal cites words of the document, and all that it holds in words must stand there. `Proposals` is what code
verifies; `ModelAnswer` is how a language model says it: by the numbers of the sentences that it was given.

A date is its words and, where the extractor reads them itself, what they mean, in EDTF. An amount likewise.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.facts import Condition
from schemas.vocabulary import (
    Capacity,
    Comparator,
    ConditionKind,
    DeadlineKind,
    Direction,
    EventStatus,
    FigureStatus,
    Measure,
    NegotiationStatus,
    SentenceAbout,
    Stage,
    Topic,
)


class Proposal(Struct, frozen=True, kw_only=True):
    """A quote that is meant to stand in the document; `at`: where the extractor read it, in code points.

    `beside`: other spans of the document that it rests on too, each start and end.
    """

    quote: str
    at: int | None = None
    beside: list[tuple[int, int]] = []


class TalksProposal(Proposal, frozen=True, kw_only=True):
    """That the document is about a negotiation, and between whom."""

    parties: list[str]
    venue: str | None = None
    round: str | None = None
    date_words: str | None = None
    date_edtf: str | None = None
    status: NegotiationStatus = "unknown"
    stage: Stage | None = None
    outcome: str | None = None


class DelegateProposal(Proposal, frozen=True, kw_only=True):
    """Somebody whom the quote seats for a party."""

    name: str | None
    role: str
    party: str
    organisation: str | None = None
    head: bool | None = None
    capacity: Capacity | None = None


class PositionProposal(Struct, frozen=True, kw_only=True):
    """What a party asks for, offers, or will not give. `spans`: where, if not in the quote of its stake."""

    party: str
    ask: str | None = None
    offer: str | None = None
    red_line: str | None = None
    spans: list[tuple[int, int]] = []


class StakeProposal(Proposal, frozen=True, kw_only=True):
    """What the quote puts on the table."""

    topic: Topic
    title: str | None = None
    summary: str
    positions: list[PositionProposal] = []
    at_risk: str | None = None


class DeadlineProposal(Proposal, frozen=True, kw_only=True):
    """What falls due, and when."""

    what: str
    date_words: str | None = None
    date_edtf: str | None = None
    starts_words: str | None = None
    starts_edtf: str | None = None
    kind: DeadlineKind
    conditions: list[Condition] = []
    consequence: str | None = None


class FigureProposal(Proposal, frozen=True, kw_only=True):
    """A quantity, and what it measures; `amount_at`: where the extractor read the amount, in code points."""

    as_written: str
    amount_at: int | None = None
    value: float | None = None
    value_high: float | None = None
    unit: str | None = None
    comparator: Comparator | None = None
    previous_words: str | None = None
    subject: str
    measure: Measure
    status: FigureStatus | None = None
    period_words: str | None = None
    period_edtf: str | None = None
    direction: Direction | None = None
    comparison_base: str | None = None
    imposed_by: str | None = None
    applies_to: list[str] = []
    effective_words: str | None = None
    effective_edtf: str | None = None
    legal_basis: str | None = None
    reported_by: str | None = None


class StatementProposal(Proposal, frozen=True, kw_only=True):
    """What somebody said."""

    speaker: str
    text: str
    direct: bool
    role: str | None = None
    party: str | None = None
    channel: str | None = None
    said_on_words: str | None = None
    said_on_edtf: str | None = None


class EventProposal(Proposal, frozen=True, kw_only=True):
    """What happened or is to happen."""

    what: str
    date_words: str
    date_edtf: str | None = None
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


class Cited(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item of an answer. `s`: the numbers of the sentences that prove it."""

    s: Annotated[list[int], Meta(min_length=1)]


class DateAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Words of a date, and what they mean, in EDTF."""

    words: str
    edtf: str | None = None


class TalksAnswer(Cited, frozen=True, kw_only=True, omit_defaults=True):
    """What `TalksProposal` holds."""

    parties: list[str]
    venue: str | None = None
    round: str | None = None
    starts: DateAnswer | None = None
    status: NegotiationStatus = "unknown"
    stage: Stage | None = None
    outcome: str | None = None


class DelegateAnswer(Cited, frozen=True, kw_only=True, omit_defaults=True):
    """What `DelegateProposal` holds."""

    name: str | None = None
    role: str
    party: str
    organisation: str | None = None
    head: bool | None = None
    capacity: Capacity | None = None


class PositionAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `PositionProposal` holds; `s` where it stands in other sentences than its stake."""

    party: str
    wants: Literal["ask", "offer", "red_line"]
    words: str
    s: list[int] = []


class StakeAnswer(Cited, frozen=True, kw_only=True, omit_defaults=True):
    """What `StakeProposal` holds."""

    topic: Topic
    title: str
    positions: list[PositionAnswer] = []
    at_risk: str | None = None


class ConditionAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What would lift a deadline."""

    kind: ConditionKind
    words: str


class DeadlineAnswer(Cited, frozen=True, kw_only=True, omit_defaults=True):
    """What `DeadlineProposal` holds; `consequence`: the numbers of the sentences that tell it."""

    what: str
    kind: DeadlineKind
    date: DateAnswer | None = None
    starts: DateAnswer | None = None
    conditions: list[ConditionAnswer] = []
    consequence: list[int] = []


class FigureAnswer(Cited, frozen=True, kw_only=True, omit_defaults=True):
    """What `FigureProposal` holds."""

    amount: str
    value: float
    unit: str
    to: float | None = None
    limit: Comparator | None = None
    before: str | None = None
    subject: str
    measure: Measure
    status: FigureStatus
    direction: Direction | None = None
    period: DateAnswer | None = None
    base: str | None = None
    by: str | None = None
    on: list[str] = []
    effective: DateAnswer | None = None
    law: str | None = None
    source: str | None = None


class StatementAnswer(Cited, frozen=True, kw_only=True, omit_defaults=True):
    """What `StatementProposal` holds; `words`: how what was said begins, where the sentences hold more than that."""

    speaker: str
    role: str | None = None
    party: str | None = None
    quoted: bool
    words: str | None = None
    channel: str | None = None
    said_on: DateAnswer | None = None


class EventAnswer(Cited, frozen=True, kw_only=True, omit_defaults=True):
    """What `EventProposal` holds."""

    what: str
    date: DateAnswer
    status: EventStatus
    place: str | None = None


class ModelAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a language model says about one document."""

    talks: TalksAnswer | None
    delegates: list[DelegateAnswer] = []
    stakes: list[StakeAnswer] = []
    deadlines: list[DeadlineAnswer] = []
    figures: list[FigureAnswer] = []
    statements: list[StatementAnswer] = []
    events: list[EventAnswer] = []


class SentenceAnswer(Struct, frozen=True, kw_only=True):
    """A sentence, with the numbers of the facts that it rests on."""

    text: str
    facts: list[int]
    about: SentenceAbout


class HeadlineAnswer(Struct, frozen=True, kw_only=True):
    """A headline, with the numbers of the facts that it rests on."""

    text: str
    facts: list[int]


class TextAnswer(Struct, frozen=True, kw_only=True):
    """A text that a language model writes from numbered facts."""

    headline: HeadlineAnswer | None
    sentences: list[SentenceAnswer]


class TranslatedAnswer(Struct, frozen=True, kw_only=True):
    """A sentence in another language, with its number in what was translated."""

    number: int
    text: str


class TranslationAnswer(Struct, frozen=True, kw_only=True):
    """What a language model makes of numbered sentences in another language."""

    sentences: list[TranslatedAnswer]
