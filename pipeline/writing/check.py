"""Whether a written sentence says what the facts say that it cites: every number, day, name, side and hedge of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from pipeline.briefings.goods import in_common
from pipeline.language.dates import resolve
from pipeline.language.dates.resolve import Context
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import mentions, party_name
from pipeline.language.people import Person, same_person
from pipeline.writing.claims import (
    EVERYBODY,
    OPEN,
    SO,
    TO_COME,
    Amount,
    Claim,
    Day,
    Told,
    acts_in,
    content_words,
    opposites,
    speaks_to_a_writer,
    stem,
    told,
    words_of,
)
from schemas import Briefing, Conflict, Deadline, Delegate, Event, Fact, Figure, Negotiation, Stake, Statement
from schemas.dates import FuzzyDate, bounds
from schemas.kinds import facts_of
from schemas.vocabulary import Comparator, Party

if TYPE_CHECKING:
    from spacy.tokens import Token

LONGEST = 420
"""Characters of a sentence."""
_MOST_EXCERPTS = 8
_BESIDE = 48
"""Characters around a name that may hold its office."""
_WRITING = lexicon.writing
_WEEKDAYS = [weekday.name for weekday in lexicon.calendar.weekdays]
_OFFICES = (
    lexicon.offices.negotiators, lexicon.offices.envoys, lexicon.offices.ministers, lexicon.offices.leaders,
    lexicon.offices.others,
)  # fmt: skip
_MARKUP = re.compile(r"https?:|www\.|[<>{}\[\]|`*#]|\bF?\d+\]")
_QUOTED = re.compile(r"[“\"«]([^“”\"»]+)[”\"»]")
_ENDS = re.compile(r"[.!?][”\"’)]?$")
_SOFT = {"threatened", "proposed", "forecast", "estimated", "claimed", "target"}
_FIRM = {"actual", "in_force", "agreed"}
_KIND_ACTS = {
    "meeting": "meet", "measure_expiry": "end", "entry_into_force": "begin", "signing": "sign", "ratification": "ratify",
}  # fmt: skip
_NEUTRAL_ACTS = {"say", "ask", "give", "include", "succeed", "confirm", "lead", "agree"}
_SPEAKING = {"say", "ask", "give", "threaten"}
"""Acts that tell what somebody says, be it never so firm."""
_LIKE: dict[Comparator, set[Comparator]] = {
    "eq": {"eq"}, "approx": {"approx", "eq"}, "gt": {"gt", "gte"}, "gte": {"gt", "gte"}, "lt": {"lt", "lte"},
    "lte": {"lt", "lte"}, "range": {"range"},
}  # fmt: skip
_SPANS = {"h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.0, "a": 360.0}
"""Days, as near as people count them."""
_ROUGHLY = 0.03
_SOME_DAY = date(2000, 1, 1)


class Ground:
    """What a fact says, by its fields and by the words that prove it."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        texts = dict.fromkeys(" ".join(e.exact.split()) for e in fact.evidence)
        self.told: list[Told] = [told(text) for text in list(texts)[:_MOST_EXCERPTS]]

    @cached_property
    def text(self) -> str:
        return " ".join([*(one.text for one in self.told), *_leaves(self.fact)])

    @cached_property
    def words(self) -> frozenset[str]:
        return words_of(self.text)

    @cached_property
    def acts(self) -> frozenset[str]:
        kind = (
            {_KIND_ACTS[self.fact.kind]}
            if isinstance(self.fact, Deadline) and self.fact.kind in _KIND_ACTS
            else set()
        )
        return acts_in(self.text) | kind

    @cached_property
    def claims(self) -> list[Claim]:
        claims = [claim for one in self.told for claim in one.claims]
        fact = self.fact
        # What was announced, and came about, is so.
        done = isinstance(fact, Deadline | Event) and fact.status in {"met", "occurred"}
        return [replace(c, firmness=SO) if done and c.firmness == TO_COME else c for c in claims]

    @cached_property
    def amounts(self) -> list[Amount]:
        return [amount for one in self.told for amount in one.amounts]

    @cached_property
    def days(self) -> list[FuzzyDate]:
        """The days that its fields give."""
        return [
            value
            for name in self.fact.__struct_fields__
            if isinstance(value := getattr(self.fact, name), FuzzyDate)
        ]

    @cached_property
    def parties(self) -> frozenset[Party]:
        named = {m.code for m in mentions(self.text)}
        fact = self.fact
        match fact:
            case Figure():
                named.update(fact.applies_to, [fact.imposed_by] if fact.imposed_by else [])
            case Stake():
                named.update(position.party for position in fact.positions)
            case Delegate() | Statement():
                named.update([fact.party] if fact.party else [])
        return frozenset(named)

    @property
    def people(self) -> Iterator[tuple[str, str, Party | None]]:
        """Names with what is said of them, and their side."""
        match self.fact:
            case Delegate(name=str(name)):
                yield name, f"{self.fact.role} {self.fact.organisation or ''}", self.fact.party
            case Statement():
                yield self.fact.speaker, self.fact.role or "", self.fact.party
        for one in self.told:
            yield from ((person.name, person.role, person.party) for person in one.people)


def _leaves(fact: Fact) -> Iterator[str]:
    """The words of its fields."""
    for name in fact.__struct_fields__:
        if name in {"id", "briefing_id", "certainty", "proof", "review", "evidence", "conflict_ids"}:
            continue
        value = getattr(fact, name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, FuzzyDate):
            yield value.text
    if isinstance(fact, Stake):
        for position in fact.positions:
            yield from filter(None, (position.ask, position.offer, position.red_line))
    if isinstance(fact, Deadline):
        yield from (condition.text for condition in fact.conditions)


class _Known(NamedTuple):
    """Somebody with an office, on a side."""

    name: str
    office: str
    party: Party | None

    def is_told(self, words: frozenset[str]) -> bool:
        """Whether words have the surname, be it the first or the last of the names."""
        pieces = [stem(fold(piece)) for piece in re.findall(r"\w+", self.name)]
        return any(piece in words for piece in (pieces[:1] + pieces[-1:]) if len(piece) > 2)


