"""Deadlines in time: on a line, as wide as they are unsure, and in months, as people hang them on a wall."""

from calendar import Calendar
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from api.rendering.wording import month_name, one_line, shortened, with_date
from schemas import Deadline
from schemas.vocabulary import OPEN_DEADLINES

LINE_WIDTH = 1000
_LANE, _TOP, _FOOT = 28, 20, 30
_MOST = 10  # that are drawn, those that weigh most: the list has them all
_LONGEST = 90  # characters of a label
_LETTER = 7.3  # width of one, in wide fonts
_NEAREST, _GAP = 5, 10  # half a mark's width, and how far from its middle a label begins
_FAR = timedelta(days=4 * 366)
"""Beyond so long a time before and after most of them, a deadline stands at the edge."""
_TICKS = 12
_MOST_MONTHS = 6  # that are drawn
_WEEKS = Calendar()  # they begin on Monday


class MonthTick(Struct, frozen=True):
    x: float
    label: str


class DueMark(Struct, frozen=True, kw_only=True):
    """A deadline. `x` to `end`: the days that it can be. `beyond`: it lies further off than the line goes."""

    id: str
    x: float
    end: float
    y: int
    label: str
    label_x: float
    anchor: str
    state: str
    beyond: bool


class DeadlineLine(Struct, frozen=True, kw_only=True):
    """`today` is None where it is far from all of them."""

    height: int
    today: float | None
    ticks: list[MonthTick]
    marks: list[DueMark]


def state_of(deadline: Deadline, today: date) -> str:
    """`ahead`, `past` (nobody says what came of it) or `over`."""
    if deadline.status not in OPEN_DEADLINES:
        return "over"
    last = deadline.date.latest if deadline.date else None
    return "past" if last and last < today.isoformat() else "ahead"


def deadline_states(deadlines: Sequence[Deadline], today: date) -> dict[str, str]:
    """The state of each, by its id."""
    return {one.id: state_of(one, today) for one in deadlines}


def deadline_line(deadlines: Sequence[Deadline], today: date) -> DeadlineLine | None:
    """None where fewer than two have a date."""
    dated = [(one, span) for one in deadlines if (span := _days(one))]
    if len(dated) < 2:
        return None
    weightiest = sorted(dated, key=lambda pair: -pair[0].salience)[:_MOST]
    drawn = sorted(weightiest, key=lambda pair: pair[1])
    first, last = _bounds([span for _, span in drawn], today)
    scale = (LINE_WIDTH - 2 * _NEAREST) / max((last - first).days, 1)

    def place(day: date) -> float:
        return round(_NEAREST + (min(max(day, first), last) - first).days * scale, 1)

    lanes: list[float] = []
    marks = []
    for one, (earliest, latest) in drawn:
        x, end = place(earliest), place(latest)
        told = _told(one)
        right, left = (int(room / _LETTER) for room in (LINE_WIDTH - end - _GAP, x - _GAP))
        leftwards = right < min(len(told), _LONGEST) and left > right
        label = shortened(told, min(left if leftwards else right, _LONGEST))
        width = len(label) * _LETTER
        taken = (x - _GAP - width, end + _NEAREST) if leftwards else (x - _NEAREST, end + _GAP + width)
        lane = next((n for n, until in enumerate(lanes) if until <= taken[0]), len(lanes))
        lanes[lane : lane + 1] = [taken[1] + 8]
        marks.append(
            DueMark(
                id=one.id,
                x=x,
                end=max(end, x),
                y=_TOP + lane * _LANE,
                label=label,
                label_x=x - _GAP if leftwards else end + _GAP,
                anchor="end" if leftwards else "start",
                state=state_of(one, today),
                beyond=latest < first or earliest > last,
            )
        )
    return DeadlineLine(
        height=_TOP + len(lanes) * _LANE + _FOOT,
        today=place(today) if first <= today <= last else None,
        ticks=[MonthTick(place(day), label) for day, label in _ticks(first, last)],
        marks=marks,
    )


def _told(deadline: Deadline) -> str:
    conditions = "; ".join(one_line(condition.text) for condition in deadline.conditions)
    told = with_date(deadline.date, deadline.what)
    return f"{told.removesuffix('.')} ({conditions})" if conditions else told


def _days(deadline: Deadline) -> tuple[date, date] | None:
    """First and last day that it can be; of an open interval the day that is told."""
    told = deadline.date
    if told is None or not (told.earliest or told.latest):
        return None
    days = [date.fromisoformat(day) for day in (told.earliest, told.latest) if day]
    return days[0], days[-1]


def _bounds(spans: list[tuple[date, date]], today: date) -> tuple[date, date]:
    """The time that the line shows: most of them, and today where it is not far from them."""
    middle = spans[len(spans) // 2][0]
    first = max(min(span[0] for span in spans), middle - _FAR)
    last = min(max(span[1] for span in spans), middle + _FAR)
    room = max(last - first, timedelta(days=90))
    if first - room <= today <= last + room:
        first, last = min(first, today), max(last, today)
    edge = max((last - first) // 25, timedelta(days=3))
    return first - edge, last + edge


def _ticks(first: date, last: date) -> Iterator[tuple[date, str]]:
    """Beginnings of months, or of as many months together as leave few enough of them."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next((size for size in (1, 2, 3, 6, 12, 24, 60) if months / size <= _TICKS), 120)
    for month in range(first.year * 12 + first.month, last.year * 12 + last.month):
        year, index = divmod(month, 12)
        if index % min(step, 12) == 0 and (step <= 12 or year % (step // 12) == 0):
            yield date(year, index + 1, 1), str(year) if index == 0 else month_name(index + 1)[:3]


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
    told = sorted({(day.year, day.month) for day in by_day})[:_MOST_MONTHS]
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
