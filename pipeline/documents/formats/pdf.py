"""PDF: lines in reading order made paragraphs again; running heads and page numbers left out, footnotes at the end."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from ctypes import byref, c_double
from itertools import groupby, pairwise
from statistics import median

import pypdfium2
from msgspec import Struct
from msgspec.structs import replace
from pypdfium2 import raw

from pipeline import Unreadable
from pipeline.documents.formats import DAMAGED, FORMATS, MAX_BYTES, Composer, Content, visible

_MOST_PAGES = 2_000
_PASSWORD = 4  # of FPDF_GetLastError
_HYPHEN = "\ufffe"
"""How PDFium writes a hyphen that ends a line."""
_BREAK = re.compile(rf"\r\n|[\r\n{_HYPHEN}]")
_GAP = re.compile(r"(?<=[^ ]) +(?=[^ ])")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
_LIGATURE = re.compile("[" + "".join(_LIGATURES) + "]")
_REFERENCE = re.compile(r"(?<=[^\W\d_]|[.,;:!?”’\"')\]])\d{1,3}(?![\d.,%]*\w)")
"""A number that hangs on a word, as those of footnotes do."""
_PAGE_NUMBER = re.compile(
    r"\W*(?:\w+ )?(?:\d{1,4}|[ivxl]{1,6})(?: ?(?:of|/|\||–|-) ?\d{1,4})?\W*", re.IGNORECASE
)
_ENDED = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_BULLET = re.compile(r"(?:[-*•–◦▪]|\d{1,2}[.)]|\([a-z0-9]{1,3}\))\s")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_FIRST_PARTS = {
    "anti", "co", "cross", "high", "inter", "long", "low", "mid", "multi", "non", "pre", "pro", "self", "semi", "short",
    "so", "sub", "vice", "well", "year",
}  # fmt: skip
"""What more often begins a word with a hyphen than one that was parted at the end of its line."""

_EDGE = 0.1
"""The share of a page, at its top and at its bottom, in which running heads stand."""
_CELL, _JUSTIFIED = 0.9, 2.0
"""So wide a gap, in heights of the letters, parts columns and cells: without a space in the file, and with one."""
_GUTTER = 8.0  # points
_ALIGNED = 3.0  # points
_COLUMN, _FULL = 5, 0.25
"""So many lines at least has a column of text, and so much of the width has half of them."""
_SMALL, _LARGE = 0.88, 1.15
"""Sizes of footnotes and of headings, by that of the body."""
_LOWER = 0.5
"""Footnotes stand in this part of a page."""
_APART = 1.3
"""Distance of lines that begins a paragraph, by the usual one."""
_MOST_LINES = 1_500
"""Of a page that is looked at for columns."""


class _Line(Struct, frozen=True, kw_only=True):
    """A run of words in one line of a page, its box in points from the bottom left; `cut`: it ends with a hyphen."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    cut: bool = False
    cells: int = 1


class _Page(Struct, frozen=True, kw_only=True):
    number: int
    height: float
    lines: list[_Line]


class _Paragraph(Struct, kw_only=True):
    """Lines that belong together, each with the number of its page."""

    lines: list[tuple[_Line, int]]
    size: float


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    pages = list(_pages(data))
    if not any(page.lines for page in pages):
        raise Unreadable("it has no text layer, as scans have none: run text recognition (OCR) on it first")
    pages = _without_running_heads(pages)
    body = _usual_size(line for page in pages for line in page.lines)
    notes: list[tuple[_Line, int]] = []
    lines: list[tuple[_Line, int]] = []
    for page in pages:
        story, below = _footnotes(page, body)
        lines += [(line, page.number) for line in _rows(_in_order(story))]
        notes += [(line, page.number) for line in below]
    words = Counter(word.lower() for line, _ in lines for word in _WORD.findall(line.text))
    composer = Composer()
    title = None
    for paragraph in _paragraphs(lines):
        heading = paragraph.size > body * _LARGE and len(paragraph.lines) <= _COLUMN
        text = _put(composer, paragraph, words, "headline" if heading else None)
        title = title or (text if heading and paragraph.lines[0][1] == pages[0].number else None)
    for paragraph in _paragraphs(notes):
        _put(composer, paragraph, words, "boilerplate")
    return composer.content({"title": title} if title else {})


