"""Quantities that belong to the talks, each with what it measures."""

import re
from collections.abc import Iterator

from spacy.tokens import Span as SpacySpan

from pipeline.documents.document import Document
from pipeline.language.dates import DateWords, find_dates
from pipeline.language.lexicons import UPPER, classify, lexicon
from pipeline.language.passages import Sentence, quoted
from pipeline.language.quantities import Quantity, find_quantities, is_duration
from schemas.proposals import FigureProposal
from schemas.vocabulary import Direction

_LABEL = re.compile(rf"(?:\b{lexicon.figures.labels.any}\s*|[A-Z#&/]\s?|\b[GFQL]-?)$")
_SCENE = re.compile(rf"\b{lexicon.figures.scene.any}\s+$", re.IGNORECASE)
_YEARS = range(1900, 2101)
_ONE = re.compile(r"\b(?:only|just|no more than)\s+$", re.IGNORECASE)
_CUT = re.compile(r"; |, (?:while|whereas|but|compared|although|even)\b|—")
_OF = re.compile(r"\s*(?:share |rise |drop |increase |fall |cut |growth )?(?:of|on|in) ")
_PRONOUN = re.compile(r"(?:it|they|that|which|this|he|she|who|we|you|what|these|those)", re.IGNORECASE)
_REPORTER = re.compile(
    rf"\b(?:according to|reported by) (?P<who>(?:the )?{UPPER}[\w’. ]{{2,40}}?)(?:,|\.|$| report| data)"
    rf"|^(?P<lead>{UPPER}[\w’ ]{{2,40}}?) (?:said|reported|showed|estimates?)\b"
)
_SAID_ON = re.compile(r"(?:\w+ )?\w+day\b|tonight|tomorrow", re.IGNORECASE)
_SAME_IN_PLURAL = {"people", "aircraft", "cattle", "sheep", "fish"}
_NEAR = 60
_STOPS = {"VERB", "ADP", "AUX", "PRON", "SCONJ", "CCONJ", "DET", "PUNCT"}


def _counted(sentence: Sentence, quantity: Quantity) -> SpacySpan | None:
    """A bare number with the noun that it counts: `13 countries`; None where it counts nothing."""
    text, doc = sentence.passage.text, sentence.doc
    before = text[max(quantity.start - 20, 0) : quantity.start]
    one = quantity.value == 1 and bool(_ONE.search(before))
    if (
        _LABEL.search(before)
        or text[quantity.end : quantity.end + 1] in "-–/:"
        or (quantity.value < 3 and not one)
    ):
        return None
    number = doc.char_span(quantity.start, quantity.end, alignment_mode="expand")
    if number is None:
        return None
    for token in doc[number.end : min(number.end + 6, len(doc))]:
        if token.pos_ in _STOPS:
            return None
        compound = token.i + 1 < len(doc) and doc[token.i + 1].pos_ == "NOUN"
        if token.pos_ in {"NOUN", "PROPN"} and not compound:
            plural = token.tag_ in {"NNS", "NNPS"} or token.lower_ in _SAME_IN_PLURAL
            worth = (plural or one) and not lexicon.figures.uncounted.fullmatch(token.text)
            return doc[number.start : token.i + 1] if worth else None
    return None


def _measure(quantity: Quantity, near: str) -> str:
    """What kind of quantity it is, from its unit and the words beside it."""
    if is_duration(quantity):
        return "duration"
    if quantity.unit in {"%", "[pp]"}:
        if row := next((row for row in lexicon.figures.measures if row.words.search(near)), None):
            return row.name if quantity.unit == "%" else row.points
        moves = quantity.unit == "[pp]" or any(row.words.search(near) for row in lexicon.figures.directions)
        return "growth_rate" if moves else "other"
    if len(quantity.unit) == 3 and quantity.unit.isupper():
        return "commitment" if lexicon.figures.commitment.search(near) else "trade_value"
    return "count" if quantity.unit == "1" else "trade_volume"


