"""One quantity with two values. Another period, base or scope is another quantity."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.combine import alike, dates_agree
from pipeline.conflicts.shape import apart, conflict
from schemas import Conflict, Figure

_ALIKE = 0.5
_CLOSE = 0.005
_ROUGHLY = 0.05


def _differ(left: Figure, right: Figure) -> bool:
    """Two values of one quantity that cannot both hold."""
    kinds = {left.comparator, right.comparator}
    if not kinds <= {"eq", "approx"}:
        return False
    slack = _ROUGHLY if "approx" in kinds else _CLOSE
    return abs(left.value - right.value) > slack * max(abs(left.value), abs(right.value))


def _one_quantity(left: Figure, right: Figure) -> bool:
    """The same thing measured over the same time."""
    if (left.measure, left.unit, left.status) != (right.measure, right.unit, right.status):
        return False
    if (left.period is None) != (right.period is None) or left.comparison_base != right.comparison_base:
        return False
    if left.period and right.period and not dates_agree(left.period, right.period):
        return False
    said = left.evidence[0].exact, right.evidence[0].exact
    return alike(left.subject, right.subject) >= _ALIKE and alike(*said) >= _ALIKE / 2


def values(briefing: str, figures: Sequence[Figure]) -> Iterator[Conflict]:
    for left, right in combinations(figures, 2):
        if apart(left, right) and _one_quantity(left, right) and _differ(left, right):
            about = f"{left.measure.replace('_', ' ')}: {min(left.subject, right.subject)}"
            yield conflict(
                briefing, about, "value", {left.as_written: [left.id], right.as_written: [right.id]}
            )
