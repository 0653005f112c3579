"""Dates as sources give them: EDTF levels 0-1, the source's words, and why the date is that."""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.vocabulary import Basis, KnownDay, Precision, Text, known

_POINT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?[?~%]?")
_OPEN = {"", ".."}
_LONGEST: tuple[tuple[Precision, int], ...] = (
    ("day", 1), ("week", 7), ("month", 31), ("quarter", 92), ("year", 366),
)  # fmt: skip


def _point(text: str) -> tuple[date, date]:
    """First and last day of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, each with an optional qualifier."""
    found = _POINT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not an EDTF level 0-1 date")
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a calendar date: {error}") from None


def bounds(edtf: str) -> tuple[date | None, date | None]:
    """First and last day an EDTF date or interval can mean; None where an interval is open.

    Raises ValueError for anything outside EDTF levels 0-1, and for an interval that ends before it starts.
    """
    first, slash, last = edtf.partition("/")
    if not slash:
        return _point(first)
    earliest = None if first in _OPEN else _point(first)[0]
    latest = None if last in _OPEN else _point(last)[1]
    if earliest is None and latest is None:
        raise ValueError(f"{edtf!r} is open at both ends")
    if earliest and latest and earliest > latest:
        raise ValueError(f"{edtf!r} ends before it starts")
    return earliest, latest


def precision_of(edtf: str) -> Precision:
    """How fine a date is: the span of days that it can mean."""
    earliest, latest = bounds(edtf)
    if earliest is None or latest is None:
        return "unknown"
    days = (latest - earliest).days + 1
    return next((precision for precision, longest in _LONGEST if days <= longest), "unknown")


_EDTF = dict[str, Any](
    pattern=r"^(?:\.\.|\d{4}(?:-\d{2}(?:-\d{2})?)?[?~%]?)?(?:/(?:\.\.|\d{4}(?:-\d{2}(?:-\d{2})?)?[?~%]?)?)?\Z",
    min_length=4,
    description="EDTF (ISO 8601-2) level 0 or 1: `2031`, `2031-03`, `2031-03-14~`, `2031-01/2031-03`.",
    examples=["2031-03"],
)
Edtf = Annotated[str, Meta(**_EDTF)]


class FuzzyDate(Struct, frozen=True, kw_only=True, gc=False):
    """A date no finer than its source. Unresolved words keep `edtf` null: abstaining beats guessing."""

    edtf: Annotated[str, known(**_EDTF)] | None
    text: Annotated[
        Text, Meta(description="The source's words for the date.", examples=["by the middle of March"])
    ]
    precision: Precision
    basis: Annotated[
        Basis,
        Meta(
            description="`explicit`: the words say it; `relative`: counted from `anchor`; `cross_source`: "
            "another document fixes it; `unresolved`: nothing fixes it."
        ),
    ]
    anchor: Annotated[
        Text | None,
        Meta(description="What a relative date was counted from.", examples=["published 2031-03-01"]),
    ]
    earliest: Annotated[KnownDay | None, Meta(description="First day it can mean.")]
    latest: Annotated[KnownDay | None, Meta(description="Last day it can mean.")]

    def __post_init__(self) -> None:
        _check(self.edtf, self.basis, self.precision, self.earliest, self.latest)


@lru_cache(maxsize=10_000)  # a body that is read has the same dates over and over
def _check(
    edtf: str | None, basis: Basis, precision: Precision, earliest: str | None, latest: str | None
) -> None:
    """Raises ValueError where the parts of a date do not go together."""
    if (edtf is None) != (basis == "unresolved"):
        raise ValueError("a date has an EDTF form exactly when its basis is not `unresolved`")
    if edtf is None:
        if precision != "unknown" or earliest or latest:
            raise ValueError("an unresolved date has no precision and no bounds")
        return
    first, last = (_iso(day) for day in bounds(edtf))
    if (earliest, latest) != (first, last):
        raise ValueError(f"the bounds of {edtf!r} are {first} and {last}")
    if precision != precision_of(edtf):
        raise ValueError(f"the precision of {edtf!r} is {precision_of(edtf)}")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def fuzzy_date(edtf: str, text: str, basis: Basis = "explicit", anchor: str | None = None) -> FuzzyDate:
    """A resolved date, its precision and bounds worked out. Raises ValueError for bad EDTF."""
    earliest, latest = bounds(edtf)
    return FuzzyDate(
        edtf=edtf,
        text=text,
        precision=precision_of(edtf),
        basis=basis,
        anchor=anchor,
        earliest=_iso(earliest),
        latest=_iso(latest),
    )


def unresolved(text: str) -> FuzzyDate:
    """The words of a date that nothing fixes."""
    return FuzzyDate(
        edtf=None, text=text, precision="unknown", basis="unresolved", anchor=None, earliest=None, latest=None
    )
