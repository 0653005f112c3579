"""Scripts that leave no blanks between words."""

import re

_THAI_AND_KIN = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_KANA = r"\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
UNSPACED = f"[{_THAI_AND_KIN}{_KANA}{_HAN}]"
"""A pattern for a letter of theirs."""
_LETTER = re.compile(UNSPACED)


def unspaced(text: str) -> int:
    """How many letters of a text are of such a script."""
    return 0 if text.isascii() else len(_LETTER.findall(text))
