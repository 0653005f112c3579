"""Quantities in running text: what is written, and the value, unit and comparator that it reads as."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from pipeline.language.lexicons import UPPER, WordList, any_of, lexicon
from pipeline.language.numbers import END, GAP, Numeral, find_numbers
from pipeline.language.parties import names
from schemas.vocabulary import Comparator


class Quantity(Struct, frozen=True, kw_only=True):
    """A quantity and where it stands in the text it was read from. A bare count has unit `1`."""

    start: int
    end: int
    value: float
    value_high: float | None
    comparator: Comparator
    unit: str


_LEXICON = lexicon.quantities
_NUMBERS = lexicon.numbers
_COUNT = "1"
_PERCENT = "%"
_DURATIONS = {"min", "h", "d", "wk", "mo", "a"}
_CALENDAR = {"d", "wk", "mo", "a"}
_YEARS = range(1900, 2101)
_CODE_LEAST = 1000
_FAR_MORE = 3
"""So many times more often a party is named whose currency goes without saying."""
_LONGEST_UNIT = 4
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_IS_FULL_WIDTH = re.compile("[\uff01-\uff5e]")


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    """Compiled when it is first asked: what reads no quantities starts sooner."""
    return re.compile(expression)


def _match(expression: str, text: str, at: int, end: int) -> re.Match[str] | None:
    return _compiled(expression).match(text, at, end)


def _before(expression: str, text: str, at: int, reach: int, edge: int = 0) -> re.Match[str] | None:
    """What ends at a place and begins as a word behind an edge, the longest of it."""
    return _compiled(rf"(?<!\w)(?:{expression})\Z").search(text, max(at - reach, edge), at)


def _any(words: WordList) -> str:
    return rf"(?i:{words.any})"


def _signs(signs: Iterable[str]) -> str:
    return any_of(re.escape(sign) for sign in signs)


# Currencies.


@cache
def _tender() -> Mapping[str, frozenset[str]]:
    """The currencies of each party by its code."""
    from babel.core import get_global

    rows: Mapping[str, list[tuple[str, object, object, bool]]] = get_global("territory_currencies")
    return {
        party: frozenset(code for code, _, until, tender in currencies if tender and not until)
        for party, currencies in rows.items()
    }


@cache
def _codes() -> frozenset[str]:
    return frozenset().union(*_tender().values())


def _unaccented(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


@cache
def _currency_names() -> tuple[dict[str, str], dict[str, set[str]]]:
    """Currencies by their whole names, and by the noun of their names, all in lower case."""
    from babel.numbers import get_currency_name

    whole: dict[str, str] = {}
    nouns: dict[str, set[str]] = defaultdict(set)
    for code in sorted(_codes()):
        for count in (1, 2):
            name = get_currency_name(code, count, lexicon.language).lower()
            for form in {name, _unaccented(name)}:
                whole[form] = code
                nouns[form.split()[-1]].add(code)
    for noun, codes in _LEXICON.currency_nouns.items():
        nouns[noun].update(codes)
    return whole, dict(nouns)


def _currency(name: str) -> str | None:
    """The currency that a name means, by itself or by whose it is ("Danish crowns")."""
    whole, nouns = _currency_names()
    lower = name.lower()
    *whose, noun = lower.split(" ")
    if lower in whole or noun not in nouns:
        return whole.get(lower)
    if whose:
        party = names().get(name[: -len(noun) - 1], "")
        own = nouns[noun] & _tender().get(party, frozenset())
        return next(iter(own)) if len(own) == 1 else None
    if noun in _LEXICON.not_money:
        return None
    return next(iter(nouns[noun])) if len(nouns[noun]) == 1 else _LEXICON.unknown_currency


def in_own_currency(quantity: Quantity, written: str, named: Mapping[str, int], home: str | None) -> Quantity:
    """A quantity in what its bare noun means in a text that names some parties: "rupees" of Sri Lanka.

    `named`: how often. Where several of them have a currency of that name, none is named much more often, and the text
    is at home with none: the one that is usually meant, if its party is among them; else nobody's.
    """
    noun = _bare_noun(written)
    money, slash, per = quantity.unit.partition("/")
    usual = _UNITS.get(noun) or _currency(noun) if noun else None
    if not noun or money != usual:
        return quantity
    _, nouns = _currency_names()
    tender = _tender()
    often: dict[str, int] = defaultdict(int)
    for party, times in named.items():
        for code in tender.get(party, frozenset()) & nouns[noun]:
            often[code] += times
    if not often:
        return quantity
    at_home = tender.get(home or "", frozenset()) & often.keys()
    (first, most), (_, next_most) = [*sorted(often.items(), key=lambda one: (-one[1], one[0])), ("", 0)][:2]
    if most < _FAR_MORE * next_most and len(at_home) == 1:
        [first] = at_home
    elif most < _FAR_MORE * next_most:
        first = usual if usual in often else _LEXICON.unknown_currency
    return replace(quantity, unit=f"{first}{slash}{per}")


def may_be_in(currency: str, written: str, named: Iterable[str]) -> bool:
    """Whether an amount can be in a currency: its noun leaves it open, and a party is named that has it."""
    noun = _bare_noun(written)
    _, nouns = _currency_names()
    tender = _tender()
    return (
        noun is not None and currency in nouns[noun] and any(currency in tender.get(one, ()) for one in named)
    )


def _bare_noun(written: str) -> str | None:
    """The noun of several currencies in which an amount is told, where no word says whose: "20 million pesos"."""
    _, nouns = _currency_names()
    words = written.split()
    sign = re.match(r"[^\W\d]+", words[0])
    if sign and sign[0] in _LEXICON.shared_signs:
        return _LEXICON.shared_signs[sign[0]]
    at = next((i for i in range(len(words) - 1, 0, -1) if len(nouns.get(words[i].lower(), ())) > 1), 0)
    owned = words[at - 1][0].isupper()
    return None if not at or owned or words[at].lower() in _LEXICON.anywhere else words[at].lower()


def is_money(quantity: Quantity) -> bool:
    """Whether a quantity is an amount or a price in some currency."""
    money = quantity.unit.split("/")[0]
    return money in _codes() or money == _LEXICON.unknown_currency


def amount_unit(quantity: Quantity) -> str:
    """The unit of what a quantity amounts to over time: tonnes, of tonnes a year; a price stays one for its barrel."""
    unit, _, per = quantity.unit.partition("/")
    return unit if per in _CALENDAR else quantity.unit


# Units.
_SIGN_BEHIND = (
    rf"\s?\\?(?P<sign>{_signs([*(s for s in _LEXICON.signs if not s[-1].isalpha()), '%', '％'])})(?![\w$])"
)
_UNIT_WORD = r"(?:[^\W\d_]|°)[^\W_]*(?:\.[^\W\d_]+)*"
_UNIT_WORDS = rf"{_UNIT_WORD}(?:\.?{GAP}{_UNIT_WORD}){{0,{_LONGEST_UNIT - 1}}}"
_UNIT_GAP = rf"(?:{GAP}|\s{{1,6}})?"
_PER = rf"(?:\s{_any(_LEXICON.per)}\s|\s?/\s?|-{_any(_LEXICON.per)}-)"
_THEN = rf"[\s-]{_any(_LEXICON.then)}{END}"
_HALF_MORE = rf"\s{_any(_LEXICON.and_a_half)}{END}"
_PART_OF_A = (
    rf"(?:{GAP}(?:{_NUMBERS.of.any}{GAP})?(?:{any_of((*_NUMBERS.articles, _NUMBERS.ones[0]))}|1){GAP})"
)
_WEIGHED = rf"\s{_any(_LEXICON.weighed)}"
_ABBREVIATED = 3


def _named(units: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {name: code for code, names_ in units.items() for name in names_}


_UNITS = _named(_LEXICON.units)
_GLUED = _named(_LEXICON.glued)
_TIMES = re.compile(r"(\d+)\.(.+)")
_RATES = {
    name: code
    for name, code in _UNITS.items()
    if not ((len(code) == 3 and code.isupper()) or _TIMES.match(code))
}
_RATES |= _named(_LEXICON.rates)
_LABEL, _LABEL_REACH = rf"{UPPER}[\w.]*\s", 24  # Annex 7C; Phase 2
_NUMBERED = rf"{_any(lexicon.figures.labels)}\s"  # para 4
_GLUED_BEHIND = rf"(?:{_signs(_GLUED)}|\s?{_signs(name for name in _UNITS if '/' in name)}){END}"
_ADVERBS = _named(_LEXICON.adverbs)
_WEIGHT = "[lb_av]"


def _known(name: str, units: Mapping[str, str]) -> str | None:
    return units.get(name) or (units.get(name.lower()) if len(name) > _ABBREVIATED else None)


def _named_at(text: str, at: int, end: int, code_of: Callable[[str], str | None]) -> tuple[str, int] | None:
    """The code that the longest name at a place has, and where the name ends."""
    words = _match(_UNIT_WORDS, text, at, end)
    if words is None:
        return None
    ends = [word.end() for word in _compiled(_UNIT_WORD).finditer(words[0])]
    for length in reversed(ends):
        name = re.sub(rf"(\.?){GAP}", r"\1 ", words[0][:length])
        if code := code_of(name):
            return code, at + length
    return None


def _unit_code(name: str, number: Numeral) -> str | None:
    """The unit or the currency of a name; a code that is a word, too, prices large amounts alone."""
    if len(name) == 3 and name.isupper() and name in _codes():
        return name if name not in _LEXICON.code_words or number.value >= _CODE_LEAST else None
    return _known(name, _UNITS) or _currency(name)


def _time_at(text: str, at: int, end: int) -> tuple[str, int] | None:
    """A unit of time behind a word that says which: "six working days", "three more weeks"."""
    which = _match(rf"{_any(_LEXICON.which_times)}\s", text, at, end)
    named = _named_at(text, which.end(), end, _UNITS.get) if which else None
    return named if named and (named[0] in _DURATIONS or _TIMES.match(named[0])) else None


def _unit_behind(text: str, number: Numeral, end: int) -> tuple[str, int] | None:
    """The unit behind a number and where it ends, what it is a rate of included."""
    at = number.end
    if sign := _match(_SIGN_BEHIND, text, at, end):
        code = _LEXICON.signs.get(sign["sign"], _PERCENT)
        return _rate(text, code, sign.end(), end)
    glued = _match(_GLUED_BEHIND, text, at, end)
    if glued and not (glued[0] in _GLUED and _before(_LABEL, text, number.start, _LABEL_REACH)):
        name = glued[0].strip()
        return _rate(text, _GLUED.get(name) or _UNITS[name], glued.end(), end)
    gap = _match(_UNIT_GAP, text, at, end)
    place = gap.end() if gap else at
    if number.share:
        part = _match(_PART_OF_A, text, at, end)
        place = part.end() if part else place
    named = _named_at(text, place, end, lambda name: _unit_code(name, number)) or _time_at(text, place, end)
    if named is None:
        return None
    code, at = named
    if _LEXICON.pounds.fullmatch(text[place:at]) and _weighs(text, number, at, end):
        code = _WEIGHT
    return _rate(text, code, at, end)


def _weighs(text: str, number: Numeral, at: int, end: int) -> bool:
    """Whether pounds are a weight: "40 million pounds of beef", "a 20-pound fish", "weighed seven pounds"."""
    hyphened = number.factor == 1 and text[number.end : number.end + 1] == "-"
    heavy = _before(rf"{_any(_LEXICON.weighs)}\s(?:\w+\s){{0,3}}", text, number.start, _OPENING_REACH)
    return bool(hyphened or heavy or _match(_WEIGHED, text, at, end))


def _rate(text: str, code: str, at: int, end: int) -> tuple[str, int]:
    """A unit with what it is paid or made for: "a barrel", "per hour", "annually". A percentage stays what it is."""
    if code in {_PERCENT, "[pp]"} or "/" in code:
        return code, at
    if per := _match(_PER, text, at, end):
        named = _named_at(text, per.end(), end, lambda name: _known(name, _RATES))
        if named and named[0] != code and not _match(_THEN, text, named[1], end):
            return f"{code}/{named[0]}", named[1]
    space = _match(r"\s", text, at, end)
    often = space and _named_at(text, space.end(), end, lambda name: _known(name, _ADVERBS))
    return (f"{code}/{often[0]}", often[1]) if often else (code, at)


# Amounts: a number with its sign and its unit.


class _Amount(Struct, frozen=True, kw_only=True):
    """`high`: the upper end of a range; `priced`: its currency stands before it; `rounded`: a fraction, in percent."""

    start: int
    end: int
    value: float
    high: float | None = None
    unit: str
    number: Numeral
    priced: bool = False
    rounded: bool = False


_MINUS = "-−–‐‑"
_CURRENCY_BEFORE = rf"(?:{_signs(_LEXICON.signs)}|[A-Z]{{3}})\s?[{_MINUS}]?"
_SIGN_WORD = rf"(?P<sign>{_any(_LEXICON.negatives)}|{_any(_LEXICON.positives)})\s"
_RUNS_IN = re.compile(r"[^\s(\[“\"‘'/~<>≤≥≈=+$]\Z")  # a word, of which the dash makes one with the number
_COUNTED = re.compile(r"[\d%]\s\Z")  # another number, to which the dash leads: "10 -15"
_CURRENCY_REACH, _SIGN_REACH = 6, 40


def _currency_before(text: str, number: Numeral) -> tuple[str, int] | None:
    """The currency that stands before a number, and where it begins."""
    back = max(number.start - _CURRENCY_REACH, 0)
    match = _compiled(rf"(?<![^\W\d_]){_CURRENCY_BEFORE}\Z").search(text, back, number.start)
    if match is None:
        return None
    written = match[0].rstrip(_MINUS + " \u00a0\t\n")
    code = _LEXICON.signs.get(written) or (written if written in _codes() else None)
    loose = written in _LEXICON.code_words or (written.isalpha() and len(written) == 1)
    if code is None or (loose and number.value < _CODE_LEAST):
        return None
    return code, match.start()


def _amounts(text: str, start: int, end: int) -> Iterator[_Amount]:
    edge = -1
    for number in find_numbers(text, start, end):
        if number.start >= edge and (amount := _amount(text, number, edge, end)):
            edge = amount.end
            yield amount


def _amount(text: str, number: Numeral, edge: int, end: int) -> _Amount | None:
    """What a number is a quantity of, or none where it is a part of a word; `edge`: where the last amount ended."""
    unit = _unit_behind(text, number, end)
    if unit is None and (text[number.end : number.end + 1].isalpha() or number.share):
        return _share(text, number, end) if number.share else None
    if unit is None and _before(rf"{_any(_LEXICON.factors)}\s", text, number.start, 20):
        return None
    before = None if number.share else _currency_before(text, number)
    code, at = unit or (_COUNT, number.end)
    if before and (unit is None or not _same_money(before[0], code)):
        code, at = _rate(text, before[0], number.end, end)
    times = _TIMES.match(code)
    value, code = (number.value * int(times[1]), times[2]) if times else (number.value, code)
    if unit and code in _DURATIONS and (more := _match(_HALF_MORE, text, at, end)):
        value, at = value + 0.5, more.end()
    if number.unsure and code != _PERCENT:
        return None
    if before is None and text[max(number.start - 1, 0) : number.start].isalpha():
        return None
    signed = _signed(text, before[1] if before else number.start, number.start, edge)
    if signed is None:
        return None
    start, negative = signed
    return _Amount(
        start=start,
        end=at,
        value=-value if negative else value,
        unit=code,
        number=number,
        priced=before is not None,
    )


def _same_money(sign: str, code: str) -> bool:
    """Whether a sign before a number and a name behind it may be one currency: "$5 million Canadian dollars"."""
    return code.split("/")[0] in _codes() and (sign == code.split("/")[0] or sign in {"USD", "XXX"})


def _signed(text: str, start: int, number: int, edge: int) -> tuple[int, bool] | None:
    """Where an amount begins with its sign, and whether it is less than nothing; None where a word runs into it."""
    if start < number and text[number - 1] in _MINUS:
        return start, True
    dash = text[start - 1] if start and text[start - 1] in _MINUS else ""
    before = text[max(start - 3, 0) : start - 1]
    if dash and edge < start - 1 and not _COUNTED.search(before):
        if not _RUNS_IN.search(before):
            return start - 1, True
        if dash != "–":
            return None
    word = _before(_SIGN_WORD, text, start, _SIGN_REACH, max(edge, 0))
    return (word.start(), _LEXICON.positives.fullmatch(word["sign"]) is None) if word else (start, False)


_NO_WHOLE = rf"\s(?:\d{{4}}|{_any(_LEXICON.no_wholes)}){END}"
_SHARE_OF = rf"(?:\s{_NUMBERS.of.any}{END}(?!{_NO_WHOLE})|[\s-]{_any(_LEXICON.share_after)}{END})"
_SHARE_ENDS = rf"\s*(?:[.,;:)”\"!?—–]|\Z|\s{_any(_LEXICON.share_ends)}{END})"


def _share(text: str, number: Numeral, end: int) -> _Amount | None:
    """A fraction as a percentage: "a third of", "by two thirds", "half the"; none in "a third time"."""
    told = _match(_SHARE_OF, text, number.end, end) or (
        _before(rf"{_any(_LEXICON.share_before)}\s", text, number.start, 20)
        and _match(_SHARE_ENDS, text, number.end, end)
    )
    if not told:
        return None
    return _Amount(
        start=number.start,
        end=number.end,
        value=round(100 * number.value, 1),
        unit=_PERCENT,
        number=number,
        rounded=True,
    )


# Two amounts.
_DASH = r"\s?[-–—‐‑]\s?"
_TO = rf"(?P<dash>{_DASH})|\s(?P<to>{_any(_LEXICON.range_to)})\s"
_AND = rf"\s(?P<and>{_any(_LEXICON.range_and)})\s"
_LIST = rf"(?P<last>,?\s(?:{_any(_LEXICON.range_and)}|{_any(_LEXICON.alternatives)})\s)|,\s"
_COMPARED = rf"(?:\s{_any(_LEXICON.when)}\s[^,.;:()]{{1,30}}?)?,?\s{_any(_LEXICON.compared)}\s"
_DIFFERENCE = rf"(?:\s{_any(_LEXICON.when)}\s[^,.;:()]{{1,30}}?)?,\s"
_DIFFERS = rf"\s{_any(_LEXICON.differing)}{END}"
_RATIO = rf"\s{_any(_NUMBERS.ratios)}\s"
_RANGING = rf"{_any(_LEXICON.ranging)}\s{_any(_LEXICON.changing)}\s"
_BETWEEN = rf"{_any(_LEXICON.between)}\s"
_CHANGING = rf"{_any(_LEXICON.changing)}\s"
_MOVES = rf"{_any(_LEXICON.moves)}\s(?:{_any(_LEXICON.by)}\s)?"
_OPENING_REACH = 40
_LARGEST_SHARED, _FURTHEST = 1000, 100


def _bare(amount: _Amount) -> bool:
    return amount.unit == _COUNT


def _gap(expression: str, text: str, low: _Amount, high: _Amount) -> re.Match[str] | None:
    return _compiled(expression).fullmatch(text, low.end, high.start)


def _with_scale(low: _Amount, high: _Amount) -> _Amount:
    """The first of two numbers, which may leave its scale to the second: "1.5 to 2 billion"."""
    factor = high.number.factor
    own = low.number.factor > 1 or low.end > low.number.end or low.value >= _LARGEST_SHARED
    if factor == 1 or own or low.value * factor > _FURTHEST * abs(high.value):
        return low
    return replace(low, value=round(low.value * factor, 6))


def _sharing(low: _Amount, high: _Amount) -> tuple[_Amount, _Amount]:
    """Two amounts of one phrase: what is told of one of them is told of both."""
    low = _with_scale(low, high)
    if (_bare(low) and not _bare(high)) or _is_rate_of(high, low):
        return replace(low, unit=high.unit), high
    if low.priced and _bare(high):
        return low, replace(high, unit=low.unit)
    return low, high


def _is_rate_of(rate: _Amount, amount: _Amount) -> bool:
    """Whether one has the unit of the other, and what it is for: "$55 to $60 a barrel"."""
    return rate.unit.startswith(f"{amount.unit}/")


def _shared(text: str, amounts: list[_Amount]) -> list[_Amount]:
    """Lists of numbers before one unit: "5, 10 or 20 percent"."""
    shared = list(amounts)
    listed = False
    for n in range(len(shared) - 2, -1, -1):
        low, high = shared[n], shared[n + 1]
        link = _gap(_LIST, text, low, high)
        listed = bool(link and (listed or link["last"]) and _bare(low) and _lists(text, low, high))
        if listed:
            shared[n], _ = _sharing(low, high)
    return shared


def _compared(text: str, amounts: list[_Amount]) -> list[_Amount]:
    """Amounts that leave their unit to the one beside: "6 billion euros from 4 billion"; "to $48 from $60 a barrel"."""
    compared = list(amounts)
    at = 0
    for n, other in enumerate(amounts[1:], 1):
        year = _bare(amounts[n - 1]) and amounts[n - 1].value in _YEARS
        at = at if year and n > 1 else n - 1  # "6 billion euros in 2031, up from 4 billion"
        known = compared[at]
        differs = _gap(_DIFFERENCE, text, known, other) and _match(_DIFFERS, text, other.end, len(text))
        if not differs and not _gap(_COMPARED, text, known, other):
            continue
        scaled = (
            _bare(other) and other.number.factor > 1 and known.unit not in {_COUNT, _PERCENT, *_DURATIONS}
        )
        if _is_rate_of(known, other) and other.number.factor == 1 and not differs:
            compared[n] = replace(other, unit=known.unit)
        elif scaled or _is_rate_of(other, known):
            compared[at], compared[n] = _sharing(known, _with_unit(other, known))
    return compared


def _lists(text: str, low: _Amount, high: _Amount) -> bool:
    """Whether two numbers may have one unit, by which they are told: no year, no label, no price."""
    year = low.value in _YEARS
    label = _before(_LABEL, text, low.start, _LABEL_REACH)
    return not (year or label or high.priced or low.number.weak or low.value == 1)


def _pair(text: str, low: _Amount, high: _Amount) -> tuple[_Amount, ...]:
    """Two amounts side by side as what they are to each other: one range, or two with what they share."""
    link = _gap(rf"{_TO}|{_AND}", text, low, high)
    if link and _bare(low) and _before(_NUMBERED, text, low.start, _LABEL_REACH):
        return low, high
    between = link and _before(_BETWEEN, text, low.start, _OPENING_REACH)
    if link is None or (link["and"] and not between):
        return low, high
    ranging = _before(_RANGING, text, low.start, _OPENING_REACH)
    if link["to"] and _bare(low) and low.value in _YEARS and high.priced:
        return low, high  # "from 5 billion euros in 2031 to €6 billion"
    one, other = _sharing(low, high)
    if not ranging and _before(_CHANGING, text, low.start, _OPENING_REACH):
        return one, _with_unit(other, one)
    if between:
        other = _with_unit(other, one)
    moved = link["to"] and not between and not ranging and _moved(text, low, high)
    if moved or one.unit != other.unit or one.value >= other.value:
        return low, high
    opening = between or ranging
    start = opening.start() if opening else one.start
    return (replace(one, start=start, end=other.end, high=other.value),)


def _with_unit(amount: _Amount, other: _Amount) -> _Amount:
    return replace(amount, unit=other.unit) if _bare(amount) else amount


def _moved(text: str, low: _Amount, high: _Amount) -> bool:
    """Whether the first is how far something moved, the second where to: "rose 52 to 6,327"."""
    whole = _bare(low) == _bare(high) and (low.number.factor > 1 or high.number.factor == 1)
    return whole and _before(_MOVES, text, low.start, _OPENING_REACH) is not None


def _is_ratio(text: str, low: _Amount, high: _Amount) -> bool:
    """Whether two counts are one share: "one in five"."""
    smaller = _bare(low) and _bare(high) and low.value < high.value and high.value not in _YEARS
    return smaller and _gap(_RATIO, text, low, high) is not None


def _is_score(text: str, low: _Amount, high: _Amount) -> bool:
    """Whether two counts are the result of a game or a vote, or a span of years: "5-4"; "2031-32"."""
    falling = _bare(low) and _bare(high) and low.value >= high.value >= 0
    return falling and _compiled("[-–‐‑]").fullmatch(text, low.end, high.start) is not None


# Limits.


def _sides(close: bool) -> str:
    """The phrases before a number that limit it, each in a group of its name."""
    rows = ((row.name, row.close if close else row.words) for row in _LEXICON.limits)
    return "|".join(rf"(?P<{name}{'_close' * close}>{_any(words)})" for name, words in rows if words)


_LIMIT_SIGN = rf"(?P<sign>{_signs(_LEXICON.limit_signs)})\s?"
_LIMIT = rf"(?:{_sides(close=True)}|(?:{_sides(close=False)})(?:\s{_any(_LEXICON.another)})?)\s{{1,6}}"
_LIMIT_BEHIND = (
    rf"(?:(?P<sign>{_signs(_LEXICON.limit_signs_after)})"
    rf"|(?:,?\s|-)(?:{'|'.join(rf'(?P<{row.name}>{_any(row.words)})' for row in _LEXICON.limits_after)}){END})"
    rf"(?!\s?[^\w\s]?\d)"  # it limits what follows: "50, at least 20 of them"
)
_UNLIMITED = rf"{_any(_LEXICON.unlimited)}\s"
_LASTING = rf"{_any(_LEXICON.lasting)}\s"
_RESTATES = rf",?\s\(|{_any(_LEXICON.restates)}\s"
_LIMIT_REACH = 80


def _limit_before(text: str, start: int, unit: str, edge: int) -> tuple[Comparator, int] | None:
    """How what stands before an amount limits it, and where that begins; "over nine months" only says how long."""
    if sign := _compiled(rf"{_LIMIT_SIGN}\Z").search(text, max(start - 4, edge), start):
        return _LEXICON.limit_signs[sign["sign"]], sign.start()
    match = _before(_LIMIT, text, start, _LIMIT_REACH, edge)
    if match is None:
        return None
    name = str(match.lastgroup).removesuffix("_close")
    row = next(row for row in _LEXICON.limits if row.name == name)
    if unit in _DURATIONS and _LEXICON.over.fullmatch(match[0].strip()):
        return ("gt" if _before(_LASTING, text, match.start(), _OPENING_REACH) else "eq"), match.start()
    return None if _before(_UNLIMITED, text, start, _LIMIT_REACH) else (row.name, match.start())


def _limit_behind(text: str, at: int, end: int) -> tuple[Comparator, int] | None:
    match = _match(_LIMIT_BEHIND, text, at, end)
    if match is None:
        return None
    if match["sign"]:
        return _LEXICON.limit_signs_after[match["sign"]], match.end()
    return next(row.name for row in _LEXICON.limits_after if match[row.name]), match.end()


def _limited(text: str, amount: _Amount, edge: int, end: int) -> Quantity:
    """An amount with its limit; what stands before `edge` belongs to another."""
    comparator: Comparator = "approx" if amount.rounded else "eq"
    start, stop = amount.start, amount.end
    if amount.high is not None:
        comparator = "range"
    else:
        if before := _limit_before(text, start, amount.unit, edge):
            comparator, start = before
        if behind := _limit_behind(text, stop, end):
            comparator, stop = behind
    return Quantity(
        start=start,
        end=stop,
        value=float(amount.value),
        value_high=None if amount.high is None else float(amount.high),
        comparator=comparator,
        unit=amount.unit,
    )


def _restated(text: str, known: Quantity, other: Quantity) -> bool:
    """Whether an amount says the one before it in another unit: "about 22%, or $5.6 billion"; "over $2bn (Rs 5bn)"."""
    units = {known.unit, other.unit}
    limited = known.comparator not in {"eq", "range"} and other.comparator == "eq"
    told = limited and len(units) == 2 and _COUNT not in units
    return told and _compiled(_RESTATES).fullmatch(text, known.end, other.start) is not None


def _is_level(text: str, amount: _Amount) -> bool:
    """Whether a zero is where something stands or goes to: "cut to zero"."""
    return (
        amount.value == 0 and _before(rf"{_any(_LEXICON.share_before)}\s", text, amount.start, 12) is not None
    )


def _half_width(text: str, start: int, end: int) -> str:
    """The text with full-width digits and signs as the usual ones; most texts have none."""
    return text.translate(_FULL_WIDTH) if _IS_FULL_WIDTH.search(text, start, end) else text


def _phrases(text: str, amounts: list[_Amount]) -> Iterator[_Amount]:
    """The amounts that count something, two of a range as one."""
    waiting = list(reversed(_compared(text, _shared(text, amounts))))
    while waiting:
        amount = waiting.pop()
        if waiting:
            other = waiting.pop()
            if _is_ratio(text, amount, other) or _is_score(text, amount, other):
                continue
            amount, *rest = _pair(text, amount, other)
            waiting.extend(rest)
        if not (amount.number.weak and _bare(amount)) or _is_level(text, amount):
            yield amount


def find_quantities(text: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
    """Every number of `text[start:end]` with what belongs to it; offsets count from the start of `text`.

    Bare numbers come with unit `1`: whether they count anything is the caller's to say.
    """
    last = len(text) if end is None else end
    text = _half_width(text, start, last)
    previous: Quantity | None = None
    for amount in _phrases(text, list(_amounts(text, start, last))):
        quantity = _limited(text, amount, previous.end if previous else start, last)
        if previous and quantity.start < previous.end:
            continue  # of "1$ 2", the sign is the first one's
        if previous and _restated(text, previous, quantity):
            quantity = replace(quantity, comparator=previous.comparator)
        previous = quantity
        yield quantity


_SPAN = (
    rf"(?i)\b{_LEXICON.span_before.any} (?P<span>{any_of(_LEXICON.spans)})\b"
    rf"|\b(?P<long>{any_of(_LEXICON.spans)}){_LEXICON.span_after.any}\b"
)


def reread(as_written: str) -> Quantity | None:
    """The quantity that words hold when read on their own: what a figure's value must equal.

    Words that are a quantity only when somebody says so ("the past year", "month-long") are read here too.
    """
    as_written = " ".join(as_written.split())
    fraction = f"{as_written} {next(iter(_NUMBERS.of))}"
    quantity = next(find_quantities(as_written), None) or next(find_quantities(fraction), None)
    span = None if quantity else _compiled(_SPAN).search(as_written)
    if span is None:
        return quantity
    value, unit = _LEXICON.spans[(span["span"] or span["long"]).lower()]
    return Quantity(
        start=span.start(), end=span.end(), value=value, value_high=None, comparator="approx", unit=unit
    )


def is_duration(quantity: Quantity) -> bool:
    return quantity.unit in _DURATIONS
