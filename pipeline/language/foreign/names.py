"""Names of parties in languages beside English: the territories of the locale, and the adjectives of our own tables."""

import re
from functools import cache, lru_cache

from pipeline.documents.language import unspaced
from pipeline.language.foreign import locale_of, tongue
from pipeline.language.parties import Mention, party_of


@lru_cache(maxsize=1_000)
def mentions_in(text: str, language: str) -> tuple[Mention, ...]:
    """Names of parties in order, of names within another the longer."""
    pattern, codes = _names(language)
    found = []
    for match in pattern.finditer(text):
        name = str(match.lastgroup)
        found.append(Mention(*match.span(), codes[name], place=False))
    return tuple(found)


def party_named(words: str, language: str) -> str | None:
    """The party that words name, in a language or in English: a code as it is, else the first name in them."""
    return next((mention.code for mention in mentions_in(words, language)), None) or party_of(words)


@cache
def _names(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern for all names, the longest first, and the codes of its groups."""
    territories = locale_of(language).territories
    own = tongue(language).parties
    named = [
        (re.escape(name), code)
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and (code != "EZ")
    ]
    patterns = [*named, *((pattern, code) for code, patterns in own.items() for pattern in patterns)]
    patterns.sort(key=lambda one: len(one[0]), reverse=True)
    parts, codes = [], {}
    for number, (pattern, code) in enumerate(patterns):
        group = f"n{number}"
        codes[group] = code
        whole = pattern if unspaced(pattern) else rf"(?<!\w){pattern}(?!\w)"
        parts.append(f"(?P<{group}>{whole})")
    return re.compile("|".join(parts)), codes
