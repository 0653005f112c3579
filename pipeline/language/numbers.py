"""Numbers in words: as a part of patterns, and what they are worth."""

from text_to_num import text2num

from pipeline.language.lexicons import any_of, lexicon

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