class Checker:
    """Checks sentences against the facts of one briefing."""

    def __init__(self, briefing: Briefing, before: Briefing | None = None) -> None:
        """`before`: another revision or round, whose facts may be cited too."""
        self.briefing = briefing
        self.talks = briefing.negotiation
        old = {fact.id: fact for fact in facts_of(before)} if before else {}
        self._facts = old | {fact.id: fact for fact in facts_of(briefing)}
        self._grounds: dict[str, Ground] = {}
        self._publishers = {
            s.document_id: f"{s.publisher or ''} {' '.join(s.cites)}" for s in briefing.sources
        }
        self._open = [conflict for conflict in briefing.conflicts if conflict.resolution is None]

    def faults(self, text: str, fact_ids: Sequence[str], heading: bool = False) -> list[str]:
        """Why a sentence does not stand; nothing where it does. `heading`: it is none, and needs no full stop."""
        if not fact_ids or any(id not in self._facts for id in fact_ids):
            return [
                "it cites no fact of the briefing"
                if not fact_ids
                else "it cites a fact that is not in the briefing"
            ]
        grounds = [self._ground(id) for id in dict.fromkeys(fact_ids)]
        sentence = _Sentence(text, told(text), grounds, self.talks, self._roster)
        faults = list(_form(text, heading))
        for check in _CHECKS:
            faults += check(sentence)
        faults += _disputed(sentence, self._open, heading)
        faults += self._names(sentence)
        return list(dict.fromkeys(faults))

    def _ground(self, id: str) -> Ground:
        if id not in self._grounds:
            self._grounds[id] = Ground(self._facts[id])
        return self._grounds[id]

    @cached_property
    def _roster(self) -> list[_Known]:
        """Who is known by which office and on which side: what any fact of the briefing tells may be told with a name."""
        people = [
            _Known(m.name, f"{m.role} {m.organisation or ''}", m.party)
            for side in self.briefing.delegations
            for m in side.members
            if m.name
        ]
        return people + [_Known(s.speaker, s.role or "", s.party) for s in self.briefing.statements]

    def _names(self, sentence: _Sentence) -> Iterator[str]:
        """Every capitalised word stands in a fact that is cited, or names the talks, a country, a day or a source."""
        talks = " ".join(
            filter(None, (self.talks.name, self.talks.venue, self.talks.round, self.talks.outcome))
        )
        publishers = " ".join(
            self._publishers.get(e.document_id, "") for g in sentence.grounds for e in g.fact.evidence
        )
        known = sentence.words | words_of(talks) | words_of(publishers) | _CALENDAR | sentence.known_words
        allowed = {m.start: m.end for m in mentions(sentence.text)}
        for token in sentence.told.tokens:
            start = token.idx + 0
            word = token.text.strip("’'")
            if not word[:1].isupper() or not word[:1].isalpha():
                continue
            if any(first <= start < last for first, last in allowed.items()):
                continue
            if token.is_sent_start and (token.pos_ != "PROPN" or token.is_stop or token.lower_ in _COMMON):
                continue
            if _LOOSE.get(word) in {
                *self.talks.parties,
                *chain.from_iterable(g.parties for g in sentence.grounds),
            }:
                continue
            pieces = [stem(piece) for piece in re.findall(r"\w+", fold(word))]
            if _initials_of(token) & sentence.words:
                continue
            if any(piece not in known and len(piece) > 1 for piece in pieces):
                yield f"“{word}” stands in no fact that it cites"


def _initials_of(word: Token) -> set[str]:
    """The letters of the run of capitalised words that a word stands in: PBO of Parliamentary Budget Officer."""
    first, last = word.i, word.i
    while first > word.sent.start and word.doc[first - 1].text[:1].isupper():
        first -= 1
    while last + 1 < word.sent.end and word.doc[last + 1].text[:1].isupper():
        last += 1
    run = [each.text for each in word.doc[first : last + 1]]
    return {"".join(each[0] for each in run[a:]).lower() for a in range(len(run)) if len(run) - a > 2}


_LOOSE = {"Europe": "EU", "European": "EU", "Europeans": "EU", "America": "US", "Britain": "GB"}
"""Names that a party goes by, loosely."""
_CALENDAR = frozenset(
    stem(fold(one.name)) for one in (*lexicon.calendar.months, *lexicon.calendar.weekdays)
) | {"i", "mr", "mrs", "ms"}
_COMMON = frozenset(
    {"negotiators", "ministers", "talks", "officials", "sources", "tariffs", "trade", "exporters", "both"}
)


class _Sentence:
    def __init__(
        self,
        text: str,
        read: Told,
        grounds: list[Ground],
        talks: Negotiation,
        roster: list[_Known],
    ) -> None:
        self.text = text
        self.told = read
        self.grounds = grounds
        self.talks = talks
        self.roster = roster

    @cached_property
    def words(self) -> frozenset[str]:
        words = frozenset(chain.from_iterable(ground.words for ground in self.grounds))
        return words | words_of("prime minister") if "pm" in words else words

    @cached_property
    def known(self) -> list[_Known]:
        """Those of the briefing whom the facts that are cited name."""
        return [one for one in self.roster if one.is_told(self.words)]

    @cached_property
    def known_words(self) -> frozenset[str]:
        words = frozenset(chain.from_iterable(words_of(f"{one.name} {one.office}") for one in self.known))
        return words | words_of("prime minister") if "pm" in words else words

    @cached_property
    def acts(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(ground.acts for ground in self.grounds))


# The form of a sentence.


def _form(text: str, heading: bool) -> Iterator[str]:
    if len(text) > LONGEST:
        yield f"it is longer than {LONGEST} characters"
    if not heading and not _ENDS.search(text):
        yield "it is no whole sentence: it has no full stop"
    if _MARKUP.search(text) or text != " ".join(text.split()):
        yield "it holds an address, markup or a line break"
    if order := speaks_to_a_writer(text):
        yield f"“{order}” speaks to a writer, not to a reader"
    if word := _WRITING.today.search(text):
        yield f"“{word[0]}” counts from a day that the reader does not know: name the date"


def _quotes(sentence: _Sentence) -> Iterator[str]:
    spoken = fold(" ".join(g.text for g in sentence.grounds))
    for match in _QUOTED.finditer(sentence.text):
        if fold(match[1]).strip(" .,") not in spoken:
            yield f"the words “{match[1]}” are quoted, and stand in no fact that it cites"


# Numbers.


def _numbers(sentence: _Sentence) -> Iterator[str]:
    for amount in sentence.told.amounts:
        if _counts_the_table(amount, sentence):
            continue
        alike = [(g, a) for g in sentence.grounds for a in _values(g) if _same_value(amount, a)]
        if not alike:
            if not (
                _IS_PART.search(amount.written) and words_of(amount.written) - {"a", "of"} <= sentence.words
            ):
                yield f"the number “{amount.written}” stands in no fact that it cites"
            continue
        limited = [(g, a) for g, a in alike if _same_limit(amount, a)]
        if not limited:
            was = alike[0][1].written
            yield f"“{amount.written}” is not the limit that its fact has: “{was}”"
            continue
        yield from _of_the_amount(amount, limited, sentence)


_IS_PART = re.compile(r"\b(?:half|halves|thirds?|quarters?|fifths?|tenths?)\b", re.IGNORECASE)


class _Value(Struct, frozen=True):
    """A value that a fact gives, by a field or in its words (`amount`)."""

    value: float
    value_high: float | None
    unit: str
    comparator: Comparator
    written: str
    amount: Amount | None = None


