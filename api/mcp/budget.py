"""Answers within a number of tokens: what does not fit is left out, and the answer says how to ask for it."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct, json

_BYTES = 2.5
"""Of JSON in a token at the least: ids are digits, which take more tokens than words."""
_HINT = 100  # tokens that are kept free for saying what was left out

Told = TypeVar("Told", bound=Struct)


class LeftOut(Struct, frozen=True):
    """What an answer says of what is not in it."""

    left_out: str | None = None
    cursor: str | None = None


def token_count(told: object) -> int:
    """How many tokens something takes as JSON, at the most."""
    return int(len(json.encode(told)) / _BYTES) + 1


def that_fit(items: Sequence[Told], room: int, beside: object = None) -> list[Told]:
    """The first items that fit into so many tokens, beside what the answer has anyway."""
    left = room - _HINT - token_count(beside)
    for number, item in enumerate(items):
        left -= token_count(item)
        if left < 0:
            return list(items[:number])
    return list(items)


def what_is_left(
    name: str, shown: int, rest: Sequence[object], cursor: str | None, beside: object = None
) -> LeftOut:
    """What to say where `rest` did not fit, or there are more behind the cursor."""
    if rest and not shown:
        needed = token_count(rest[0]) + token_count(beside) + _HINT
        return LeftOut(
            f"The next of the {name} takes {needed:,} tokens: ask again with `max_tokens`.", cursor
        )
    if rest or cursor is not None:
        return LeftOut(f"There are more {name}: ask again with this `cursor`.", cursor)
    return LeftOut()