def _subject(sentence: Sentence, quantity: Quantity, dates: list[DateWords]) -> str:
    """The noun phrase that is measured: of what, what is counted, the subject, or the nearest before."""
    doc, text = sentence.doc, sentence.passage.text
    chunks = [
        chunk
        for chunk in doc.noun_chunks
        if sentence.start <= chunk.start_char
        and chunk.end_char <= sentence.end
        and not _PRONOUN.fullmatch(chunk.text)
        and not any(d.start < chunk.end_char and chunk.start_char < d.end for d in dates)
        and (chunk.end_char <= quantity.start or chunk.start_char >= quantity.end)
    ]
    if link := _OF.match(text, quantity.end):
        chunk = next((c for c in chunks if c.start_char == link.end()), None)
        if chunk is not None:
            return str(chunk.text)
    if quantity.unit == "1" and (counted := _counted(sentence, quantity)) is not None:
        return str(doc[counted.start + 1 : counted.end].text or counted.text)
    before = [chunk for chunk in chunks if chunk.end_char <= quantity.start]
    tariffs = [chunk for chunk in before if lexicon.figures.tariff.search(chunk.text)]
    subjects = [chunk for chunk in before if chunk.root.dep_ in {"nsubj", "nsubjpass"}]
    behind = [chunk for chunk in chunks if chunk.start_char >= quantity.end]
    best = tariffs[-1:] or subjects[-1:] or before[-1:] or behind[:1]
    return str(best[0].text) if best else sentence.text


def _direction(clause: str, at: int) -> Direction | None:
    """The way it goes: of the verbs and nouns of rising and falling, the nearest."""
    near = (
        (abs(match.start() - at), row.name)
        for row in lexicon.figures.directions
        for match in row.words.finditer(clause)
    )
    return min(near, default=(0, None))[1]


def _clause(text: str, quantity: Quantity, sentence: Sentence) -> tuple[int, int]:
    """The clause around a quantity."""
    cuts = [m.start() for m in _CUT.finditer(text, sentence.start, sentence.end)]
    left = max((cut for cut in cuts if cut <= quantity.start), default=sentence.start)
    return left, min((cut for cut in cuts if cut >= quantity.end), default=sentence.end)


def _in_scope(sentence: Sentence, quantity: Quantity, dates: list[DateWords]) -> bool:
    """Not part of a date, no year, no label, no span of time that only sets the scene."""
    text = sentence.passage.text
    if is_duration(quantity):
        scene = _SCENE.search(text[sentence.start : quantity.start])
        return not scene and not re.match(r"[- ]old\b| ago\b", text[quantity.end : quantity.end + 5])
    if any(d.start < quantity.end and quantity.start < d.end for d in dates):
        return False
    if quantity.unit != "1":
        return True
    year = quantity.value in _YEARS and text[quantity.start : quantity.end].isdigit()
    return not year and _counted(sentence, quantity) is not None


def _proposals(document: Document, sentence: Sentence) -> Iterator[FigureProposal]:
    text, shift = sentence.passage.text, sentence.start
    dates = [DateWords(d.start + shift, d.end + shift, d.text) for d in find_dates(sentence.text)]
    reporter = _REPORTER.search(sentence.text)
    for quantity in find_quantities(text, sentence.start, sentence.end):
        if not _in_scope(sentence, quantity, dates):
            continue
        left, right = _clause(text, quantity, sentence)
        clause = text[left:right]
        near = text[max(quantity.start - _NEAR, left) : min(quantity.end + _NEAR, right)]
        inside = [d for d in dates if left <= d.start and d.end <= right and not _SAID_ON.match(d.text)]
        period = next((d for d in inside if d.start >= quantity.end), inside[0] if len(inside) == 1 else None)
        base = lexicon.figures.base.search(text, quantity.end, sentence.end)
        as_written, _ = quoted(document, sentence.passage, quantity.start, quantity.end)
        quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
        yield FigureProposal(
            quote=quote,
            at=at,
            as_written=as_written,
            subject=_subject(sentence, quantity, dates),
            measure=_measure(quantity, near),
            status=classify(clause, lexicon.figures.statuses, "actual"),
            period_words=period.text if period and not (base and period.text in base[0]) else None,
            direction=_direction(clause, quantity.start - left),
            comparison_base=base[0] if base else None,
            reported_by=(reporter["who"] or reporter["lead"]) if reporter else None,
        )


def find_figures(document: Document, sentences: list[Sentence]) -> list[FigureProposal]:
    return [proposal for sentence in sentences for proposal in _proposals(document, sentence)]
