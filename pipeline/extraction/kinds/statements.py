"""Who said what: quoted words stand in quotation marks, and the text attributes them to their speaker."""

import re
from collections.abc import Iterator
from itertools import islice

from pipeline.documents.document import Span
from pipeline.extraction.verifier import Unproven, Verifier, plain
from pipeline.language.annotate import Annotated, Sentence
from pipeline.language.commitments import NAMES, claimed
from pipeline.language.lexicons import NAME_WORD, UPPER, lexicon
from pipeline.language.matching import first, fold, occurrences
from pipeline.language.offices import seated_for, titled_for
from pipeline.language.parties import party_of
from pipeline.language.people import Roster, Speaker, same_person
from pipeline.language.quotations import (
    is_transcript,
    marks_around,
    named_after,
    named_before,
    named_beside,
    named_with,
    sayers,
    stands_in,
)
from schemas import Statement
from schemas.proposals import StatementProposal

_SPEECH = lexicon.speech
_CAPITALS = rf"(?:{UPPER}|[’'-]){{2,}}"
_TURN = re.compile(rf"(?P<who>{_SPEECH.titles.any} {_CAPITALS}(?: {_CAPITALS})*):\s+")
_CHANNELS, _SAY = _SPEECH.channels.any, _SPEECH.reporting.any
_ARTICLE = r"(?:an? |his |her |its |the |their )?"
_CHANNEL = re.compile(rf"\b(?:on|in|to|during|via) {_ARTICLE}(?:[\w’-]+ ){{0,3}}{_CHANNELS}(?!\w)")
_NAMES = rf"{NAME_WORD}(?: {NAME_WORD}){{0,5}}"
_REPORTED = re.compile(rf"(?P<who>(?:[Tt]he )?{_NAMES}) {_SAY}\b(?: [\w, ]{{0,20}})? ")
_DONE = lexicon.commitments.done.any
_ACCOUNT = re.compile(
    rf"(?P<who>{NAMES}) (?:{_SAY}|denied|rejected)\b(?: (?:on|last|this) \w+)?(?: that)?"
    rf" (?:it|they|[Tt]he \w+|{_NAMES}) (?:(?:had|has|have|never|not) ){{0,3}}(?:\w+ly )?{_DONE}\b"
)
_MARKS = re.compile(r"[“\"]")
_OWNER = re.compile(r"[’']s?$")
_SHORT_TURN = 60
_CHANNEL_NEAR = 140
_PARAGRAPHS_BACK = 2
_MOST_PLACES = 20


def _statement(
    annotated: Annotated, start: int, end: int, who: Speaker, direct: bool, channel: str | None = None
) -> StatementProposal:
    quote, at = annotated.quote(start, end)
    return StatementProposal(
        quote=quote,
        at=at,
        speaker=who.name,
        text=quote,
        direct=direct,
        role=who.role,
        party=who.party,
        channel=channel,
    )


def _channel(text: str, paragraph: Span, start: int, end: int) -> str | None:
    """Where it was said: named right after the quote, or right before it."""
    behind = text[end : min(end + _CHANNEL_NEAR, paragraph.end)]
    ahead = text[max(start - _CHANNEL_NEAR, paragraph.start) : start]
    after = _CHANNEL.search(re.split(r"[.“]", behind)[0])
    before = _CHANNEL.search(re.split(r"[.”] ", ahead)[-1])
    return after[0] if after else before[0] if before else None


def _direct(annotated: Annotated) -> Iterator[StatementProposal]:
    for quotation in annotated.quotations:
        passage = annotated.passage(quotation.start)
        if quotation.speaker is not None and passage.region == "body":
            span = Span(passage.start, passage.end)
            channel = _channel(annotated.text, span, quotation.start, quotation.end)
            yield _statement(annotated, quotation.start, quotation.end, quotation.speaker, True, channel)


def _turns(annotated: Annotated) -> Iterator[StatementProposal]:
    """A transcript: every sentence of a turn belongs to the speaker whose name opens it."""
    who: Speaker | None = None
    for sentence in annotated.body:
        start = sentence.start
        if turn := _TURN.match(annotated.text, sentence.passage.start, sentence.passage.end):
            who = annotated.roster.titled(turn["who"])
            start = max(start, turn.end())
        if who and sentence.end - start >= _SHORT_TURN:
            yield _statement(annotated, start, sentence.end, who, direct=True)


def _tellers(annotated: Annotated, sentence: Sentence) -> Iterator[Speaker]:
    """Whom a sentence has say something that it does not quote, say what it did, or say that another has agreed."""
    roster: Roster = annotated.roster
    text = sentence.text
    matches = [_REPORTED.match(text)] if not _MARKS.search(text) else []
    for match in (*matches, _ACCOUNT.search(text)):
        if match is not None:
            who = roster.find(_OWNER.sub("", match["who"]))
            start = sentence.start + match.start("who")
            named = annotated.parties_in(Span(start, start + len(match["who"])))
            if who.role or any(mention.start <= start + len("the ") for mention in named):
                yield who
    if (claim := claimed(text)) and claim.by:
        yield roster.find(claim.by)


