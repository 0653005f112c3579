"""Whose delegate somebody is, and whether an office is theirs: read from the words around the name.

Of `named`, the parties that a text names and that can be meant, those count that stand in the sentence.
"""

import re
from collections.abc import Iterable, Sequence

from pipeline.documents.document import Span, inside
from pipeline.language.lexicons import UPPER, lexicon
from pipeline.language.matching import fold, folded
from pipeline.language.parties import Mention

_OFFICES = lexicon.offices
_LEADS = re.compile(rf"\b{_OFFICES.leading.any}\b")
_LEADS_NEXT = re.compile(rf"[ ,]*(?:will )?{_OFFICES.leading.any}\b")
_CHIEF = re.compile(rf"\b{_OFFICES.chiefs.any} (?:\w+ )?negotiator\b", re.IGNORECASE)
_IS_CHIEF = re.compile(
    rf"^[^.;]{{0,60}}\b(?:is|was|as) (?:[\w’']+ ){{1,2}}{_OFFICES.chiefs.any} (?:\w+ )?negotiator\b"
)
_LED_BY = re.compile(rf"\b(?:{_OFFICES.led_by.any} by|leading|at the head of)\b")
_OWN_TEAM = re.compile(rf"^,? (?:and|with) (?:his|her|their) (?:own )?{_OFFICES.teams.any}\b")
_JOINS = re.compile(rf"\b{_OFFICES.joins.any}\b")
_OF = re.compile(r",? (?:from|of|for) (?:the )?(?P<of>[A-Z][\w’'.]+(?: [A-Z][\w’'.]+){0,3})")
_OTHER = re.compile(rf"\b{_OFFICES.opposite.any}\s+(?:the )?$")
_PART = re.compile(r"[,;.]")
_OWNERS_MARK = re.compile(r"[’']s")
_TITLE_WORDS = {
    word.casefold()
    for offices in (
        _OFFICES.leaders,
        _OFFICES.negotiators,
        _OFFICES.others,
        _OFFICES.portfolios,
        _OFFICES.ranks,
    )
    for office in offices
    for word in re.split(r"[ -]", office)
}
_BESIDE = 12
_NEXT = re.compile(rf"\s+(?:{UPPER}[\w’'-]+\s+)?{UPPER}[\w’'-]+")


def holds(office: str, offices: Iterable[str]) -> bool:
    """Whether an office is one of some, or one with a rank or a portfolio before it."""
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", office) for word in offices)


def owner_of(text: str, sentence: Span, person: Span, office: str, named: Sequence[Mention]) -> str | None:
    """Whose delegate the person is who is named, office and all, at `person`.

    Said beside the office ("China's Vice Premier"), or by an office that only one of the parties has, or by the
    group before ("the Indian team will include"), or by whom they lead ("will lead Peru's delegation").
    """
    here = inside(named, sentence.start, sentence.end)
    to_office = person.start + len(office)
    beside = next((m for m in here if m.end > person.start - _BESIDE and m.end <= to_office), None)
    if beside and not _PART.search(text, beside.end, person.start):
        return beside.code
    if within := inside(here, person.start, person.end):
        return within[0].code
    behind = _OF.match(text, person.end, sentence.end)
    if behind and (within := inside(here, *behind.span("of"))):
        return within[0].code
    codes = {mention.code for mention in named}
    for code, offices in _OFFICES.owners.items():
        if code in codes and holds(office, offices):
            return code
    actors = [mention for mention in here if not mention.place]
    before = [mention for mention in actors if mention.end <= person.start]
    if before and _OFFICES.groups.search(text, before[-1].end, person.start):
        return before[-1].code
    after = next((mention for mention in actors if mention.start >= person.end), None)
    if after and _LEADS.search(text, person.end, after.start):
        return after.code
    if before:
        return before[-1].code
    return after.code if after and not _OTHER.search(text, person.end, after.start) else None


def titled_for(text: str, sentence: Span, at: int, named: Sequence[Mention]) -> str | None:
    """Whose office stands right before the name at `at`: "Norway’s Trade Minister Name"."""
    owner = next(iter(reversed(inside(named, sentence.start, at))), None)
    if owner is None:
        return None
    mark = _OWNERS_MARK.match(text, owner.end, at)
    between = text[mark.end() if mark else owner.end : at]
    titled = all(
        word[0].isupper() or word in _TITLE_WORDS for word in re.split(r"[ -]", between.strip()) if word
    )
    office = any(
        offices.search(between) for offices in (_OFFICES.leaders, _OFFICES.negotiators, _OFFICES.others)
    )
    return owner.code if office and titled else None


def seated_for(text: str, sentence: Span, name: Span, named: Sequence[Mention]) -> str | None:
    """Whom a sentence seats somebody for that it names, where it says so outright: by group or lead."""
    actors = [mention for mention in inside(named, sentence.start, sentence.end) if not mention.place]
    before = [mention for mention in actors if mention.end <= name.start]
    if before and _OFFICES.groups.search(text, before[-1].end, name.start):
        return before[-1].code
    after = next((mention for mention in actors if mention.start >= name.end), None)
    return after.code if after and _LEADS_NEXT.match(text, name.end, sentence.end) else None


def heads(sentence: str, surname: str, office: str) -> bool:
    """Whether a sentence says that somebody leads: "led by X", "X will lead", a chief negotiator."""
    if _CHIEF.search(office):
        return True
    plain = fold(sentence)
    for name in re.finditer(re.escape(fold(surname)), plain):
        before, after = plain[: name.start()], plain[name.end() :]
        by = list(_LED_BY.finditer(before))
        if by and not _JOINS.search(before, by[-1].end()):
            return True
        if (
            _OWN_TEAM.search(after)
            or _IS_CHIEF.search(after)
            or (_OFFICES.leads.search(after) and not _JOINS.search(before))
        ):
            return True
    return False


def rank_left_out(text: str, name: str, office: str) -> str | None:
    """The word before an office that makes it another: "Deputy", "former"."""
    person, role, ranks = re.escape(fold(name)), re.escape(fold(office)), _OFFICES.lesser.any
    match = re.search(rf"(?<!\w)({ranks})[ -](?:\w+ )?{role}[ ,]+(?:[\w.']+ ){{0,2}}?{person}", fold(text))
    return match[1].capitalize() if match else None


def has_office(text: str, name: str, office: str) -> bool:
    """Whether a text gives somebody an office: right before the name, or right after it."""
    source = folded(text)
    person, role = re.escape(fold(name)), re.escape(fold(office))
    before = rf"{role}[ ,]+(?:[\w.']+ ){{0,2}}?{person}"
    after = rf"{person}(?: \([^)]*\))?,? (?:[\w.'-]+ ){{0,5}}?{role}"
    listed = rf"{role}(?: \w+){{0,3}}:[^:]{{1,200}}?(?<!\w){person}"
    if re.search(rf"(?<!\w)(?:{before}|{listed})(?!\w)", source.text):
        return True
    # In a list ("X, Minister Y, and Commissioner Z") the office behind a name is that of the next one.
    return any(
        not _NEXT.match(text, source.source_span(match.start(), match.end())[1])
        for match in re.finditer(rf"(?<!\w){after}(?!\w)", source.text)
    )
