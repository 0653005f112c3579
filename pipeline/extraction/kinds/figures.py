"""Quantities that belong to the talks. The value is what re-reading the source's own words gives, "over" included."""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from pipeline.documents.document import Span, inside, touching
from pipeline.extraction.verifier import Unproven, Verifier, joined
from pipeline.language.annotate import Annotated, DateMention, Sentence
from pipeline.language.lexicons import UPPER, lexicon
from pipeline.language.quantities import Quantity, amount_unit, is_duration, is_money, reread
from schemas import Figure, is_unit
from schemas.proposals import FigureProposal
from schemas.vocabulary import Direction, FigureStatus

_FIGURES = lexicon.figures
_LABEL = re.compile(rf"(?:\b{_FIGURES.labels.any}\s*|[A-Z#&/]\s?|\b[GFQL]-?)$")
_LABEL_BACK = 20
_SCENE = re.compile(rf"\b{_FIGURES.scene.any}\s+$", re.IGNORECASE)
_SCENE_BACK = 60
_AGE = re.compile(r"[- ]old\b| ago\b")
_YEARS = range(1900, 2101)
_ONE = re.compile(r"\b(?:only|just|no more than)\s+$", re.IGNORECASE)
_CUT = re.compile(rf"; |, {_FIGURES.contrasts.any}\b|—")
_OF = re.compile(rf"\s*(?:{_FIGURES.measured.any} )?(?:of|on|in) ")
_REPORTER = re.compile(
    rf"\b(?:according to|reported by) (?P<who>(?:the )?{UPPER}[\w’. ]{{2,40}}?)(?:,|\.|$| report| data)"
    rf"|^(?P<lead>{UPPER}[\w’ ]{{2,40}}?) {_FIGURES.reports.any}\b"
)
_SAID_ON = re.compile(r"(?:\w+ )?\w+day\b|tonight|tomorrow", re.IGNORECASE)
_NEAR = 60
_LEAD_IN = 40
_COUNTED_WITHIN = 6
_STOPS = {"VERB", "ADP", "AUX", "PRON", "SCONJ", "CCONJ", "DET", "PUNCT"}


class _Chunk(NamedTuple):
    """A noun phrase that is neither a pronoun nor a date."""

    start: int
    end: int
    text: str
    tariff: bool
    subject: bool


class _Reader:
    """A sentence with what each of its figures asks of it."""

    def __init__(self, annotated: Annotated, sentence: Sentence) -> None:
        self.text = annotated.text
        self.sentence = sentence
        self.dates = inside(annotated.dates, sentence.start, sentence.end)
        self._cuts = [match.start() for match in _CUT.finditer(self.text, sentence.start, sentence.end)]
        self._bases = [
            (sentence.start + match.start(), match[0]) for match in _FIGURES.base.finditer(sentence.text)
        ]

    @cached_property
    def chunks(self) -> list[_Chunk]:
        tokens, shift = self.sentence.tokens, self.sentence.shift
        chunks = []
        for chunk in tokens.noun_chunks if tokens is not None else ():
            start, end, text = chunk.start_char + shift, chunk.end_char + shift, str(chunk.text)
            if not _FIGURES.pronouns.fullmatch(text) and not touching(self.dates, start, end):
                tariff = _FIGURES.tariff.search(text) is not None
                chunks.append(_Chunk(start, end, text, tariff, chunk.root.dep_ in {"nsubj", "nsubjpass"}))
        return chunks

    def base(self, quantity: Quantity) -> str | None:
        """What a change is counted from, where the sentence says so behind the quantity."""
        return next((words for start, words in self._bases if start >= quantity.end), None)

    def counted(self, quantity: Quantity) -> tuple[int, int] | None:
        """Where the noun stands that a bare number counts (`13 countries`); None where it counts nothing."""
        text, tokens, shift = self.text, self.sentence.tokens, self.sentence.shift
        back = max(quantity.start - _LABEL_BACK, self.sentence.start)
        one = quantity.value == 1 and bool(_ONE.search(text, back, quantity.start))
        if (
            _LABEL.search(text, back, quantity.start)
            or text[quantity.end : quantity.end + 1] in "-–/:"
            or (quantity.value < 3 and not one)
            or tokens is None
        ):
            return None
        number = tokens.doc.char_span(quantity.start - shift, quantity.end - shift, alignment_mode="expand")
        if number is None:
            return None
        doc = tokens.doc
        for token in doc[number.end : min(number.end + _COUNTED_WITHIN, len(doc))]:
            if token.pos_ in _STOPS:
                return None
            compound = token.i + 1 < len(doc) and doc[token.i + 1].pos_ == "NOUN"
            if token.pos_ in {"NOUN", "PROPN"} and not compound:
                plural = token.tag_ in {"NNS", "NNPS"} or token.lower_ in _FIGURES.same_in_plural
                worth = (plural or one) and not _FIGURES.uncounted.fullmatch(token.text)
                return (doc[number.end].idx + shift, token.idx + len(token) + shift) if worth else None
        return None

    def subject(self, quantity: Quantity) -> str:
        """The noun phrase that is measured: of what, what is counted, the subject, or the nearest before."""
        if link := _OF.match(self.text, quantity.end):
            measured = next((chunk for chunk in self.chunks if chunk.start == link.end()), None)
            if measured is not None:
                return measured.text
        if quantity.unit == "1" and (counted := self.counted(quantity)) is not None:
            return self.text[counted[0] : counted[1]]
        before = [chunk for chunk in self.chunks if chunk.end <= quantity.start]
        tariff = next((chunk for chunk in reversed(before) if chunk.tariff), None)
        subject = next((chunk for chunk in reversed(before) if chunk.subject), None)
        behind = next((chunk for chunk in self.chunks if chunk.start >= quantity.end), None)
        best = tariff or subject or (before[-1] if before else behind)
        return best.text if best else self.sentence.text

    def clause(self, quantity: Quantity) -> Span:
        """The clause around a quantity."""
        left = max((cut for cut in self._cuts if cut <= quantity.start), default=self.sentence.start)
        return Span(left, min((cut for cut in self._cuts if cut >= quantity.end), default=self.sentence.end))

    def in_scope(self, quantity: Quantity) -> bool:
        """Not part of a date, no year, no label, no span of time that only sets the scene."""
        text = self.text
        if is_duration(quantity):
            scene = _SCENE.search(
                text, max(quantity.start - _SCENE_BACK, self.sentence.start), quantity.start
            )
            return not scene and not _AGE.match(text, quantity.end)
        if touching(self.dates, quantity.start, quantity.end):
            return False
        if quantity.unit != "1":
            return True
        year = quantity.value in _YEARS and text[quantity.start : quantity.end].isdigit()
        return not year and self.counted(quantity) is not None


