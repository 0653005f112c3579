"""A proposal becomes a fact only if the text proves it: its quote, and each leaf value inside that quote."""

import re

from pipeline.attribution import stands_in, told_after
from pipeline.combine import same_person
from pipeline.desk import Desk, Unproven, plain
from pipeline.document import Span
from pipeline.fold import fold
from pipeline.ground import find
from pipeline.lexicon import kind_of
from pipeline.parties import mentions, party_of
from pipeline.quantities import Quantity, find_quantities, reread
from pipeline.seats import has_office, owner_of
from pipeline.sense import absent
from schemas import Condition, Deadline, Delegate, Event, Figure, Position, Stake, Statement, is_unit
from schemas.proposals import (
    DeadlineProposal,
    DelegateProposal,
    EventProposal,
    FigureProposal,
    PositionProposal,
    StakeProposal,
    StatementProposal,
)
from schemas.vocabulary import TOPICS


def _seat(desk: Desk, proposal: DelegateProposal, party: str, span: Span) -> None:
    """Raises Unproven where the text gives the office to another, or seats the person for another party."""
    sentence = desk.sentence(span)
    if absent(sentence):
        raise Unproven("the sentence tells who does not take part")
    if not (
        has_office(sentence, proposal.name, proposal.role)
        or has_office(desk.document.text, proposal.name, proposal.role)
    ):
        raise Unproven(f"the document does not give {proposal.name} the office of {proposal.role}")
    office = next(iter(find(sentence, proposal.role)), None)
    name = next(iter(find(sentence, proposal.name.split()[-1])), None)
    if name is None:
        return
    start = min(office.start, name.start) if office else name.start
    owner = owner_of(sentence, start, max(office.end if office else 0, name.end), proposal.role, desk.parties)
    if owner not in {None, party}:
        raise Unproven(f"the text seats {proposal.name} for {owner}, not for {party}")
    if owner is None and not any(m.code == party for m in mentions(desk.paragraph(span))):
        raise Unproven(f"nothing near the name says that {proposal.name} sits for {party}")


def delegate(desk: Desk, proposal: DelegateProposal) -> Delegate:
    span = desk.place(proposal)
    desk.stands(proposal.name.split()[-1], "the name", desk.words_of(span))
    desk.stands(proposal.name, "the name")
    desk.stands(proposal.role, "the office")
    if proposal.organisation:
        desk.stands(proposal.organisation, "the organisation")
    party = desk.party(proposal.party)
    _seat(desk, proposal, party, span)
    return Delegate(
        **desk.proved("delegate", span, proposal.name),
        party=party,
        name=plain(proposal.name),
        role=plain(proposal.role),
        organisation=proposal.organisation,
        head=True if proposal.head else None,
    )


def _position(desk: Desk, proposal: PositionProposal, span: Span) -> Position:
    """What a party wants, in words of the quote; the party named in the quote's paragraph."""
    party = desk.party(proposal.party)
    if not any(m.code == party for m in mentions(desk.paragraph(span))):
        raise Unproven(f"nothing near the position says that it is {party}’s")
    wants = {"ask": proposal.ask, "offer": proposal.offer, "red_line": proposal.red_line}
    for words in filter(None, wants.values()):
        desk.stands(words, "the position", desk.words_of(span))
    return Position(
        party=party, **{name: desk.said(words, span) if words else None for name, words in wants.items()}
    )


def stake(desk: Desk, proposal: StakeProposal) -> Stake:
    span = desk.place(proposal)
    if proposal.at_risk:
        desk.stands(proposal.at_risk, "what is at risk", desk.paragraph(span))
    return Stake(
        **desk.proved("stake", span, proposal.topic),
        topic=proposal.topic if proposal.topic in TOPICS else "other",
        summary=desk.said(proposal.summary, span),
        positions=[_position(desk, position, span) for position in proposal.positions],
        at_risk=proposal.at_risk,
    )


def deadline(desk: Desk, proposal: DeadlineProposal) -> Deadline:
    span = desk.place(proposal)
    quote = desk.words_of(span)
    desk.stands(proposal.date_words, "the date", quote)
    for condition in proposal.conditions:
        desk.stands(condition.text, "the condition", desk.paragraph(span))
    if proposal.consequence:
        desk.stands(proposal.consequence, "the consequence")
    date = desk.date(proposal.date_words, quote)
    past = desk.context.anchor and date.latest and date.latest < desk.context.anchor.isoformat()
    return Deadline(
        **desk.proved("deadline", span, proposal.date_words),
        what=desk.said(proposal.what, span),
        date=date,
        kind=proposal.kind,
        conditions=[Condition(kind=c.kind, text=plain(c.text)) for c in proposal.conditions],
        consequence=plain(proposal.consequence) if proposal.consequence else None,
        status="unknown" if past else "pending",
    )


