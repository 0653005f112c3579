"""Names for readers: of parties, talks and briefings."""

import re
import unicodedata

import pycountry

_SHORT = {
    "US": "US",
    "GB": "UK",
    "EU": "EU",
    "AE": "UAE",
    "KR": "South Korea",
    "KP": "North Korea",
    "RU": "Russia",
}


def party_name(code: str) -> str:
    """A short English name: `CN` -> `China`, `X-GCC` -> `GCC`."""
    if code in _SHORT:
        return _SHORT[code]
    if code.startswith("X-"):
        return code[2:]
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)).split(",")[0] if country else code


def name_of(parties: list[str], venue: str | None) -> str:
    """A name for talks: `China–US trade talks, London`."""
    names = [party_name(code) for code in parties]
    joined = "–".join(names) if len(names) <= 4 else f"{'–'.join(names[:3])} and {len(names) - 3} others"
    return f"{joined} trade talks" + (f", {venue}" if venue else "")


def slug(words: str) -> str:
    """Lower-case ASCII words joined by hyphens, for use in addresses."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
