"""Words as a search compares them: without case, accents and endings. The databases are given nothing else."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from Stemmer import Stemmer

_WORD = re.compile("(?:[^\\W_][\u0300-\u036f]*)+(?:['’](?:[^\\W_][\u0300-\u036f]*)+)*")
_PHRASE = re.compile('["“”„«»]([^"“”„«»]*)["“”„«»]')
_LONGEST = 64
_MOST_TERMS = 32
_GAP = "s"
_COMMON = frozenset(
    """a an and are as at be been by for from had has have in is it its of on or that the their this to was were which
    will with""".split()  # noqa: SIM905
)

Term = tuple[str, ...]
"""Words that follow one another; mostly one."""


class Word(NamedTuple):
    """A word of a text as it is compared, and where it stands: code points, end exclusive."""

    form: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    return [Word(_form(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]


def joined(*texts: str) -> str:
    """The words of these texts for a full-text index. No phrase reaches from one text into the next."""
    return f" {_GAP} ".join(" ".join(word.form for word in words(text)) for text in texts)


def terms(query: str) -> list[Term]:
    """What is to be found, all of it: words, and phrases in quotation marks. Other marks part words, no more."""
    phrases = [tuple(word.form for word in words(phrase)) for phrase in _PHRASE.findall(query)]
    plain = [(word[0], _form(word[0])) for word in _WORD.finditer(_PHRASE.sub(" ", query))]
    telling = [(form,) for word, form in plain if word.lower() not in _COMMON]
    found = [phrase for phrase in phrases if phrase] + telling
    return list(dict.fromkeys(found or [(form,) for _, form in plain]))[:_MOST_TERMS]


def found_in(text: str, wanted: list[Term]) -> list[tuple[int, int]]:
    """Where a text has one of these terms: code points, in order; spans neither touch nor overlap."""
    stand = words(text)
    hits = sorted(
        (stand[at].start, stand[at + len(term) - 1].end)
        for term in wanted
        for at in range(len(stand) - len(term) + 1)
        if all(stand[at + place].form == form for place, form in enumerate(term))
    )
    merged: list[tuple[int, int]] = []
    for start, end in hits:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=50_000)
def _form(word: str) -> str:
    """Letters and digits of ASCII whatever the word is written in, so that no database takes it apart."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    # A stemmer keeps what it is at work on in itself: each thread needs its own.
    stem = Stemmer("english").stemWord(plain.casefold().replace("’", "'"))[:_LONGEST] or word
    return f"w{stem}" if stem.isascii() and stem.isalnum() else f"u{stem.encode().hex()}"
