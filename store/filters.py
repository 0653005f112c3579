"""Filters as words, and the values that they stand for."""

from datetime import date, datetime
from math import isfinite


class BadFilter(ValueError):
    """A filter or order that a collection does not have, or a value that it cannot take. `name`: the parameter's."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


def day(name: str, value: str) -> date:
    try:
        if len(value) != len("2031-03-14"):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadFilter(name, f"{value!r} is not a day like 2031-03-14") from None


def moment(name: str, value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = datetime.min
    if found.tzinfo is None:
        raise BadFilter(name, f"{value!r} is not a moment with a time zone, like 2031-03-14T09:30:00Z")
    return found


def number(name: str, value: str) -> float:
    try:
        found = float(value)
        if isfinite(found):
            return found
    except ValueError:
        pass
    raise BadFilter(name, f"{value!r} is not a number")


def truth(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise BadFilter(name, "it is true or false")
    return value == "true"
