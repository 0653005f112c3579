"""In which language a document is written: by its script, else by how many of its words are a language's most common.

The common words are those by which jusText tells stories from menus: each language's own list, in order.
"""

import re
from collections import Counter
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

_LISTS = {
    "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French", "gl": "Galician", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "lt": "Lithuanian", "ms": "Malay", "nl": "Dutch",
    "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese",
}  # fmt: skip
_SCRIPTS = {
    "ja": "[\u3040-\u30ff]", "zh": "[\u3400-\u9fff]", "ko": "[\uac00-\ud7af]", "th": "[\u0e00-\u0e7f]",
    "ar": "[\u0600-\u06ff]", "he": "[\u0590-\u05ff]", "hi": "[\u0900-\u097f]",
}  # fmt: skip
_THAI_AND_KIN = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_KANA = r"\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
UNSPACED = f"[{_THAI_AND_KIN}{_KANA}{_HAN}]"
"""A pattern for a letter of a script that leaves no blanks between words."""
_UNSPACED = re.compile(UNSPACED)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(rf"(?:(?!{UNSPACED})[^\W\d_])+")
_LONGEST = 20_000
"""Characters that tell the language of a text, however long it is."""
_COMMON = 100
"""So many words of each list are looked for."""
_FEWEST, _LEAST = 8, 0.12
"""So many words are a text, and such a share of them is common in its language."""
_MIXED, _UNSURE = 0.5, 0.8
"""English with such a share of the best makes a text of two languages; another one close by, an unsure one."""
_OWN = 0.2
"""Such a share of the letters makes a script that of the text; of kana beside Han, a tenth of that."""


def unspaced(text: str) -> int:
    """How many letters of a text are of a script that leaves no blanks between words."""
    return 0 if text.isascii() else len(_UNSPACED.findall(text))


def language_of(text: str, hint: str | None = None) -> str | None:
    """The BCP 47 tag of a text's language; None where it is too short, or of several.

    `hint`: what the document says of itself, which decides where the words leave it open.
    """
    sample = text[:_LONGEST]
    told = (hint or "").strip().split("-")[0].split("_")[0].lower() or None
    words = [match[0].lower() for match in _WORD.finditer(sample)]
    counted = Counter(words)
    shares = {
        language: sum(counted[word] for word in common & counted.keys()) / max(len(words), 1)
        for language, common in _common().items()
    }
    if script := _by_script(sample):
        return None if len(words) >= _FEWEST and shares["en"] >= _LEAST else script
    if len(words) < _FEWEST:
        return told if told in _LISTS and words else None
    best, second = sorted(shares, key=lambda language: shares[language], reverse=True)[:2]
    if told in shares and shares[told] >= max(_UNSURE * shares[best], _LEAST):
        return told
    if shares[best] < _LEAST or (best != "en" and shares["en"] >= _MIXED * shares[best]):
        return None
    return best if shares[second] < shares[best] else None


def _by_script(text: str) -> str | None:
    """The language that writes in the script of a text; None in scripts of many languages."""
    letters = len(_LETTER.findall(text))
    found = {language: len(re.findall(letter, text)) for language, letter in _SCRIPTS.items()}
    if found["ja"] >= _OWN / 10 * (found["ja"] + found["zh"]):
        found["ja"] += found.pop("zh")
    most = max(found, key=lambda language: found[language])
    return most if found[most] and found[most] >= _OWN * letters else None


@cache
def _common() -> dict[str, frozenset[str]]:
    """The most common words of each language. The lists are read where they lie: their package loads more than them."""
    spec = find_spec("justext")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "stoplists"
    return {language: _words(folder / f"{name}.txt") for language, name in _LISTS.items()}


def _words(path: Path) -> frozenset[str]:
    with path.open(encoding="utf-8") as lines:
        return frozenset(islice((line.strip().lower() for line in lines if line.strip()), _COMMON))
