"""A briefing whose every word is English: what rules and checks, which read English alone, write from.

Words of sources in other languages are replaced by their translations, in what proves a fact, too. It is never served.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from schemas import Briefing, Fact
from schemas.kinds import LISTED, facts_of

F = TypeVar("F", bound=Fact)


def english_edition(briefing: Briefing) -> Briefing:
    """The briefing in English; itself where all of its sources are."""
    if not any(fact.translated for fact in facts_of(briefing)):
        return briefing
    facts = {kind.plural: [_in_english(fact) for fact in getattr(briefing, kind.plural)] for kind in LISTED}
    sides = [
        replace(side, members=[_in_english(member) for member in side.members])
        for side in briefing.delegations
    ]
    return replace(briefing, delegations=sides, **facts)


def _in_english(fact: F) -> F:
    if not fact.translated:
        return fact
    english = {words.original: words.text for words in fact.translated}
    told = {**msgspec.to_builtins(fact), "translated": []}
    translation: F = msgspec.convert(_replaced(told, english), type(fact))
    return translation


def _replaced(value: Any, english: Mapping[str, str]) -> Any:
    match value:
        case str():
            return english.get(" ".join(value.split()), value)
        case list():
            return [_replaced(one, english) for one in value]
        case {"exact": str(exact), "start": int(start)}:
            text = english.get(" ".join(exact.split()), exact)
            return {**value, "exact": text, "end": start + len(text)}
        case dict():
            return {name: _replaced(one, english) for name, one in value.items()}
    return value
