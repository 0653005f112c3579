"""A proposal becomes a fact only if the text proves it: its quote, and each leaf value inside that quote."""

import hashlib
from typing import TypedDict

import msgspec
from msgspec import Struct

from pipeline.cues import certainty_of, tense_of
from pipeline.datewords import Context, resolve
from pipeline.document import Document, Span
from pipeline.ground import evidence, find, locate
from pipeline.parties import mentions, party_of
from pipeline.quantities import reread
from schemas import (
    Condition,
    Deadline,
    Delegate,
    Event,
    Evidence,
    Figure,
    FuzzyDate,
    Position,
    Stake,
    Statement,
    is_unit,
)
from schemas.proposals import (
    DeadlineProposal,
    DelegateProposal,
    EventProposal,
    FigureProposal,
    PositionProposal,
    Proposal,
    StakeProposal,
    StatementProposal,
)
from schemas.vocabulary import TOPICS, Certainty, Comparator, Direction


class Unproven(ValueError):
    """A proposal that the text does not prove; the message is the reason that is published."""


class Proved(TypedDict):
    """The fields that every fact of a readout shares."""

    id: str
    briefing_id: None
    certainty: Certainty
    evidence: list[Evidence]
    origins: int
    conflict_ids: list[str]
    review: None
    first_revision: int
    changed_revision: int


class Desk(Struct, frozen=True, kw_only=True):
    """What proving needs to know about a document."""

    document: Document
    context: Context
    official: bool

    def place(self, proposal: Proposal) -> Span:
        """Where the quote stands in the body. Raises Unproven."""
        span = locate(self.document.text, proposal.quote, proposal.at)
        if span is None:
            raise Unproven("the quote does not stand in the document")
        if (region := self.document.region_at(span.start)) != "body":
            raise Unproven(f"the quote stands in the {region}, not in the body")
        return span

    def paragraph(self, span: Span) -> str:
        """The text of the block around a span."""
        block = next(b for b in self.document.blocks if b.start <= span.start < b.end)
        return self.document.text[block.start : max(block.end, span.end)]

    def stands(self, words: str, what: str, where: str | None = None) -> None:
        """Raises Unproven unless `words` stand in `where` (default: the whole document)."""
        if not find(self.document.text if where is None else where, words):
            raise Unproven(f"{what} ({words!r}) does not stand in the {'quote' if where else 'document'}")

    def date(self, words: str, quote: str) -> FuzzyDate:
        return resolve(words, msgspec.structs.replace(self.context, tense=tense_of(quote)))

    def proved(self, kind: str, span: Span, key: str, certainty: Certainty | None = None) -> Proved:
        exact = self.document.text[span.start : span.end]
        digest = hashlib.sha256(
            f"{kind}|{self.document.id}|{span.start}|{span.end}|{key}".encode()
        ).hexdigest()
        return {
            "id": f"fct_{digest[:16]}",
            "briefing_id": None,
            "certainty": certainty or certainty_of(exact, self.official),
            "evidence": [evidence(self.document, span)],
            "origins": 1,
            "conflict_ids": [],
            "review": None,
            "first_revision": 0,
            "changed_revision": 0,
        }


def _plain(words: str) -> str:
    return " ".join(words.split())


def delegate(desk: Desk, proposal: DelegateProposal) -> Delegate:
    span = desk.place(proposal)
    quote = desk.document.text[span.start : span.end]
    desk.stands(proposal.name.split()[-1], "the name", quote)
    desk.stands(proposal.name, "the name")
    desk.stands(proposal.role, "the office")
    if proposal.organisation:
        desk.stands(proposal.organisation, "the organisation")
    party = party_of(proposal.party)
    if party is None or not any(m.code == party for m in mentions(desk.document.text)):
        raise Unproven(f"the party ({proposal.party!r}) is not named in the document")
    return Delegate(
        **desk.proved("delegate", span, proposal.name),
        party=party,
        name=_plain(proposal.name),
        role=_plain(proposal.role),
        organisation=proposal.organisation,
        head=True if proposal.head else None,
    )


def _position(desk: Desk, proposal: PositionProposal, quote: str) -> Position:
    """What a party wants, each in words of the quote; the party named in the document."""
    party = party_of(proposal.party)
    if party is None or not any(m.code == party for m in mentions(desk.document.text)):
        raise Unproven(f"the party ({proposal.party!r}) is not named in the document")
    for words in (proposal.ask, proposal.offer, proposal.red_line):
        if words:
            desk.stands(words, "the position", quote)
    return Position(party=party, ask=proposal.ask, offer=proposal.offer, red_line=proposal.red_line)


