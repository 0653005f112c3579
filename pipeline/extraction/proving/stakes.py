"""What is on the table, and what a side asks, offers or refuses."""

from pipeline.documents.document import Span
from pipeline.extraction.verifier import Desk, Unproven
from pipeline.language.commitments import overclaims
from pipeline.language.matching import locate
from pipeline.language.parties import mentions
from schemas import Position, Stake
from schemas.proposals import (
    PositionProposal,
    StakeProposal,
)
from schemas.vocabulary import TOPICS, Certainty


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


def _place(desk: Desk, proposal: StakeProposal) -> tuple[Span, Certainty | None]:
    """Where the quote stands. Of the headline and the deck, only what the body does not bear out is a fact: a claim."""
    document = desk.document
    span = locate(document.text, proposal.quote, proposal.at)
    heading = span and document.region_at(span.start) in {"headline", "deck"}
    if span and heading and any(at == span for at, _ in overclaims(document)):
        return span, "claimed"
    return desk.place(proposal), None


def stake(desk: Desk, proposal: StakeProposal) -> Stake:
    span, certainty = _place(desk, proposal)
    paragraph = desk.paragraph(span)
    return Stake(
        **desk.proved("stake", span, proposal.topic, certainty),
        topic=proposal.topic if proposal.topic in TOPICS else "other",
        summary=desk.said(proposal.summary, span),
        positions=[_position(desk, position, span) for position in proposal.positions],
        at_risk=desk.stands(proposal.at_risk, "what is at risk", paragraph) if proposal.at_risk else None,
    )
