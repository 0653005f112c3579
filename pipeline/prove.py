"""A proposal becomes a fact only if the text proves it: its quote, and each leaf value inside that quote."""

import re

from pipeline.attribution import (
    is_transcript,
    quotation_around,
    sayers,
    stands_in,
    told_after,
    told_before,
    told_beside,
    told_with,
)
from pipeline.combine import same_person
from pipeline.desk import Desk, Unproven, joined, plain
from pipeline.document import Span
from pipeline.fold import fold
from pipeline.ground import find
from pipeline.lexicon import kind_of, kinds, words
from pipeline.parties import mentions, party_of
from pipeline.quantities import Quantity, find_quantities, reread
from pipeline.seats import has_office, heads, holds, owner_of, rank_left_out, seated_for
from pipeline.sense import absent, sentence_around
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
from schemas.vocabulary import TOPICS, Direction


_NEAR = 40


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
    if rank := rank_left_out(sentence, proposal.name, proposal.role):
        raise Unproven(f"the text says {rank} {proposal.role}")
    name = next(iter(find(sentence, proposal.name.split()[-1])), None)
    if name is None:
        return
    beside = name.start
    offices = [
        s for s in find(sentence, proposal.role) if s.start < name.end + _NEAR and name.start < s.end + _NEAR
    ]
    office = min(offices, key=lambda s: abs(s.start - beside), default=None)
    start = min(office.start, name.start) if office else name.start
    owner = owner_of(sentence, start, max(office.end if office else 0, name.end), proposal.role, desk.parties)
    if owner not in {None, party}:
        raise Unproven(f"the text seats {proposal.name} for {owner}, not for {party}")
    if owner is None and not any(m.code == party for m in mentions(desk.paragraph(span))):
        raise Unproven(f"nothing near the name says that {proposal.name} sits for {party}")


def delegate(desk: Desk, proposal: DelegateProposal) -> Delegate:
    span = desk.place(proposal)
    surname = (proposal.name.split() or [""])[-1]
    desk.named_as(surname, "the name", desk.words_of(span))
    name = desk.named_as(proposal.name, "the name")
    role = desk.stands(proposal.role, "the office")
    if holds(fold(role), [fold(proposal.name)]):
        raise Unproven(f"the name ({proposal.name!r}) is the name of an office")
    organisation = desk.stands(proposal.organisation, "the organisation") if proposal.organisation else None
    party = desk.party(proposal.party)
    _seat(desk, proposal, party, span)
    return Delegate(
        **desk.proved("delegate", span, proposal.name),
        party=party,
        name=name,
        role=role,
        organisation=organisation,
        head=True if proposal.head and heads(desk.sentence(span), surname, role) else None,
    )


def _position(desk: Desk, proposal: PositionProposal, span: Span) -> Position:
    """What a party wants, in words of the quote; the party named in its sentence, or in the paragraph of a pronoun."""
    party = desk.party(proposal.party)
    near = [{m.code for m in mentions(text)} for text in (desk.sentence(span), desk.paragraph(span))]
    if party not in (near[0] & desk.parties or near[1]):
        raise Unproven(f"nothing near the position says that it is {party}’s")
    wants = {"ask": proposal.ask, "offer": proposal.offer, "red_line": proposal.red_line}
    for name, said in wants.items():
        place = desk.inside(said, "the position", span) if said else None
        if place and name != "red_line":
            desk.means(place)
    return Position(
        party=party, **{name: desk.said(said, span) if said else None for name, said in wants.items()}
    )


def stake(desk: Desk, proposal: StakeProposal) -> Stake:
    span = desk.place(proposal)
    paragraph = desk.paragraph(span)
    return Stake(
        **desk.proved("stake", span, proposal.topic),
        topic=proposal.topic if proposal.topic in TOPICS else "other",
        summary=desk.said(proposal.summary, span),
        positions=[_position(desk, position, span) for position in proposal.positions],
        at_risk=desk.stands(proposal.at_risk, "what is at risk", paragraph) if proposal.at_risk else None,
    )


def _happens(desk: Desk, what: str, span: Span) -> str:
    """What falls due or happened. Raises Unproven where its sentence denies that it does."""
    for place in find(desk.words_of(span), what)[:1]:
        desk.means(Span(span.start + place.start, span.start + place.end))
    return desk.said(what, span)


