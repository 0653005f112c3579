"""Names for readers: of parties, talks and briefings."""

import re
import unicodedata
from functools import cache

from babel import Locale

_SHORT = {
    "US": "US",
    "GB": "UK",
    "EU": "EU",
    "AE": "UAE",
    "CD": "DR Congo",
    "CG": "Republic of Congo",
    "HK": "Hong Kong",
    "MM": "Myanmar",
    "MO": "Macao",
    "PS": "Palestine",
}
"""Where the press prints another name than CLDR has."""


@cache
def party_name(code: str) -> str:
    """The English name that the press prints: `CN` -> `China`, `GB` -> `UK`; a body goes by its own letters."""
    if code.startswith("X-"):
        return code[2:].replace("-", " ")
    name = _SHORT.get(code) or Locale("en").territories.get(code, code)
    return name.replace(" & ", " and ")


def name_of(parties: list[str], venue: str | None) -> str:
    """A name for talks: `China–US trade talks, London`."""
    names = [party_name(code) for code in parties]
    joined = "–".join(names) if len(names) <= 4 else f"{'–'.join(names[:3])} and {len(names) - 3} others"
    return f"{joined} trade talks" + (f", {venue}" if venue else "")


def slug(words: str) -> str:
    """Lower-case ASCII words joined by hyphens, for use in addresses."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
