"""What falls due and what happens: the date stands in the quote and is resolved from its words."""

from pipeline.documents.document import Span
from pipeline.extraction.verifier import Desk, joined
from pipeline.language.lexicons import classify, lexicon
from pipeline.language.matching import find
from schemas import Condition, Deadline, Event
from schemas.proposals import (
    DeadlineProposal,
    EventProposal,
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


def event(desk: Desk, proposal: EventProposal) -> Event:
    span = desk.place(proposal)
    date, place = desk.date(proposal.date_words, span, span)
    where = desk.stands(proposal.place, "the place", desk.words_of(span)) if proposal.place else None
    ahead = desk.context.anchor and date.earliest and date.earliest > desk.context.anchor.isoformat()
    status = classify(desk.sentence(place), lexicon.modality.event_statuses, proposal.status)
    return Event(
        **desk.proved("event", joined(span, place), proposal.date_words),
        what=_happens(desk, proposal.what, span),
        date=date,
        status="scheduled" if ahead and status == "occurred" else status,
        place=where,
    )
