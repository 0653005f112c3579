"""Words in quotation marks, and whom the text names as their speaker: in its verb of saying, after them or before."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from pipeline.documents.document import Span
from pipeline.language.lexicons import NAME_WORD, UPPER, lexicon
from pipeline.language.people import Roster, Speaker

_SPEECH = lexicon.speech
_SAID = _SPEECH.verbs.any
_PARTICLE = lexicon.offices.particles.any
_INNER = rf"(?:{NAME_WORD}|of(?= {UPPER})|and(?= {UPPER}\w+ (?:Ministry|Bank|Office))|{_PARTICLE}(?= ))"
_NAME = rf"{NAME_WORD}(?: {_INNER})*"
_OFFICE = rf"[Tt]he (?:{NAME_WORD}\.? )?{_SPEECH.heads.any}"
_DOCUMENT = rf"[Tt]he {_SPEECH.stand_ins.any}"
_STAND_IN = rf"(?:{_OFFICE}|{_DOCUMENT}|[Hh]e|[Ss]he|[Tt]hey)"
_STANDS_IN = re.compile(_STAND_IN)
_WHO = re.compile(rf"\b{_STAND_IN}\b|{_NAME}")
_AFTER_VERB = re.compile(
    rf"\W{{0,3}}\s*(?:{_SAID}|according to)\s+(?:by\s+)?(?:an? (?:report|note|statement) (?:by|from)\s+)?"
    r"(?P<who>[^“”\".,;:]{2,80})"
)
_BEFORE_VERB = re.compile(rf"\W{{0,3}}\s*(?P<who>[^“”\".,;:]{{1,70}}?)\s+{_SAID}\b")
_VERB = re.compile(rf"\b{_SAID}\b")
_PREPOSITION = re.compile(rf"\b{_SPEECH.prepositions.any}\s+(?:the |a |an )?$")
_OWNER = re.compile(r"[’']s?$")
_SENTENCE = re.compile(rf"(?<=[.!?”])\s+(?={UPPER}|“)")
_ENDED = re.compile(r"[.!?]\s*$")
_LEADS_IN = re.compile(rf"(?:[:,]|\b{_SPEECH.leads_in.any})\s*$")
_TERMS = re.compile(rf"\bwhat (?P<who>{_NAME}) {_SPEECH.terms.any} (?:an? )?[“\"]?$")
_SAYER = re.compile(rf"(?P<who>{_STAND_IN}|{_NAME}) (?:(?:has|have|had|also) )?{_SAID}\b")
_TURN = re.compile(rf"^\W{{0,4}}(?:{UPPER}|[.’' -]){{4,60}}:\s", re.MULTILINE)
_LOOK_BACK, _LOOK_AHEAD = 300, 200

_LONGEST = 1_500
_QUOTED = re.compile(
    rf"“(?P<curly>[^“”]{{2,{_LONGEST}}})(?:”|$)|(?<!\w)\"(?P<straight>[^\"]{{2,{_LONGEST}}})(?:\"|$)"
)
_REST = re.compile(rf"(?P<rest>[^“”]{{2,{_LONGEST}}})”")
_EDGE_MARKS = "“”„«»\"‘’' ,."
_APOSTROPHE = re.compile(r"’(?!\w)")


class Quotation(Struct, frozen=True, kw_only=True):
    """Words between quotation marks. `speaker`: None where the text names nobody; `named`: where it does."""

    start: int
    end: int
    speaker: Speaker | None
    named: Span | None


def quotations(text: str, passages: Iterable[Span], roster: Roster) -> Iterator[Quotation]:
    """The quotations of paragraphs in order, also those that go on in the next, each with its speaker.

    A quotation beside which nobody is named, or a pronoun, is of whoever spoke last.
    """
    last: Speaker | None = None
    named: Span | None = None
    open_quote = False
    for passage in passages:
        rest = _REST.match(text, passage.start, passage.end) if open_quote else None
        if rest and last:
            yield Quotation(start=passage.start, end=rest.end("rest"), speaker=last, named=named)
        open_quote = False
        for match in _QUOTED.finditer(text, passage.start, passage.end):
            start, end = match.span("curly" if match["curly"] else "straight")
            beside = named_after(text, passage, end) or named_before(text, passage, start)
            if beside and not _SPEECH.pronouns.fullmatch(text[beside.start : beside.end]):
                last, named = roster.find(text[beside.start : beside.end]), beside
            open_quote = end == passage.end
            yield Quotation(start=start, end=end, speaker=last, named=named)


def _subjects(text: str, start: int, end: int) -> list[Span]:
    """Names that can be subjects: none that a preposition governs, no sentence openers, no owners."""
    names = []
    for match in _WHO.finditer(text, start, end):
        name = Span(*match.span())
        first, _, rest = match[0].partition(" ")
        if _SPEECH.nobody.cased.fullmatch(first) and not _STANDS_IN.fullmatch(match[0]):
            name = Span(name.end - len(rest), name.end)
        owner = _OWNER.search(text, name.start, name.end)
        governed = _PREPOSITION.search(text, max(start, match.start() - 40), match.start())
        if name.end - name.start > 1 and not owner and not governed:
            names.append(name)
    return names


def named_after(text: str, passage: Span, end: int) -> Span | None:
    """Whom the words right after a quotation name: "…,” said X" or "…,” X said". `end`: of its words."""
    stop = min(end + _LOOK_AHEAD, passage.end)
    reopened = [at for mark in '“"' if (at := text.find(mark, end + 1, stop)) >= 0]
    for pattern in (_AFTER_VERB, _BEFORE_VERB):
        match = pattern.match(text, min(end + 1, stop), min(reopened, default=stop))
        if match and (names := _subjects(text, *match.span("who"))):
            return names[-1]
    return None


def named_before(text: str, passage: Span, start: int) -> Span | None:
    """Whom the sentence names before a quotation: "X said: “…" or "X called it a “…". `start`: of its words."""
    first, stop = max(start - _LOOK_BACK, passage.start), max(start - 1, passage.start)
    gaps = [match.end() for match in _SENTENCE.finditer(text, first, stop)]
    first = gaps[-1] if gaps else first
    if _ENDED.search(text, first, stop):
        return None
    names: list[Span] = []
    if verbs := list(_VERB.finditer(text, first, stop)):
        names = _subjects(text, first, verbs[-1].start())[-1:] or _subjects(text, verbs[-1].end(), stop)[:1]
    if not names and _LEADS_IN.search(text, first, stop):
        names = _subjects(text, first, stop)[:1]
    return names[0] if names else None


def named_with(text: str, passage: Span, start: int) -> Span | None:
    """Whom the paragraph names for an earlier quotation that goes on in a sentence of its own at `start`."""
    before = text[passage.start : start].rstrip(' \t\n“"')
    if not re.search(r"[.!?][”\"]?$", before):
        return None
    closed = [passage.start + match.start() for match in re.finditer(r"[”\"]", before)]
    stop = Span(passage.start, passage.start + len(before))
    return next((who for at in reversed(closed) if (who := named_after(text, stop, at))), None)


def named_beside(text: str, passage: Span, start: int) -> Span | None:
    """Whose word it is right before the quotation: "what X terms “…”"."""
    match = _TERMS.search(text, max(start - _LOOK_BACK, passage.start), start)
    names = _subjects(text, *match.span("who")) if match else []
    return names[-1] if names else None


@lru_cache(maxsize=4)
def is_transcript(text: str) -> bool:
    """Whether turns open with their speakers' names in capitals, without quotation marks."""
    return len(_TURN.findall(text)) >= 2


