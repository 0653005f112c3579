"""In which script words are written, for `lang` and `dir`; and what turns the direction of text, shown."""

import unicodedata
from functools import lru_cache

from markupsafe import Markup

_SCRIPTS = {
    "ARABIC": "Arab", "ARMENIAN": "Armn", "BENGALI": "Beng", "CJK": "Hani", "CYRILLIC": "Cyrl", "DEVANAGARI": "Deva",
    "ETHIOPIC": "Ethi", "GEORGIAN": "Geor", "GREEK": "Grek", "HANGUL": "Kore", "HEBREW": "Hebr", "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan", "KHMER": "Khmr", "LAO": "Laoo", "MYANMAR": "Mymr", "SINHALA": "Sinh", "TAMIL": "Taml",
    "THAI": "Thai", "TIBETAN": "Tibt",
}  # fmt: skip
"""Of the letters whose names begin so (ISO 15924)."""
_FROM_RIGHT = {"Arab", "Hebr"}
_LOOKED_AT = 2_000  # characters of a text
_TURNS = {
    0x202A: "[LRE]", 0x202B: "[RLE]", 0x202C: "[PDF]", 0x202D: "[LRO]", 0x202E: "[RLO]",
    0x2066: "[LRI]", 0x2067: "[RLI]", 0x2068: "[FSI]", 0x2069: "[PDI]",
}  # fmt: skip


def script_of(text: str) -> str | None:
    """The script of most of its letters; None where that is Latin, or it has none."""
    return None if text.isascii() else _script_of(text[:_LOOKED_AT])


@lru_cache(maxsize=1_000)
def _script_of(text: str) -> str | None:
    counts: dict[str | None, int] = {}
    for letter in filter(str.isalpha, text):
        script = _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0])
        counts[script] = counts.get(script, 0) + 1
    if "Jpan" in counts:
        counts["Jpan"] += counts.pop("Hani", 0)
    return max(counts, key=lambda script: counts[script]) if counts else None


def language_attributes(text: str | None, language: str | None = None) -> Markup:
    """The attributes of an element that holds words of a source: none where they are English, or may be."""
    script = script_of(text) if text else None
    if language == "en" or not (language or script):
        return Markup()
    direction = "rtl" if script in _FROM_RIGHT else "ltr"
    return Markup(' lang="{}" dir="{}"').format(language or f"und-{script}", direction)


def unturned(text: str) -> str:
    """Names what would show the letters after it in another order than they stand in."""
    return text if text.isascii() else text.translate(_TURNS)