def _values(ground: Ground) -> Iterator[_Value]:
    fact = ground.fact
    for amount in ground.amounts:
        q = amount.quantity
        yield _Value(q.value, q.value_high, q.unit, q.comparator, amount.written, amount)
    if isinstance(fact, Figure):
        yield _Value(fact.value, fact.value_high, fact.unit, fact.comparator, fact.as_written)
        if fact.previous_value is not None:
            yield _Value(fact.previous_value, None, fact.unit, "eq", f"{fact.previous_value:g}")


def _same_value(amount: Amount, value: _Value) -> bool:
    q = amount.quantity
    if q.unit in _SPANS and value.unit in _SPANS:
        return abs(q.value * _SPANS[q.unit] - value.value * _SPANS[value.unit]) < _SPANS["d"] / 2
    if q.unit == "1" and value.unit == "%" and q.value == value.value:
        return True  # "from 10 to 5 per cent"
    mine, theirs = q.unit.partition("/"), value.unit.partition("/")
    if mine[0] != theirs[0] and {mine[0], theirs[0]} != {"%", "{share}"}:
        return False
    if mine[2] and theirs[2] and mine[2] != theirs[2]:
        return False
    if q.comparator == "approx" and value.value and abs(q.value - value.value) <= _ROUGHLY * abs(value.value):
        return True
    ends = {value.value, value.value_high} if value.value_high is not None else {value.value}
    return q.value in ends and (q.value_high is None or q.value_high in ends)


def _same_limit(amount: Amount, value: _Value) -> bool:
    if fold(amount.written) == fold(value.written):
        return True
    mine = amount.quantity.comparator
    if mine == "eq" and _WRITING.at_most.search(_before(amount)):
        mine = "lte"
    if value.comparator == "range" and mine == "eq":
        return True
    return value.comparator in _LIKE[mine]


def _before(amount: Amount) -> str:
    """What stands right before an amount in its clause."""
    return amount.scope[: max(amount.scope.find(amount.written), 0)][-24:]


def _counts_the_table(amount: Amount, sentence: _Sentence) -> bool:
    """Whether it counts the sides of the table: "the two governments"; a "one" that counts nothing."""
    q = amount.quantity
    if q.unit != "1":
        return False
    listed = max(
        len(re.split(r", (?:and )?| and ", part)) for part in re.split(r"[:;–—]", sentence.text)[-1:]
    )
    if 2 <= q.value <= max(len(sentence.grounds), listed if listed > 2 else 0) and not _counted_otherwise(
        amount, sentence
    ):
        return True
    behind = sentence.told.text[q.end : q.end + 24]
    counted = _WRITING.both.search(f"{amount.written}{behind}")
    if q.value == 2 and "both" in sentence.words:
        return True
    return q.value == 1 or (q.value == len(sentence.talks.parties) and counted is not None)


def _counted_otherwise(amount: Amount, sentence: _Sentence) -> bool:
    """Whether a fact counts the same things, and more or fewer of them."""
    counted = words_of(
        sentence.told.text[amount.quantity.end : amount.quantity.end + 40].strip().split(" ")[0]
    )
    for ground in sentence.grounds:
        for one in ground.told:
            for other in one.amounts:
                behind = one.text[other.quantity.end : other.quantity.end + 40].strip().split(" ")[0]
                if other.quantity.unit == "1" and counted & words_of(behind):
                    return True
    return False


def _of_the_amount(
    amount: Amount, found: Sequence[tuple[Ground, _Value]], sentence: _Sentence
) -> Iterator[str]:
    """What the sentence says of an amount is what one of the facts that have it says of it."""
    goods = [fault for g, v in found if (fault := _other_goods(amount, g, v))]
    if len(goods) == len(found):
        yield goods[0]
    ways = {way for g, v in found if (way := _way(g, v))}
    goes = amount.way if amount.way in {"up", "down"} else None
    if goes and ways and goes not in ways and not any(_goes(g, goes) for g, _ in found):
        yield f"“{amount.written}” goes the other way in its fact"
    if amount.former and found and all(v.amount and not v.amount.former and v.amount.way for _, v in found):
        yield f"“{amount.written}” is what it comes to, not what it was before"
    if amount.former and all(_typed_way(g, v) for g, v in found):
        yield f"“{amount.written}” is what it comes to, not what it was before"
    flows = [_flow(v.amount.scope) for _, v in found if v.amount]
    if flows and all(_crossed(_flow(amount.scope), one) for one in flows):
        yield f"“{amount.written}” is sold the other way in its fact"
    doers = [v.amount for _, v in found if v.amount and v.amount.who and v.amount.verb == amount.verb]
    if (
        amount.who
        and doers
        and not any(one.who & amount.who or EVERYBODY in one.who | amount.who for one in doers)
    ):
        yield f"it is {_named(doers[0].who)} of whom “{amount.written}” is told, not {_named(amount.who)}"
    others = [g for g in sentence.grounds if not any(g is each for each, _ in found)]
    things = amount.things - _NEUTRAL_WORDS
    if things & frozenset(chain.from_iterable(g.words for g, _ in found)):
        things = frozenset()
    sides = [v.amount.sides | _of_fact(g) for g, v in found if v.amount]
    if amount.sides and sides and all(one and not one & amount.sides for one in sides):
        yield f"“{amount.written}” is told of {_named(sides[0])}, not of {_named(amount.sides)}"
    if amount.quantity.unit != "1" and _wrong_way(amount, found):
        yield f"“{amount.written}” is sold the other way in its fact"
    yield from _elsewhere(amount, found, sentence)
    yield from _at_another_time(amount, found, sentence)
    own = [v.amount.things - _NEUTRAL_WORDS for _, v in found if v.amount]
    about = amount.things - _NEUTRAL_WORDS
    if amount.quantity.unit != "1" and about and own and all(one and not one & about for one in own):
        beside = [a for g in sentence.grounds for a in g.amounts if a.quantity.unit == amount.quantity.unit]
        if any(
            len(about & a.things) > len(about) / 2
            for a in beside
            if a.quantity.value != amount.quantity.value
        ):
            yield f"“{amount.written}” is told of something else in its fact"
    apart = own
    if (
        amount.quantity.unit != "1"
        and things
        and apart
        and all(one and not one & sentence.told.words for one in apart)
    ):
        if any(things & g.words for g in others):
            yield f"“{amount.written}” is told of something else in its fact"
    told_ways = [v.amount for _, v in found if v.amount]
    if not amount.former and amount.way and told_ways and all(one.former for one in told_ways):
        yield f"“{amount.written}” is what it was before, not what it comes to"
    owners = [_owners(g, v) for g, v in found]
    owners = [one for one in owners if one]
    allotted = any(
        lexicon.figures.allotted.search(text) for text in (amount.scope, *(v.written for _, v in found))
    )
    if amount.imposers and owners and not allotted and _most(not one & amount.imposers for one in owners):
        yield f"“{amount.written}” is a measure of {_named(owners[0])}, not of {_named(amount.imposers)}"
    bearers = [one for g, v in found if (one := _bearers(g, v))]
    if amount.bearers and bearers and _most(not one & amount.bearers for one in bearers):
        yield f"“{amount.written}” falls on {_named(bearers[0])}, not on {_named(amount.bearers)}"
    statuses = [_status(g, v) for g, v in found]
    if amount.status in _FIRM and all(one in _SOFT for one in statuses) and not _hedged(sentence):
        yield f"“{amount.written}” is told as settled, and is {statuses[0]} in its fact"


