"""Which goods texts name, and whether two texts may be about the same."""

from functools import lru_cache

from pipeline.language.lexicons import lexicon

Goods = frozenset[str]

_FAMILIES = {row.name: row.words for row in lexicon.conflicts.families}


@lru_cache(maxsize=20_000)
def goods_in(text: str) -> Goods:
    """The goods that a text names, one name for each: rebar for reinforcing bars."""
    return frozenset(_one_name(match[0]) for match in lexicon.conflicts.goods.finditer(text))


@lru_cache(maxsize=20_000)
def in_common(left: Goods, right: Goods) -> bool:
    """Whether some of the goods of one may be some of the other's: flour and wheat flour, nuts and walnuts."""
    return any(_one_good(a, b) for a in left for b in right)


def _one_good(one: str, other: str) -> bool:
    if one == other or one.endswith(f" {other}") or other.endswith(f" {one}"):
        return True
    return any(a in _FAMILIES and _FAMILIES[a].fullmatch(b) for a, b in ((one, other), (other, one)))


def _one_name(name: str) -> str:
    name = name.casefold()
    one = next((row.name for row in lexicon.conflicts.same if row.words.fullmatch(name)), name)
    return one.removesuffix("s")
