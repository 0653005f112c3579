"""A document's text cut into runs: where a proof begins or ends, where the part of the page or the page changes."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from api.rendering.outline import Entry, outline
from api.rendering.wording import one_line
from pipeline.documents.document import Block
from pipeline.documents.formats import PageStart
from schemas import DocumentReadout

_KINDS_SHOWN, _FACTS_NAMED = 3, 6
"""So many kinds have their colours where proofs overlap, and so many facts are named there."""
_BESIDE = {"body", "deck", "headline"}
"""Parts of a page that are the story."""


class MarginFact(Struct, frozen=True):
    """A fact beside the text. `label`: what its words in the text are marked with."""

    number: int
    kind: str
    entry: Entry
    label: str


class Run(Struct, frozen=True, kw_only=True):
    """A run of the text. `facts` and `kinds` are those that it proves, the closest first.

    A proof begins at an `anchor`.
    """

    text: str
    start: int
    anchor: bool
    dim: bool
    page: int | None
    facts: list[MarginFact]
    kinds: list[str]


class Layout(Struct, frozen=True):
    """What of a stored document's layout is shown: the parts of the page, and where pages begin."""

    blocks: list[Block]
    pages: list[PageStart] = []


def margin_of(readout: DocumentReadout) -> list[MarginFact]:
    """Its facts in the order in which they are proven."""
    entries = [
        (section.kind, entry)
        for section in outline(readout)
        for group in section.groups
        for entry in group.entries
    ]
    entries.sort(key=lambda pair: min(evidence.start for evidence in pair[1].evidence))
    return [
        MarginFact(number, kind, entry, f"{number} {kind}: {one_line(entry.lead)}")
        for number, (kind, entry) in enumerate(entries, start=1)
    ]


def runs(text: str, facts: Sequence[MarginFact], layout: Layout) -> Iterator[Run]:
    """The text whole and in order, however proofs overlap."""
    spans = sorted({(e.start, e.end) for fact in facts for e in fact.entry.evidence})
    proven: dict[tuple[int, int], list[MarginFact]] = {}
    for fact in facts:
        for evidence in fact.entry.evidence:
            proven.setdefault((evidence.start, evidence.end), []).append(fact)
    starts = {start for start, _ in spans}
    pages = {page.start: page.number for page in layout.pages}
    dim = {block.start: block.region not in _BESIDE for block in layout.blocks}
    edges = {0, len(text), *starts, *(end for _, end in spans), *pages, *dim}
    open_spans: list[tuple[int, int]] = []
    coming = iter(spans)
    following = next(coming, None)
    is_dim = False
    for start, end in pairwise(sorted(edge for edge in edges if 0 <= edge <= len(text))):
        while following is not None and following[0] <= start:
            open_spans.append(following)
            following = next(coming, None)
        open_spans = [span for span in open_spans if span[1] > start]
        is_dim = dim.get(start, is_dim)
        open_spans.sort(key=lambda span: span[1] - span[0])
        told = [fact for span in open_spans for fact in proven[span]]
        yield Run(
            text=text[start:end],
            start=start,
            anchor=start in starts,
            dim=is_dim,
            page=pages.get(start),
            facts=told[:_FACTS_NAMED],
            kinds=list(dict.fromkeys(fact.kind for fact in told))[:_KINDS_SHOWN],
        )