def _other_goods(amount: Amount, ground: Ground, value: _Value) -> str | None:
    if not amount.goods:
        return None
    scope = value.amount.goods if value.amount else frozenset()
    for good in amount.goods:
        own = frozenset({good})
        if scope and not in_common(own, scope) and not _in_subject(ground, good):
            return f"“{amount.written}” is not told of {good} in its fact"
        if not scope and not any(in_common(own, one.goods) for one in ground.told) and _any_goods(ground):
            return f"“{amount.written}” is not told of {good} in its fact"
    return None


def _any_goods(ground: Ground) -> bool:
    return any(one.goods for one in ground.told)


def _in_subject(ground: Ground, good: str) -> bool:
    return isinstance(ground.fact, Figure) and stem(good.split()[-1]) in words_of(ground.fact.subject)


def _way(ground: Ground, value: _Value) -> str | None:
    if value.amount and value.amount.way in {"up", "down"}:
        return value.amount.way
    figure = ground.fact
    if isinstance(figure, Figure) and figure.value == value.value and figure.direction in {"up", "down"}:
        return figure.direction
    return None


def _wrong_way(amount: Amount, found: Sequence[tuple[Ground, _Value]]) -> bool:
    """Whether it is told as imports, and its fact is of exports of the same party, or the other way round."""
    mine = acts_in(amount.scope) & {"buy", "sell"}
    theirs = [acts_in(_subject(g)) & {"buy", "sell"} for g, v in found if v.amount is None and _subject(g)]
    first = [named[0].code for _, v in found if v.amount and (named := mentions(v.amount.scope))]
    own = mentions(amount.scope)
    same = bool(own) and own[0].code in first
    return len(mine) == 1 and bool(theirs) and same and all(len(one) == 1 and one != mine for one in theirs)


def _at_another_time(
    amount: Amount, found: Sequence[tuple[Ground, _Value]], sentence: _Sentence
) -> Iterator[str]:
    """The day that stands with an amount is none of those that stand with it in its facts."""
    mine = [d for d in sentence.told.days if d.scope == amount.scope and d.edtf]
    if len(mine) != 1:
        return
    beside = []
    for ground, value in found:
        days = [
            d
            for one in ground.told
            for d in one.days
            if value.amount and d.scope == value.amount.scope and d.edtf
        ]
        if value.amount is None or not days or any(_is(mine[0], known) for known in ground.days):
            continue
        beside.append(any(_one_day(mine[0], d) or fold(d.written) in fold(mine[0].written) for d in days))
    if beside and not any(beside) and len(beside) == len([v for _, v in found if v.amount]):
        yield f"“{amount.written}” is not told of {mine[0].written} in its fact"


def _elsewhere(amount: Amount, found: Sequence[tuple[Ground, _Value]], sentence: _Sentence) -> Iterator[str]:
    """The same is done with an amount to something else that its fact names beside it."""
    alike = [v.amount for _, v in found if v.amount and v.amount.verb == amount.verb and v.amount.into]
    for preposition, words in amount.into:
        theirs = [dict(one.into).get(preposition) for one in alike]
        apart = [one for one in theirs if one and not one & words]
        if (
            apart
            and len(apart) == len(theirs)
            and words & frozenset(chain.from_iterable(g.words for g, _ in found))
        ):
            yield f"“{amount.written}” is told of something else in its fact"


def _subject(ground: Ground) -> str:
    return ground.fact.subject if isinstance(ground.fact, Figure) else ""


def _most(differ: Iterable[bool]) -> bool:
    """Whether more say no than yes: a reading of one text may be wrong."""
    told_so = list(differ)
    return 2 * sum(told_so) > len(told_so)


def _typed_way(ground: Ground, value: _Value) -> bool:
    """Whether the fact has a change end in a value."""
    figure = ground.fact
    ends = isinstance(figure, Figure) and figure.value == value.value and figure.direction in {"up", "down"}
    return ends and not (value.amount and value.amount.former)


def _of_fact(ground: Ground) -> frozenset[Party]:
    figure = ground.fact
    if not isinstance(figure, Figure):
        return frozenset()
    return frozenset([*figure.applies_to, *([figure.imposed_by] if figure.imposed_by else [])])


def _flow(scope: str) -> tuple[Party | None, Party | None]:
    """Who sells and who buys in a clause, as far as the one before the word for it tells."""
    for act in ("sell", "buy"):
        words = next(one.words for one in _WRITING.acts if one.name == act)
        moved = _MOVED[act].search(scope) if _GOODS_MOVE.search(scope) else None
        found = words.search(scope) or moved
        other = "buy" if act == "sell" else "sell"
        if found is None or other in acts_in(scope):
            continue
        before = [m.code for m in mentions(scope[: found.start()])]
        if before:
            return (before[0], None) if act == "sell" else (None, before[0])
    return None, None


_GOODS_MOVE = re.compile(r"\b(?:goods|worth|cargo|produce)\b", re.IGNORECASE)
_MOVED = {
    "sell": re.compile(r"\b(?:sen[dt]s?|supplie[sd]|delivered)\b", re.IGNORECASE),
    "buy": re.compile(r"\b(?:took|takes?|received|receives|absorbed)\b", re.IGNORECASE),
}


def _crossed(mine: tuple[Party | None, Party | None], theirs: tuple[Party | None, Party | None]) -> bool:
    """Whether one has somebody sell who buys in the other."""
    return (mine[0] is not None and mine[0] == theirs[1]) or (mine[1] is not None and mine[1] == theirs[0])


def _goes(ground: Ground, way: str) -> bool:
    """Whether the words of a fact go that way anywhere, and not the other."""
    acts = {"up": "raise", "down": "cut"}
    own, other = acts[way], acts["down" if way == "up" else "up"]
    return own in ground.acts and other not in ground.acts


def _owners(ground: Ground, value: _Value) -> frozenset[Party]:
    if value.amount and value.amount.imposers:
        return value.amount.imposers
    by = ground.fact.imposed_by if isinstance(ground.fact, Figure) else None
    return frozenset({by}) if by else frozenset()


def _bearers(ground: Ground, value: _Value) -> frozenset[Party]:
    if value.amount and value.amount.bearers:
        return value.amount.bearers
    return frozenset(ground.fact.applies_to) if isinstance(ground.fact, Figure) else frozenset()


