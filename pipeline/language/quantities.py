"""Numbers and quantities in running text: what is written, and the value, unit and comparator that it reads as."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from math import prod

from msgspec import Struct
from text_to_num import text2num

from pipeline.language.lexicons import Row, any_of, lexicon
from schemas.vocabulary import Comparator

_NUMBERS = lexicon.numbers

_TENS = rf"{any_of(_NUMBERS.tens)}(?:-{any_of(_NUMBERS.ones[:9])})?"  # twenty; twenty-one
CARDINAL = rf"(?:{_TENS}|{any_of(_NUMBERS.ones)})"
"""`one` to `ninety-nine`."""
OPENER = rf"(?={any_of(word.capitalize() for word in _NUMBERS.openers)}\b)(?i:{CARDINAL})"
"""A cardinal at the beginning of a sentence: `Three`, `Twenty-five`."""


def value_of(number: str) -> int:
    """What a whole number is worth, in digits or in words, article and ordinal included."""
    word = number.lower()
    if word.isdigit():
        return int(word)
    if _NUMBERS.articles.fullmatch(word):
        return 1
    return _NUMBERS.ordinals.get(word) or text2num(word, lexicon.language)


def ordinals(last: int) -> str:
    """Any ordinal from the first to the last."""
    return any_of(word for word, value in _NUMBERS.ordinals.items() if value <= last)


class Quantity(Struct, frozen=True, kw_only=True):
    """A quantity and where it stands in the text it was read from. A bare count has unit `1`."""

    start: int
    end: int
    value: float
    value_high: float | None
    comparator: Comparator
    unit: str


_WORDS = lexicon.quantities
_SIGNS = _WORDS.signs
_UNITS = {name: code for code, names in _WORDS.units.items() for name in names}
_SCALES = _NUMBERS.scales | _NUMBERS.short_scales
_FRACTIONS = _NUMBERS.fractions
_PARTS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_IS_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_DURATIONS = {"min", "h", "d", "wk", "mo", "a"}


def _plain(words: Iterable[str]) -> str:
    """A group of words that are no expressions; a space of theirs may be a hyphen or a line break."""
    return any_of(re.escape(word).replace(r"\ ", r"[\s-]") for word in words)


def _sides(rows: Iterable[Row[Comparator]], suffix: str = "") -> str:
    """Comparators, each in a group of its name."""
    return "|".join(rf"(?P<{row.name}{suffix}>(?i:{row.words.any}))" for row in rows)


# Numbers.
_DIGITS = "|".join(
    (
        r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?",  # 5,864.60; 12,34,567
        r"\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+",  # 24 827, its spaces kept together
        r"\d{1,3}(?: \d{3}){2,}",  # 1 250 000
        rf"\d*[{''.join(_PARTS)}]",  # 2½
        r"\d+(?:\.\d+)?",  # 17.4
    )
)
# million, in "a million"; not in "half a million".
_OF_A_SCALE = (
    "".join(rf"(?<!{words} )" for words in _NUMBERS.not_articles)
    + rf"(?<=\b{next(iter(_NUMBERS.articles))} ){any_of(_NUMBERS.scales)}"
)
_AT_START = rf"(?:(?<=[.!?:] )|^){OPENER}"
# twenty-five; fifteen hundred; not the "two" of "two-thirds".
_SPELLED = (
    rf"\b(?:{_OF_A_SCALE}|{_AT_START}|{CARDINAL})(?: {_NUMBERS.hundreds.any})?\b(?!-{_NUMBERS.parts.any})"
)
_NUMBER = rf"(?:{_DIGITS}|{_SPELLED})"
# bn; -million; " thousand billion".
_SCALE = rf"(?:(?:-|\s{{1,6}})?(?:{_plain(_NUMBERS.short_scales)}|(?i:{_plain(_NUMBERS.scales)}))\b){{0,2}}"

# Units.
_CODES = sorted({code for code in _WORDS.units if len(code) == 3 and code.isupper()})
_CURRENCY = rf"(?:{_plain(_SIGNS)}|\b{any_of(_CODES)}(?![A-Za-z]))"  # US$; EUR
_PERCENT = rf"\s?(?:\\?%|{_WORDS.percent.any}(?![^\W_]))"
_UNIT = rf"(?:-|\s{{1,6}})?{_plain(_UNITS)}(?![^\W_])"  # " tonnes"; "-year"

# What stands before a number, between two and behind.
_OPENING = rf"\b(?:(?P<between>{_WORDS.between.any})|(?P<changing>{_WORDS.changing.any}))\s+"
_COMPARED = rf"(?<!\w)(?:{_sides(_WORDS.comparators)})\s+"  # "at least "
_ARTICLE = rf"{next(iter(_NUMBERS.articles))}\s+"
_NOT_INSIDE = r"(?<![^\W_])(?<![.,/§#])"  # a word, a number or a reference
_NOT_HYPHENED = r"(?<![^\s(][-−])"  # a hyphen before a number is a minus only where nothing is before it
_LINK = rf"(?:\s?[-–—]\s?|\s+(?:(?P<to>{_WORDS.range_to.any})|(?P<and>{_WORDS.range_and.any}))\s+)"  # 10–15; 10 to 15
_LIMIT = rf"\s+(?:{_sides(_WORDS.comparators_after, '_after')})\b"  # " or more"
_ENDS = r"(?![A-Za-z\d]|[.,/]\d)"

_QUANTITY = (
    rf"(?:{_OPENING})?(?:{_COMPARED})?(?:{_ARTICLE})?"
    rf"(?P<currency>(?<![A-Za-z]){_CURRENCY})?\s?(?(currency)|{_NOT_INSIDE}){_NOT_HYPHENED}"
    rf"(?P<low>{_NUMBER})(?P<low_scale>{_SCALE})(?P<percent>{_PERCENT})?"
    rf"(?:{_LINK}(?:{_CURRENCY})?(?P<high>{_NUMBER})(?P<high_scale>{_SCALE}))?"
    rf"(?P<unit>{_UNIT})?(?:{_LIMIT})?{_ENDS}"
)
_BY_NAME = {row.name: row.words for row in _WORDS.comparators}
_FRACTION = (
    rf"(?i)(?:(?:(?P<more>{_BY_NAME['gt'].any})|{_BY_NAME['approx'].any})\s+)?"
    rf"(?<![\w-])(?P<fraction>{_plain(_FRACTIONS)})\s+{_NUMBERS.of.any}\b"
)
_SPAN = (
    rf"(?i)\b{_WORDS.span_before.any} (?P<span>{any_of(_WORDS.spans)})\b"
    rf"|\b(?P<long>{any_of(_WORDS.spans)}){_WORDS.span_after.any}\b"
)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    """Compiled when it is first asked: what reads no quantities starts sooner."""
    return re.compile(expression)


def _value(number: str, scale: str) -> float:
    factor = prod(_SCALES[word] if word in _SCALES else _SCALES[word.lower()] for word in _words(scale))
    plain = re.sub(r"[,\s]", "", number)
    value: float
    if number in _SCALES:
        value = _SCALES[number]
    elif plain[-1] in _PARTS:
        value = float(plain[:-1] or 0) + _PARTS[plain[-1]]
    else:
        value = float(plain if plain[0].isdigit() else value_of(number))
    return round(value * factor, 6)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s-]+", text) if word]


def _unit(match: re.Match[str], first_only: bool) -> str:
    """The code of the unit, of the first number alone where the second is not part of the quantity."""
    if match["currency"]:
        return _SIGNS.get(match["currency"], match["currency"])
    behind = match["percent"] if first_only else match["unit"] or match["percent"]
    name = (behind or "").strip(" -\n\t\u00a0\\")
    return _UNITS.get(" ".join(_words(name))) or _UNITS.get(name) or "1"


def _minus(text: str, start: int) -> bool:
    """Whether a minus stands right before a number: not a dash after a word, not a bullet."""
    return text[start - 1 : start] in {"-", "−"} and (start == 1 or text[start - 2] in " \u00a0(")


def _is_range(match: re.Match[str]) -> bool:
    """Whether two numbers are one quantity: "between 10 and 15", "10-15"; "from 10 to 15" is a change."""
    if not match["high"] or match["changing"] or (match["and"] and not match["between"]):
        return False
    return _value(match["high"], match["high_scale"]) > _low(match)


def _low(match: re.Match[str]) -> float:
    """The first of two numbers, which may leave its scale to the second: "$1.5-2 billion"."""
    return _value(match["low"], match["low_scale"] or match["high_scale"] or "")


def _read(match: re.Match[str]) -> Quantity:
    """What a match says, with the words that it says it with."""
    start = match.start("currency" if match["currency"] else "low")
    if match["low"] in _SCALES:
        start -= len(next(iter(_NUMBERS.articles))) + 1
    if _is_range(match):
        return Quantity(
            start=match.start("between") if match["between"] else start,
            end=match.end(),
            value=_low(match),
            value_high=_value(match["high"], match["high_scale"]),
            comparator="range",
            unit=_unit(match, first_only=False),
        )
    first_only = bool(match["high"])
    value = _value(match["low"], match["low_scale"])
    before = next((row.name for row in _WORDS.comparators if match[row.name]), None)
    after = next((row.name for row in _WORDS.comparators_after if match[f"{row.name}_after"]), None)
    comparator = before or "eq"
    if before:
        start = match.start(before)
    if after and not first_only:
        comparator = after
    if comparator == "eq" and _minus(match.string, start):
        value, start = -value, start - 1
    return Quantity(
        start=start,
        end=match.end("percent" if match["percent"] else "low_scale") if first_only else match.end(),
        value=value,
        value_high=None,
        comparator=comparator,
        unit=_unit(match, first_only),
    )


def _half_width(text: str, start: int, end: int) -> str:
    """The text with full-width digits and signs as the usual ones; most texts have none."""
    return text.translate(_FULL_WIDTH) if _IS_FULL_WIDTH.search(text, start, end) else text


def find_quantities(text: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
    """Every number of `text[start:end]` with what belongs to it; offsets count from the start of `text`.

    Bare numbers come with unit `1`: whether they count anything is the caller's to say.
    """
    last = len(text) if end is None else end
    text = _half_width(text, start, last)
    quantity_pattern, at = _compiled(_QUANTITY), start
    while match := quantity_pattern.search(text, at, last):
        quantity = _read(match)
        yield quantity
        at = quantity.end
    for match in _compiled(_FRACTION).finditer(text, start, last):
        yield Quantity(
            start=match.start(),
            end=match.end("fraction"),
            value=_FRACTIONS[" ".join(match["fraction"].lower().split())],
            value_high=None,
            comparator="gt" if match["more"] else "approx",
            unit="%",
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
    value, unit = _WORDS.spans[(span["span"] or span["long"]).lower()]
    return Quantity(
        start=span.start(), end=span.end(), value=value, value_high=None, comparator="approx", unit=unit
    )


def is_duration(quantity: Quantity) -> bool:
    return quantity.unit in _DURATIONS
