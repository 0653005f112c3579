"""A document's text cut into runs: where a proof begins or ends, where the part of the page or the page changes."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from api.rendering.outline import Entry, outline
from pipeline.documents.document import Block
from pipeline.documents.formats import PageStart
from schemas import DocumentReadout

_KINDS_SHOWN = 3
"""So many kinds are told apart where proofs overlap; the others have no colour of their own there."""
_BESIDE = {"body", "deck", "headline"}
"""Parts of a page that are the story."""


class MarginFact(Struct, frozen=True):
    """A fact beside the text, and where it is proven."""

    number: int
    kind: str
    entry: Entry


class Run(Struct, frozen=True, kw_only=True):
    """A run of the text. `facts` are those that it proves, the closest first; a proof begins at an `anchor`."""

    text: str
    start: int
    anchor: bool
    dim: bool
    page: int | None
    facts: list[MarginFact]

    @property
    def kinds(self) -> list[str]:
        return list(dict.fromkeys(fact.kind for fact in self.facts))[:_KINDS_SHOWN]


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
    return [MarginFact(number, kind, entry) for number, (kind, entry) in enumerate(entries, start=1)]


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
        closest = sorted(open_spans, key=lambda span: span[1] - span[0])
        yield Run(
            text=text[start:end],
            start=start,
            anchor=start in starts,
            dim=is_dim,
            page=pages.get(start),
            facts=[fact for span in closest for fact in proven[span]],
        )
