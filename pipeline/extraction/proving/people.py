"""Who sits at the table: name, office and side stand together in the text, and nobody is absent."""

from pipeline.documents.document import Span
from pipeline.extraction.verifier import Desk, Unproven
from pipeline.language.folding import fold
from pipeline.language.matching import find
from pipeline.language.modality import absent
from pipeline.language.offices import has_office, heads, holds, owner_of, rank_left_out
from pipeline.language.parties import mentions
from schemas import Delegate
from schemas.proposals import DelegateProposal

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
