"""Where paragraphs begin and end, also in text that was wrapped at a column."""

import re

from pipeline.documents.document import Span

_LINE = re.compile(r"[^\n]*\n?")
BULLET = re.compile(r"[ \t]*(?:[-*•–◦▪]|\d{1,2}\\?[.)]|\([a-z0-9]{1,3}\))[ \t\u200b]+")
_COLUMNS = range(45, 132)
_WIDE = 92
_SLACK = 25
_FINISHED = re.compile(r"[.!?:;][\"'”’)\]]*\s*$")


def lines(text: str, start: int = 0) -> list[Span]:
    """Every line with its newline, from `start` on."""
    return [Span(m.start(), m.end()) for m in _LINE.finditer(text, start) if m.end() > m.start()]


def _wrapped(text: str, rows: list[Span]) -> bool:
    """Most lines that another line follows at once are of a column's width: newlines are not breaks."""
    filled = [bool(text[row.start : row.end].strip()) for row in rows]
    pairs = [i for i in range(len(rows) - 1) if filled[i] and filled[i + 1]]
    wide = sum(rows[i].end - rows[i].start in _COLUMNS for i in pairs)
    if len(pairs) < 3 or wide < 0.6 * len(pairs):
        return False
    rest = [i for i in pairs if rows[i].end - rows[i].start >= _WIDE]
    ended = sum(bool(_FINISHED.search(text[rows[i].start : rows[i].end])) for i in rest)
    return not rest or ended < 0.4 * len(rest)


def _had_room(text: str, above: Span, below: Span, width: int) -> bool:
    """Whether the first word of a line would have fitted on the line above: then that line ended by itself."""
    first = text[below.start : below.end].split(maxsplit=1)[0]
    return above.end - above.start + len(first) + _SLACK < width


def paragraphs(text: str, start: int = 0) -> list[Span]:
    """Paragraphs in order, white space at both ends left out."""
    rows = lines(text, start)
    wrapped = _wrapped(text, rows)
    lengths = sorted(row.end - row.start for row in rows if row.end - row.start in _COLUMNS)
    width = lengths[9 * len(lengths) // 10] if lengths else 0
    above = Span(0, 0)
    groups: list[Span] = []
    joining = False
    for row in rows:
        content = text[row.start : row.end]
        if not content.strip():
            joining = False
            continue
        first = row.start + len(content) - len(content.lstrip())
        last = row.start + len(content.rstrip())
        room = joining and not content[0].isspace() and _had_room(text, above, row, width)
        above = row
        if wrapped and joining and not room and not BULLET.match(content):
            groups[-1] = Span(groups[-1].start, last)
        else:
            groups.append(Span(first, last))
        joining = True
    return groups
