"""One quantity with two values. Another period, base or scope is another quantity."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.briefings.conflicts.comparison import clause_with, conflict, independent, one_thing, stems
from pipeline.briefings.deduplicate import alike
from pipeline.briefings.weights import ALIKE_SUBJECTS, APPROXIMATE, EXACT
from pipeline.language.lexicons import any_of, lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import mentions
from schemas import Conflict, Figure

_NEAR = 30
_WEEKDAY = any_of(weekday.name for weekday in lexicon.calendar.weekdays)
_ON = re.compile(rf"\bon (?!{_WEEKDAY}\b|\d)((?:(?!{lexicon.conflicts.scope_ends.any}\b)[\w’'-]+ ?){{1,3}})")


def _differ(left: Figure, right: Figure) -> bool:
    """Two values of one quantity that cannot both hold."""
    kinds = {left.comparator, right.comparator}
    if not kinds <= {"eq", "approx"}:
        return False
    slack = APPROXIMATE if "approx" in kinds else EXACT
    return abs(left.value - right.value) > slack * max(abs(left.value), abs(right.value))


def _scope(sentence: str) -> frozenset[str]:
    """What an amount is charged on, as far as a sentence says "on …"."""
    return frozenset(
        word.removesuffix("s")
        for match in _ON.finditer(sentence)
        for word in re.findall(r"[^\W\d_]{3,}", fold(match[1]))
    )


def _beside(figure: Figure) -> frozenset[str]:
    """Words beside an amount that make it a quantity of its own: "the current 10 per cent baseline"."""
    sentence = figure.evidence[0].exact
    at = max(sentence.find(figure.as_written), 0)
    near = f"{figure.subject} {sentence[max(at - _NEAR, 0) : at + len(figure.as_written) + _NEAR]}"
    return frozenset(match[0].casefold() for match in lexicon.conflicts.qualifies.finditer(near))


def _other_scope(left: Figure, right: Figure) -> bool:
    """Whether two amounts are of different goods, sides or levels."""
    sentences = left.evidence[0].exact, right.evidence[0].exact
    goods = [_scope(sentence) for sentence in sentences]
    sides = [{mention.code for mention in mentions(sentence)} for sentence in sentences]
    return (
        (all(goods) and not goods[0] & goods[1])
        or not (sides[0] <= sides[1] or sides[1] <= sides[0])
        or _beside(left) != _beside(right)
    )


def _days(figure: Figure) -> tuple[str | None, ...] | None:
    """The days that it covers: a month is another period than its year."""
    period = figure.period
    if period is None:
        return None
    return (period.earliest, period.latest) if period.edtf else (period.text.casefold(),)


def _one_quantity(left: Figure, right: Figure) -> bool:
    """The same thing measured over the same time."""
    if (left.measure, left.unit, left.status) != (right.measure, right.unit, right.status):
        return False
    if _days(left) != _days(right) or left.comparison_base != right.comparison_base:
        return False
    if (
        _other_scope(left, right)
        or alike(*(" ".join(stems(f.subject)) for f in (left, right))) < ALIKE_SUBJECTS
    ):
        return False
    one, other = (clause_with(" ".join(f.evidence[0].exact.split()), f.as_written) for f in (left, right))
    return one_thing(one, other) or bool(_scope(one) & _scope(other))


def values(briefing: str, figures: Sequence[Figure]) -> Iterator[Conflict]:
    for left, right in combinations(figures, 2):
        if independent(left, right) and _one_quantity(left, right) and _differ(left, right):
            about = f"{left.measure.replace('_', ' ')}: {min(left.subject, right.subject)}"
            yield conflict(
                briefing, about, "value", {left.as_written: [left.id], right.as_written: [right.id]}
            )