def deadline(desk: Desk, proposal: DeadlineProposal) -> Deadline:
    span = desk.place(proposal)
    date, place = desk.date(proposal.date_words, span, span)
    what = _happens(desk, proposal.what, span)
    paragraph = desk.paragraph(span)
    conditions = [
        Condition(kind=c.kind, text=desk.stands(c.text, "the condition", paragraph))
        for c in proposal.conditions
    ]
    consequence = desk.stands(proposal.consequence, "the consequence") if proposal.consequence else None
    past = desk.context.anchor and date.latest and date.latest < desk.context.anchor.isoformat()
    return Deadline(
        **desk.proved("deadline", joined(span, place), proposal.date_words),
        what=what,
        date=date,
        kind=proposal.kind,
        conditions=conditions,
        consequence=consequence,
        status="unknown" if past else "pending",
    )


def _amount(desk: Desk, words: str, span: Span) -> tuple[Quantity, Span]:
    """The quantity as its sentence writes it, "over" and unit included, and where. Raises Unproven.

    "145" does not prove a count where the text says "145%", nor "5 million" a half where it says "2.5 million".
    """
    place = desk.inside(words, "the amount", span)
    whole = sentence_around(desk.document.text, place)
    sentence = desk.words_of(whole)
    at = Span(place.start - whole.start, place.end - whole.start)
    alone = reread(words)
    if alone is None or not is_unit(alone.unit):
        raise Unproven(f"the amount ({words!r}) cannot be read as a number with a unit")
    here = [q for q in find_quantities(sentence) if q.start < at.end and at.start < q.end]
    if not here:
        if next(find_quantities(words), None):
            raise Unproven(f"the amount ({words!r}) cannot be read as a number in its sentence")
        return alone, place
    if len(here) > 1:
        raise Unproven(f"the amount ({words!r}) is more than one number")
    (read,) = here
    written = sentence[read.start : read.end]
    if _reading(read) != _reading(alone) or _reading(reread(written)) != _reading(read):
        raise Unproven(f"the amount ({words!r}) reads as {written!r} in its quote")
    return read, Span(whole.start + read.start, whole.start + read.end)


def _reading(quantity: Quantity | None) -> tuple[float, float | None, str] | None:
    return (quantity.value, quantity.value_high, quantity.unit) if quantity else None


_LEAD_IN = 40
_CUT = re.compile(r"; |, (?:while|whereas|but|compared|although|even)\b|—")


def _clause(desk: Desk, place: Span, quote: Span) -> str:
    """The clause that a span stands in, of its quote and the words that lead into the quote."""
    text, whole = desk.document.text, sentence_around(desk.document.text, place)
    first, last = max(whole.start, quote.start - _LEAD_IN), quote.end
    cuts = [match.start() for match in _CUT.finditer(text, first, last)]
    left = max((cut for cut in cuts if cut <= place.start), default=first)
    return text[left : min((cut for cut in cuts if cut >= place.end), default=last)]


def _direction(said: Direction | None, clause: str) -> Direction | None:
    """The way it goes, turned round where the clause has words of the other way alone."""
    up, down = (bool(words("figures", way).search(clause)) for way in ("up", "down"))
    if said == "up" and down and not up:
        return "down"
    return "up" if said == "down" and up and not down else said


def _figure_status(said: str, clause: str) -> str:
    """How firm it is: as the clause has it, unless the clause has words of what was said too."""
    supported = dict(kinds("figures", "status")).get(said)
    if supported and supported.search(clause):
        return said
    return kind_of(clause, "figures", "status", said)


def figure(desk: Desk, proposal: FigureProposal) -> Figure:
    span = desk.place(proposal)
    quantity, place = _amount(desk, proposal.as_written, span)
    desk.means(place)
    subject = desk.stands(proposal.subject, "what is measured", desk.sentence(place))
    paragraph = desk.paragraph(span)
    base = proposal.comparison_base and desk.stands(
        proposal.comparison_base, "the comparison base", paragraph
    )
    reporter = proposal.reported_by and desk.stands(proposal.reported_by, "who reported it")
    period = None
    if proposal.period_words:
        desk.stands(proposal.period_words, "the period", paragraph)
        block = desk.block(span)
        period, _ = desk.date(proposal.period_words, block, span)
    clause = _clause(desk, place, joined(span, place))
    return Figure(
        **desk.proved("figure", joined(span, place), proposal.as_written),
        value=quantity.value,
        value_high=quantity.value_high,
        comparator=quantity.comparator,
        unit=quantity.unit,
        as_written=desk.words_of(place),
        measure=proposal.measure,
        subject=subject,
        period=period,
        direction=_direction(proposal.direction, clause),
        comparison_base=base or None,
        status=_figure_status(proposal.status, clause),
        reported_by=reporter or None,
    )


