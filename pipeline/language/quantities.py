"""Quantities in running text: what is written, and the value, unit and comparator that it reads as."""

import re
from collections.abc import Iterator
from functools import cache
from math import prod

from msgspec import Struct
from text_to_num import text2num

from pipeline.language.lexicons import any_of, lexicon
from schemas.vocabulary import Comparator


class Quantity(Struct, frozen=True, kw_only=True):
    """A quantity and where it stands in the text it was read from. A bare count has unit `1`."""

    start: int
    end: int
    value: float
    value_high: float | None
    comparator: Comparator
    unit: str


_COMPARATORS = {row.name: row.words for row in lexicon.units.comparators}
_AFTER = {row.name: row.words for row in lexicon.units.comparators_after}
_FRACTIONS = lexicon.units.fractions
_WORDS = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:-(?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|(?<=\ba )(?<!half a )(?<!of a )(?:dozen|hundred|thousand|million|billion|trillion)"
    r"|(?:(?<=[.!?:] )|^)(?:Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|Fifteen|Twenty|Thirty)"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen)(?: hundred)?"
)
_PARTS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
_HYPHEN = r"[^\s(][-−]"
"""A hyphen before a number is a minus only where nothing is before it."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DURATIONS = {"min", "h", "d", "wk", "mo", "a"}


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"[\s-]") for word in sorted(words, key=len, reverse=True))


@cache
def _lexicon() -> tuple[dict[str, str], dict[str, str], dict[str, int]]:
    """Currency signs, unit names and scales, each with its code or factor."""
    units = lexicon.units
    names = {name: code for code, own in units.names.items() for name in own}
    return units.signs, names, units.scales


@cache
def _pattern() -> re.Pattern[str]:
    """Comparator, sign, number, scale, unit; perhaps a second number; perhaps "or more"."""
    signs, names, scales = _lexicon()
    number = (
        rf"(?:\d{{1,3}}(?:,\d{{2,3}})+(?:\.\d+)?|\d{{1,3}}(?:[\u00a0\u2009\u202f]\d{{3}})+|\d{{1,3}}(?: \d{{3}}){{2,}}"
        rf"|\d*[{''.join(_PARTS)}]|\d+(?:\.\d+)?"
        rf"|\b{_WORDS}\b(?!-(?:thirds?|quarters?|fifths?|halves)))"
    )
    short, spelled = (_alternatives([s for s in scales if (len(s) > 2) == long]) for long in (False, True))
    scale = rf"(?:(?:-|\s{{1,6}})?(?:{short}|(?i:{spelled}))\b){{0,2}}"
    codes = "|".join(sorted({code for code in names.values() if len(code) == 3 and code.isupper()}))
    sign = rf"(?:{_alternatives(list(signs))}|\b(?:{codes})(?![A-Za-z]))"
    compare = "|".join(rf"(?P<{name}>(?i:{any_of(words)}))" for name, words in _COMPARATORS.items())
    after = "|".join(rf"(?P<{name}_after>{any_of(words)})" for name, words in _AFTER.items())
    return re.compile(
        rf"(?:\b(?P<between>between|from)\s+)?(?:(?<!\w)(?:{compare})\s+)?(?:a\s+)?"
        rf"(?P<sign>(?<![A-Za-z]){sign})?\s?(?(sign)|(?<![^\W_])(?<![.,/§#]))(?<!{_HYPHEN})(?P<low>{number})(?P<lowscale>{scale})(?P<unit0>\s?(?:\\?%|per\s?cent(?![^\W_])))?"
        rf"(?:(?P<to>\s?[-–—]\s?|\s+(?:to|and)\s+)(?:{sign})?(?P<high>{number})(?P<highscale>{scale}))?"
        rf"(?P<unit>(?:-|\s{{1,6}})?(?:{_alternatives(list(names))})(?![^\W_]))?(?:\s+(?:{after})\b)?(?![A-Za-z\d]|[.,/]\d)"
    )


@cache
def _fractions() -> re.Pattern[str]:
    more, less = any_of(_COMPARATORS["gt"]), any_of(_COMPARATORS["approx"])
    return re.compile(
        rf"(?:(?:(?P<more>{more})|{less})\s+)?(?<![\w-])(?P<f>{_alternatives(list(_FRACTIONS))})\s+of\b",
        re.IGNORECASE,
    )


def _value(number: str, scale: str) -> float:
    _, _, scales = _lexicon()
    factor = prod(scales[s] if s in scales else scales[s.lower()] for s in re.split(r"[\s-]+", scale) if s)
    plain = re.sub(r"[,\s]", "", number)
    value: float
    if number in scales:
        value = scales[number]
    elif plain[-1] in _PARTS:
        value = float(plain[:-1] or 0) + _PARTS[plain[-1]]
    else:
        value = float(plain) if plain[0].isdigit() else float(text2num(number.lower(), "en"))
    return round(value * factor, 6)


def _unit(found: re.Match[str], first_only: bool) -> str:
    """The code of the unit, of the first number alone where the second is not part of the quantity."""
    signs, names, _ = _lexicon()
    if found["sign"]:
        return signs.get(found["sign"], found["sign"])
    words = ((found["unit0"] or "") if first_only else found["unit"] or found["unit0"] or "").strip(
        " -\n\t\u00a0\\"
    )
    return names.get(" ".join(words.replace("-", " ").split())) or names.get(words) or "1"


def _minus(text: str, start: int) -> bool:
    """Whether a minus stands right before a number: not a dash after a word, not a bullet."""
    return text[start - 1 : start] in {"-", "−"} and (start == 1 or text[start - 2] in " \u00a0(")


def _read(found: re.Match[str]) -> Quantity:
    """What a match says. "From 10 to 15" is a change, "between 10 and 15" and "10-15" are ranges."""
    low = _value(found["low"], found["lowscale"] or (found["highscale"] if found["high"] else ""))
    high = _value(found["high"], found["highscale"]) if found["high"] else None
    link = (found["to"] or "").strip()
    ranged = (
        high is not None
        and high > low
        and found["between"] != "from"
        and (link != "and" or bool(found["between"]))
    )
    first_only = high is not None and not ranged
    if first_only:
        low = _value(found["low"], found["lowscale"])
    comparator: Comparator = "range" if ranged else "eq"
    start = found.start("sign") if found["sign"] else found.start("low")
    if found["low"] in _lexicon()[2]:
        start -= len("a ")
    if ranged and found["between"]:
        start = found.start("between")
    for name in () if ranged else _COMPARATORS:
        if found[name]:
            comparator, start = name, found.start(name)
    for name in () if ranged or first_only else _AFTER:
        if found[f"{name}_after"]:
            comparator = name
    if comparator == "eq" and _minus(found.string, start):
        low, start = -low, start - 1
    end = found.end()
    if first_only:
        end = found.end("unit0") if found["unit0"] else found.end("lowscale")
    return Quantity(
        start=start,
        end=end,
        value=low,
        value_high=high if ranged else None,
        comparator=comparator,
        unit=_unit(found, first_only),
    )


def find_quantities(text: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
    """Every number of `text[start:end]` with what belongs to it; offsets count from the start of `text`.

    Bare numbers come with unit `1`: whether they count anything is the caller's to say.
    """
    last = len(text) if end is None else end
    text = text.translate(_FULL_WIDTH)
    at = start
    while found := _pattern().search(text, at, last):
        quantity = _read(found)
        yield quantity
        at = quantity.end
    for found in _fractions().finditer(text, start, last):
        comparator: Comparator = "gt" if found["more"] else "approx"
        yield Quantity(
            start=found.start(),
            end=found.end("f"),
            value=_FRACTIONS[" ".join(found["f"].lower().split())],
            value_high=None,
            comparator=comparator,
            unit="%",
        )


_SPAN = re.compile(
    r"\b(?:an?|one|(?:the )?(?:past|last|next)) (?P<unit>day|week|month|year|decade)\b"
    r"|\b(?P<long>day|week|month|year)-long\b",
    re.IGNORECASE,
)
_SPANS = {
    "day": (1.0, "d"),
    "week": (1.0, "wk"),
    "month": (1.0, "mo"),
    "year": (1.0, "a"),
    "decade": (10.0, "a"),
}


def reread(as_written: str) -> Quantity | None:
    """The quantity that words hold when read on their own: what a figure's value must equal.

    Words that are a quantity only when somebody says so ("the past year", "month-long") are read here too.
    """
    as_written = " ".join(as_written.split())
    quantity = next(find_quantities(as_written), None) or next(find_quantities(f"{as_written} of"), None)
    span = None if quantity else _SPAN.search(as_written)
    if span is None:
        return quantity
    value, unit = _SPANS[(span["unit"] or span["long"]).lower()]
    return Quantity(
        start=span.start(), end=span.end(), value=value, value_high=None, comparator="approx", unit=unit
    )


def is_duration(quantity: Quantity) -> bool:
    return quantity.unit in _DURATIONS