def _amount(words: str, quote: str) -> tuple[Quantity, str]:
    """The quantity as its quote writes it, "over" and unit included. Raises Unproven where the words read otherwise.

    "145" does not prove a count where the quote says "145%", nor "5 million" a half where it says "2.5 million".
    """
    alone = reread(words)
    if alone is None or not is_unit(alone.unit):
        raise Unproven(f"the amount ({words!r}) cannot be read as a number with a unit")
    (place, *_) = find(quote, words)
    here = [q for q in find_quantities(quote) if q.start < place.end and place.start < q.end]
    same = (q for q in here if (q.value, q.value_high, q.unit) == (alone.value, alone.value_high, alone.unit))
    read = next(same, None)
    if read is None:
        if here:
            raise Unproven(
                f"the amount ({words!r}) reads as {quote[here[0].start : here[0].end]!r} in its quote"
            )
        return alone, words
    return read, quote[read.start : read.end]


_CUT = re.compile(r"; |, (?:while|whereas|but|compared|although|even)\b|—")


def _clause(quote: str, words: str) -> str:
    """The clause of a quote that words stand in."""
    (place, *_) = find(quote, words)
    cuts = [match.start() for match in _CUT.finditer(quote)]
    left = max((cut for cut in cuts if cut <= place.start), default=0)
    return quote[left : min((cut for cut in cuts if cut >= place.end), default=len(quote))]


def figure(desk: Desk, proposal: FigureProposal) -> Figure:
    span = desk.place(proposal)
    quote = desk.words_of(span)
    desk.stands(proposal.as_written, "the amount", quote)
    quantity, as_written = _amount(proposal.as_written, quote)
    desk.stands(proposal.subject, "what is measured", desk.sentence(span))
    for words, what in (
        (proposal.period_words, "the period"),
        (proposal.comparison_base, "the comparison base"),
    ):
        if words:
            desk.stands(words, what, desk.paragraph(span))
    if proposal.reported_by:
        desk.stands(proposal.reported_by, "who reported it")
    status = proposal.status
    if status == "actual":
        status = kind_of(_clause(quote, proposal.as_written), "figures", "status", "actual")
    return Figure(
        **desk.proved("figure", span, proposal.as_written),
        value=quantity.value,
        value_high=quantity.value_high,
        comparator=quantity.comparator,
        unit=quantity.unit,
        as_written=as_written,
        measure=proposal.measure,
        subject=plain(proposal.subject),
        period=desk.date(proposal.period_words, quote) if proposal.period_words else None,
        direction=proposal.direction,
        comparison_base=proposal.comparison_base,
        status=status,
        reported_by=proposal.reported_by,
    )


def _attributed(desk: Desk, proposal: StatementProposal, span: Span) -> None:
    """Raises Unproven where the words right after the quotation marks name another speaker."""
    paragraph = desk.paragraph(span)
    (inside, *_) = find(paragraph, proposal.text) or (None,)
    closed = re.match(r"\W{0,2}?[”\"]", paragraph[inside.end - 1 : inside.end + 3]) if inside else None
    told = told_after(paragraph, inside.end + closed.end() - 2) if inside and closed else None
    if told is None or stands_in(told):
        return
    named, speaker = fold(told), fold(proposal.speaker)
    if named not in speaker and speaker not in named and not same_person(told, proposal.speaker):
        raise Unproven(f"the text has {told} say it, not {proposal.speaker}")


def statement(desk: Desk, proposal: StatementProposal) -> Statement:
    span = desk.place(proposal)
    desk.stands(proposal.text, "what was said", desk.words_of(span))
    desk.stands(proposal.speaker, "the speaker")
    if proposal.channel:
        desk.stands(proposal.channel, "the channel", desk.paragraph(span))
    if proposal.direct:
        _attributed(desk, proposal, span)
    return Statement(
        **desk.proved("statement", span, proposal.speaker, "reported" if proposal.direct else None),
        speaker=plain(proposal.speaker),
        role=plain(proposal.role) if proposal.role and find(desk.document.text, proposal.role) else None,
        party=party_of(proposal.party) if proposal.party else None,
        direct=proposal.direct,
        text=plain(proposal.text),
        channel=proposal.channel,
    )


def event(desk: Desk, proposal: EventProposal) -> Event:
    span = desk.place(proposal)
    quote = desk.words_of(span)
    desk.stands(proposal.date_words, "the date", quote)
    if proposal.place:
        desk.stands(proposal.place, "the place", quote)
    date = desk.date(proposal.date_words, quote)
    ahead = desk.context.anchor and date.earliest and date.earliest > desk.context.anchor.isoformat()
    return Event(
        **desk.proved("event", span, proposal.date_words),
        what=desk.said(proposal.what, span),
        date=date,
        status="scheduled" if ahead and proposal.status == "occurred" else proposal.status,
        place=proposal.place,
    )
