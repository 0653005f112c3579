"""Whose delegate somebody is, and whether an office is theirs: read from the clause around the name.

Whoever asks for a side, to propose a delegate or to prove one, asks `seats`: each person of a sentence has a seat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from pipeline.documents.document import Span, inside
from pipeline.language.clauses import SUBJECTS, tokens_at
from pipeline.language.lexicons import UPPER, any_of, lexicon
from pipeline.language.matching import fold, folded
from pipeline.language.parties import Mention

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

_OFFICES = lexicon.offices
_GROUP, _LED, _BY, _WHO = _OFFICES.groups.any, _OFFICES.led_by.any, _OFFICES.by.any, _OFFICES.who.any
_HOMES, _SIDES, _LISTS, _ITS = _OFFICES.homes.any, _OFFICES.sides.any, _OFFICES.lists.any, _OFFICES.its.any
_HOST, _LEAD, _BEYOND = _OFFICES.hosts.any, _OFFICES.leading.any, _OFFICES.beyond.any
_DETERMINER = rf"(?:(?i:{lexicon.parties.articles.any}|{_ITS}) )?"
_WORD = rf"(?!{lexicon.speech.verbs.any}\b)[\w’'.-]+"
_NOUN = rf"(?!(?:{_BEYOND}|{_HOMES}|{_SIDES}|{_LISTS})\b){_WORD}"
"""A word that begins nothing new."""
_TITLES = rf"(?i:{any_of(map(re.escape, _OFFICES.title_words))})"
_OWNS, _BRACKETS = r"(?:[’']s?)?", r"(?:\s?\([^()]*\))?"

# All that stands between a party and somebody: "Peru’s new ", "Peruvian team, ", "Peru: ", "Peru sent ".
_TITLED = re.compile(rf"{_OWNS}(?:[ -]{_TITLES})* |{_OWNS} (?:{_WORD} )?(?:{_GROUP}|{_HOST}),? ")
_ATTRIBUTE = re.compile(rf"{_OWNS}(?: {_NOUN}){{1,4}} ")
_OFFICE = re.compile(rf"{_OWNS}(?: {_TITLES}){{1,4}}(?!\w)")
_ON_ITS_SIDE = re.compile(r"[^.;:]{0,80}\b(?:on|from) the ")
_SIDE = re.compile(rf" {_GROUP}(?= {_LISTS}\b|[.;]|$)")
_LABEL = re.compile(rf"(?: {_GROUP})?(?:: | [–—-] )")
_SENT = re.compile(
    rf"{_OWNS}(?: {_WORD}){{0,2}}?(?:, {_WHO})?(?: {_WORD}){{0,2}}? {_OFFICES.includes.any}:? {_DETERMINER}"
)
_ITS_OWN = re.compile(rf"[^.;:“”\"]*\b{_ITS} (?:{_TITLES} )*")
# Before the party and behind it: "For", "Peru, "; "Representing", "Peru was ".
_FRAME = re.compile(rf"(?:^|[;:,(—–] ?|\b{_LISTS} )(?i:{_OFFICES.frames.any}) {_DETERMINER}$")
_FRAMED = re.compile(rf"{_OWNS}(?: {_GROUP})?,?(?: (?!{_BEYOND}\b){_WORD}){{0,5}}(?: {_BY})? {_DETERMINER}")
# All that stands between somebody and a party: " (", " of ", " signed for ".
_BRACKET = re.compile(r"\s?\((?:[^()]*\W)?")
_OF = re.compile(rf"{_BRACKETS},? {_HOMES} {_DETERMINER}")
_ACTS = rf"(?:{_WHO} )?(?:{_WORD} ){{0,2}}{_OFFICES.acts.any}(?: {_WORD}){{0,3}}"
_FOR = re.compile(rf"{_BRACKETS},?(?: {_ACTS})? {_SIDES} {_DETERMINER}")
# Around a party behind somebody: " said that ", " is keen"; " the ", " side".
_SAYS = re.compile(rf"{_BRACKETS} {lexicon.speech.reporting.any}(?: {_OFFICES.that.any})? {_DETERMINER}")
_STANCE = re.compile(rf" {_OFFICES.being.any} (?:\w+ )?{_OFFICES.stances.any}\b")
_ELLIPSIS = re.compile(rf"{_BRACKETS},? {_DETERMINER}")
# Between two people: one list, one team, one who sends the other.
_JOIN = re.compile(rf",?(?: {_LISTS})?(?: {_BY})? {_DETERMINER}", re.IGNORECASE)
_WITH_TEAM = re.compile(
    rf"(?:[’']s?)? (?:[\w’'-]+ ){{0,2}}?{_GROUP}\b(?: {_OFFICES.personally.any})?,? "
    rf"{_OFFICES.colleagues.any} {_DETERMINER}"
)
"""Between a party and those who sit with its team: "led the Norwegian side himself, with …"."""
_COLLEAGUE = re.compile(rf"{_BRACKETS},? {_OFFICES.colleagues.any} {_DETERMINER}")
_SENDS = re.compile(rf" {_OFFICES.sends.any} {_DETERMINER}$")

# Who leads, before the name: "led by ", "Peru’s by ", "at the head of Peru’s team is ", "Leading the talks are ".
_LED_BY = re.compile(rf"\b{_LED}(?: \w+ly)?(?: {_WORD})? {_BY} {_DETERMINER}$")
_OWN_GROUP = re.compile(rf"{_OWNS} (?:{_WORD} )?{_GROUP}(?!\w)")
_SAME_GROUP = re.compile(rf"{_OWNS} (?:(?:{_WORD} )?{_GROUP}|{_OFFICES.same.any})(?!\w)")
_CLAUSE_ENDS = re.compile(r"[.,;]|$")
_TEAM_LED = re.compile(rf"{_OWNS}(?: {_WORD}){{0,6}},?(?: {_WORD}){{0,3}} ")
_FRONT = re.compile(rf"{_BRACKETS}, {_DETERMINER}")
_WHICH = re.compile(rf"{_OWNS}(?: {_WORD}){{1,5}},? {_WHO} {_DETERMINER}")
_BY_ALONE = re.compile(rf"{_OWNS}(?: {_GROUP})?,? {_BY} {_DETERMINER}")
_AT_THE_HEAD, _BEING, _HEADS_AS = _OFFICES.at_the_head.any, _OFFICES.being.any, _OFFICES.heads_as.any
_HEADED = re.compile(rf"\b(?i:{_AT_THE_HEAD}) (?P<what>[^,;:.]{{0,80}}) {_BEING} {_DETERMINER}$")
_HEAD_IS = re.compile(
    rf"\b(?i:{_AT_THE_HEAD}) (?P<what>[^,;:.]{{0,60}}?{_GROUP}),? (?:{_OFFICES.honorifics.any}\.? )*$"
)
_LEADING = re.compile(rf"\b(?i:{_LEAD}) [^,;:.]{{0,100}} {_BEING} {_DETERMINER}$")
_HEAD_AS = re.compile(rf"\b(?i:{_HEADS_AS}),? {_DETERMINER}$")
# The same for the next of two: "and by ", " for Peru and ".
_AND_BY = re.compile(rf"\b{_LISTS} {_BY} {_DETERMINER}$")
_ALSO = re.compile(
    rf"(?:{_BRACKETS}|,? (?:{_HOMES}|{_SIDES}) (?:{_WORD} ?){{1,4}}),? {_LISTS} (?:{_BY} )?{_DETERMINER}"
)
# Behind the name: ", who will lead ", ", head of ", " and his team".
_LEADS = re.compile(
    rf"{_BRACKETS}(?:, [^,;.]{{0,80}},|,)?(?: {_WHO}| to)?(?: (?!{_BEYOND}\b){_WORD}){{0,3}}?"
    rf" (?P<verb>{_LEAD})(?!\w)(?! {_BY}\b)"
)
_HEAD_OF = re.compile(rf"{_BRACKETS},?(?: {_WORD}){{0,6}} {_AT_THE_HEAD} ")
_WHAT = re.compile(rf"[^,;:.()]*?(?=[,;:.()]|\s{_BEYOND}\b|$)")
_ONE_MORE = re.compile(rf" {_LISTS} {_DETERMINER}")
_OWN_TEAM = re.compile(
    rf"{_BRACKETS},?(?: {_WORD}){{0,2}} {_OFFICES.joins.any} {_ITS} (?:\w+ )?{_OFFICES.teams.any}\b"
)
_CHIEF = re.compile(rf"\b{_OFFICES.chiefs.any} (?:\w+ )?negotiator\b", re.IGNORECASE)
_IS_CHIEF = re.compile(
    rf"[^.;]{{0,60}}\b{_BEING} (?:{_WORD} ){{1,2}}{_OFFICES.chiefs.any} (?:\w+ )?negotiator\b"
)

# Who is not there, and who only gives the room: behind the name and before it.
_AWAY = re.compile(rf"{_BRACKETS},?(?: {_WHO})?(?: {_WORD}){{0,3}}? {_OFFICES.away.any}(?!\w)")
_INSTEAD = re.compile(rf"\b{_OFFICES.instead.any} {_DETERMINER}$")
_HOSTS = re.compile(rf"{_BRACKETS},?(?: {_WHO})?(?: {_WORD}){{0,3}}? {_HOST}(?!\w)")
_HOSTED_BY = re.compile(rf"\b{_HOST}(?: {_WORD}){{0,3}} {_BY} {_DETERMINER}$")
_HOSTING = re.compile(rf"(?i:{_HOST})\b[^,;.]{{0,60}}, {_DETERMINER}$")

_TITLE_WORDS = _OFFICES.title_words
_OWNERS_MARK = re.compile(r"[’']s")
_NEXT = re.compile(rf"\s+(?:{UPPER}[\w’'-]+\s+)?{UPPER}[\w’'-]+")
_CLOSED = "\0"
"""What stands before words that open no sentence."""
_NOUN_OWNERS = {"poss", "amod", "compound", "nmod"}


class Seat(Struct, frozen=True):
    """What a sentence says of somebody: for whom they sit, whether they lead, and whether they are not there at all."""

    side: str | None
    leads: bool
    away: bool


NOWHERE = Seat(None, False, False)


class _Place(Struct, frozen=True, kw_only=True):
    """Somebody, or several in one list, office and all.

    The words around them are `start` to `end`: up to whoever is named beside them.
    """

    text: str
    sentence: Span
    name: Span
    start: int
    end: int
    parties: Sequence[Mention]
    tokens: Tokens | None
    shift: int

    @property
    def before(self) -> Sequence[Mention]:
        return [mention for mention in inside(self.parties, self.start, self.name.start) if not mention.place]

    @property
    def after(self) -> Sequence[Mention]:
        return [mention for mention in inside(self.parties, self.name.end, self.end) if not mention.place]

    def between(self, pattern: re.Pattern[str], mention: Mention) -> bool:
        """Whether a pattern is all that stands between somebody and a party."""
        first, last = sorted((self.name, Span(mention.start, mention.end)), key=lambda span: span.start)
        return bool(pattern.fullmatch(self.text, first.end, last.start))

    def words(self, span: Span) -> Tokens | None:
        return tokens_at(self.tokens, span.start - self.shift, span.end - self.shift) if self.tokens else None

    def only(self, start: int, end: int) -> str | None:
        """The party that some words name, if they name no other."""
        codes = {mention.code for mention in inside(self.parties, start, end)}
        return codes.pop() if len(codes) == 1 else None


def _titled_side(place: _Place) -> str | None:
    """Whose office it is: said in the office, or right before it."""
    if within := inside(place.parties, place.name.start, place.name.end):
        return within[0].code
    last = place.before[-1] if place.before else None
    return last.code if last and (place.between(_TITLED, last) or _owns(place, last)) else None


def _home(place: _Place) -> str | None:
    """From where somebody is: said right behind the name, or before it as a label."""
    before, after = place.before, place.after
    if after and (
        place.between(_OF, after[0])
        or place.between(_BRACKET, after[0])
        or (place.between(_ON_ITS_SIDE, after[0]) and _SIDE.match(place.text, after[0].end))
        or (place.between(_FRONT, after[0]) and _OFFICE.match(place.text, after[0].end))
    ):
        return after[0].code
    return before[-1].code if before and place.between(_LABEL, before[-1]) else None


def _owns(place: _Place, mention: Mention) -> bool:
    """Whether the parse makes a party an attribute of the office: "the new Chilean envoy"."""
    owner, owned = place.words(Span(mention.start, mention.end)), place.words(place.name)
    if owner is None or owned is None or owner.root.dep_ not in _NOUN_OWNERS:
        return False
    if not place.between(_ATTRIBUTE, mention):
        return False
    return owned.start <= owner.root.head.i < owned.end


def _side_of_all(place: _Place) -> str | None:
    """For whom a sentence has all in a list sit: "for Norway", "Norway sent", "its"."""
    before, after = place.before, place.after
    if after and (
        place.between(_FOR, after[0])
        or (place.between(_SAYS, after[0]) and _STANCE.match(place.text, after[0].end))
    ):
        return after[0].code
    if before:
        last = before[-1]
        opening = "" if place.start == place.sentence.start else _CLOSED
        framed = _FRAME.search(opening + place.text[place.start : last.start])
        if place.between(_SENT, last) or (framed and place.between(_FRAMED, last)):
            return last.code
    actors = [
        mention
        for mention in inside(place.parties, place.sentence.start, place.name.start)
        if not mention.place
    ]
    return actors[-1].code if actors and place.between(_ITS_OWN, actors[-1]) else None


def _side_of_colleague(place: _Place, found: Sequence[Seat]) -> str | None:
    """The side of a team, or of whoever is named before, where these go with them or were sent by them."""
    if place.before and place.between(_WITH_TEAM, place.before[-1]):
        return place.before[-1].code
    text, last = place.text, Span(place.start, place.name.start)
    goes_along = _COLLEAGUE.fullmatch(text, last.start, last.end) or _SENDS.search(text, last.start, last.end)
    return found[-1].side if found and goes_along else None


class _Lead(Struct, frozen=True):
    """That somebody leads, and whose team."""

    side: str | None


def _led_by(place: _Place) -> _Lead | None:
    """The Norwegian team, led by somebody; "led by somebody, the Norwegian team"; "…, and Norway’s by somebody"."""
    text, before, after = place.text, place.before, place.after
    if led := _LED_BY.search(text, place.start, place.name.start):
        teams = [one for one in before if _TEAM_LED.fullmatch(text, one.end, led.start())]
        if teams:
            own = next((one for one in reversed(teams) if _OWN_GROUP.match(text, one.end)), teams[-1])
            return _Lead(own.code)
        return _Lead(after[0].code if not before and after and place.between(_FRONT, after[0]) else None)
    if before and place.between(_BY_ALONE, before[-1]):
        return _Lead(before[-1].code)
    if headed := _HEADED.search(text, place.start, place.name.start) or _HEAD_IS.search(
        text, place.start, place.name.start
    ):
        return _Lead(place.only(*headed.span("what")))
    leading = _LEADING.search(text, place.start, place.name.start) or _HEAD_AS.search(
        text, place.start, place.name.start
    )
    return _Lead(place.only(leading.start(), place.name.start)) if leading else None


def _leads(place: _Place) -> _Lead | None:
    """Somebody who leads the Norwegian team, or is the head of it; the team that somebody leads."""
    text, before, after = place.text, place.before, place.after
    match = _LEADS.match(text, place.name.end, place.end)
    if match and _is_subject(place, Span(*match.span("verb"))):
        end = _end_of_what(place, match.end())
        one_more = _ONE_MORE.match(text, end, place.sentence.end)
        if one_more and any(mention.start == one_more.end() for mention in after):
            return _Lead(None)
        side = place.only(match.end(), end)
        return _Lead(side or (before[-1].code if before and place.between(_WHICH, before[-1]) else None))
    led_before = _OFFICES.leading.search(text, place.sentence.start, place.name.start)
    if led_before and after and place.between(_ELLIPSIS, after[0]):
        alone = _OFFICES.stands_for.fullmatch(led_before[0]) and _CLAUSE_ENDS.match(text, after[0].end)
        if alone or _SAME_GROUP.match(text, after[0].end):
            return _Lead(after[0].code)
    if match := _HEAD_OF.match(text, place.name.end, place.end):
        end = _end_of_what(place, match.end())
        if _OFFICES.groups.search(text, match.end(), end):
            return _Lead(place.only(match.end(), end))
    return None


def _end_of_what(place: _Place, start: int) -> int:
    """Where that ends which a verb of leading governs."""
    what = _WHAT.match(place.text, start, place.sentence.end)
    return min(what.end() if what else start, place.sentence.end)


def _is_subject(place: _Place, verb: Span) -> bool:
    """Whether the parse does not give a verb to another subject."""
    words, name = place.words(verb), place.words(place.name)
    if words is None or name is None:
        return True
    subjects = [child for child in words.root.children if child.dep_ in SUBJECTS]
    return all(
        name.start <= word.i < name.end or word.i > words.root.i or _OFFICES.who.fullmatch(word.text)
        for word in subjects
    )


def _parsed_lead(place: _Place) -> _Lead | None:
    """What the parse has somebody lead, however far the verb is, or what it has led by them."""
    name = place.words(place.name)
    if name is None or place.tokens is None:
        return None
    for verb in place.tokens:
        if not _OFFICES.leading.fullmatch(verb.text) and not _OFFICES.led_by.fullmatch(verb.text):
            continue
        if any(
            name.start <= who.i < name.end
            for child in verb.children
            if child.dep_ == "nsubj"
            for who in _all_of(child)
        ):
            return _Lead(
                _named_in(place, (child for child in verb.children if child.dep_ in {"dobj", "attr"}))
            )
        agents = (who for child in verb.children if child.dep_ == "agent" for who in child.children)
        if any(name.start <= who.i < name.end for agent in agents for who in _all_of(agent)):
            return _Lead(_named_in(place, _led(verb)))
    return None


def _all_of(token: Token) -> Iterator[Token]:
    """A noun and those that are joined to it, or stand beside it."""
    yield token
    for child in token.children:
        if child.dep_ in {"conj", "appos"}:
            yield from _all_of(child)


def _led(verb: Token) -> Iterator[Token]:
    """What is led: the subject of a passive, or what a participle belongs to."""
    yield from (child for child in verb.children if child.dep_ == "nsubjpass")
    if verb.dep_ in {"acl", "relcl"}:
        yield verb.head
    if verb.dep_ == "advcl":
        yield from (child for child in verb.head.children if child.dep_ in SUBJECTS)


def _named_in(place: _Place, nouns: Iterable[Token]) -> str | None:
    """The one party that the noun phrases name: of their own words, not of the clauses that hang on them."""
    codes = set()
    for noun in nouns:
        first = min(word.idx for word in noun.subtree) + place.shift
        codes |= {
            mention.code for mention in inside(place.parties, first, noun.idx + len(noun) + place.shift)
        }
    return codes.pop() if len(codes) == 1 else None


def _chief(place: _Place) -> bool:
    text, name = place.text, place.name
    return bool(
        _CHIEF.search(text, name.start, name.end)
        or _IS_CHIEF.match(text, name.end, place.end)
        or _OWN_TEAM.match(text, name.end, place.end)
    )


def _away(place: _Place) -> bool:
    text, name = place.text, place.name
    told = _AWAY.match(text, name.end, place.end)
    return bool(told and not inside(place.parties, name.end, told.end())) or bool(
        _INSTEAD.search(text, place.start, name.start)
    )


def _hosts(place: _Place) -> bool:
    text, name = place.text, place.name
    return bool(
        _HOSTS.match(text, name.end, place.end)
        or _HOSTED_BY.search(text, place.start, name.start)
        or _HOSTING.match(text, place.start, name.start)
    )


def seats(
    text: str,
    sentence: Span,
    names: Sequence[Span],
    parties: Sequence[Mention],
    tokens: Tokens | None = None,
    shift: int = 0,
) -> list[Seat]:
    """For each of the people whom a sentence names, in order, office and all: where they sit.

    `parties`: all that the text names. `tokens`: of the sentence, whose `idx` counts from `shift`.
    """
    found: list[Seat] = []
    edges = [sentence.start, *(name.end for name in names)]
    ends = [*(name.start for name in names), sentence.end]
    for group in _lists(text, names):
        first = len(found)
        last = first + len(group)

        def place(start: int, stop: int) -> _Place:
            """Those from `start` to before `stop`, as one."""
            return _Place(
                text=text, sentence=sentence, name=Span(names[start].start, names[stop - 1].end),
                start=edges[start], end=ends[stop], parties=parties, tokens=tokens, shift=shift,
            )  # fmt: skip

        singles = [place(i, i + 1) for i in range(first, last)]
        whole = place(first, last)
        lead = _led_by(whole) or _leads(whole) or _parsed_lead(whole)
        together = _side_of_all(whole) or _side_of_colleague(whole, found)
        included = any(whole.between(_SENT, mention) for mention in whole.before[-1:])
        shared = (lead.side if lead else None) or together
        goes_on = bool(
            found
            and found[-1].leads
            and (
                _AND_BY.search(text, whole.start, whole.name.start)
                or _ALSO.fullmatch(text, whole.start, whole.name.start)
            )
        )
        owners = [_titled_side(single) for single in singles]
        for single, owner in zip(singles, owners, strict=True):
            side = _either(shared, owner) or _home(single) or shared
            shared = shared or owner
            leads = lead is not None or goes_on or (_chief(single) and not included)
            found.append(Seat(side, leads, _away(single) or (side is None and _hosts(single))))
        behind = [
            None if _possessive(single) else owner for single, owner in zip(singles, owners, strict=True)
        ]
        found[first:] = _alike(found[first:], behind, text, sentence)
    return found


def _either(team: str | None, owner: str | None) -> str | None:
    """Whose office it is, or the body whose team somebody of a member leads."""
    return team if team and owner in lexicon.parties.members.get(team, ()) else owner


def _possessive(place: _Place) -> bool:
    """Whether an office is said to be somebody's: "Chile’s minister", not "minister of Chile"."""
    owners = inside(place.parties, place.start, place.name.end)
    return any(place.text[owner.end : owner.end + 2] in {"’s", "'s"} for owner in owners)


