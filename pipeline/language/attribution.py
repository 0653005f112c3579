"""Whom a text names as the speaker of quoted words: in its verb of saying, after the quote or before it."""

import re

from pipeline.language.lexicons import NAME_WORD, UPPER, lexicon

_SAID = lexicon.speech.verbs.any
_PARTICLE = lexicon.offices.particles.any
_INNER = rf"(?:{NAME_WORD}|of(?= {UPPER})|and(?= {UPPER}\w+ (?:Ministry|Bank|Office))|{_PARTICLE}(?= ))"
_NAME = rf"{NAME_WORD}(?: {_INNER})*"
_OFFICE = rf"[Tt]he (?:{NAME_WORD}\.? )?(?:president|prime minister|premier|chancellor)"
_DOCUMENT = r"[Tt]he (?:spokes\w+|minister|secretary|commissioner|official|article|report|statement)"
_STAND_IN = rf"(?:{_OFFICE}|{_DOCUMENT}|[Hh]e|[Ss]he|[Tt]hey)"
_WHO = re.compile(rf"\b{_STAND_IN}\b|{_NAME}")
_AFTER_VERB = re.compile(
    rf"^\W{{0,3}}\s*(?:{_SAID}|according to)\s+(?:by\s+)?(?:an? (?:report|note|statement) (?:by|from)\s+)?"
    r"(?P<who>[^“”\".,;:]{2,80})"
)
_BEFORE_VERB = re.compile(rf"^\W{{0,3}}\s*(?P<who>[^“”\".,;:]{{1,70}}?)\s+{_SAID}\b")
_VERB = re.compile(rf"\b{_SAID}\b")
_PREPOSITION = re.compile(
    r"\b(?:in|on|at|to|with|of|from|between|for|by|against|aboard|via)\s+(?:the |a |an )?$"
)
_SENTENCE = re.compile(rf"(?<=[.!?”])\s+(?={UPPER}|“)")
_LEADS_IN = re.compile(r"(?:[:,]|\b(?:to|be|become|had|as|shown|a|an|the))\s*$")
_TERMS = re.compile(
    rf"\bwhat (?P<who>{_NAME}) (?:terms|termed|calls|called|describes as|described as) (?:an? )?[“\"]?$"
)
_LOOK_BACK, _LOOK_AHEAD = 300, 200


def _named(text: str) -> list[str]:
    """Names in a text that can be subjects: none that a preposition governs, no sentence openers, no owners."""
    names = []
    for found in _WHO.finditer(text):
        name = found[0]
        first, _, rest = name.partition(" ")
        if lexicon.speech.nobody.cased.fullmatch(first) and not re.fullmatch(_STAND_IN, name):
            name = rest
        owner = re.search(r"[’']s?$", name)
        if len(name) > 1 and not owner and not _PREPOSITION.search(text[: found.start()]):
            names.append(name)
    return names


def told_after(text: str, end: int) -> str | None:
    """Whom the words right after a quote name: "…,” said X" or "…,” X said"."""
    after = re.split(r"[“\"]", text[end + 1 : end + _LOOK_AHEAD])[0]
    for pattern in (_AFTER_VERB, _BEFORE_VERB):
        if (found := pattern.match(after)) and (names := _named(found["who"])):
            return names[-1]
    return None


def told_before(text: str, start: int) -> str | None:
    """Whom the sentence names before its quote: "X said: “…" or "X called it a “…"."""
    before = _SENTENCE.split(text[max(start - _LOOK_BACK, 0) : max(start - 1, 0)])[-1]
    if re.search(r"[.!?]\s*$", before):
        return None
    verbs = list(_VERB.finditer(before))
    names = _named(before[: verbs[-1].start()])[-1:] or _named(before[verbs[-1].end() :])[:1] if verbs else []
    if not names and _LEADS_IN.search(before):
        names = _named(before)[:1]
    return names[0] if names else None


_SAYER = re.compile(rf"(?P<who>{_STAND_IN}|{_NAME}) (?:(?:has|have|had|also) )?{_SAID}\b")
_EDGE_MARKS = "“”„«»\"‘’' ,."
_TURN = re.compile(rf"^\W{{0,4}}(?:{UPPER}|[.’' -]){{4,60}}:\s", re.MULTILINE)


def told_with(text: str, start: int) -> str | None:
    """Whom the paragraph names for an earlier quotation, where this one begins a sentence of its own: it goes on."""
    before = text[:start].rstrip(' \t\n“"')
    if not re.search(r"[.!?][”\"]?$", before):
        return None
    closed = [m.start() for m in re.finditer(r"[”\"]", before)]
    return next((who for at in reversed(closed) if (who := told_after(before, at))), None)


def told_beside(text: str, start: int) -> str | None:
    """Whose word it is right before the quote: "what X terms “…”"."""
    found = _TERMS.search(text[max(start - _LOOK_BACK, 0) : start])
    names = _named(found["who"]) if found else []
    return names[-1] if names else None


def is_transcript(text: str) -> bool:
    """Whether turns open with their speakers' names in capitals, without quotation marks."""
    return len(_TURN.findall(text)) >= 2


def quotation_around(paragraph: str, start: int, end: int) -> tuple[int, int] | None:
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
            closed = next((m.start() for m in re.finditer(r"’(?!\w)", paragraph[end:])), -1 - end) + end
            between = max((m.start() for m in re.finditer(r"’(?!\w)", paragraph[:start])), default=-1)
        if opened > between:
            return opened, closed if closed >= 0 else len(paragraph)
        reopened = paragraph.find(opening, end)
        if closing == "”" and opened < 0 and between < 0 <= closed and not 0 <= reopened < closed:
            return -1, closed
    return None


def sayers(sentence: str) -> list[str]:
    """Whom a sentence names right before its verbs of saying."""
    return [found["who"] for found in _SAYER.finditer(sentence)]


def stands_in(who: str) -> bool:
    """Whether words stand for somebody named elsewhere: a pronoun, "the minister", "the US president"."""
    return bool(lexicon.speech.pronouns.fullmatch(who) or re.fullmatch(_STAND_IN, who))
