"""Where paragraphs begin and end, also in text that was wrapped at a column."""

import re

from pipeline.document import Span

_LINE = re.compile(r"[^\n]*\n?")
BULLET = re.compile(r"[ \t]*(?:[-*•–◦▪]|\d{1,2}\\?[.)]|\([a-z0-9]{1,3}\))[ \t\u200b]+")
_COLUMNS = range(45, 92)


def lines(text: str, start: int = 0) -> list[Span]:
    """Every line with its newline, from `start` on."""
    return [Span(m.start(), m.end()) for m in _LINE.finditer(text, start) if m.end() > m.start()]


def _wrapped(text: str, rows: list[Span]) -> bool:
    """Most lines that another line follows at once are of a column's width: newlines are not breaks."""
    filled = [bool(text[row.start : row.end].strip()) for row in rows]
    pairs = [i for i in range(len(rows) - 1) if filled[i] and filled[i + 1]]
    wide = sum(rows[i].end - rows[i].start in _COLUMNS for i in pairs)
    return len(pairs) >= 3 and wide >= 0.6 * len(pairs)


def paragraphs(text: str, start: int = 0) -> list[Span]:
    """Paragraphs in order, white space at both ends left out."""
    rows = lines(text, start)
    wrapped = _wrapped(text, rows)
    groups: list[Span] = []
    joining = False
    for row in rows:
        content = text[row.start : row.end]
        if not content.strip():
            joining = False
            continue
        first = row.start + len(content) - len(content.lstrip())
        last = row.start + len(content.rstrip())
        if wrapped and joining and not BULLET.match(content):
            groups[-1] = Span(groups[-1].start, last)
        else:
            groups.append(Span(first, last))
        joining = True
    return groups
