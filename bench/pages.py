"""The page of a document beside its JSON: both from what is stored, in processor time of one process.

What it does not show: the network, the browser, and the reading from the database, which is the same for both.
"""

import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from msgspec import Struct, json
from msgspec.structs import replace

from api.http.openapi import story
from api.rendering.html import render_page
from api.rendering.marked import Layout, margin_of, runs
from bench.rows import Row
from schemas import Deadline, DocumentReadout, Evidence

TIMES, WANTED = 7, 10.0
_SENTENCE = "By day {} the duty on <lamb> falls to 3 per cent. "


class _Stored(Struct):
    """A document as the API serves it: its text and its readout."""

    text: str
    readout: DocumentReadout


def measure() -> list[Row]:
    words = "word " * 25
    return [
        _row(*case)
        for case in (
            ("10,000 words with 300 facts", [words + _SENTENCE.format(n) for n in range(300)], 1),
            ("one line of 1 MB with 1,000 facts", [words * 8 + _SENTENCE.format(n) for n in range(1_000)], 1),
            ("5,000 facts", [_SENTENCE.format(n) for n in range(5_000)], 1),
            ("300 facts that all overlap", [_SENTENCE.format(n) for n in range(300)], 20),
        )
    ]


def _row(what: str, parts: list[str], overlapping: int) -> Row:
    """The page of a document of these parts; each part, and so many before it, proves a fact."""
    stored = _Stored("".join(parts), _readout(parts, overlapping))
    body = json.encode(stored)
    page, plain = _milliseconds(lambda: _page(body)), _milliseconds(lambda: json.encode(_decoded(body)))
    ratio = page / plain
    return Row(
        f"the page of a document: {what}",
        f"{page:.1f} ms, {len(_page(body)):,} characters",
        f"{plain:.1f} ms, {len(body):,} bytes, its JSON",
        f"{ratio:.1f}",
        f"under {WANTED:g}",
        ratio < WANTED,
    )


def _decoded(body: bytes) -> _Stored:
    return json.decode(body, type=_Stored)


def _page(body: bytes) -> str:
    stored = _decoded(body)
    margin = margin_of(stored.readout)
    return render_page(
        "document.html",
        title="Talks",
        home="/",
        document=story.INFO,
        briefings=[],
        text=stored.text,
        is_read=True,
        margin=margin,
        kinds=["deadline"],
        runs=runs(stored.text, margin, Layout([])),
        unread=None,
        refused=[],
    )


def _readout(parts: list[str], overlapping: int) -> DocumentReadout:
    text = "".join(parts)
    id = sha256(text.encode()).hexdigest()
    facts: list[Deadline] = []
    ends = [0]
    for number, part in enumerate(parts):
        ends.append(ends[-1] + len(part))
        start, end = ends[max(number + 1 - overlapping, 0)], ends[-1] - 1
        exact = text[start:end]
        evidence = Evidence(
            document_id=id, start=start, end=end, exact=exact, prefix="", suffix="", region="body", page=None
        )
        facts.append(
            replace(
                story.DEADLINE,
                id=f"fct_{number:016x}",
                briefing_id=None,
                what=f"The duty falls, {number}",
                evidence=[evidence],
            )
        )
    nothing: dict[str, Any] = {
        name: [] for name in ("delegations", "stakes", "figures", "statements", "events", "rejected")
    }
    return replace(story.READOUT, **nothing, deadlines=facts)


def _milliseconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(TIMES):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best * 1_000
