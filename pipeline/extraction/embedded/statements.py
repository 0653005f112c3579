"""Who said what: quoted words also across paragraphs and in transcripts; reported speech apart."""

import re
from collections.abc import Iterator

from pipeline.documents.document import Document
from pipeline.language.commitments import NAMES, claimed
from pipeline.language.lexicons import NAME_WORD, UPPER, lexicon
from pipeline.language.parties import mentions
from pipeline.language.passages import Passage, Sentence, quoted
from pipeline.language.speakers import Roster, Speaker, speaker_of
from schemas.proposals import StatementProposal

_QUOTE = re.compile(r"“(?P<curly>[^“”]{2,1500})(?:”|$)|(?<!\w)\"(?P<straight>[^\"]{2,1500})(?:\"|$)")
_REST = re.compile(r"(?P<rest>[^“”]{2,1500})”")
_CAPITALS = rf"(?:{UPPER}|[’'-]){{2,}}"
_TURN = re.compile(rf"(?P<who>{lexicon.speech.titles.any} {_CAPITALS}(?: {_CAPITALS})*):\s+")
_CHANNELS, _SAY = lexicon.speech.channels.any, lexicon.speech.reporting.any
_ARTICLE = r"(?:an? |his |her |its |the |their )?"
_CHANNEL = re.compile(rf"\b(?:on|in|to|during|via) {_ARTICLE}(?:[\w’-]+ ){{0,3}}{_CHANNELS}(?!\w)")
_NAMES = rf"{NAME_WORD}(?: {NAME_WORD}){{0,5}}"
_REPORTED = re.compile(rf"(?P<who>(?:[Tt]he )?{_NAMES}) {_SAY}\b(?: [\w, ]{{0,20}})? ")
_DONE = lexicon.commitments.done.any
_ACCOUNT = re.compile(
    rf"(?P<who>{NAMES}) (?:{_SAY}|denied|rejected)\b(?: (?:on|last|this) \w+)?(?: that)?"
    rf" (?:it|they|[Tt]he \w+|{_NAMES}) (?:(?:had|has|have|never|not) ){{0,3}}(?:\w+ly )?{_DONE}\b"
)
_SHORT_TURN = 60


def _statement(
    document: Document,
    passage: Passage,
    start: int,
    end: int,
    who: Speaker,
    direct: bool,
    channel: str | None = None,
) -> StatementProposal:
    quote, at = quoted(document, passage, start, end)
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


def _channel(text: str, start: int, end: int) -> str | None:
    """Where it was said: named right after the quote, or right before it."""
    after = _CHANNEL.search(re.split(r"[.“]", text[end : end + 140])[0])
    before = _CHANNEL.search(re.split(r"[.”] ", text[max(start - 140, 0) : start])[-1])
    return after[0] if after else before[0] if before else None


def _direct(document: Document, parts: list[Passage], roster: Roster) -> Iterator[StatementProposal]:
    last: Speaker | None = None
    open_quote = False
    for passage in parts:
        rest = _REST.match(passage.text) if open_quote else None
        if rest and last:
            yield _statement(document, passage, 0, rest.end("rest"), last, direct=True)
        open_quote = False
        for found in _QUOTE.finditer(passage.text):
            start, end = found.span("curly" if found["curly"] else "straight")
            who = speaker_of(passage.text, start, end, last, roster)
            open_quote = end == len(passage.text)
            if who is not None:
                last = who
                yield _statement(document, passage, start, end, who, True, _channel(passage.text, start, end))


def _turns(document: Document, sentences: list[Sentence], roster: Roster) -> Iterator[StatementProposal]:
    """A transcript: every sentence of a turn belongs to the speaker whose name opens it."""
    who: Speaker | None = None
    for sentence in sentences:
        start = sentence.start
        if turn := _TURN.match(sentence.passage.text):
            who = roster.titled(turn["who"])
            start = max(start, turn.end())
        if who and sentence.end - start >= _SHORT_TURN:
            yield _statement(document, sentence.passage, start, sentence.end, who, direct=True)


def _tellers(sentence: str, roster: Roster) -> Iterator[Speaker]:
    """Whom a sentence has say something that it does not quote, say what it did, or say that another has agreed."""
    found = [_REPORTED.match(sentence)] if not re.search(r"[“\"]", sentence) else []
    for match in (*found, _ACCOUNT.search(sentence)):
        if match is not None:
            who = roster.find(re.sub(r"[’']s?$", "", match["who"]))
            if who.role or any(mention.start <= 4 for mention in mentions(match["who"])):
                yield who
    if (claim := claimed(sentence)) and claim.by:
        yield roster.find(claim.by)


def _reported(document: Document, sentences: list[Sentence], roster: Roster) -> Iterator[StatementProposal]:
    """Sentences in which somebody says something without being quoted, the first of whom is the speaker."""
    for sentence in sentences:
        if who := next(_tellers(sentence.text, roster), None):
            yield _statement(document, sentence.passage, sentence.start, sentence.end, who, direct=False)


def find_statements(document: Document, sentences: list[Sentence]) -> list[StatementProposal]:
    """Direct speech in the order of the text, then reported speech."""
    roster = Roster(sentences)
    parts = list({id(sentence.passage): sentence.passage for sentence in sentences}.values())
    if sum(bool(_TURN.match(part.text)) for part in parts) >= 2:
        return list(_turns(document, sentences, roster))
    return [*_direct(document, parts, roster), *_reported(document, sentences, roster)]