def _alike(group: Sequence[Seat], owners: Sequence[str | None], text: str, sentence: Span) -> list[Seat]:
    """People of one list sit for the one side that is named among them, unless they meet each other.

    `owners`: whose office each has, where it says "of" whom. For whom he sits who stands before "and the minister of
    Chile" is not said; who stands before "and Chile’s minister" sits beside her.
    """
    sides = {seat.side for seat in group if seat.side}
    if len(sides) != 1 or _OFFICES.in_person.search(text, sentence.start, sentence.end):
        return list(group)
    side = next(iter(sides))
    return [
        seat if seat.side or side in owners[at + 1 :] else replace(seat, side=side)
        for at, seat in enumerate(group)
    ]


def _lists(text: str, names: Sequence[Span]) -> Iterator[list[Span]]:
    """People who stand in one list: a verb or a group that goes with one goes with all."""
    group: list[Span] = []
    for name in names:
        if group and not _JOIN.fullmatch(text, group[-1].end, name.start):
            yield group
            group = []
        group.append(name)
    if group:
        yield group


def holds(office: str, offices: Iterable[str]) -> bool:
    """Whether an office is one of some, or one with a rank or a portfolio before it."""
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", office) for word in offices)


def titled_for(text: str, sentence: Span, at: int, named: Sequence[Mention]) -> str | None:
    """Whose office stands right before the name at `at`: "Norway’s Trade Minister Name"."""
    owner = next(iter(reversed(inside(named, sentence.start, at))), None)
    if owner is None:
        return None
    mark = _OWNERS_MARK.match(text, owner.end, at)
    between = text[mark.end() if mark else owner.end : at]
    titled = all(word[0].isupper() or word in _TITLE_WORDS for word in re.split(r"[ ,-]", between) if word)
    office = any(
        offices.search(between) for offices in (_OFFICES.leaders, _OFFICES.negotiators, _OFFICES.others)
    )
    return owner.code if office and titled else None


