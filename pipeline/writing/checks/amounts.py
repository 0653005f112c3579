"""Every number of a sentence: its value, its limit, which way it goes, whose it is and of what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec import Struct

from pipeline.briefings.goods import in_common
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import mentions
from pipeline.writing.checks.days import names_day, one_day
from pipeline.writing.checks.doers import NEUTRAL_WORDS
from pipeline.writing.checks.grounds import Ground, Written, is_hedged, names_of_sides
from pipeline.writing.claims import EVERYBODY, Amount, acts_in, stem, words_of
from schemas import Figure
from schemas.vocabulary import Comparator, Party

_WORDING = lexicon.wording


_SOFT = {"threatened", "proposed", "forecast", "estimated", "claimed", "target"}


_FIRM = {"actual", "in_force", "agreed"}


_LIKE: dict[Comparator, set[Comparator]] = {
    "eq": {"eq"}, "approx": {"approx", "eq"}, "gt": {"gt", "gte"}, "gte": {"gt", "gte"}, "lt": {"lt", "lte"},
    "lte": {"lt", "lte"}, "range": {"range"},
}  # fmt: skip


_SPANS = {"h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.0, "a": 360.0}
"""Days, as near as people count them."""


_ROUGHLY = 0.03


def check_amounts(sentence: Written) -> Iterator[str]:
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
    if mine == "eq" and _WORDING.at_most.search(_before(amount)):
        mine = "lte"
    if value.comparator == "range" and mine == "eq":
        return True
    told_as = _WORDING.capped.search(amount.written)
    if told_as and value.amount and words_of(told_as[0]) <= words_of(value.amount.scope):
        return True  # "a ceiling of", "a ceiling averaging"
    return value.comparator in _LIKE[mine]


def _before(amount: Amount) -> str:
    """What stands right before an amount in its clause."""
    return amount.scope[: max(amount.scope.find(amount.written), 0)][-24:]


def _counts_the_table(amount: Amount, sentence: Written) -> bool:
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
    counted = _WORDING.both.search(f"{amount.written}{behind}")
    if q.value == 2 and "both" in sentence.words:
        return True
    return q.value == 1 or (q.value == len(sentence.talks.parties) and counted is not None)


def _counted_otherwise(amount: Amount, sentence: Written) -> bool:
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
    amount: Amount, found: Sequence[tuple[Ground, _Value]], sentence: Written
) -> Iterator[str]:
    """What the sentence says of an amount is what one of the facts that have it says of it."""
    goods = [fault for g, v in found if (fault := _other_goods(amount, g, v))]
    if len(goods) == len(found):
        yield goods[0]
    ways = {way for g, v in found if (way := _way(g, v))}
    goes = amount.way if amount.way in {"up", "down"} else None
    told_so = (
        acts_in(amount.scope) & {"raise", "cut"}
        or _UP_DOWN.search(amount.scope)
        or any(one.former for one in sentence.told.amounts)
    )
    if goes and told_so and ways and goes not in ways and not any(_goes(g, goes) for g, _ in found):
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
        whose = names_of_sides(doers[0].who)
        yield f"it is {whose} of whom “{amount.written}” is told, not {names_of_sides(amount.who)}"
    others = [g for g in sentence.grounds if not any(g is each for each, _ in found)]
    things = amount.things - NEUTRAL_WORDS
    if things & frozenset(chain.from_iterable(g.words for g, _ in found)):
        things = frozenset()
    sides = [v.amount.sides | _of_fact(g) for g, v in found if v.amount and not _OURS.search(v.amount.scope)]
    if amount.sides and sides and all(one and not one & amount.sides for one in sides):
        yield f"“{amount.written}” is told of {names_of_sides(sides[0])}, not of {names_of_sides(amount.sides)}"
    if amount.quantity.unit != "1" and _wrong_way(amount, found):
        yield f"“{amount.written}” is sold the other way in its fact"
    yield from _elsewhere(amount, found, sentence)
    yield from _at_another_time(amount, found, sentence)
    own = [v.amount.things - NEUTRAL_WORDS for _, v in found if v.amount]
    about = amount.things - NEUTRAL_WORDS
    if amount.quantity.unit != "1" and about and own and all(one and not one & about for one in own):
        beside = [a for g in sentence.grounds for a in g.amounts if a.quantity.unit == amount.quantity.unit]
        others_things = [a.things for a in beside if a.quantity.value != amount.quantity.value]
        told_too = any(one & sentence.told.words for one in own)
        if not told_too and any(2 * len(about & one) > len(about) for one in others_things):
            yield f"“{amount.written}” is told of something else in its fact"
    apart = own
    if (
        amount.quantity.unit != "1"
        and things
        and apart
        and all(one and not one & sentence.told.words for one in apart)
    ) and any(things & g.words for g in others):
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
        whose = names_of_sides(owners[0])
        yield f"“{amount.written}” is a measure of {whose}, not of {names_of_sides(amount.imposers)}"
    bearers = [one for g, v in found if (one := _bearers(g, v))]
    if amount.bearers and bearers and _most(not one & amount.bearers for one in bearers):
        yield f"“{amount.written}” falls on {names_of_sides(bearers[0])}, not on {names_of_sides(amount.bearers)}"
    statuses = [_status(g, v) for g, v in found]
    if amount.status in _FIRM and all(one in _SOFT for one in statuses) and not is_hedged(sentence):
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
    same = bool(own) and (
        own[0].code in first or any(own[0].code in v.amount.who for _, v in found if v.amount)
    )
    return len(mine) == 1 and bool(theirs) and same and all(len(one) == 1 and one != mine for one in theirs)


def _at_another_time(
    amount: Amount, found: Sequence[tuple[Ground, _Value]], sentence: Written
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
        if value.amount is None or not days or any(names_day(mine[0], known) for known in ground.days):
            continue
        beside.append(any(one_day(mine[0], d) or fold(d.written) in fold(mine[0].written) for d in days))
    if beside and not any(beside) and len(beside) == len([v for _, v in found if v.amount]):
        yield f"“{amount.written}” is not told of {mine[0].written} in its fact"


def _elsewhere(amount: Amount, found: Sequence[tuple[Ground, _Value]], sentence: Written) -> Iterator[str]:
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


_UP_DOWN = re.compile(r"\b(?:up|down|higher|lower)\b", re.IGNORECASE)
_OURS = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)


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
        words = next(one.words for one in _WORDING.acts if one.name == act)
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
