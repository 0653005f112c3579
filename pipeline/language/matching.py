"""Where a quote stands in a text: folded, then matched exactly. Never fuzzy."""

from pipeline.documents.document import Document, Span
from pipeline.language.folding import fold, folded, splits_word
from schemas import Evidence

_AROUND = 32
_EDGE = 4


def find(text: str, quote: str) -> list[Span]:
    """Every place where `quote` stands in `text`, as spans of the source's own characters.

    Quotation marks, dashes, white space, compatibility forms and case may differ; nothing else may.
    A match never cuts a word or a number: "14" is not found in "145", nor "5,864" in "5,864.60".
    """
    source, wanted = folded(text), fold(quote)
    spans: list[Span] = []
    if not any(character.isalnum() for character in wanted):
        return spans
    at = source.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not splits_word(source.text, at, end):
            spans.append(_verbatim(text, quote.strip(), Span(*source.source_span(at, end))))
        at = source.text.find(wanted, at + 1)
    return spans


def _verbatim(text: str, quote: str, span: Span) -> Span:
    """The span with the marks at its edges that folding leaves out, where the text has the quote as it is."""
    for start in range(max(span.start - _EDGE, 0), span.start + 1):
        if text.startswith(quote, start) and span.end <= start + len(quote) <= span.end + _EDGE:
            return Span(start, start + len(quote))
    return span


def locate(text: str, quote: str, at: int | None = None) -> Span | None:
    """The place of `quote` that is nearest to `at`; without `at`, the first."""
    if at is not None and text[at : at + len(quote)] == quote and quote:
        return Span(at, at + len(quote))
    spans = find(text, quote)
    if not spans:
        return None
    return spans[0] if at is None else min(spans, key=lambda span: abs(span.start - at))


def evidence(document: Document, span: Span) -> Evidence:
    """The span as W3C selectors, in the source's own characters."""
    text = document.text
    return Evidence(
        document_id=document.id,
        start=span.start,
        end=span.end,
        exact=text[span.start : span.end],
        prefix=text[max(span.start - _AROUND, 0) : span.start],
        suffix=text[span.end : span.end + _AROUND],
        region=document.region_at(span.start),
    )
