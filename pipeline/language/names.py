"""Whether two names are one person's: spellings, transliterations, initials, family name first."""

import re
import unicodedata
from functools import lru_cache

# What transliterations and keyboards write differently for the same letters.
_SPELLINGS = (
    ("ph", "f"), ("kh", "h"), ("ks", "x"), ("ck", "k"), ("ae", "a"), ("oe", "o"), ("ue", "u"),
    ("y", "i"), ("j", "i"), ("w", "v"), ("ø", "o"), ("ł", "l"), ("đ", "d"), ("ı", "i"), ("ß", "ss"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")
_BREAK = re.compile(r"[^\w]+")


@lru_cache(maxsize=10_000)
def _words(name: str) -> tuple[str, ...]:
    """The words of a name, each in one spelling."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    for written, letter in _SPELLINGS:
        plain = plain.replace(written, letter)
    return tuple(_DOUBLED.sub(r"\1", word) for word in _BREAK.split(plain) if word)


def _given_agree(left: str, right: str) -> bool:
    """Equal given names, or one is the other's initial."""
    return left == right or (1 in (len(left), len(right)) and left[0] == right[0])


def same_person(left: str, right: str) -> bool:
    """Whether both names can be one person's. Two given names with one surname are two people."""
    a, b = sorted((_words(left), _words(right)), key=len)
    if not a:
        return False
    if a in (b[-len(a) :], b[: len(a)]) or sorted(a) == sorted(b):
        return True
    return len(a) > 1 and a[-1] == b[-1] and _given_agree(a[0], b[0])