def _measure(quantity: Quantity, near: str) -> str:
    """What kind of quantity it is, from its unit and the words beside it."""
    if is_duration(quantity):
        return "duration"
    if quantity.unit in {"%", "[pp]"}:
        if row := next((row for row in _FIGURES.measures if row.words.search(near)), None):
            return row.name if quantity.unit == "%" else row.points
        moves = quantity.unit == "[pp]" or any(row.words.search(near) for row in _FIGURES.directions)
        return "growth_rate" if moves else "other"
    if is_money(quantity):
        return "commitment" if _FIGURES.commitment.search(near) else "trade_value"
    return "count" if quantity.unit == "1" else "trade_volume"


@lru_cache(maxsize=64)
def _moves(clause: str) -> tuple[tuple[int, Direction], ...]:
    """Where a clause has verbs and nouns of rising and falling, and which way each goes."""
    return tuple((m.start(), row.name) for row in _FIGURES.directions for m in row.words.finditer(clause))


@lru_cache(maxsize=64)
def _statuses(clause: str) -> tuple[str, ...]:
    """How firm a clause is, in the order of the lexicon's rows."""
    return tuple(row.name for row in _FIGURES.statuses if row.words.search(clause))


def _nearest_direction(clause: str, at: int) -> Direction | None:
    """The way it goes: of the verbs and nouns of rising and falling, the nearest."""
    near = ((abs(start - at), way) for start, way in _moves(clause))
    return min(near, default=(0, None))[1]


def _period(dates: Sequence[DateMention], clause: Span, quantity: Quantity) -> DateMention | None:
    """When it was so: the first date behind a quantity in its clause, or the only one before it."""
    own = [date for date in inside(dates, clause.start, clause.end) if not _SAID_ON.match(date.text)]
    behind = (date for date in own if date.start >= quantity.end)
    return next(behind, own[0] if len(own) == 1 else None)


