"""Reading a file by the libraries that read its format, and by us on top of them; and what a process of its own adds.

The files are those of the tests.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pypdfium2
import trafilatura

from bench.processes import family_seconds
from bench.rows import Row
from pipeline.documents.formats.html import parse as parse_page
from pipeline.documents.formats.pdf import parse as parse_pdf
from pipeline.documents.formats.sandbox import parse_apart

FILES = Path(__file__).resolve().parents[1] / "tests/documents"
_WANTED = 1.3
_ROUNDS = 15
_OFTEN = 10


def measure() -> list[Row]:
    pages = [path.read_bytes() for path in sorted(FILES.glob("html/*.html"))]
    files = [
        (FILES / f"pdf/{name}.pdf").read_bytes()
        for name in ("one-column", "two-columns", "footnotes", "browser", "pages", "table")
    ]
    return [
        _beside("pages (HTML) read", pages, parse_page, _by_trafilatura, _WANTED),
        _beside("PDF files read, by text with its places", files, parse_pdf, _placed_by_pdfium, _WANTED),
        _beside("PDF files read, by text without places", files, parse_pdf, _by_pdfium),
        _beside(
            "pages in a process of their own, by here",
            pages[:5],
            lambda data: parse_apart("html", data),
            parse_page,
            apart=True,
        ),
        _beside(
            "PDF files in a process of their own, by here",
            files,
            lambda data: parse_apart("pdf", data),
            parse_pdf,
            apart=True,
        ),
    ]


def _by_trafilatura(data: bytes) -> object:
    return trafilatura.bare_extraction(data, with_metadata=True, include_tables=True, favor_recall=True)


def _by_pdfium(data: bytes) -> object:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


def _placed_by_pdfium(data: bytes) -> object:
    """Text where it stands, which what tells columns, rows and footnotes cannot do without."""
    texts = [page.get_textpage() for page in pypdfium2.PdfDocument(data)]
    boxes = [(text, text.get_rect(at)) for text in texts for at in range(text.count_rects())]
    return [(box, text.get_text_bounded(*box)) for text, box in boxes]


def _beside(
    what: str,
    files: list[bytes],
    ours: Callable[[bytes], object],
    theirs: Callable[[bytes], object],
    wanted: float | None = None,
    apart: bool = False,
) -> Row:
    """In turns, the least of some rounds each, in processor time; `apart`: that of all processes."""
    clock = partial(family_seconds, os.getpid()) if apart else time.process_time
    # The time of other processes is told in hundredths of a second.
    rounds, files = (3, files * _OFTEN) if apart else (_ROUNDS, files)
    spent = [float("inf"), float("inf")]
    for _ in range(rounds):
        for place, read in enumerate((ours, theirs)):
            began = clock()
            for data in files:
                read(data)
            spent[place] = min(spent[place], clock() - began)
    ratio = spent[0] / spent[1]
    return Row(
        what=what,
        ours=f"{1000 * spent[0] / len(files):.1f} ms",
        theirs=f"{1000 * spent[1] / len(files):.1f} ms",
        ratio=f"{ratio:.2f}",
        wanted=f"<= {wanted}" if wanted else "told",
        held=wanted is None or ratio <= wanted,
    )