def _status(ground: Ground, value: _Value) -> str:
    if isinstance(ground.fact, Figure) and ground.fact.value == value.value:
        return ground.fact.status
    return value.amount.status if value.amount else "actual"


def _named(parties: Iterable[Party]) -> str:
    return " and ".join(sorted(party_name(one) for one in parties if one != EVERYBODY)) or "another side"


def _hedged(sentence: _Sentence) -> bool:
    return bool(_WRITING.open.search(sentence.text) or _WRITING.attributes.search(sentence.text))


# Days.


def _dates(sentence: _Sentence) -> Iterator[str]:
    for day in sentence.told.days:
        if not _CALENDAR_WORD.search(day.written):
            continue  # "two days after": an amount
        holders = [g for g in sentence.grounds if _has_day(day, g)]
        if not holders and not any(
            _is(day, one) for one in (sentence.talks.start, sentence.talks.end) if one
        ):
            yield f"the date “{day.written}” is that of no fact that it cites"
        elif (
            holders
            and all(_of_another(day, g, sentence) for g in holders)
            and not any(_is(day, one) for one in (sentence.talks.start, sentence.talks.end) if one)
        ):
            yield f"the date “{day.written}” belongs to something else in the fact that it cites"
        elif holders:
            yield from _over(day, holders, sentence)


_CALENDAR_WORD = re.compile(
    rf"{lexicon.calendar.month}|{lexicon.calendar.weekday}|\d{{4}}|Christmas|Easter|year|quarter|month|week",
    re.IGNORECASE,
)


def _has_day(day: Day, ground: Ground) -> bool:
    if any(_is(day, known) for known in ground.days):
        return True
    said = [d for one in ground.told for d in one.days]
    if day.edtf and any(d.edtf == day.edtf for d in said):
        return True
    if any(fold(d.written) == fold(day.written) or _one_day(d, day) for d in said):
        return True
    return fold(day.written) in fold(ground.text)


def _one_day(left: Day, right: Day) -> bool:
    """Whether two ways to write a day without its year mean the same."""
    if left.edtf and right.edtf:
        return left.edtf == right.edtf
    if not all(any(c.isdigit() for c in one.written) for one in (left, right)):
        return False
    known = next((bounds(one.edtf)[0] for one in (left, right) if one.edtf), None)
    context = Context(anchor=known or _SOME_DAY, reason="it", tense="future")
    first, second = resolve(left.written, context), resolve(right.written, context)
    return first.edtf is not None and first.edtf == second.edtf


def _is(day: Day, known: FuzzyDate) -> bool:
    """Whether words name a day of a fact, or a month or year around it."""
    first = known.earliest or known.latest
    if first is None:
        return fold(day.written) in fold(known.text)
    last = known.latest or first
    name = fold(day.written)
    weekday = next((i for i, one in enumerate(_WEEKDAYS) if name in {fold(one), f"on {fold(one)}"}), None)
    ends = date.fromisoformat(first), date.fromisoformat(last)
    if weekday is not None:
        return any(one.weekday() == weekday for one in ends)
    for anchor in ends:
        for tense in ("future", "past"):
            meant = resolve(day.written, Context(anchor=anchor, reason="it", tense=tense))
            if (
                meant.earliest
                and meant.latest
                and _covers((meant.earliest, meant.latest), (first, last), day)
            ):
                return True
    if day.edtf is None:
        return False
    meant = resolve(day.written, Context())
    return bool(
        meant.earliest and meant.latest and _covers((meant.earliest, meant.latest), (first, last), day)
    )


def _covers(mine: tuple[str, str], theirs: tuple[str, str], day: Day) -> bool:
    """Whether a date is no finer than the other, and around it; one of its two ends will do."""
    if mine[0] <= theirs[0] and theirs[1] <= mine[1]:
        return True
    return mine[0] == mine[1] and mine[0] in theirs


def _of_another(day: Day, ground: Ground, sentence: _Sentence) -> bool:
    """Whether the clause of a day tells nothing that its fact tells of that day."""
    near = [d for one in ground.told for d in one.days if _same_words(d, day, ground)]
    scopes = [d.scope for d in near] or [ground.text]
    acts = day.acts - _NEUTRAL_ACTS
    there = frozenset(chain.from_iterable(acts_in(one) for one in scopes))
    if isinstance(ground.fact, Deadline) and ground.fact.kind in _KIND_ACTS and not near:
        there |= {_KIND_ACTS[ground.fact.kind]}
    if isinstance(ground.fact, Deadline):
        there |= {_KIND_ACTS[ground.fact.kind]} if ground.fact.kind in _KIND_ACTS else set()
    if acts & there:
        return False
    mine = {w for w in words_of(day.scope) if len(w) > 3} - words_of(day.written) - _EMPTY
    theirs = frozenset(chain.from_iterable(words_of(one) for one in scopes)) | words_of(ground.text)
    if mine & theirs:
        return False
    others = [g for g in sentence.grounds if g is not ground]
    return bool(acts and there - _NEUTRAL_ACTS) or any(mine & other.words for other in others)


def _same_words(told_day: Day, day: Day, ground: Ground) -> bool:
    return (told_day.edtf is not None and told_day.edtf == day.edtf) or fold(told_day.written) in fold(
        day.written
    )


_EMPTY = words_of(
    "the and with from until unless when which that this both sides between into over after before will would have been were their"
)


def _over(day: Day, holders: Sequence[Ground], sentence: _Sentence) -> Iterator[str]:
    """What is over is not told as to come, nor the other way round."""
    near = [
        d for g in holders for one in g.told for d in one.days if _same_words(d, day, g) or _one_day(d, day)
    ]
    targets = [
        g
        for g in holders
        if isinstance(g.fact, Deadline) and g.fact.kind == "target" and g.fact.status == "pending"
    ]
    if targets and len(targets) == len(holders) and "will" in sentence.told.words and day.firmness == TO_COME:
        if all(_WRITING.aims.search(g.text) for g in targets) and not _hedged(sentence):
            yield f"what is to be by “{day.written}” is only aimed at in the fact that it cites"
            return
    aimed = [
        g.fact
        for g in holders
        if isinstance(g.fact, Deadline) and g.fact.kind == "target" and g.fact.status == "pending"
    ]
    done = any(isinstance(g.fact, Deadline | Event) and g.fact.status in {"met", "occurred"} for g in holders)
    wished = near and not done and all(d.firmness == OPEN for d in near)
    if day.firmness < OPEN and wished and not _hedged(sentence) and (not aimed or len(aimed) == len(holders)):
        yield f"what is to be by “{day.written}” is only aimed at in the fact that it cites"
    if any(_is(day, one) for one in (sentence.talks.start, sentence.talks.end) if one):
        return
    facts = [g.fact for g in holders if any(_is(day, known) for known in g.days)]
    ahead = [f for f in facts if isinstance(f, Deadline | Event)]
    if not ahead or len(ahead) < len(facts):
        return
    past = [_is_past(fact) for fact in ahead]
    if day.past and all(one is False for one in past):
        yield f"“{day.written}” is still to come in the fact that it cites"
    if (
        day.tense == "future"
        and all(one is True for one in past)
        and not _WRITING.changed.search(sentence.text)
    ):
        yield f"“{day.written}” is over, or was moved, in the fact that it cites"


