"""Quantities that belong to the talks: rates, amounts, volumes, durations, counts, each with what it measures."""

import re
from collections.abc import Iterator

from spacy.tokens import Span as SpacySpan

from pipeline.datewords import find_dates
from pipeline.document import Document
from pipeline.embedded.passages import Sentence, quoted
from pipeline.proposals import FigureProposal
from pipeline.quantities import Quantity, find_quantities, is_duration

_LABEL_BEFORE = re.compile(
    r"(?:\b(?:Section|Sections|Article|Articles|Chapter|Annex|Item|No\.|Title|Paragraph|Resolution|Phase|Group of|Directive|Regulation|Boeing|Airbus|Covid|Chapter|Schedule|Part|Page|HS|heading|Top)\s*|[A-Z#&/]\s?|\b[GFQL]-?)$"
)
_YEARS = range(1900, 2101)
_VAGUE_SPAN = re.compile(
    r"\b(?:past|last|next|coming|previous|recent|first|final|in|for|over|after|within the)\s+(?:the\s+)?(?:past\s+|next\s+|last\s+|coming\s+|nearly\s+|almost\s+)?$",
    re.IGNORECASE,
)
_ONE = re.compile(r"\b(?:only|just|no more than)\s+$", re.IGNORECASE)
_NOT_COUNTED = {
    "sides",
    "nations",
    "parties",
    "leaders",
    "men",
    "sources",
    "people familiar",
    "giants",
    "things",
    "times",
    "points",
    "ways",
    "powers",
    "superpowers",
    "economies",
    "cents",
    "hours",
    "others",
    "terms",
    "areas",
}
_TARIFF = re.compile(
    r"\b(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|MFN|baseline|surcharge|reciprocal rate|rates?)\b", re.IGNORECASE
)
_UP = re.compile(
    r"\b(?:r[io]se|rising|rises|risen|grew|grow(?:s|ing|n|th)?|increas\w+|up|climb\w*|gain\w*|surg\w+|soar\w*|jump\w*|hik\w+|higher|additional|rais\w+|reinstat\w+|double\w*|expand\w*)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:f[ae]ll\w*|drop\w*|declin\w+|decreas\w+|down|reduc\w+|cut\w*|lower\w*|shrank|shrink\w*|slump\w*|plung\w*|slash\w*|slid\w*|tumbl\w+)\b",
    re.IGNORECASE,
)
_STATUS: tuple[tuple[str, re.Pattern[str]], ...] = tuple((status, re.compile(pattern, re.IGNORECASE)) for status, pattern in (
    ("threatened", r"\b(?:threat\w*|warn\w*|reinstat\w+|(?:could|would|will|may) (?:\w+ ){0,3}(?:face|revert|impose|snap back|rise to))\b"),
    ("proposed", r"\b(?:propos\w+|offer(?:ed|s|ing)?|sought|seeks?|demand\w*|called for|ask(?:ed|s)? for|wants?)\b"),
    ("forecast", r"\b(?:forecast\w*|project(?:ed|s|ion)|expected to|predict\w*|is likely to)\b"),
    ("estimated", r"\b(?:estimat\w+|according to estimates)\b"),
    ("agreed", r"\b(?:agreed?|commit(?:s|ted|ment)?|will|intends?|pledg\w+|shall|agreement|plans? to)\b"),
))  # fmt: skip
_BASE = re.compile(
    r"\b(?P<base>from (?:a year (?:earlier|ago)|the (?:previous|prior) (?:year|month|quarter)|(?:January|February|March|April|May|June|July|August|September|October|November|December)|last (?:year|month))|year[- ]on[- ]year|month[- ]on[- ]month|compared (?:to|with) [^,.;]{3,60}|over the same period[^,.;]{0,30})"
)
_REPORTER = re.compile(
    r"\b(?:according to|reported by) (?P<who>(?:the )?[A-Z][\w’. ]{2,40}?)(?:,|\.|$| report| data)|^(?P<lead>[A-Z][\w’ ]{2,40}?) (?:said|reported|showed|estimates?)\b"
)


def _counted(sentence: Sentence, quantity: Quantity) -> SpacySpan | None:
    """The noun that a bare number counts: `13 countries`; None where it counts nothing worth telling."""
    text = sentence.passage.text
    before = text[max(quantity.start - 20, 0) : quantity.start]
    if _LABEL_BEFORE.search(before) or re.match(r"[-–/:]", text[quantity.end : quantity.end + 1]):
        return None
    one = quantity.value == 1 and bool(_ONE.search(before))
    if quantity.value < 3 and not one:
        return None
    number = sentence.doc.char_span(quantity.start, quantity.end, alignment_mode="expand")
    if number is None:
        return None
    window = sentence.doc[number.end : min(number.end + 6, len(sentence.doc))]
    for token in window:
        if token.is_punct or token.pos_ in {"VERB", "ADP", "AUX", "PRON", "SCONJ", "CCONJ", "DET"}:
            return None
        if token.pos_ in {"NOUN", "PROPN"} and not (
            token.i + 1 < len(sentence.doc) and sentence.doc[token.i + 1].pos_ in {"NOUN"}
        ):
            plural = token.tag_ in {"NNS", "NNPS"} or token.lower_ == "people"
            if (plural or one) and token.lower_ not in _NOT_COUNTED:
                return sentence.doc[number.start : token.i + 1]
            return None
    return None


