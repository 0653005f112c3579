"""Checks of codes against the standards they come from: ISO 3166-1, ISO 4217, a UCUM subset."""

import re
from functools import cache

import pycountry

UCUM = frozenset(
    {"%", "[pp]", "1", "t", "kg", "g", "d", "wk", "mo", "a", "h", "min", "s", "m", "km", "m2", "km2", "m3",
     "l", "[bbl_us]", "[bu_us]", "W.h", "kW.h", "MW.h", "GW.h", "TW.h", "W", "kW", "MW", "GW", "[ppb]", "Cel"}
)  # fmt: skip
_BODY = re.compile(r"X-[A-Z0-9]+(?:-[A-Z0-9]+)*")


@cache
def is_party(code: str) -> bool:
    """ISO 3166-1 alpha-2, `EU`, or `X-…` for a body that has no code."""
    if code == "EU" or _BODY.fullmatch(code):
        return True
    return code.isupper() and pycountry.countries.get(alpha_2=code) is not None


@cache
def is_unit(code: str) -> bool:
    """A UCUM code of the subset in use, or an ISO 4217 currency."""
    return code in UCUM or (code.isupper() and pycountry.currencies.get(alpha_3=code) is not None)


def check_party(code: str) -> None:
    if not is_party(code):
        raise ValueError(f"{code!r} is neither ISO 3166-1 alpha-2, nor EU, nor X-…")


def check_unit(code: str) -> None:
    if not is_unit(code):
        raise ValueError(f"{code!r} is neither an ISO 4217 currency nor a UCUM unit in use here")
