"""Near copies: documents whose stories have nearly all runs of words in common, whatever stands around them."""

import re
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest

from pipeline.documents.document import Document

_RUN = 5
"""Words of a run."""
_NEAR = 0.8
"""The share of all runs of two texts that near copies have in common."""
_SKETCH = 8
"""Runs in a sketch: two texts with four runs in five in common share one of them all but always."""
_FEWEST = 40
"""Words of a text that can be known again; shorter ones are alike by their form."""
_WORD = re.compile(r"[^\W_]+")


def sketch_of(document: Document) -> list[int]:
    """The few runs of words of a document, as numbers, by which its near copies are found."""
    story = " ".join(document.text[b.start : b.end] for b in document.blocks if b.region in ("body", "deck"))
    return nsmallest(_SKETCH, _runs(story))


def is_near_copy(text: str, other: str) -> bool:
    """Whether two texts have nearly all of their runs of words in common."""
    one, two = _runs(text), _runs(other)
    return bool(one and two) and len(one & two) >= _NEAR * len(one | two)


# A text is compared with several others, one after another.
@lru_cache(maxsize=8)
def _runs(text: str) -> frozenset[int]:
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _FEWEST:
        return frozenset()
    return frozenset(_number(" ".join(words[at : at + _RUN])) for at in range(len(words) - _RUN + 1))


def _number(run: str) -> int:
    return int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), signed=True)
