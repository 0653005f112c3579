"""Pages that stand in place of a document: walls, errors and shells. They are told by what they say, before it is paid
for to have them read."""

import re
from collections.abc import Callable
from functools import cache

from pipeline.documents.document import Document
from pipeline.language.lexicons import lexicon
from pipeline.language.lexicons.schema import NoiseSigns

_LONGEST = 6_000
"""Characters of a page that may be noise."""
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’')\]]*\s+|\n+")
_ENDS = re.compile(r"[.!?…][\"”’')\]]*$")
_CELL = re.compile(r"^\|.*\d.*\|$")
_AMOUNT = re.compile(r"\d[\d.,]*\s?(?:%|per ?cent\b)|[$€£¥]\s?\d")
_FEWEST_WORDS = 5
"""Words of a line that may tell something; a shorter one is a label."""


def noise_of(document: Document) -> NoiseSigns | None:
    """What stands in place of the document; None where it is one."""
    if len(document.text) > _LONGEST:
        return None
    sentences = [words for part in _SENTENCE.split(document.text) if (words := part.strip())]
    telling = cache(_telling)
    return next((kind for kind in lexicon.noise.kinds if _fits(kind, sentences, telling)), None)


def _fits(kind: NoiseSigns, sentences: list[str], telling: Callable[[str], int]) -> bool:
    own = beside = 0
    for sentence in sentences:
        if kind.signs.search(sentence):
            own += 1
            continue
        beside += telling(sentence)
        if beside > kind.beside:
            # Most documents say so in a few sentences.
            return False
    return own >= kind.least


def _telling(sentence: str) -> int:
    """How many words a sentence has, where it may tell something."""
    words = len(sentence.split())
    if _CELL.search(sentence) or _AMOUNT.search(sentence):
        return words
    if words < _FEWEST_WORDS or not _ENDS.search(sentence) or lexicon.noise.furniture.search(sentence):
        return 0
    return words