def stake(desk: Desk, proposal: StakeProposal) -> Stake:
    span = desk.place(proposal)
    quote = _plain(desk.document.text[span.start : span.end])
    if proposal.at_risk:
        desk.stands(proposal.at_risk, "what is at risk")
    return Stake(
        **desk.proved("stake", span, proposal.topic),
        topic=proposal.topic if proposal.topic in TOPICS else "other",
        summary=proposal.summary if find(quote, proposal.summary) else quote,
        positions=[_position(desk, position, quote) for position in proposal.positions],
        at_risk=proposal.at_risk,
    )


def deadline(desk: Desk, proposal: DeadlineProposal) -> Deadline:
    span = desk.place(proposal)
    quote = desk.document.text[span.start : span.end]
    desk.stands(proposal.date_words, "the date", quote)
    for condition in proposal.conditions:
        desk.stands(condition.text, "the condition")
    if proposal.consequence:
        desk.stands(proposal.consequence, "the consequence")
    date = desk.date(proposal.date_words, quote)
    if not any(ch.isalpha() or ch.isdigit() for ch in date.text):
        raise Unproven("the date has no words")
    past = desk.context.anchor and date.latest and date.latest < desk.context.anchor.isoformat()
    return Deadline(
        **desk.proved("deadline", span, proposal.date_words),
        what=_plain(proposal.what) if find(quote, proposal.what) else _plain(quote),
        date=date,
        kind=proposal.kind,
        conditions=[Condition(kind=c.kind, text=_plain(c.text)) for c in proposal.conditions],
        consequence=_plain(proposal.consequence) if proposal.consequence else None,
        status="unknown" if past else "pending",
    )


def figure(desk: Desk, proposal: FigureProposal) -> Figure:
    span = desk.place(proposal)
    quote = desk.document.text[span.start : span.end]
    desk.stands(proposal.as_written, "the amount", quote)
    quantity = reread(proposal.as_written)
    if quantity is None or not is_unit(quantity.unit):
        raise Unproven(f"the amount ({proposal.as_written!r}) cannot be read as a number with a unit")
    desk.stands(proposal.subject, "what is measured", desk.paragraph(span))
    for words, what in (
        (proposal.period_words, "the period"),
        (proposal.comparison_base, "the comparison base"),
    ):
        if words:
            desk.stands(words, what, desk.paragraph(span))
    if proposal.reported_by:
        desk.stands(proposal.reported_by, "who reported it")
    directions: dict[str | None, Direction] = {"up": "up", "down": "down", "level": "level"}
    comparator: Comparator = quantity.comparator
    return Figure(
        **desk.proved("figure", span, proposal.as_written),
        value=quantity.value,
        value_high=quantity.value_high,
        comparator=comparator,
        unit=quantity.unit,
        as_written=proposal.as_written,
        measure=proposal.measure,
        subject=_plain(proposal.subject),
        period=desk.date(proposal.period_words, quote) if proposal.period_words else None,
        direction=directions.get(proposal.direction),
        comparison_base=proposal.comparison_base,
        status=proposal.status,
        reported_by=proposal.reported_by,
    )


def statement(desk: Desk, proposal: StatementProposal) -> Statement:
    span = desk.place(proposal)
    quote = desk.document.text[span.start : span.end]
    desk.stands(proposal.text, "what was said", quote)
    desk.stands(proposal.speaker, "the speaker")
    if proposal.channel:
        desk.stands(proposal.channel, "the channel")
    return Statement(
        **desk.proved("statement", span, proposal.speaker, "reported" if proposal.direct else None),
        speaker=_plain(proposal.speaker),
        role=_plain(proposal.role) if proposal.role and find(desk.document.text, proposal.role) else None,
        party=party_of(proposal.party) if proposal.party else None,
        direct=proposal.direct,
        text=_plain(proposal.text),
        channel=proposal.channel,
    )


def event(desk: Desk, proposal: EventProposal) -> Event:
    span = desk.place(proposal)
    quote = desk.document.text[span.start : span.end]
    desk.stands(proposal.date_words, "the date", quote)
    if proposal.place:
        desk.stands(proposal.place, "the place", quote)
    date = desk.date(proposal.date_words, quote)
    ahead = desk.context.anchor and date.earliest and date.earliest > desk.context.anchor.isoformat()
    return Event(
        **desk.proved("event", span, proposal.date_words),
        what=_plain(proposal.what) if find(quote, proposal.what) else _plain(quote),
        date=date,
        status="scheduled" if ahead and proposal.status == "occurred" else proposal.status,
        place=proposal.place,
    )
