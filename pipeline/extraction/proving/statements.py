"""Who said what: quoted words stand in quotation marks, and the text attributes them to their speaker."""

from pipeline.documents.document import Span
from pipeline.extraction.verifier import Desk, Unproven, plain
from pipeline.language.attribution import (
    is_transcript,
    quotation_around,
    sayers,
    stands_in,
    told_after,
    told_before,
    told_beside,
    told_with,
)
from pipeline.language.commitments import claimed
from pipeline.language.folding import fold
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import find
from pipeline.language.modality import sentence_around
from pipeline.language.names import same_person
from pipeline.language.offices import seated_for, titled_for
from pipeline.language.parties import mentions, party_of
from schemas import Statement
from schemas.proposals import StatementProposal

_MOST_PLACES = 20


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
    if not near and not lexicon.speech.pronouns.search(sentence):
        raise Unproven(f"the speaker ({proposal.speaker!r}) does not stand in the sentence")
    claim = claimed(sentence)
    if claim and claim.by and _same_speaker(claim.by, proposal.speaker):
        return
    told = [who for who in sayers(sentence) if not stands_in(who)]
    if told and not any(_same_speaker(who, proposal.speaker) or party_of(who) == code for who in told):
        raise Unproven(f"the speaker is {told[0]}, not {proposal.speaker}")


def _side(desk: Desk, proposal: StatementProposal, speaker: str) -> str | None:
    """Whose speaker it is: the party that speaks, else whose office they have, whom they sit for, or as proposed."""
    if speaks := next((m.code for m in mentions(speaker)), None):
        return speaks
    text = desk.document.text
    named = []
    for place in find(text, speaker.split()[-1])[:_MOST_PLACES]:
        whole = sentence_around(text, place)
        named.append((desk.words_of(whole), place.start - whole.start, place.end - whole.start))
    for sentence, start, _ in named:
        if owner := titled_for(sentence, start, desk.parties):
            return owner
    for sentence, start, end in named:
        if seated := seated_for(sentence, start, end, desk.parties):
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