def _is_past(fact: Deadline | Event) -> bool | None:
    if isinstance(fact, Event):
        return {"occurred": True, "scheduled": False, "cancelled": True, "postponed": True}.get(fact.status)
    return {"pending": False, "met": True, "missed": True, "superseded": True, "extended": True}.get(
        fact.status
    )


# Who.


def _people(sentence: _Sentence) -> Iterator[str]:
    """Somebody who is named with an office has it in a fact that is cited, and sits for that side."""
    known = [_Known(*person) for ground in sentence.grounds for person in ground.people] + sentence.known
    for person in [*sentence.told.people, *_beside_names(sentence)]:
        alike = [one for one in known if same_person(person.name, one.name)]
        mine = set(_office_words(person.office))
        own = set(_office_words(" ".join([one.office for one in alike])))
        others = [set(_office_words(one.office)) for one in known if one not in alike]
        elses = any(mine <= theirs for theirs in others) and not _is_plural(person.office)
        beside = set(_office_words(" ".join(_around(person.name, sentence))))
        named = words_of(person.name) & sentence.words
        if (
            (alike or (named and elses))
            and not mine <= own
            and (elses or not mine <= beside | sentence.words)
        ) or (alike and not mine <= own | beside and not _is_plural(person.office)):
            yield f"{person.name} has another office in the facts that it cites than “{person.office}”"
        sides = {one.party for one in alike if one.party}
        called = {m.code for m in mentions(person.role)}
        if person.party in called and sides and person.party not in sides:
            yield f"{person.name} sits for {_named(sides)}, not for {_named([person.party])}"


def _beside_names(sentence: _Sentence) -> Iterator[Person]:
    """Offices that stand beside a name: "his trade minister, Ana Example"."""
    for token in sentence.told.tokens:
        if token.pos_ not in {"NOUN", "PROPN"} or not any(one.fullmatch(token.text) for one in _OFFICES):
            continue
        for name in token.children:
            if name.dep_ != "appos" or name.tag_ not in {"NNP", "NNPS"}:
                continue
            first = min([name.i, *(c.i for c in name.children if c.dep_ == "compound")])
            if fold(token.text) in _NO_OFFICE:
                continue
            before = [c for c in token.lefts if c.dep_ in {"compound", "amod"} and not mentions(c.text)]
            yield Person(
                start=token.idx,
                end=name.idx + len(name),
                name=token.doc[first : name.i + 1].text,
                role=token.text,
                office=" ".join(w.text for w in (*before, token)),
                party=None,
            )


def _is_plural(office: str) -> bool:
    """Whether several hold an office: "the trade and finance ministers"."""
    return office.rstrip(".").endswith("s")


def _around(name: str, sentence: _Sentence) -> Iterator[str]:
    """The words around a name in the facts."""
    surname = re.escape(name.split()[-1])
    for ground in sentence.grounds:
        for one in ground.told:
            for match in re.finditer(rf"(?<!\w){surname}(?!\w)", one.text):
                yield one.text[max(match.start() - _BESIDE, 0) : match.end() + _BESIDE]


def _office_words(office: str) -> list[str]:
    plain = office
    for mention in reversed(mentions(office)):
        plain = plain[: mention.start] + plain[mention.end :]
    words = [w for w in re.findall(r"[^\W\d_]+", fold(plain)) if w not in _NO_OFFICE]
    return [stem(one) for w in words for one in (("prime", "minister") if w == "pm" else (w,))]


def _offices(sentence: _Sentence) -> Iterator[str]:
    """An office stands in a fact that is cited with all its words."""
    for token in sentence.told.tokens:
        if token.pos_ not in {"NOUN", "PROPN"} or not any(one.fullmatch(token.text) for one in _OFFICES):
            continue
        beside = [
            c
            for c in token.lefts
            if c.dep_ in {"compound", "amod", "nmod"} and c.pos_ in {"NOUN", "PROPN", "ADJ"}
        ]
        beside += [g for c in beside for g in c.subtree if g != c and g.pos_ in {"NOUN", "PROPN", "ADJ"}]
        beside += [
            p
            for c in token.rights
            if c.dep_ == "prep" and c.lower_ in {"of", "for"}
            for p in c.children
            if p.dep_ == "pobj"
        ]
        words = [w for w in (token, *beside) if w.is_alpha and not mentions(w.text)]
        if left := [
            w.text
            for w in words
            if stem(fold(w.text)) not in sentence.words | sentence.known_words and not _counts(w)
        ]:
            yield f"the office “{left[-1]}” stands in no fact that it cites"


_NO_OFFICE = {
    "of",
    "for",
    "the",
    "and",
    "s",
    "who",
    "is",
    "a",
    "an",
    "in",
    "opposite",
    "then",
    "former",
    "number",
    "counterpart",
    "colleague",
    "her",
    "his",
    "its",
}


def _counts(word: Token) -> bool:
    return word.lower_ in {
        "two",
        "both",
        "top",
        "senior",
        "sides",
        "ministers",
        "negotiators",
        "officials",
        "leaders",
    }


def _sides(sentence: _Sentence) -> Iterator[str]:
    """Whoever is named is named by a fact that is cited, or sits at the table."""
    known = frozenset(chain.from_iterable(g.parties for g in sentence.grounds)) | set(sentence.talks.parties)
    venue = fold(sentence.talks.venue or "")
    for mention in mentions(sentence.text):
        words = sentence.text[mention.start : mention.end]
        if mention.code not in known and fold(words) not in venue and not words_of(words) <= sentence.words:
            yield f"{words} stands in no fact that it cites"


