"""Facts and what changed of them as sentences: fixed wording around typed fields and the sources' own words."""

import re
from collections.abc import Iterator
from typing import Any

from api.rendering.wording import quoted, when, words
from pipeline.briefings.diff import FactChange
from pipeline.language.naming import party_name
from schemas import Conflict, Deadline, Delegate, Event, Fact, Figure, Stake, Statement
from schemas.dates import FuzzyDate

_ENDS = (".", "!", "?", "…", "”", '"')
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_WORDING = {"as_written", "subject", "summary", "text", "what"}


def one_line(text: str) -> str:
    """Without the line breaks and control characters that a source may have."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def _closed(text: str) -> str:
    """On one line, with a full stop where it has no end of its own."""
    line = one_line(text)
    return line if line.endswith(_ENDS) else f"{line}."


def _dated(day: str, what: str) -> str:
    """What happens on a day, which is not told twice."""
    line = one_line(what)
    return line if line.startswith(day) else f"{day}: {line}"


def due(deadline: Deadline) -> str:
    """A deadline: when, what, on which conditions, and what follows otherwise."""
    parts = [_closed(_dated(when(deadline.date), deadline.what))]
    parts += [_closed(f"Condition: {condition.text}") for condition in deadline.conditions]
    if deadline.consequence:
        parts.append(_closed(f"Otherwise: {deadline.consequence}"))
    return " ".join(parts)


def at_odds(conflict: Conflict) -> str:
    return _closed(
        f"Sources disagree on {conflict.about}: {' versus '.join(p.value for p in conflict.positions)}"
    )


def news(change: FactChange) -> str | None:
    """What changed, in one sentence. None where a date is told in other words and nothing else differs."""
    said = _told(change.fact)
    if change.change == "added":
        return _closed(f"New {said}")
    if change.change == "gone":
        return _closed(f"No longer in the briefing: {said}")
    differences = list(_differences(change))
    return _closed(f"Changed ({'; '.join(differences)}): {said}") if differences else None


def _told(fact: Fact) -> str:
    """What a fact is, and what it says."""
    match fact:
        case Deadline():
            return f"deadline, {_dated(when(fact.date), fact.what)}"
        case Stake():
            return f"stake, {words(fact.topic)}: {fact.summary}"
        case Figure():
            return f"figure, {fact.as_written}: {quoted(fact.evidence[0].exact)}"
        case Delegate():
            return f"delegate of {party_name(fact.party)}, {fact.name}: {fact.role}"
        case Event():
            return f"event, {_dated(when(fact.date), fact.what)}"
        case Statement():
            return f"statement of {fact.speaker}: {f'“{fact.text}”' if fact.direct else fact.text}"
    raise TypeError(f"{type(fact).__name__} is no kind of fact")


def _differences(change: FactChange) -> Iterator[str]:
    for field in change.fields:
        before, now = _word(getattr(change.before, field)), _word(getattr(change.fact, field))
        if field in _WORDING:
            continue
        if before is None or now is None:
            yield f"another {words(field)}"
        elif before != now:
            yield f"{'independent sources' if field == 'origins' else words(field)} {now}, was {before}"
    if _WORDING.intersection(change.fields):
        yield "reworded"


def _word(value: Any) -> str | None:
    """A value as it is shown; None where it takes more than a few words."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case FuzzyDate():
            return when(value)
        case int() | float():
            return f"{value:g}"
        case str() if len(value) <= 40:
            return words(value)
    return None
