"""Amounts in languages beside English: numbers as the language writes them, with scale, unit and limit."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from msgspec import Struct
from msgspec.structs import replace
from text_to_num import text2num

from pipeline.documents.language import UNSPACED, unspaced
from pipeline.language.foreign import locale_of, tongue
from pipeline.language.quantities import Quantity

_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF0B, 0xFF1A), 0xFF05, 0xFF04)} | {0xFFE5: 0xA5}
_SPACE = r"[ \u00a0\u202f\u2009]"
_COUNT = "1"
_ONES = {
    "〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_TENS = {"十": 10, "百": 100, "千": 1000}
_IN_HAN = re.compile(rf"[{''.join((*_ONES, *_TENS))}]+")
_WORDED = {"de", "es", "fr", "it", "nl", "pt"}
"""Languages whose numbers in words are read."""
_LONGEST_NUMBER = 4
"""Words."""
_OF_DAYS = {"日", "号", "月"}
"""Behind the number of a day or a month, which counts nothing."""
_ARTICLE = 1
"""A number that is an article, too."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BACK = 30
_STEM, _STEM_UNSPACED = 4, 2
"""So many letters of a noun are the same in all its forms; so many of the end of a name are the noun."""
_LETTERS = re.compile(r"[^\W\d_]+")


class _Number(Struct, frozen=True):
    """A number; `weak`: in words that are an amount only with a scale or a unit behind."""

    start: int
    end: int
    value: float
    weak: bool = False


@lru_cache(maxsize=2_000)
def amounts_in(text: str, language: str) -> tuple[Quantity, ...]:
    """Every amount in order, two ends of a range as one; bare numbers have unit `1`."""
    text = text.translate(_FULL_WIDTH)
    found: list[Quantity] = []
    for number in _numbers(text, language):
        if found and number.start < found[-1].end:
            continue
        if amount := _amount(text, number, language):
            if found and (whole := _range(text, found[-1], amount, language)):
                found[-1] = whole
            else:
                found.append(amount)
    return tuple(_limited(text, amount, language) for amount in found)


def reread_in(words: str, language: str) -> Quantity | None:
    """The first amount that words hold, read on their own."""
    return next(iter(amounts_in(words, language)), None)


def _numbers(text: str, language: str) -> Iterator[_Number]:
    digits, group, mark = _digits(language)
    found = [
        _Number(*match.span(), float(re.sub(group, "", match[0]).replace(mark, ".")))
        for match in digits.finditer(text)
    ]
    found += [
        _Number(*match.span(), value, weak=True)
        for match in _IN_HAN.finditer(text)
        if (value := _han_value(match[0])) is not None
    ]
    found += _worded(text, language) if language in _WORDED else ()
    yield from sorted(found, key=lambda number: (number.start, -number.end))


@cache
def _digits(language: str) -> tuple[re.Pattern[str], str, str]:
    """A pattern for numbers in digits, one for the marks that part thousands, and the mark of decimals.

    Where the marks leave open which they are ("1,234" in Spanish), there is no number.
    """
    mark = locale_of(language).number_symbols["latn"]["decimal"]
    other = "." if mark == "," else ","
    groups = rf"[{re.escape(other)}'’ \u00a0\u202f\u2009]"
    decimals = re.escape(mark)
    unsure = rf"(?!\d{{1,3}}{decimals}\d{{3}}(?!\d))" if language == "es" else ""
    begins = rf"(?:(?<![\w.,/-])|(?<={UNSPACED})|(?<=[$€£¥]))"
    number = rf"(?:\d{{1,3}}(?:{groups}\d{{3}})+(?!\d)|\d+)(?:{decimals}\d+)?(?![.,/]?\d)"
    return (
        re.compile(f"{begins}{unsure}{number}"),
        groups,
        mark,
    )


def _han_value(words: str) -> float | None:
    """What a number in Han is worth: 三百二十 is 320, 二〇二五 is 2025; None where it is none."""
    if not any(letter in _TENS for letter in words):
        return float("".join(str(_ONES[letter]) for letter in words))
    total, ones = 0, 0
    for letter in words:
        if letter in _TENS:
            total, ones = total + (ones or 1) * _TENS[letter], 0
        elif ones:
            return None
        else:
            ones = _ONES[letter]
    return float(total + ones)


def _worded(text: str, language: str) -> Iterator[_Number]:
    """Numbers in words, the longest reading of each."""
    words = [match.span() for match in _WORD.finditer(text)]
    at = 0
    while at < len(words):
        for last in range(min(at + _LONGEST_NUMBER, len(words)) - 1, at - 1, -1):
            start, end = words[at][0], words[last][1]
            value = _value(text[start:end].lower(), language)
            if value is not None:
                yield _Number(start, end, value, weak=value == _ARTICLE or last == at)
                at = last
                break
        at += 1


@lru_cache(maxsize=20_000)
def _value(words: str, language: str) -> float | None:
    if any(words == scale for scale in tongue(language).scales):
        return None
    try:
        return float(text2num(words, language))
    except ValueError:
        return None


