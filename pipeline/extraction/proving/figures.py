"""Quantities: the value is what re-reading the source's own words gives, unit and "over" included."""

import re

from pipeline.documents.document import Span
from pipeline.extraction.verifier import Desk, Unproven, joined
from pipeline.language.lexicons import classify, lexicon
from pipeline.language.modality import sentence_around
from pipeline.language.quantities import Quantity, find_quantities, reread
from schemas import Figure, is_unit
from schemas.proposals import FigureProposal
from schemas.vocabulary import Direction


def _amount(desk: Desk, words: str, span: Span) -> tuple[Quantity, Span]:
    """The quantity as its sentence writes it, "over" and unit included, and where. Raises Unproven.

    "145" does not prove a count where the text says "145%", nor "5 million" a half where it says "2.5 million".
    """
    place = desk.inside(words, "the amount", span)
    whole = sentence_around(desk.document.text, place)
    sentence = desk.words_of(whole)
    at = Span(place.start - whole.start, place.end - whole.start)
    alone = reread(words)
    if alone is None or not is_unit(alone.unit):
        raise Unproven(f"the amount ({words!r}) cannot be read as a number with a unit")
    here = [q for q in find_quantities(sentence) if q.start < at.end and at.start < q.end]
    if not here:
        if next(find_quantities(words), None):
            raise Unproven(f"the amount ({words!r}) cannot be read as a number in its sentence")
        return alone, place
    if len(here) > 1:
        raise Unproven(f"the amount ({words!r}) is more than one number")
    (read,) = here
    written = sentence[read.start : read.end]
    if _reading(read) != _reading(alone) or _reading(reread(written)) != _reading(read):
        raise Unproven(f"the amount ({words!r}) reads as {written!r} in its quote")
    return read, Span(whole.start + read.start, whole.start + read.end)


def _reading(quantity: Quantity | None) -> tuple[float, float | None, str] | None:
    return (quantity.value, quantity.value_high, quantity.unit) if quantity else None


_LEAD_IN = 40
_CUT = re.compile(r"; |, (?:while|whereas|but|compared|although|even)\b|—")


def _clause(desk: Desk, place: Span, quote: Span) -> str:
    """The clause that a span stands in, of its quote and the words that lead into the quote."""
    text, whole = desk.document.text, sentence_around(desk.document.text, place)
    first, last = max(whole.start, quote.start - _LEAD_IN), quote.end
    cuts = [match.start() for match in _CUT.finditer(text, first, last)]
    left = max((cut for cut in cuts if cut <= place.start), default=first)
    return text[left : min((cut for cut in cuts if cut >= place.end), default=last)]


def _direction(said: Direction | None, clause: str) -> Direction | None:
    """The way it goes, turned round where the clause has words of the other way alone."""
    ways = {row.name for row in lexicon.figures.directions if row.words.search(clause)}
    return next(iter(ways)) if len(ways) == 1 and said in {"up", "down"} else said


def _figure_status(said: str, clause: str) -> str:
    """How firm it is: as the clause has it, unless the clause has words of what was said too."""
    statuses = lexicon.figures.statuses
    if any(row.name == said and row.words.search(clause) for row in statuses):
        return said
    return classify(clause, statuses, said)


def figure(desk: Desk, proposal: FigureProposal) -> Figure:
    span = desk.place(proposal)
    quantity, place = _amount(desk, proposal.as_written, span)
    desk.means(place)
    subject = desk.stands(proposal.subject, "what is measured", desk.sentence(place))
    paragraph = desk.paragraph(span)
    base = proposal.comparison_base and desk.stands(
        proposal.comparison_base, "the comparison base", paragraph
    )
    reporter = proposal.reported_by and desk.stands(proposal.reported_by, "who reported it")
    period = None
    if proposal.period_words:
        desk.stands(proposal.period_words, "the period", paragraph)
        block = desk.block(span)
        period, _ = desk.date(proposal.period_words, block, span)
    clause = _clause(desk, place, joined(span, place))
    return Figure(
        **desk.proved("figure", joined(span, place), proposal.as_written),
        value=quantity.value,
        value_high=quantity.value_high,
        comparator=quantity.comparator,
        unit=quantity.unit,
        as_written=desk.words_of(place),
        measure=proposal.measure,
        subject=subject,
        period=period,
        direction=_direction(proposal.direction, clause),
        comparison_base=base or None,
        status=_figure_status(proposal.status, clause),
        reported_by=reporter or None,
    )