def _reported(annotated: Annotated) -> Iterator[StatementProposal]:
    """Sentences in which somebody says something without being quoted, the first of whom is the speaker."""
    for sentence in annotated.body:
        if who := next(_tellers(annotated, sentence), None):
            yield _statement(annotated, sentence.start, sentence.end, who, direct=False)


def propose(annotated: Annotated, parties: frozenset[str]) -> list[StatementProposal]:
    """Direct speech in the order of the text, then reported speech."""
    body = [passage for passage in annotated.passages if passage.region == "body"]
    if sum(bool(_TURN.match(annotated.text, passage.start, passage.end)) for passage in body) >= 2:
        return list(_turns(annotated))
    return [*_direct(annotated), *_reported(annotated)]


def _same_speaker(named: str, speaker: str) -> bool:
    one, other = fold(named), fold(speaker)
    return one in other or other in one or same_person(named, speaker)


def _attributed(verifier: Verifier, proposal: StatementProposal, place: Span) -> None:
    """Raises Unproven where the words stand in no quotation marks, or those who are named beside them are others."""
    block = verifier.paragraph(place)
    paragraph = verifier.words(block)
    marks = marks_around(paragraph, place.start - block.start, place.end - block.start)
    if marks is None:
        if is_transcript(verifier.text):
            return
        raise Unproven("what was said does not stand in quotation marks")
    text, opened, closed = verifier.text, block.start + marks[0], block.start + marks[1]
    named = named_after(text, block, closed)
    if named is None and not first(text[block.start : opened + 1], proposal.speaker.split()[-1]):
        named = named_before(text, block, opened + 1)
    named = named_beside(text, block, opened) or named or named_with(text, block, opened)
    who = verifier.words(named) if named else None
    if who is None or stands_in(who):
        _near(verifier, proposal.speaker, block)
    elif not _same_speaker(who, proposal.speaker):
        raise Unproven(f"the text has {who} say it, not {proposal.speaker}")


def _near(verifier: Verifier, speaker: str, block: Span) -> None:
    """Raises Unproven where neither the paragraph nor the two before it name the speaker."""
    around = Span(verifier.annotated.paragraphs_back(block.start, _PARAGRAPHS_BACK), block.end)
    if not first(verifier.words(around), speaker.split()[-1]) and not verifier.names(
        around, party_of(speaker)
    ):
        raise Unproven(f"nothing near the quotation says that {speaker} said it")


def _told(verifier: Verifier, proposal: StatementProposal, place: Span) -> None:
    """Raises Unproven where the sentence does not name the speaker, or has only others say it."""
    whole = verifier.sentence(place)
    sentence = verifier.words(whole)
    code = party_of(proposal.speaker)
    near = first(sentence, proposal.speaker.split()[-1]) or verifier.names(whole, code)
    if not near and not _SPEECH.pronouns.search(sentence):
        raise Unproven(f"the speaker ({proposal.speaker!r}) does not stand in the sentence")
    claim = claimed(sentence)
    if claim and claim.by and _same_speaker(claim.by, proposal.speaker):
        return
    named = [who for who in sayers(sentence) if not stands_in(who)]
    if named and not any(_same_speaker(who, proposal.speaker) or party_of(who) == code for who in named):
        raise Unproven(f"the speaker is {named[0]}, not {proposal.speaker}")


def _side(verifier: Verifier, proposal: StatementProposal, speaker: str) -> str | None:
    """Whose speaker it is: the party that speaks, else whose office they have, whom they sit for, or as proposed."""
    if speaks := party_of(speaker):
        return speaks
    text = verifier.text
    places = [
        (verifier.sentence(place), place)
        for place in islice(occurrences(text, speaker.split()[-1]), _MOST_PLACES)
    ]
    for sentence, place in places:
        if owner := titled_for(text, sentence, place.start, verifier.mentions):
            return owner
    for sentence, place in places:
        if seated := seated_for(text, sentence, place, verifier.mentions):
            return seated
    proposed = party_of(proposal.party) if proposal.party else None
    return proposed if proposed in verifier.named else None


def verify(verifier: Verifier, proposal: StatementProposal) -> Statement:
    span = verifier.quoted(proposal)
    place = verifier.inside(proposal.text, "what was said", span)
    speaker = verifier.stands(proposal.speaker, "the speaker")
    channel = (
        verifier.stands(proposal.channel, "the channel", verifier.paragraph(span))
        if proposal.channel
        else None
    )
    verifier.affirmed(place)
    (_attributed if proposal.direct else _told)(verifier, proposal, place)
    role = proposal.role and first(verifier.text, proposal.role) and plain(proposal.role)
    return Statement(
        **verifier.shared("statement", span, proposal.speaker, "reported" if proposal.direct else None),
        speaker=speaker,
        role=role or None,
        party=_side(verifier, proposal, speaker),
        direct=proposal.direct,
        text=plain(verifier.words(place)),
        channel=channel,
    )