def _measure(quantity: Quantity, clause: str) -> str:
    if is_duration(quantity):
        return "duration"
    if quantity.unit == "[pp]":
        return "tariff_change" if _TARIFF.search(clause) else "growth_rate"
    if quantity.unit == "%":
        if _TARIFF.search(clause):
            return "tariff_rate"
        if re.search(r"\b(?:price|prices|CPI|PPI|inflation|index)\b", clause, re.IGNORECASE):
            return "price_change"
        if re.search(r"(?:%|per ?cent) (?:share )?of\b|\bshare\b|\baccount", clause, re.IGNORECASE):
            return "share"
        return "growth_rate" if _UP.search(clause) or _DOWN.search(clause) else "other"
    if len(quantity.unit) == 3 and quantity.unit.isupper():
        return (
            "commitment"
            if re.search(r"\b(?:invest|purchas|buy|commit|pledg|offtake|procure)", clause, re.IGNORECASE)
            else "trade_value"
        )
    return "count" if quantity.unit == "1" else "trade_volume"


def _subject(sentence: Sentence, quantity: Quantity) -> str:
    """The noun phrase that the quantity measures: of what, else the subject of its verb, else the nearest before."""
    doc, text = sentence.doc, sentence.passage.text
    chunks = [c for c in doc.noun_chunks if sentence.start <= c.start_char and c.end_char <= sentence.end]
    behind = text[quantity.end : quantity.end + 14]
    if link := re.match(r"\s*(?:share |rise |drop |increase |fall |cut |growth )?(?:of|on|in) ", behind):
        chunk = next((c for c in chunks if c.start_char >= quantity.end + link.end() - 1), None)
        if chunk is not None and not any(ch.isdigit() for ch in chunk.text):
            return chunk.text
    if quantity.unit == "1" and (count := _counted(sentence, quantity)) is not None:
        return doc[count.start + 1 : count.end].text if count.end - count.start > 1 else count.text
    before = [
        c
        for c in chunks
        if c.end_char <= quantity.start
        and not re.fullmatch(r"(?:it|they|that|which|this|he|she|who)", c.text, re.IGNORECASE)
    ]
    subjects = [c for c in before if c.root.dep_ in {"nsubj", "nsubjpass"}]
    best = (subjects or before)[-1:] or [c for c in chunks if c.start_char >= quantity.end][:1]
    return best[0].text if best else sentence.text


def _nearest(pattern: re.Pattern[str], clause: str, at: int) -> int | None:
    return min((abs(m.start() - at) for m in pattern.finditer(clause)), default=None)


def _direction(clause: str, at: int) -> str | None:
    up, down = _nearest(_UP, clause, at), _nearest(_DOWN, clause, at)
    if up is None and down is None:
        return None
    return "up" if down is None or (up is not None and up < down) else "down"


def _clause(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """The clause around a quantity: between semicolons, "while", "compared" and the like."""
    cuts = [
        m.start() for m in re.finditer(r"; |, (?:while|whereas|but|compared|although)\b|—", text[first:last])
    ]
    left = max((first + c for c in cuts if first + c <= start), default=first)
    right = min((first + c for c in cuts if first + c >= end), default=last)
    return left, right


def _proposals(document: Document, sentence: Sentence) -> Iterator[FigureProposal]:
    text = sentence.passage.text
    within = text[sentence.start : sentence.end]
    dates = [(w.start + sentence.start, w.end + sentence.start, w.text) for w in find_dates(within)]
    for found in find_quantities(within):
        quantity = Quantity(start=found.start + sentence.start, end=found.end + sentence.start, value=found.value,
                            value_high=found.value_high, comparator=found.comparator, unit=found.unit)  # fmt: skip
        start, end = quantity.start, quantity.end
        if any(s < end and start < e for s, e, _ in dates) and not is_duration(quantity):
            continue
        if quantity.unit == "1" and (
            (quantity.value in _YEARS and text[start:end].isdigit()) or _counted(sentence, quantity) is None
        ):
            continue
        if is_duration(quantity) and (
            _VAGUE_SPAN.search(text[sentence.start : start])
            or re.match(r"[- ]old\b| ago\b", text[end : end + 5])
        ):
            continue
        left, right = _clause(text, start, end, sentence.start, sentence.end)
        clause = text[left:right]
        as_written, _ = quoted(document, sentence.passage, start, end)
        quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
        status = next((s for s, pattern in _STATUS if pattern.search(clause)), "actual")
        base, reporter = _BASE.search(text, end, sentence.end), _REPORTER.search(within)
        period = next((words for s, _, words in dates if s >= end), dates[0][2] if len(dates) == 1 else None)
        yield FigureProposal(
            quote=quote,
            at=at,
            as_written=as_written,
            subject=_subject(sentence, quantity),
            measure=_measure(quantity, clause),
            status=status,
            period_words=period,
            direction=_direction(clause, start - left),
            comparison_base=base["base"] if base else None,
            reported_by=(reporter["who"] or reporter["lead"]) if reporter else None,
        )


def find_figures(document: Document, sentences: list[Sentence]) -> list[FigureProposal]:
    return [proposal for sentence in sentences for proposal in _proposals(document, sentence)]