def _doers(sentence: _Sentence) -> Iterator[str]:
    """Who does what, what is denied, how firm it is: as one of the facts has it."""
    claims = [(g, c) for g in sentence.grounds for c in g.claims]
    agents = frozenset(chain.from_iterable(c.who for _, c in claims)) | _typed(sentence)
    negations = any(c.denied for _, c in claims) or _negative(" ".join(g.text for g in sentence.grounds))
    for claim in sentence.told.claims:
        alike = [(g, c, _sense(claim, c)) for g, c in claims]
        alike = [(g, c, sense) for g, c, sense in alike if sense and _one_matter(claim, c)]
        alike = [one for one in alike if one[1].word == claim.word] or alike
        if not alike:
            if claim.denied and not negations:
                yield f"“{claim.text}” is denied by no fact that it cites"
            if (
                claim.who
                and EVERYBODY not in claim.who
                and agents
                and EVERYBODY not in agents
                and not claim.who & agents
            ):
                yield f"{_named(claim.who)} does nothing in the facts that it cites"
            continue
        agree = [
            (g, c) for g, c, sense in alike if (c.denied == claim.denied) == (sense > 0) or _not_yet(claim, c)
        ]
        faint = _FAINT.search(sentence.text) or any(_FAINT.search(g.text) for g, _, _ in alike)
        limits = _LIMIT.search(sentence.text) and any(_LIMIT.search(g.text) for g, _, _ in alike)
        loose = claim.text.endswith("ing") and claim.tense is None and " short of " not in sentence.text
        told_apart = _WRITING.disputes.search(sentence.text) and claim.acts & {"agree", "say", "give"}
        if (
            loose
            or told_apart
            or faint
            or limits
            or claim.conditional
            or any(c.conditional for _, c, _ in alike)
        ):
            agree = [(g, c) for g, c, _ in alike]
        unmet = claim.tense == "past" and not claim.denied and claim.acts & _DONE
        if unmet and all(c.firmness is None and _WRITING.unmet.search(g.text) for g, c in agree):
            agree = []
        agree = agree or [(g, c) for g, c, _ in alike if "say" in claim.acts]
        if not agree:
            yield f"“{claim.text}” is told the other way round in the facts that it cites"
            continue
        sides = [_holders(g, c) or (c.who and c.who | _sides_of(c.names, sentence)) for g, c in agree]
        if claim.acts & _TOGETHER and all(one <= {m.code for m in mentions(sentence.text)} for one in sides):
            sides = []
        if "lead" in claim.acts and any(isinstance(g.fact, Delegate) for g in sentence.grounds):
            sides = []
        if (
            sides
            and claim.who
            and EVERYBODY not in claim.who
            and all(one and not _overlap(one, claim.who) for one in sides)
        ):
            yield f"it is {_named(sides[0])} of whom “{claim.text}” is told, not {_named(claim.who)}"
        doers = [c.names for _, c in agree] if "say" not in claim.acts else []
        if doers and claim.names and all(one and not one & claim.names for one in doers):
            yield f"it is not {' '.join(sorted(claim.names)).title()} of whom “{claim.text}” is told"
        firm_act = (
            not _WRITING.disputes.search(sentence.text)
            and (claim.acts or not claim.aside)
            and (claim.tense or claim.firmness == TO_COME)
            and not _WRITING.open.fullmatch(claim.text)
        )
        if (
            claim.firmness is not None
            and firm_act
            and not claim.denied
            and not claim.said
            and not claim.acts & _SPEAKING
        ):
            firm = [c.firmness for _, c in agree]
            mine = max(claim.firmness, TO_COME) if claim.tense == "present" else claim.firmness
            if all(one is not None and one > mine for one in firm):
                yield f"“{claim.text}” is told as settled, and is not in the facts that it cites"


_FAINT = re.compile(r"\b(?:hardly|scarcely|barely|little|few)\b", re.IGNORECASE)
"""Words that are no "not", and nearly one."""


_LIMIT = re.compile(r"\b(?:more|less|fewer|later|higher|lower)\b(?:[^.;]{0,60}\bthan\b)?", re.IGNORECASE)
"""With one of these a "not" sets a limit: "accept no more than 5%", "not settle for more"."""


_TOGETHER = {"agree", "sign", "meet", "say"}
"""Acts that one side does with another."""
_DONE = {"sign", "agree", "ratify", "extend"}


def _not_yet(mine: Claim, other: Claim) -> bool:
    """Whether what has not been done is what a fact has still to be done."""
    done = mine.tense == "past" and mine.firmness == SO
    return mine.denied and done and not other.denied and other.firmness not in {SO, None}


def _overlap(one: frozenset[Party], other: frozenset[Party]) -> bool:
    return EVERYBODY in one or bool(one & other)


def _sides_of(names: frozenset[str], sentence: _Sentence) -> frozenset[Party]:
    """Whose the people are that have these words in their names."""
    return frozenset(one.party for one in sentence.roster if one.party and words_of(one.name) & names)


def _holders(ground: Ground, claim: Claim) -> frozenset[Party]:
    """Whose position a stake tells, and whom somebody leads."""
    if isinstance(ground.fact, Delegate) and "lead" in claim.acts:
        return frozenset({ground.fact.party})
    if not isinstance(ground.fact, Stake) or not {"ask", "give"} & claim.acts:
        return frozenset()
    return frozenset(p.party for p in ground.fact.positions)


def _typed(sentence: _Sentence) -> frozenset[Party]:
    found: set[Party] = set()
    for ground in sentence.grounds:
        match ground.fact:
            case Stake(positions=positions):
                found.update(one.party for one in positions)
            case Figure(imposed_by=str(by)):
                found.add(by)
            case Delegate(party=party):
                found.add(party)
            case Statement(party=str(party)):
                found.add(party)
    return frozenset(found)


def _sense(mine: Claim, other: Claim) -> int:
    """1 where two claims are of one act, -1 where one is the opposite of the other, 0 else."""
    own, theirs = mine.acts, other.acts
    if other.firmness is None and mine.word != other.word and not own & theirs:
        return 0
    if mine.word == other.word or own & theirs:
        return 1
    return -1 if own and opposites(own) & theirs else 0


def _one_matter(mine: Claim, other: Claim) -> bool:
    return not mine.goods or not other.goods or in_common(mine.goods, other.goods)


def _negative(text: str) -> bool:
    return (
        lexicon.modality.not_before.search(text) is not None
        or lexicon.modality.unheld.search(text) is not None
    )


# Firmness.


def _claimed(sentence: _Sentence) -> Iterator[str]:
    """What somebody only says is put in somebody's mouth, or left open."""
    only = [g for g in sentence.grounds if g.fact.certainty == "claimed"]
    if only and len(only) == len(sentence.grounds) and not _hedged(sentence):
        yield "what it tells is only claimed: say who says so"


def _disputed(sentence: _Sentence, conflicts: Sequence[Conflict], heading: bool) -> Iterator[str]:
    """What sources disagree on is told as that."""
    cited = {g.fact.id for g in sentence.grounds}
    if _WRITING.disputes.search(sentence.text):
        return
    for conflict in conflicts:
        held = [p for p in conflict.positions if cited & set(p.fact_ids)]
        if not held:
            continue
        if conflict.kind == "attribution" and not ({"lead"} & acts_in(sentence.text)):
            continue
        if len(held) > 1 and _WRITING.attributes.search(sentence.text):
            continue
        if conflict.kind == "value" and not _tells_value(sentence, conflict):
            continue
        if conflict.kind not in {"value", "attribution"} and not any(_tells(sentence, p.value) for p in held):
            continue
        yield f"sources disagree on {conflict.about}: say so"


def _tells(sentence: _Sentence, value: str) -> bool:
    """Whether a sentence has most of the words of a position."""
    words = {word for word in words_of(value) if len(word) > 3} - _EMPTY
    return bool(words) and 2 * len(words & sentence.told.words) > len(words)