def seated_for(text: str, sentence: Span, name: Span, named: Sequence[Mention]) -> str | None:
    """Whom a sentence seats somebody for that it names."""
    return seats(text, sentence, [name], named)[0].side


def rank_left_out(text: str, name: str, office: str) -> str | None:
    """The word before an office that makes it another: "Deputy", "former"."""
    person, role, ranks = re.escape(fold(name)), re.escape(fold(office)), _OFFICES.lesser.any
    match = re.search(rf"(?<!\w)({ranks})[ -](?:\w+ )?{role}[ ,]+(?:[\w.']+ ){{0,2}}?{person}", fold(text))
    leads = match is not None and match[1] == "under" and not role.startswith("secretar")
    return match[1].capitalize() if match and not leads else None


def has_office(text: str, name: str, office: str) -> bool:
    """Whether a text gives somebody an office: right before the name, or right after it."""
    source = folded(text)
    person, role = re.escape(fold(name)), re.escape(fold(office))
    other = (
        rf"(?!and (?:(?i:{_OFFICES.honorifics.any})\.? )?{person})"  # "the minister of Chile, and Ms Name"
    )
    before = rf"{role}(?: of [\w.' -]{{1,40}})?[ ,]+{other}(?:[\w.']+ ){{0,2}}?{person}"
    several = rf"{role.removesuffix('s')}s,? (?:[^.;:()]|\([^()]*\)){{0,80}}?(?<!\w){person}"
    after = rf"{person}(?: \([^)]*\))?,? (?:[\w.'-]+ ){{0,5}}?{role}|{person} \((?:[\w.'-]+ ){{0,4}}?{role}"
    listed = rf"{role}(?: \w+){{0,3}}:[^:]{{1,200}}?(?<!\w){person}"
    if re.search(rf"(?<!\w)(?:{before}|{several}|{listed})(?!\w)", source.text):
        return True
    # In a list ("X, Minister Y, and Commissioner Z") the office behind a name is that of the next one.
    return any(
        not (_NEXT.match(text, source.source_span(match.start(), match.end())[1]) or " and the " in match[0])
        for match in re.finditer(rf"(?<!\w){after}(?!\w)", source.text)
    )
