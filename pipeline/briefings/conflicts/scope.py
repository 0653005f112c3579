"""Whether two sentences are about one thing, but for the value or the day that they give it."""

import re
from functools import lru_cache

from pipeline.language.folding import fold
from pipeline.language.lexicons import lexicon
from pipeline.language.quantities import find_quantities

_STEM = 3
_CLAUSE = re.compile(r"[,;:—–]|\b(?:while|whereas|although|unless|compared)\b")
_FEWEST = 3


@lru_cache(maxsize=10_000)
def stems(text: str) -> frozenset[str]:
    """The words of a text that tell what it is about, numbers left out, one word for those that tell the same."""
    plain = fold(text)
    for quantity in sorted(find_quantities(plain), key=lambda quantity: -quantity.start):
        plain = f"{plain[: quantity.start]} {plain[quantity.end :]}"
    for row in lexicon.conflicts.same:
        plain = row.words.cased.sub(row.name, plain)
    plain = lexicon.conflicts.empty.cased.sub("", plain)
    return frozenset(
        word.removesuffix("'s").removesuffix("s")
        for word in re.findall(r"[^\W\d_][\w']*", plain)
        if len(word) >= _STEM
        and word not in {"the", "and", "for", "its", "has", "was", "had", "per", "which"}
    )


def clause(text: str, words: str) -> str:
    """The clause that holds some words, or the whole text where that is too short to tell what it is about."""
    at = max(text.find(words), 0)
    edges = [
        0,
        *(m.start() for m in _CLAUSE.finditer(text) if not at <= m.start() < at + len(words)),
        len(text),
    ]
    own = text[max(e for e in edges if e <= at) : min(e for e in edges if e >= at + len(words))]
    return own if len(stems(own)) >= _FEWEST else text


def one_thing(left: str, right: str) -> bool:
    """Whether neither text tells of something else: all that one is about, the other is about, too."""
    a, b = stems(left), stems(right)
    return bool(a and b) and (a <= b or b <= a)