def _tells_value(sentence: _Sentence, conflict: Conflict) -> bool:
    cited = {g.fact.id: g.fact for g in sentence.grounds}
    facts = [cited[id] for p in conflict.positions for id in p.fact_ids if id in cited]
    values = {f.value for f in facts if isinstance(f, Figure)}
    if values:
        return any(a.quantity.value in values for a in sentence.told.amounts)
    return bool(sentence.told.days)


def _positions(sentence: _Sentence) -> Iterator[str]:
    """Who asks for something does not offer it."""
    held = {(p.party, kind) for g in sentence.grounds if isinstance(g.fact, Stake) for p in g.fact.positions
            for kind, words in (("ask", p.ask), ("give", p.offer)) if words}  # fmt: skip
    done = {
        (party, act)
        for g in sentence.grounds
        for c in g.claims
        for party in c.who
        for act in c.acts & {"ask", "give"}
    }
    for claim in sentence.told.claims:
        for act, other in (("ask", "give"), ("give", "ask")):
            for party in claim.who if act in claim.acts and other not in claim.acts else ():
                if (party, other) in held and not {(party, act), (EVERYBODY, act)} & (held | done):
                    yield f"{_named([party])} does not “{claim.text}” it in the facts that it cites"


def _spliced(sentence: _Sentence) -> Iterator[str]:
    """What is done, and to what, stands in one fact."""
    if len(sentence.grounds) < 2:
        return
    for claim in sentence.told.claims:
        things = claim.things - _NEUTRAL_WORDS
        doing = [g for g in sentence.grounds if any(_sense(claim, c) > 0 for c in g.claims)]
        if not doing or claim.firmness is None:
            continue
        own = [g for g in doing if things & g.words]
        mine = claim.subjects - (_MEASURE_WORDS if claim.acts & {"raise", "cut"} else _NEUTRAL_WORDS)
        theirs = [c.subjects for g in doing for c in g.claims if _sense(claim, c) > 0 and c.subjects]
        apart = theirs and all(not one & mine for one in theirs) and not any(mine & g.words for g in doing)
        if mine and apart and any(mine & g.words for g in sentence.grounds if g not in doing):
            yield f"“{claim.text}” is told of something else in the facts that it cites"
            continue
        if things and not own and any(things & g.words for g in sentence.grounds):
            yield f"“{claim.text}” is told of something else in the facts that it cites"


def _compared(sentence: _Sentence) -> Iterator[str]:
    """More is not told as less, nor what is limited as free."""
    text, facts = sentence.text, " ".join(g.text for g in sentence.grounds)
    for mine, other in _PAIRS:
        found = mine.search(text)
        if (
            found
            and not other.search(text.replace(found[0], ""))
            and other.search(facts)
            and not mine.search(facts)
        ):
            yield f"“{found[0]}” is told the other way round in the facts that it cites"


_PAIRS = (
    (_WRITING.more, _WRITING.less),
    (_WRITING.less, _WRITING.more),
    (_WRITING.behind, _WRITING.against),
    (_WRITING.against, _WRITING.behind),
    (_WRITING.unlimited, _WRITING.limited),
)
"""Words of one kind, and of its opposite."""


def _ordinals(sentence: _Sentence) -> Iterator[str]:
    """Which of several it is stands in a fact that is cited."""
    known = sentence.words | words_of(sentence.talks.round or "")
    for match in _ORDINAL.finditer(sentence.text):
        if stem(fold(match[0])) not in known and not any(match[0] in d.written for d in sentence.told.days):
            yield f"“{match[0]}” stands in no fact that it cites"


_ORDINAL = re.compile(
    r"\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d+(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
_MEASURE_WORDS = words_of("tariff tariffs duty duties levy rate rates charge charges")
_NEUTRAL_WORDS = words_of(
    "deal agreement talks negotiations round trade tariff tariffs duty duties levy quota side sides deadline measure measures pact accord text rate meeting"
)


# Goods, and the rest.


def _goods(sentence: _Sentence) -> Iterator[str]:
    known = [one.goods for g in sentence.grounds for one in g.told]
    for good in sentence.told.goods - {"date", "lead", "tin", "fig"}:
        own = frozenset({good})
        if not any(in_common(own, one) for one in known) and stem(good.split()[-1]) not in sentence.words:
            yield f"“{good}” stands in no fact that it cites"


def _measured(sentence: _Sentence) -> Iterator[str]:
    """What a duty, a quota or an import is of stands in a fact that is cited."""
    for token in sentence.told.tokens:
        if token.pos_ != "NOUN" or not _WRITING.measures.fullmatch(token.text):
            continue
        for link in token.rights:
            if link.dep_ != "prep" or link.lower_ not in {"on", "of", "for"}:
                continue
            for thing in link.children:
                if (
                    thing.dep_ == "pobj"
                    and thing.pos_ == "NOUN"
                    and not _in_amount(thing, sentence)
                    and stem(fold(thing.text)) not in sentence.words
                ):
                    if not _WRITING.measures.fullmatch(thing.text) and thing.lower_ not in _GENERIC:
                        yield f"“{thing.text}” stands in no fact that it cites"


def _in_amount(word: Token, sentence: _Sentence) -> bool:
    return any(word.text in amount.written for amount in sentence.told.amounts)


_GENERIC = {
    "goods",
    "products",
    "imports",
    "exports",
    "shipments",
    "year",
    "years",
    "items",
    "trade",
    "side",
    "sides",
    "talks",
    "country",
    "countries",
    "money",
}
_LEAST_KNOWN = 0.4


def _known(sentence: _Sentence) -> Iterator[str]:
    """Most of what a sentence is about stands in the facts that it cites."""
    words = [t for t in content_words(sentence.told.tokens) if not mentions(t.text)]
    if len(words) < 4:
        return
    talks = words_of(f"{sentence.talks.name} {sentence.talks.venue or ''} {sentence.talks.round or ''}")
    shared = [
        t
        for t in words
        if stem(fold(t.text)) in sentence.words | talks | _CALENDAR
        or acts_in(t.text) & sentence.acts
        or t.lower_ in _TRADE
    ]
    if len(shared) < _LEAST_KNOWN * len(words):
        yield "the facts that it cites tell little of what it says"


_TRADE = {
    "trade",
    "talks",
    "negotiations",
    "round",
    "deal",
    "agreement",
    "side",
    "sides",
    "tariff",
    "tariffs",
    "duty",
    "duties",
    "levy",
    "sources",
    "negotiators",
    "governments",
}
_CHECKS: tuple[Callable[[_Sentence], Iterator[str]], ...] = (
    _quotes, _numbers, _dates, _people, _offices, _sides, _doers, _positions, _spliced, _compared, _ordinals, _claimed, _goods, _measured, _known,
)  # fmt: skip