def marks_around(paragraph: str, start: int, end: int) -> tuple[int, int] | None:
    """Offsets of the quotation marks around words, -1 for marks that another paragraph has; None without any."""
    while start < end and paragraph[start] in _EDGE_MARKS:
        start += 1
    while start < end and paragraph[end - 1] in _EDGE_MARKS:
        end -= 1
    if paragraph.count('"', 0, start) % 2:
        closed = paragraph.find('"', end)
        return paragraph.rfind('"', 0, start), closed if closed >= 0 else len(paragraph)
    for opening, closing in ("“”", "„“", "„”", "«»", "‘’"):
        opened, closed = paragraph.rfind(opening, 0, start), paragraph.find(closing, end)
        between = paragraph.rfind(closing, 0, start)
        if closing == "’":
            closed = next((match.start() for match in _APOSTROPHE.finditer(paragraph, end)), -1)
            between = max((match.start() for match in _APOSTROPHE.finditer(paragraph, 0, start)), default=-1)
        if opened > between:
            return opened, closed if closed >= 0 else len(paragraph)
        reopened = paragraph.find(opening, end)
        if closing == "”" and opened < 0 and between < 0 <= closed and not 0 <= reopened < closed:
            return -1, closed
    return None


def sayers(sentence: str) -> list[str]:
    """Whom a sentence names right before its verbs of saying."""
    return [match["who"] for match in _SAYER.finditer(sentence)]


def stands_in(who: str) -> bool:
    """Whether words stand for somebody named elsewhere: a pronoun, "the minister", "the US president"."""
    return bool(_SPEECH.pronouns.fullmatch(who) or _STANDS_IN.fullmatch(who))