def _same_speaker(told: str, speaker: str) -> bool:
    named, said = fold(told), fold(speaker)
    return named in said or said in named or same_person(told, speaker)


def _attributed(desk: Desk, proposal: StatementProposal, place: Span) -> None:
    """Raises Unproven where the words stand in no quotation marks, or those who are named beside them are others."""
    block = desk.block(place)
    paragraph, start, end = desk.words_of(block), place.start - block.start, place.end - block.start
    marks = quotation_around(paragraph, start, end)
    if marks is None:
        if is_transcript(desk.document.text):
            return
        raise Unproven("what was said does not stand in quotation marks")
    told = told_after(paragraph, marks[1])
    if told is None and not find(paragraph[: marks[0] + 1], proposal.speaker.split()[-1]):
        told = told_before(paragraph, marks[0] + 1)
    told = told_beside(paragraph, marks[0]) or told or told_with(paragraph, marks[0])
    if told is None or stands_in(told):
        _near(desk, proposal.speaker, block)
    elif not _same_speaker(told, proposal.speaker):
        raise Unproven(f"the text has {told} say it, not {proposal.speaker}")


def _near(desk: Desk, speaker: str, block: Span) -> None:
    """Raises Unproven where neither the paragraph nor the two before it name the speaker."""
    paragraphs = [b.start for b in desk.document.blocks if b.region == "body" and b.start <= block.start]
    around = desk.document.text[paragraphs[-3:][0] : block.end]
    code = party_of(speaker)
    if not find(around, speaker.split()[-1]) and not any(m.code == code for m in mentions(around)):
        raise Unproven(f"nothing near the quotation says that {speaker} said it")


def _reported(desk: Desk, proposal: StatementProposal, place: Span) -> None:
    """Raises Unproven where the sentence does not name the speaker, or has only others say it."""
    sentence = desk.sentence(place)
    code = party_of(proposal.speaker)
    near = bool(find(sentence, proposal.speaker.split()[-1])) or any(
        m.code == code for m in mentions(sentence)
    )
    if not near and not words("speech", "pronouns").search(sentence):
        raise Unproven(f"the speaker ({proposal.speaker!r}) does not stand in the sentence")
    told = [who for who in sayers(sentence) if not stands_in(who)]
    if told and not any(_same_speaker(who, proposal.speaker) or party_of(who) == code for who in told):
        raise Unproven(f"the speaker is {told[0]}, not {proposal.speaker}")


def _side(desk: Desk, proposal: StatementProposal, speaker: str) -> str | None:
    """Whose speaker it is: the party that speaks, else the one that the text seats them for, else as proposed."""
    if speaks := next((m.code for m in mentions(speaker)), None):
        return speaks
    text = desk.document.text
    for place in find(text, speaker.split()[-1]):
        whole = sentence_around(text, place)
        start, end = place.start - whole.start, place.end - whole.start
        if seated := seated_for(desk.words_of(whole), start, end, desk.parties):
            return seated
    said = party_of(proposal.party) if proposal.party else None
    return said if said in desk.named else None


def statement(desk: Desk, proposal: StatementProposal) -> Statement:
    span = desk.place(proposal)
    place = desk.inside(proposal.text, "what was said", span)
    speaker = desk.stands(proposal.speaker, "the speaker")
    channel = desk.stands(proposal.channel, "the channel", desk.paragraph(span)) if proposal.channel else None
    desk.means(place)
    (_attributed if proposal.direct else _reported)(desk, proposal, place)
    return Statement(
        **desk.proved("statement", span, proposal.speaker, "reported" if proposal.direct else None),
        speaker=speaker,
        role=plain(proposal.role) if proposal.role and find(desk.document.text, proposal.role) else None,
        party=_side(desk, proposal, speaker),
        direct=proposal.direct,
        text=plain(desk.words_of(place)),
        channel=channel,
    )


def event(desk: Desk, proposal: EventProposal) -> Event:
    span = desk.place(proposal)
    date, place = desk.date(proposal.date_words, span, span)
    where = desk.stands(proposal.place, "the place", desk.words_of(span)) if proposal.place else None
    ahead = desk.context.anchor and date.earliest and date.earliest > desk.context.anchor.isoformat()
    status = kind_of(desk.sentence(place), "sense", "event", proposal.status)
    return Event(
        **desk.proved("event", joined(span, place), proposal.date_words),
        what=_happens(desk, proposal.what, span),
        date=date,
        status="scheduled" if ahead and status == "occurred" else status,
        place=where,
    )