def _pages(data: bytes) -> Iterator[_Page]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
            raise Unreadable("it is a PDF file with a password: save it without one") from None
        raise Unreadable(DAMAGED.format(FORMATS["pdf"])) from None
    if len(document) > _MOST_PAGES:
        raise Unreadable(f"it has {len(document):,} pages, the limit is {_MOST_PAGES:,}: split it")
    length = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
            lines = list(_lines(text))
            height = page.get_height()
            text.close()
            page.close()
        except pypdfium2.PdfiumError:
            raise Unreadable(
                f"it is a PDF file whose page {number + 1} is damaged: export it as UTF-8 text"
            ) from None
        length += sum(len(line.text) for line in lines)
        if length > MAX_BYTES:
            raise Unreadable(f"its text has more than {MAX_BYTES:,} characters: split it")
        yield _Page(number=number + 1, height=height, lines=lines)


def _lines(page: pypdfium2.PdfTextPage) -> Iterator[_Line]:
    """Lines in the order of the file, parted where columns and cells are."""
    text = page.get_text_range(errors="replace")
    if len(text) != page.count_chars():  # an index of text is none of a character then
        text = "".join(chr(raw.FPDFText_GetUnicode(page, at)) for at in range(page.count_chars()))
    start = 0
    ends = [(match.start(), match.end(), match[0] == _HYPHEN) for match in _BREAK.finditer(text)]
    for end, following, cut in [*ends, (len(text), len(text), False)]:
        runs = list(_runs(page, text, start, end))
        for first, last in runs:
            if line := _line(page, text, first, last, cut and (first, last) == runs[-1]):
                yield line
        start = following


def _runs(page: pypdfium2.PdfTextPage, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Parts of a line between wide gaps."""
    box = _Box(page)
    for gap in _GAP.finditer(text, start, end):
        at, after = gap.span()
        wide = _CELL if raw.FPDFText_IsGenerated(page, at) == 1 else _JUSTIFIED
        _, _, edge, _ = box.of(at - 1)
        left, bottom, _, top = box.of(after)
        if abs(left - edge) > wide * max(raw.FPDFText_GetFontSize(page, at - 1) or top - bottom, 4):
            yield start, at
            start = after
    yield start, end


class _Box:
    """Places of characters. It asks PDFium itself, as there are two for each word."""

    def __init__(self, page: pypdfium2.PdfTextPage) -> None:
        self._page = page.raw
        self._sides = [c_double() for _ in range(4)]
        self._pointers = [byref(side) for side in self._sides]

    def of(self, at: int) -> tuple[float, float, float, float]:
        """Left, bottom, right and top, in points."""
        if not raw.FPDFText_GetCharBox(self._page, at, *self._pointers):
            raise pypdfium2.PdfiumError(f"character {at} has no place")
        left, right, bottom, top = self._sides
        return left.value, bottom.value, right.value, top.value


def _line(page: pypdfium2.PdfTextPage, text: str, start: int, end: int, cut: bool) -> _Line | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return None
    first, middle, last = (page.get_charbox(at, loose=True) for at in (start, (start + end) // 2, end - 1))
    size = median(box[3] - box[1] for box in (first, middle, last))
    words = text[start:end]
    for match in reversed(list(_REFERENCE.finditer(words))):
        box = page.get_charbox(start + match.start(), loose=True)
        if 0 < box[3] - box[1] < _SMALL * size:
            words = words[: match.start()] + words[match.end() :]
    words = visible(_LIGATURE.sub(lambda match: _LIGATURES[match[0]], words))
    if not words:
        return None
    return _Line(
        text=words,
        left=min(first[0], last[0]),
        right=max(first[2], last[2]),
        bottom=min(first[1], last[1]),
        top=max(first[3], last[3]),
        size=round(size, 1),
        cut=cut,
    )


def _usual_size(lines: Iterable[_Line]) -> float:
    """The size that most characters have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=1.0)