def propose(annotated: Annotated, parties: frozenset[str]) -> list[FigureProposal]:
    proposals = []
    text = annotated.text
    for sentence in annotated.body:
        quantities = inside(annotated.quantities, sentence.start, sentence.end)
        if not quantities:
            continue
        reader = _Reader(annotated, sentence)
        reporter = _REPORTER.search(sentence.text)
        quote, at = annotated.quote(sentence.start, sentence.end)
        for quantity in quantities:
            if not reader.in_scope(quantity):
                continue
            span = reader.clause(quantity)
            clause = annotated.words(span)
            near = text[max(quantity.start - _NEAR, span.start) : min(quantity.end + _NEAR, span.end)]
            period = _period(reader.dates, span, quantity)
            base = reader.base(quantity)
            proposals.append(
                FigureProposal(
                    quote=quote,
                    at=at,
                    as_written=annotated.quote(quantity.start, quantity.end)[0],
                    subject=reader.subject(quantity),
                    measure=_measure(quantity, near),
                    status=next(iter(_statuses(clause)), "actual"),
                    period_words=period.text if period and not (base and period.text in base) else None,
                    direction=_nearest_direction(clause, quantity.start - span.start),
                    comparison_base=base,
                    reported_by=(reporter["who"] or reporter["lead"]) if reporter else None,
                )
            )
    return proposals


def _amount(verifier: Verifier, words: str, span: Span) -> tuple[Quantity, Span]:
    """The quantity as its sentence writes it, "over" and unit included, and where. Raises Unproven.

    "145" does not prove a count where the text says "145%", nor "5 million" a half where it says "2.5 million".
    """
    place = verifier.inside(words, "the amount", span)
    alone = reread(words)
    if alone is None or not is_unit(amount_unit(alone)):
        raise Unproven(f"the amount ({words!r}) cannot be read as a number with a unit")
    here = touching(verifier.annotated.quantities, place.start, place.end)
    if len(here) > 1:
        raise Unproven(f"the amount ({words!r}) is more than one number")
    if not here and alone.unit == "1" and touching(verifier.annotated.dates, place.start, place.end):
        raise Unproven(f"the amount ({words!r}) is part of a date")
    read = here[0] if here else alone
    place = Span(read.start, read.end) if here else place
    written = verifier.source(place)
    if not _reading(read) == _reading(alone) == _reading(reread(written)):
        raise Unproven(f"the amount ({words!r}) reads as {written!r} in its quote")
    return read, place


def _reading(quantity: Quantity | None) -> tuple[float, float | None, str] | None:
    """What a quantity amounts to; what it is paid or made for may be left out of its words."""
    return (quantity.value, quantity.value_high, quantity.unit.split("/")[0]) if quantity else None


def _clause(verifier: Verifier, place: Span, quote: Span) -> str:
    """The clause that a span stands in, of its quote and the words that lead into the quote."""
    whole = verifier.sentence(place)
    first, last = max(whole.start, quote.start - _LEAD_IN), quote.end
    cuts = [match.start() for match in _CUT.finditer(verifier.text, first, last)]
    left = max((cut for cut in cuts if cut <= place.start), default=first)
    return verifier.text[left : min((cut for cut in cuts if cut >= place.end), default=last)]


def _direction(proposed: Direction | None, clause: str) -> Direction | None:
    """The way it goes, turned round where the clause has words of the other way alone."""
    ways = {way for _, way in _moves(clause)}
    return next(iter(ways)) if len(ways) == 1 and proposed in {"up", "down"} else proposed


def _status(proposed: FigureStatus, clause: str) -> str:
    """How firm it is: as the clause has it, unless the clause has words of what was proposed too."""
    statuses = _statuses(clause)
    return proposed if proposed in statuses or not statuses else statuses[0]


def verify(verifier: Verifier, proposal: FigureProposal) -> Figure:
    span = verifier.quoted(proposal)
    quantity, place = _amount(verifier, proposal.as_written, span)
    verifier.affirmed(place)
    subject = verifier.stands(proposal.subject, "what is measured", verifier.sentence(place))
    paragraph = verifier.paragraph(span)
    base = proposal.comparison_base and verifier.stands(
        proposal.comparison_base, "the comparison base", paragraph
    )
    reporter = proposal.reported_by and verifier.stands(proposal.reported_by, "who reported it")
    period = None
    if proposal.period_words:
        verifier.stands(proposal.period_words, "the period", paragraph)
        period, _ = verifier.date(proposal.period_words, paragraph)
    clause = _clause(verifier, place, joined(span, place))
    return Figure(
        **verifier.shared("figure", joined(span, place), proposal.as_written),
        value=quantity.value,
        value_high=quantity.value_high,
        comparator=quantity.comparator,
        unit=amount_unit(quantity),
        as_written=verifier.source(place),
        measure=proposal.measure,
        subject=subject,
        period=period,
        direction=_direction(proposal.direction, clause),
        comparison_base=base or None,
        status=_status(proposal.status, clause),
        reported_by=reporter or None,
    )
