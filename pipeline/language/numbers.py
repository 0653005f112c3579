"""Numbers in running text, in digits and in words, with their scale: where each stands and what it is worth."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from msgspec import Struct
from msgspec.structs import replace
from text_to_num import text2num

from pipeline.language.lexicons import any_of, lexicon

_LEXICON = lexicon.numbers
_SCALES = _LEXICON.scales | _LEXICON.short_scales | _LEXICON.money_scales
_UNDER_TEN = _LEXICON.ones[:9]
_VULGAR = {
    "½": 1 / 2, "¼": 1 / 4, "¾": 3 / 4, "⅓": 1 / 3, "⅔": 2 / 3, "⅕": 1 / 5, "⅖": 2 / 5, "⅗": 3 / 5, "⅘": 4 / 5,
    "⅙": 1 / 6, "⅚": 5 / 6, "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8, "⅞": 7 / 8,
}  # fmt: skip

GAP = r"[\s\-‐‑]"
"""What is between two words of a number: "forty-five", "forty five"."""
END = r"(?![^\W_])"
"""No letter and no digit follows."""


class Numeral(Struct, frozen=True, kw_only=True):
    """A number with its scale, which makes `factor` of every one before it.

    `share`: a fraction of what follows. `weak`: a number only where a unit is beside it ("One percent", "4,5 billion").
    `unsure`: it may be meant a thousand times as large ("4.000").
    """

    start: int
    end: int
    value: float
    factor: float = 1
    share: bool = False
    weak: bool = False
    unsure: bool = False


def value_of(number: str) -> int:
    """What a whole number is worth, in digits or in words, article and ordinal included."""
    word = number.lower()
    if word.isdigit():
        return int(word)
    *before, last = [_LEXICON.ones[0] if part in _LEXICON.articles else part for part in re.split(GAP, word)]
    if last in _LEXICON.ordinals:
        return _LEXICON.ordinals[last] + (value_of(" ".join(before)) if before else 0)
    return int(text2num(" ".join((*before, last)), lexicon.language))


def ordinals(last: int) -> str:
    """Any ordinal from the first to the last."""
    return any_of(word for word, value in _LEXICON.ordinals.items() if value <= last)


_COUNTING = any_of((*_LEXICON.ones, *_LEXICON.tens))
_POWERS = any_of(_LEXICON.powers)
_ARTICLE = any_of(_LEXICON.articles)
_AND = rf"(?i:{_LEXICON.joins.any}){GAP}"
_PARTS = rf"(?P<parts>{any_of((*_LEXICON.articles, *_UNDER_TEN))})"
_DENOMINATOR = rf"(?P<denominator>{any_of(_LEXICON.denominators)})"

# Where a number may begin: a digit, or a word in lower case or with a capital.
_FIRST_WORDS = (*_LEXICON.ones, *_LEXICON.tens, *_LEXICON.zeros, *_LEXICON.articles, *_LEXICON.halves)
_SPOT = (
    rf"[\d{''.join(_VULGAR)}]|\.\d|"
    rf"{any_of(form for word in _FIRST_WORDS for form in (word, word.capitalize()))}{END}"
)
_INSIDE = re.compile(r"[^\W_]|[.,/§#]")
_PRICED = rf"(?<![^\W_])(?:{any_of(re.escape(sign) for sign in lexicon.quantities.signs)}|[A-Z]{{3}})\Z"

_FORMS = (
    # 5,864.60; 12,34,567; 24 827, its spaces kept together; 1 250 000; 24’827
    r"(?P<grouped>\d{1,3}(?:,\d{2,3}){0,6},\d{3}(?:\.\d++)?|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3}){1,6}"
    r"|\d{1,3}(?: \d{3}){2,6}|\d{1,3}(?:[’']\d{3}){1,6})",
    r"(?P<continental>\d{1,3}(?:\.\d{3}){1,6},\d{1,2}|\d{1,3}(?:\.\d{3}){2,6}|\d{1,9},\d{1,2})",  # 1.234,5; 4,5
    rf"(?P<mixed>\d{{0,6}} ?[{''.join(_VULGAR)}])",  # 2½
    r"(?P<slashed>(?:\d{1,3}[ -])?[1-9]/(?:[2-9]|10|16))",  # 5 1/4
    r"(?P<spaced>\d{1,3} \d{3})",  # 24 827, or two numbers
    r"(?P<plain>\d++(?:\.\d++)?|\.\d++)",  # 17.4; .5
)
_DIGITS = rf"(?:{'|'.join(_FORMS)})(?!,?\d|[./]\d)"
_UNSURE = re.compile(r"\d{1,3}\.\d\d0")

_CHAIN = (
    rf"(?i:{_COUNTING}|{_ARTICLE}(?={GAP}{_POWERS}{END})|{any_of(_LEXICON.zeros)}){END}"
    rf"(?:,?{GAP}(?:{_AND})?(?i:{_COUNTING}|{_POWERS}){END}){{0,24}}"
)
_PIECE = rf"(?P<link>,?{GAP}(?:{_AND})?)?(?P<word>[^\W\d_]+)"
_UNIT_ALONE = r"-[^\W\d_]"  # twenty five-year bonds
_BETWEEN = rf"(?i:{lexicon.quantities.between.any})\s"
_ANOTHER = rf"\s{_AND}(?:\S{{0,3}}\d|(?i:{_COUNTING}|{_ARTICLE}){END})"
_ORDINAL = rf"{GAP}(?:{_AND})?(?i:{any_of((*_LEXICON.ordinals, *_LEXICON.denominators))}){END}"
_BEGINS = re.compile(r"(?:\A|[.!?:;]\W?\s|[“‘\"'(\n])\Z")

_SOME_POINT = rf"(?i:{_LEXICON.some_point.any})\s"
_POINT_DIGIT = any_of((*_UNDER_TEN, *_LEXICON.point_digits))
_DECIMALS = rf"{GAP}(?i:{_LEXICON.points.any})(?P<digits>(?:{GAP}(?i:{_POINT_DIGIT}){END})+)"
_OF = rf"\s{_LEXICON.of.any}{END}"
_AND_PART = rf"{GAP}{_AND}(?:(?i:{_PARTS}){GAP})?(?i:{_DENOMINATOR}){END}(?!{_OF})"
_FRACTION = rf"(?i:{_PARTS}{GAP}{_DENOMINATOR}|{any_of(_LEXICON.halves)}){END}"
_OF_A = rf"(?:{GAP}(?:{_LEXICON.of.any}{GAP})?(?:{_ARTICLE}|{_LEXICON.ones[0]}))?(?={GAP})"
_DOZEN = any_of(word for word in _LEXICON.scales if word not in _LEXICON.powers)
_AND_A_HALF = rf"[^\W\d_]+(?P<half>\s{lexicon.quantities.and_a_half.any})"
_ONE = rf"(?i:(?P<article>{_ARTICLE}){GAP}(?:{_DOZEN}|{_AND_A_HALF}){END})"

_SCALE = (
    rf"(?:-|\s{{1,6}})?(?P<scale>{any_of((*_LEXICON.short_scales, *_LEXICON.money_scales))}"
    rf"|(?i:{any_of(_LEXICON.scales)})){END}"
)
_LENGTH = rf"\s{_LEXICON.lengths.any}{END}"
_CLOCK = rf"(?:\s?(?:{_LEXICON.clock.any})|:\d\d)"
_BACK = 12
_LEAST_HALVED = 1000
"""A million and a half is 1,500,000; a hundred and a half, 100½."""


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    """Compiled when it is first asked: what reads no numbers starts sooner."""
    return re.compile(expression)


def _match(expression: str, text: str, start: int, end: int) -> re.Match[str] | None:
    return _compiled(expression).match(text, start, end)


def _before(expression: str, text: str, at: int) -> re.Match[str] | None:
    """What ends at a place, as a whole word."""
    return _compiled(rf"(?<!\w)(?:{expression})\Z").search(text, max(at - _BACK, 0), at)


def find_numbers(text: str, start: int, end: int) -> Iterator[Numeral]:
    """The numbers of `text[start:end]` in order. What tells the time is none, nor what stands inside of a word."""
    spots, at = _compiled(_SPOT), start
    while spot := spots.search(text, at, end):
        at = spot.end()
        if spot.start() > start and _inside(text, spot.start()):
            continue
        if number := _number(text, spot.start(), end):
            clock = _match(_CLOCK, text, number.end, end)
            at = clock.end() if clock else number.end
            if not clock:
                yield number


def _inside(text: str, at: int) -> bool:
    """Whether a number would begin inside of a word; a currency may be written close to it ("Rs250")."""
    if not _INSIDE.match(text, at - 1):
        return False
    return not (text[at - 1].isalpha() and _compiled(_PRICED).search(text, max(at - _BACK, 0), at))


def _number(text: str, start: int, end: int) -> Numeral | None:
    if digits := _match(_DIGITS, text, start, end):
        number: Numeral | None = _in_digits(digits)
    else:
        number = _fraction(text, start, end)
        if number is not None:
            return number
        number = _cardinal(text, start, end)
    return _scaled(text, _with_part(text, number, end), end) if number else _one(text, start, end)


def _in_digits(match: re.Match[str]) -> Numeral:
    written, form = match[0], match.lastgroup
    if form == "mixed":
        value = float(written[:-1] or 0) + _VULGAR[written[-1]]
    elif form == "slashed":
        *whole, above, below = (int(part) for part in re.split("[ /-]", written))
        value = sum(whole) + above / below
    elif form == "continental":
        value = float(written.replace(".", "").replace(",", "."))
    else:
        value = float(re.sub(r"[^\d.]", "", written))
    return Numeral(
        start=match.start(),
        end=match.end(),
        value=value,
        weak=form in {"continental", "slashed", "spaced"},
        unsure=_UNSURE.fullmatch(written) is not None,
    )


def _worth(words: list[str]) -> int | None:
    if words[0] in _LEXICON.zeros:
        return 0 if len(words) == 1 else None
    try:
        return value_of(" ".join(words))
    except ValueError:
        return None


def _cardinal(text: str, start: int, end: int) -> Numeral | None:
    """The longest whole number in words that begins at a place; none where it turns out to be an ordinal."""
    chain = _match(_CHAIN, text, start, end)
    if chain is None:
        return None
    pieces = list(_compiled(_PIECE).finditer(text, start, chain.end()))
    words, value, joint = _longest(pieces)
    listed = joint and _before(_BETWEEN, text, start)
    if listed and not _match(_ANOTHER, text, pieces[words - 1].end(), end):
        words, value, joint = _longest(pieces[:joint])
    if _match(_UNIT_ALONE, text, pieces[words - 1].end(), end) and _loosely_joined(pieces[:words]):
        words, value, joint = _longest(pieces[: words - 1])
    *_, last = said = [piece["word"].lower() for piece in pieces[:words]]
    stop = pieces[words - 1].end()
    ordinal = _match(_ORDINAL, text, stop, end)
    if ordinal and (ordinal[0][0] != " " or last not in _LEXICON.ones):
        return None
    capital = text[start].isupper() and not _BEGINS.search(text, max(start - 3, 0), start)
    doubtful = said == [_LEXICON.ones[0]] and text[start].isupper()
    return Numeral(
        start=start,
        end=stop,
        value=value,
        factor=_SCALES[last] if [word for word in said if word in _LEXICON.powers] == [last] else 1,
        weak=capital or doubtful or last in _LEXICON.zeros,
    )


def _loosely_joined(pieces: list[re.Match[str]]) -> bool:
    """Whether the last of some words may belong to what follows: the five of "twenty five-year bonds"."""
    if len(pieces) == 1 or pieces[-1]["link"] != " ":
        return False
    before, last = (piece["word"].lower() for piece in pieces[-2:])
    return before in _LEXICON.tens and last in _UNDER_TEN


def _longest(pieces: list[re.Match[str]]) -> tuple[int, int, int]:
    """How many words make one number, what it is worth, and behind how many of them its last "and" stands."""
    words: list[str] = []
    worth, joint, at_joint = 0, 0, 0
    for n, piece in enumerate(pieces):
        word, link = piece["word"].lower(), piece["link"] or ""
        if len(link) > 1:
            following = {other["word"].lower() for other in pieces[n : n + 3]}
            if words[-1] not in _LEXICON.powers or ("," in link and not following & {*_LEXICON.powers}):
                break
            joint, at_joint = n, worth
        value = _worth([*words, word])
        if value is None:
            if joint and word in _LEXICON.powers:
                return joint, at_joint, 0
            break
        words.append(word)
        worth = value
    return len(words), worth, joint


def _with_part(text: str, number: Numeral, end: int) -> Numeral:
    """A number with its decimals or its fraction in words: "one point five", "two and a half"."""
    decimals = _match(_DECIMALS, text, number.end, end)
    if decimals and not _before(_SOME_POINT, text, number.start):
        names = {word: str(n) for n, word in enumerate(_UNDER_TEN, 1)}
        digits = "".join(names.get(word, "0") for word in re.split(GAP, decimals["digits"].lower())[1:])
        return replace(number, end=decimals.end(), value=number.value + float(f"0.{digits}"), weak=False)
    part = _match(_AND_PART, text, number.end, end)
    if part and number.value == int(number.value) and not _maybe_ordinal(part):
        whole = number.factor if number.factor >= _LEAST_HALVED else 1
        return replace(number, end=part.end(), value=number.value + whole * _part(part))
    return number


def _maybe_ordinal(part: re.Match[str]) -> bool:
    """Whether "and a third" may go on as in "and a third party"."""
    return part["parts"] != _LEXICON.ones[0] and part["denominator"].lower() in _LEXICON.ordinals


def _part(match: re.Match[str]) -> float:
    parts, denominator = match["parts"], match["denominator"]
    return (value_of(parts) if parts else 1) / _LEXICON.denominators[
        (denominator or _LEXICON.halves[0]).lower()
    ]


def _fraction(text: str, start: int, end: int) -> Numeral | None:
    """A fraction in words, with its scale ("half a million"), or as a share of what follows."""
    match = _match(_FRACTION, text, start, end)
    if match is None or (not match["parts"] and _before(rf"(?i:{_LEXICON.parts.any})\s", text, start)):
        return None
    number = Numeral(start=start, end=match.end(), value=_part(match))
    of_a = _match(_OF_A, text, match.end(), end)
    scaled = _scaled(text, replace(number, end=of_a.end()), end) if of_a else number
    return scaled if scaled.factor != 1 else replace(number, share=True)


def _one(text: str, start: int, end: int) -> Numeral | None:
    """One of a scale or of a unit: "a dozen"; "a year and a half"."""
    match = _match(_ONE, text, start, end)
    if match is None:
        return None
    number = Numeral(start=start, end=match.end("article"), value=1, weak=match["half"] is not None)
    return number if number.weak else _scaled(text, number, end)


def _scaled(text: str, number: Numeral, end: int) -> Numeral:
    """A number with the one or two scales behind it: "5 million", "3 lakh crore"."""
    factor, at = 1, number.end
    for _ in range(2):
        match = _match(_SCALE, text, at, end)
        if match is None or (_is_loose(match) and not _priced(text, number.start)):
            break
        scale = match["scale"]
        factor, at = factor * (_SCALES.get(scale) or _SCALES[scale.lower()]), match.end()
    value = round(number.value * factor, 6)
    return replace(number, end=at, value=value, factor=number.factor * factor)


def _is_loose(scale: re.Match[str]) -> bool:
    """Whether a scale is one of money alone: "T", a letter that stands apart ("$300 m"), and that of "300m long"."""
    letter = len(scale["scale"]) == 1
    long = letter and _match(_LENGTH, scale.string, scale.end(), scale.endpos)
    return scale["scale"] in _LEXICON.money_scales or (letter and scale["scale"] != scale[0]) or bool(long)


def _priced(text: str, start: int) -> bool:
    """Whether a sign or a code of a currency stands before a number."""
    before = text[max(start - 2, 0) : start].rstrip()[-1:]
    return bool(before) and (unicodedata.category(before) == "Sc" or before.isupper())