def _without_running_heads(pages: list[_Page]) -> list[_Page]:
    """Pages without what stands at the same height of many of them, and without their numbers."""
    seen = Counter(
        key for page in pages for key in {_place(line) for line in page.lines if _on_edge(line, page)}
    )
    often = max(2, len(pages) // 3)

    def runs(line: _Line, page: _Page) -> bool:
        return _on_edge(line, page) and (
            seen[_place(line)] >= often or _PAGE_NUMBER.fullmatch(line.text) is not None
        )

    return [replace(page, lines=[line for line in page.lines if not runs(line, page)]) for page in pages]


def _on_edge(line: _Line, page: _Page) -> bool:
    return line.bottom > page.height * (1 - _EDGE) or line.top < page.height * _EDGE


def _place(line: _Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.bottom / 5)


def _footnotes(page: _Page, body: float) -> tuple[list[_Line], list[_Line]]:
    """The lines of a page without those in small letters at its foot; and these."""
    lowest = min((line.bottom for line in page.lines if line.size > body * _SMALL), default=page.height)
    notes = [
        line
        for line in page.lines
        if line.size <= body * _SMALL and line.top <= lowest + 1 and line.top < page.height * _LOWER
    ]
    return [line for line in page.lines if line not in notes], notes


def _in_order(lines: list[_Line], depth: int = 0) -> list[_Line]:
    """Lines as they are read: columns one after the other, what goes across them above or below."""
    if len(lines) > _MOST_LINES or depth > 20:
        return lines
    if gutter := _gutter(lines):
        left = [line for line in lines if line.right <= gutter]
        right = [line for line in lines if line.right > gutter]
        return _in_order(left, depth + 1) + _in_order(right, depth + 1)
    down = sorted(lines, key=lambda line: -line.top)
    for at in _across(down):
        above, below = down[:at], down[at:]
        if _gutter(above) or _gutter(below):
            return _in_order(above, depth + 1) + _in_order(below, depth + 1)
    return sorted(lines, key=lambda line: (-round((line.top + line.bottom) / 4), line.left))


def _across(down: Sequence[_Line]) -> Iterator[int]:
    """Where nothing stands at a height of the page, between lines from its top to its bottom."""
    lowest = float("inf")
    for at, (line, below) in enumerate(pairwise(down), 1):
        lowest = min(lowest, line.bottom)
        if below.top <= lowest + 1:
            yield at


def _gutter(lines: Sequence[_Line]) -> float | None:
    """The middle of a strip from top to bottom that parts columns of text."""
    if len(lines) < 2 * _COLUMN:
        return None
    width = max(line.right for line in lines) - min(line.left for line in lines)
    edge = float("-inf")
    for line in sorted(lines, key=lambda line: line.left):
        if edge > float("-inf") and line.left - edge >= _GUTTER:
            sides = [one for one in lines if one.right <= edge], [one for one in lines if one.right > edge]
            if all(
                len(side) >= _COLUMN and median(one.right - one.left for one in side) >= _FULL * width
                for side in sides
            ):
                return (edge + line.left) / 2
        edge = max(edge, line.right)
    return None


def _rows(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Lines, those that stand side by side made one: cells of a row where the row above or below has the same edges."""
    rows: list[list[_Line]] = []
    for line in lines:
        if rows and _beside(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    for at, row in enumerate(rows):
        near = [other for other in rows[max(at - 1, 0) : at + 2] if other is not row]
        table = any(_aligned(row, other) for other in near)
        text = (
            f"| {' | '.join(cell.text for cell in row)} |" if table else " ".join(cell.text for cell in row)
        )
        yield replace(row[0], text=text, right=row[-1].right, cut=row[-1].cut, cells=len(row) if table else 1)


def _beside(line: _Line, other: _Line) -> bool:
    middle = (other.top + other.bottom) / 2
    return line.bottom < middle < line.top and other.left >= line.right


def _aligned(row: Sequence[_Line], other: Sequence[_Line]) -> bool:
    """Whether a cell of a row, other than its first, stands above or below one of another row."""
    return any(
        min(abs(cell.left - one.left), abs(cell.right - one.right)) < _ALIGNED
        for cell in row[1:]
        for one in other[1:]
    )


def _paragraphs(lines: Sequence[tuple[_Line, int]]) -> Iterator[_Paragraph]:
    steps = {
        size: gaps[len(gaps) // 4]
        for size, pairs in groupby(
            sorted(
                (above.size, above.top - below.top)
                for (above, _), (below, _) in pairwise(lines)
                if above.size == below.size and 0 < above.top - below.top < 3 * above.size
            ),
            key=lambda pair: pair[0],
        )
        if (gaps := [gap for _, gap in pairs])
    }
    widths: dict[int, list[float]] = {}
    for line, number in lines:
        widths.setdefault(number, []).append(line.right - line.left)
    usual = {number: sorted(of)[9 * len(of) // 10] for number, of in widths.items()}
    paragraph: _Paragraph | None = None
    for line, number in lines:
        if paragraph and _goes_on(
            paragraph, line, number, steps.get(line.size, line.size * 1.2), usual[number]
        ):
            paragraph.lines.append((line, number))
            continue
        if paragraph:
            yield paragraph
        paragraph = _Paragraph(lines=[(line, number)], size=line.size)
    if paragraph:
        yield paragraph


def _goes_on(paragraph: _Paragraph, line: _Line, number: int, step: float, width: float) -> bool:
    """Whether a line belongs to the paragraph above it."""
    above, page = paragraph.lines[-1]
    if above.cut:
        return True
    if line.cells > 1 or above.cells > 1:
        return line.cells > 1 and above.cells > 1 and number == page
    if abs(line.size - paragraph.size) > 0.08 * paragraph.size or _BULLET.match(line.text):
        return False
    ended = _ENDED.search(above.text) is not None
    if number != page or line.top > above.bottom + above.size:
        return not ended
    if above.top - line.top > _APART * step:
        return False
    short = above.right - above.left < 0.75 * width and above.right < line.right - above.size
    indented = line.left > above.left + line.size and abs(paragraph.lines[0][0].left - above.left) < 1
    return not (ended and (short or indented))


def _put(composer: Composer, paragraph: _Paragraph, words: Counter[str], region: str | None) -> str:
    """Adds a paragraph's text, and notes where it goes over to another page. Gives the text."""
    text = ""
    starts: dict[int, int] = {}
    for line, number in paragraph.lines:
        before = _WORD.findall(text)[-1:]
        if not text:
            text = line.text
        elif line.cells > 1:
            text = f"{text}\n{line.text}"
        elif text.endswith("-") and (line.text[:1].isdigit() or line.text[:1].isupper()):
            text += line.text
        elif text.endswith("-") and before:
            text = text[:-1] + _join(before[0], line.text, words)
        else:
            text = f"{text} {line.text}"
        starts.setdefault(number, len(text) - len(line.text))
        if line.cut:
            text += "-"
    for number, ahead in starts.items():
        composer.begin_page(number, ahead)
    text = text.removesuffix("-") if paragraph.lines[-1][0].cut else text
    composer.add(text, region)
    return text


def _join(first: str, rest: str, words: Counter[str]) -> str:
    """The rest of a word whose first part ended a line, with the hyphen where the word has one."""
    match = _WORD.match(rest)
    if match is None:
        return f"-{rest}"
    first, last = first.lower(), match[0].lower()
    if words[f"{first}-{last}"]:
        return f"-{rest}"
    known = words[first] > 1 and words[last] > 1
    if not words[first + last] and (first in _FIRST_PARTS or known):
        return f"-{rest}"
    return rest
