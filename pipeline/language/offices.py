"""Whose delegate somebody is, and whether an office is theirs: read from the words around the name."""

import re
from collections.abc import Iterable

from pipeline.language.folding import fold, folded
from pipeline.language.lexicons import UPPER, lexicon
from pipeline.language.parties import mentions

_OFFICES = lexicon.offices
_OWNERS = _OFFICES.owners
_LEADS = re.compile(r"\b(?:lead|leads|led|head|heads|represent\w*)\b")
_CHIEF = re.compile(r"\b(?:chief|lead|top) (?:\w+ )?negotiator\b", re.IGNORECASE)
_IS_CHIEF = re.compile(
    r"^[^.;]{0,60}\b(?:is|was|as) (?:[\w’']+ ){1,2}(?:chief|lead|top) (?:\w+ )?negotiator\b"
)
_LED_BY = re.compile(rf"\b(?:{_OFFICES.led_by.any} by|leading|at the head of)\b")
_OWN_TEAM = re.compile(r"^,? (?:and|with) (?:his|her|their) (?:own )?(?:delegation|team|group)\b")
_JOINS = re.compile(r"\b(?:includ\w+|joined by|accompanied by|alongside|with)\b")
_OF = re.compile(r",? (?:from|of|for) (?:the )?(?P<of>[A-Z][\w’'.]+(?: [A-Z][\w’'.]+){0,3})")
_OTHER = re.compile(r"\b(?:with|and|met|meets|welcomed|hosted|received|told)\s+(?:the )?$")
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


def owner_of(sentence: str, start: int, end: int, office: str, parties: frozenset[str]) -> str | None:
    """Whose delegate the person is who is named, office and all, at `sentence[start:end]`.

    Said beside the office ("China's Vice Premier"), or by an office that only one of the parties has, or by the
    group before ("the Indian team will include"), or by whom they lead ("will lead Peru's delegation").
    """
    beside = [
        m for m in mentions(sentence[: start + len(office)]) if m.code in parties and m.end > start - _BESIDE
    ]
    if beside and not re.search(r"[,;.]", sentence[beside[0].end : start]):
        return beside[0].code
    within = [m for m in mentions(sentence[start:end]) if m.code in parties]
    told = _OF.match(sentence, end)
    if within or (told and (within := [m for m in mentions(told["of"]) if m.code in parties])):
        return within[0].code
    for code, offices in _OWNERS.items():
        if code in parties and holds(office, offices):
            return code
    before = sentence[:start]
    named = [m for m in mentions(before) if m.code in parties and not m.place]
    if named and _OFFICES.groups.search(before, named[-1].end):
        return named[-1].code
    after = sentence[end:]
    behind = next((m for m in mentions(after) if m.code in parties and not m.place), None)
    if behind and _LEADS.search(after[: behind.start]):
        return behind.code
    if named:
        return named[-1].code
    return behind.code if behind and not _OTHER.search(after[: behind.start]) else None


def titled_for(sentence: str, start: int, parties: frozenset[str]) -> str | None:
    """Whose office stands right before the name at `start`: "Norway’s Trade Minister Name"."""
    owner = next((m for m in reversed(list(mentions(sentence[:start]))) if m.code in parties), None)
    between = sentence[owner.end : start].removeprefix("’s").removeprefix("'s") if owner else ""
    titled = all(
        word[0].isupper() or word in _TITLE_WORDS for word in re.split(r"[ -]", between.strip()) if word
    )
    office = any(heads.search(between) for heads in (_OFFICES.leaders, _OFFICES.negotiators, _OFFICES.others))
    return owner.code if owner and office and titled else None


def seated_for(sentence: str, start: int, end: int, parties: frozenset[str]) -> str | None:
    """Whom a sentence seats somebody for that it names at `start`, where it says so outright: by group or lead."""
    before, after = sentence[:start], sentence[end:]
    named = [m for m in mentions(before) if m.code in parties and not m.place]
    if named and _OFFICES.groups.search(before, named[-1].end):
        return named[-1].code
    behind = next((m for m in mentions(after) if m.code in parties and not m.place), None)
    return behind.code if behind and _LEADS.match(after.lstrip(" ,").removeprefix("will ")) else None


def heads(sentence: str, surname: str, office: str) -> bool:
    """Whether a sentence says that somebody leads: "led by X", "X will lead", a chief negotiator."""
    if _CHIEF.search(office):
        return True
    for name in re.finditer(re.escape(fold(surname)), fold(sentence)):
        before, after = fold(sentence)[: name.start()], fold(sentence)[name.end() :]
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
    found = re.search(rf"(?<!\w)({ranks})[ -](?:\w+ )?{role}[ ,]+(?:[\w.']+ ){{0,2}}?{person}", fold(text))
    return found[1].capitalize() if found else None


def has_office(text: str, name: str, office: str) -> bool:
    """Whether a text gives somebody an office: right before the name, or right after it."""
    person, role = re.escape(fold(name)), re.escape(fold(office))
    before = rf"{role}[ ,]+(?:[\w.']+ ){{0,2}}?{person}"
    after = rf"{person}(?: \([^)]*\))?,? (?:[\w.'-]+ ){{0,5}}?{role}"
    listed = rf"{role}(?: \w+){{0,3}}:[^:]{{1,200}}?(?<!\w){person}"
    if re.search(rf"(?<!\w)(?:{before}|{listed})(?!\w)", fold(text)):
        return True
    # In a list ("X, Minister Y, and Commissioner Z") the office behind a name is that of the next one.
    source = folded(text)
    return any(
        not _NEXT.match(text[source.source_span(m.start(), m.end())[1] :])
        for m in re.finditer(rf"(?<!\w){after}(?!\w)", source.text)
    )