def _amount(text: str, number: _Number, language: str) -> Quantity | None:
    """A number with its scale and its unit; None for a word that counts nothing."""
    words = tongue(language)
    above = re.compile(words.above).match(text, number.end)
    value, at = _scaled(text, replace(number, end=above.end()) if above else number, language)
    start, unit = number.start, _COUNT
    if tenths := re.compile(words.tenth).match(text, at):
        value, unit, at = 10 * value, "%", tenths.end()
    elif sign := _signs(language).search(text, max(start - _BACK, 0), start):
        start, unit = sign.start(), words.signs[sign["sign"]]
    elif behind := _units(language).match(text, at):
        unit, at = _code(behind, list(words.units)), behind.end()
    weak = number.weak or text[at : at + 1] in _OF_DAYS
    if weak and unit == _COUNT and value == number.value:
        return None
    return Quantity(
        start=start, end=at, value=value, value_high=None, comparator="gt" if above else "eq", unit=unit
    )


def _scaled(text: str, number: _Number, language: str) -> tuple[float, int]:
    """What a number with its scales is worth, and where they end: 2,5 mil millones, 1兆2000億."""
    scales = tongue(language).scales
    pattern = _scales(language)
    value, at, total = number.value, number.end, 0.0
    while scale := pattern.match(text, at):
        value *= scales[scale["scale"]]
        at = scale.end()
        more = _digits(language)[0].match(text, at)
        if more and not text[at - 1].isspace() and pattern.match(text, more.end()):
            total += value
            value, at = float(more[0].replace(",", "")), more.end()
    return total + value, at


@cache
def _scales(language: str) -> re.Pattern[str]:
    words = sorted(map(re.escape, tongue(language).scales), key=len, reverse=True)
    return re.compile(rf"[ \u00a0\u202f-]?(?P<scale>{'|'.join(words) or '(?!)'})(?![a-zà-ÿ])")


@cache
def _units(language: str) -> re.Pattern[str]:
    words = tongue(language)
    units = [f"(?P<u{i}>{'|'.join(names)})" for i, names in enumerate(words.units.values())]
    return re.compile(rf"{_SPACE}?(?:{words.of}{_SPACE}?)?(?:{'|'.join(units) or '(?!)'})(?![a-zà-ÿ])")


def _code(match: re.Match[str], codes: list[str]) -> str:
    return codes[int(str(match.lastgroup)[1:])]


@cache
def _signs(language: str) -> re.Pattern[str]:
    signs = sorted(map(re.escape, tongue(language).signs), key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?P<sign>{'|'.join(signs) or '(?!)'}){_SPACE}?$")


def _range(text: str, low: Quantity, high: Quantity, language: str) -> Quantity | None:
    """Two amounts as the ends of a range, the first in the unit of the second where it has none."""
    words = tongue(language)
    between = re.compile(rf"{_SPACE}*(?:[-–—~〜～]|{words.to}){_SPACE}*")
    moved = re.compile(rf"(?:{words.since}){_SPACE}*$").search(text, max(low.start - _BACK, 0), low.start)
    same = low.unit in {_COUNT, high.unit}
    if moved or not same or low.value_high is not None or not between.fullmatch(text, low.end, high.start):
        return None
    scale = _scale_of(text, low, high, language)
    if low.value * scale >= high.value:
        return None
    return replace(high, start=low.start, value=low.value * scale, value_high=high.value, comparator="range")


def _scale_of(text: str, low: Quantity, high: Quantity, language: str) -> float:
    """What the scale of the second amount makes of the first, which has none of its own: 10 à 15 milliards."""
    if low.unit != _COUNT or _scales(language).search(text, low.start, low.end):
        return 1.0
    number = _digits(language)[0].search(text, high.start, high.end)
    if number is None:
        return 1.0
    plain = reread_in(number[0], language)
    return high.value / plain.value if plain and plain.value else 1.0


def _limited(text: str, amount: Quantity, language: str) -> Quantity:
    """An amount with the words that limit it."""
    if amount.value_high is not None:
        return amount
    words = tongue(language)
    before, behind = _limits(language)
    if match := before.search(text, max(amount.start - _BACK, 0), amount.start):
        return replace(amount, start=match.start(), comparator=_code(match, list(words.limits)))
    if match := behind.match(text, amount.end):
        return replace(amount, end=match.end(), comparator=_code(match, list(words.limits_behind)))
    return amount


@cache
def _limits(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = tongue(language)
    before = "|".join(f"(?P<b{i}>{'|'.join(names)})" for i, names in enumerate(words.limits.values()))
    behind = "|".join(f"(?P<b{i}>{'|'.join(names)})" for i, names in enumerate(words.limits_behind.values()))
    return (
        re.compile(
            rf"(?<![a-zà-ÿA-Z])(?:{before or '(?!)'})(?:{_SPACE}+(?:{words.of}))?{_SPACE}*$", re.IGNORECASE
        ),
        re.compile(rf"{_SPACE}?(?:{behind or '(?!)'})"),
    )


def may_be_money(words: str, currency: str, language: str) -> bool:
    """Whether words that leave open whose money they tell may tell a currency: by its name, or its sign."""
    locale = locale_of(language)
    name, sign = locale.currencies.get(currency, ""), locale.currency_symbols.get(currency, currency)
    told = words.casefold()
    stems = {word.casefold()[:_STEM] for word in _LETTERS.findall(name) if len(word) >= _STEM}
    return (
        any(stem in told for stem in stems)
        or bool(unspaced(name) and name[-_STEM_UNSPACED:] in words)
        or ("$" in words and "$" in sign)
    )
