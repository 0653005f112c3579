"""How far apart the bounds of a date are. Dates of one span are found by a range of days, however many there are."""

from datetime import date, timedelta

DAYS = (0, 31, 366)
"""The most days that lie between the bounds of a date of span 0, 1 and 2."""
OPEN = len(DAYS)
"""The span of longer dates, and of those with one bound."""
UNDATED = OPEN + 1


def span_of(earliest: date | None, latest: date | None) -> int:
    if earliest is None and latest is None:
        return UNDATED
    if earliest is None or latest is None:
        return OPEN
    apart = (latest - earliest).days
    return next((span for span, most in enumerate(DAYS) if apart <= most), OPEN)


def shifted(day: date, days: int) -> date:
    """A day so many days away, or the last one that there is on that side."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min
