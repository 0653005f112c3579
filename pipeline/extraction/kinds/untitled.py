"""People whom a text names without an office, and seats by what they do: "Name, who led the Dutch team"."""

import re
from collections.abc import Iterator, Sequence

from pipeline.documents.document import Span, inside, touching
from pipeline.language.annotate import Annotated, Sentence
from pipeline.language.lexicons import lexicon
from pipeline.language.offices import Seat, seats
from pipeline.language.parser import entity_of
from pipeline.language.people import FULL_NAME, Person, conducts_talks, outside_names

_OFFICES = lexicon.offices
_GROUP, _BY, _SIDES, _DEALS = (
    words.any for words in (_OFFICES.groups, _OFFICES.by, _OFFICES.sides, _OFFICES.deals)
)
_IS_HEAD = rf"(?:{_OFFICES.at_the_head.any}|{_OFFICES.heads_as.any})"
_LEADS = rf"(?:{_OFFICES.leading.any}|{_OFFICES.led_by.any}|{_IS_HEAD})"
_DOES = re.compile(
    rf"\b(?:{_LEADS}|{_DEALS} (?:[\w’'-]+ ){{0,3}}?{_SIDES}|{_GROUP}[^.;]{{0,40}}? {_BY})\b", re.IGNORECASE
)
"""What somebody does, or is, who sits at a table."""
_HEADS = re.compile(rf"\b{_IS_HEAD}\b", re.IGNORECASE)
_PASSIVE = re.compile(rf"\b{_BY} (?:[\w’'-]+ ){{0,2}}$")
_TEAM = re.compile(rf"(?:[\w’'-]+ ){{0,2}}{_GROUP}\b")
_A_TEAM = re.compile(rf"\b{_GROUP}\b")
_DEALS_FOR = re.compile(
    rf",?(?: {_OFFICES.who.any})?(?: [\w’'-]+){{0,2}} {_DEALS}(?: [\w’'-]+){{0,3}}? {_SIDES} ", re.IGNORECASE
)
_FOR = re.compile(rf" {_SIDES} (?:the )?", re.IGNORECASE)
_FOR_A_SIDE = re.compile(rf"\b{_SIDES} (?:the )?$", re.IGNORECASE)
_ARTICLE = re.compile(r"^the ", re.IGNORECASE)
_ROLE, _NEAR = 60, 80


def untitled(annotated: Annotated, sentence: Sentence, parties: frozenset[str]) -> Iterator[Person]:
    """Whom a sentence seats for one of the parties without an office. `role`: the words that seat them."""
    whole = Span(sentence.start, sentence.end)
    if not _DOES.search(sentence.text) or not any(m.code in parties for m in annotated.parties_in(whole)):
        return
    people = inside(annotated.people, sentence.start, sentence.end)
    known = [person for person in people if conducts_talks(person.office)]
    bare = list(_names(annotated, sentence, known))
    if not bare:
        return
    names = sorted([*(Span(one.start, one.end) for one in known), *bare], key=lambda span: span.start)
    mentions = [
        mention
        for mention in outside_names(annotated.text, known, annotated.parties)
        if not touching(bare, mention.start, mention.end)
    ]
    found = seats(annotated.text, whole, names, mentions, sentence.tokens, sentence.shift)
    for at, (name, seat) in enumerate(zip(names, found, strict=True)):
        edges = [sentence.start, *(one.end for one in names[:at])]
        end = names[at + 1].start if at + 1 < len(names) else sentence.end
        side = seat.side or _other_side(seat, found, parties)
        if name not in bare or seat.away or side not in parties:
            continue
        if not (seat.leads or _deals(annotated, names[:at], name, end)):
            continue
        role = _for_too(annotated, names[:at], name) or next(
            (role for edge in reversed(edges) if (role := _role(annotated, edge, name, end))), None
        )
        if role:
            yield Person(
                start=name.start,
                end=name.end,
                name=annotated.words(name),
                role=role,
                office=role,
                party=side,
                leads=seat.leads,
            )


def _names(annotated: Annotated, sentence: Sentence, known: Sequence[Person]) -> Iterator[Span]:
    """The names of persons, of two words or more, that a sentence has beside those of parties and of `known`."""
    for match in FULL_NAME.finditer(annotated.text, sentence.start, sentence.end):
        name = Span(*match.span())
        of_party = any(
            mention.start <= name.start and name.end <= mention.end
            for mention in touching(annotated.parties, name.start, name.end)
        )
        words = annotated.parsed(name)
        if of_party or touching(known, name.start, name.end) or words is None:
            continue
        if any(entity_of(word) == "PERSON" for word in words):
            yield name


def _deals(annotated: Annotated, before: Sequence[Span], name: Span, end: int) -> bool:
    """Whether somebody deals with others for a side."""
    deals = _DEALS_FOR.match(annotated.text, name.end, end) is not None
    return deals or _for_too(annotated, before, name) is not None


def _for_too(annotated: Annotated, before: Sequence[Span], name: Span) -> str | None:
    """For whom somebody does what the one before does: "Name signed for Chile and Name for Norway"."""
    own = _FOR.match(annotated.text, name.end)
    if not (own and before and _DEALS_FOR.match(annotated.text, before[-1].end, name.start)):
        return None
    side = next((mention.end for mention in annotated.parties if mention.start == own.end()), None)
    return annotated.text[own.start() + 1 : side] if side else None


def _other_side(seat: Seat, found: Sequence[Seat], parties: frozenset[str]) -> str | None:
    """The other of two sides, where a sentence says of which the other leads."""
    told = {one.side for one in found if one.leads and one.side} & parties
    return next(iter(parties - told)) if seat.leads and len(parties) == 2 and len(told) == 1 else None


def _role(annotated: Annotated, start: int, name: Span, end: int) -> str | None:
    """The words that seat somebody: "head of the Dutch delegation", "led the Dutch team", "Dutch team".

    Those before the name begin at `start` or later; those behind it end before `end`.
    """
    text = annotated.text
    if heads := list(_HEADS.finditer(text, start, name.start)):
        return _as_far_as_side(annotated, heads[-1].start(), name.start)
    if _PASSIVE.search(text, start, name.start):
        teams = list(_TEAM.finditer(text, start, name.start))
        return _ARTICLE.sub("", teams[-1][0]) if teams else None
    does = _DOES.search(text, name.end, min(name.end + _NEAR, end))
    does = does or _DOES.search(text, start, name.start)
    return _as_far_as_side(annotated, does.start(), end) if does else None


def _as_far_as_side(annotated: Annotated, start: int, end: int) -> str | None:
    """Words from a place on up to the team, or else to the party, that somebody leads or deals for."""
    text, stop = annotated.text, min(start + _ROLE, end)
    team = _A_TEAM.search(text, start, stop)
    sides = (
        m.end for m in inside(annotated.parties, start, stop) if _FOR_A_SIDE.search(text, start, m.start)
    )
    last = team.end() if team else next(sides, None)
    return _ARTICLE.sub("", text[start:last]) if last else None
