"""Months as people hang them on a wall, with what falls due on their days."""

from calendar import Calendar
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from api.rendering.wording import month_name
from schemas import Deadline

_MOST = 6  # months that are drawn
_WEEKS = Calendar()  # they begin on Monday


class MonthDay(Struct, frozen=True):
    """A day with the deadlines that are known to fall on it."""

    number: int
    due: list[Deadline]
    is_today: bool


class Month(Struct, frozen=True):
    """`weeks`: seven days each; None beside the month."""

    title: str
    weeks: list[list[MonthDay | None]]


def months(deadlines: Sequence[Deadline], today: date) -> list[Month]:
    """The first months in which a deadline falls on a day."""
    by_day: dict[date, list[Deadline]] = {}
    for deadline in deadlines:
        if deadline.date and deadline.date.precision == "day" and deadline.date.earliest:
            by_day.setdefault(date.fromisoformat(deadline.date.earliest), []).append(deadline)
    told = sorted({(day.year, day.month) for day in by_day})[:_MOST]
    return [
        Month(
            f"{month_name(month)} {year}",
            [
                [
                    MonthDay(day.day, by_day.get(day, []), day == today) if day.month == month else None
                    for day in week
                ]
                for week in _WEEKS.monthdatescalendar(year, month)
            ],
        )
        for year, month in told
    ]
