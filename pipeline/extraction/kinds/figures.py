"""Quantities that belong to the talks. The value is what re-reading the source's own words gives, "over" included."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from math import isclose
from typing import TYPE_CHECKING, NamedTuple

import pycountry
from msgspec.structs import replace

from pipeline.documents.document import Span, inside, touching
from pipeline.extraction.kinds.statements import speaks_for
from pipeline.extraction.verifier import Leaves, Unproven, Verifier, date_fields, joined, plain
from pipeline.language.amounts import FORTUNES, NOT_SO, AmountReader, comes_from
from pipeline.language.annotate import Annotated, DateMention, Numbered
from pipeline.language.clauses import (
    SUBJECTS,
    negated,
)
from pipeline.language.foreign.amounts import may_be_money
from pipeline.language.lexicons import UPPER, lexicon
from pipeline.language.matching import first
from pipeline.language.quantities import Quantity, amount_unit, is_duration, is_money, may_be_in, reread
from schemas import Figure, FuzzyDate, fuzzy_date, is_unit
from schemas.proposals import FigureAnswer, FigureProposal
from schemas.vocabulary import Comparator, Direction, FigureStatus

if TYPE_CHECKING:
    pass

_FIGURES = lexicon.figures
_REPORTER = re.compile(
    rf"\b(?:according to|reported by) (?P<who>(?:the )?{UPPER}[\w’. ]{{2,40}}?)(?:,|\.|$| report| data)"
    rf"|^(?P<lead>{UPPER}[\w’ ]{{2,40}}?) {_FIGURES.reports.any}\b"
)
_CLOSES = re.compile(rf"\b{_FIGURES.closings.any}\s+(?:the\s+)?$", re.IGNORECASE)
_WORDS_BACK = 30
_BESIDE = {"below", "above"}
_RISING_FROM = {"over", "on", "from"}
_RISE_OVER = re.compile(
    rf"\b{_FIGURES.measured.any}\s+(?:over|on|from|against)\s+(?:that of\s+)?[^.;,]{{3,30}}$", re.IGNORECASE
)
_HYPOTHETICAL = {"threatened", "proposed", "forecast", "target"}
_LASTING = {"tariff_rate"}
_UNDONE = {*_HYPOTHETICAL, "agreed"}
_FORESEEN = {"forecast", "threatened"}
_FIRM = {"actual", "in_force"}
_LEAVES_OPEN: dict[FigureStatus, frozenset[FigureStatus]] = {
    "threatened": frozenset({"proposed", "suspended", "withdrawn"}),
    "proposed": frozenset({"threatened", "target", "suspended", "withdrawn", "claimed"}),
    "forecast": frozenset({"estimated", "target", "claimed"}),
    "estimated": frozenset({"actual", "forecast", "claimed"}),
    "agreed": frozenset({"target", "in_force", "suspended", "withdrawn"}),
}
"""What an amount may be said to be beside what the grammar makes of it."""
_IN_WORDS = re.compile(rf"\b{_FIGURES.amounts_in_words.any}\b", re.IGNORECASE)


class _Judged(NamedTuple):
    direction: Direction | None
    status: FigureStatus


def propose(annotated: Annotated, parties: frozenset[str]) -> list[FigureProposal]:
    proposals = []
    for sentence in annotated.body:
        reader = AmountReader(annotated, sentence)
        if not reader.quantities:
            continue
        reporter = _REPORTER.search(sentence.text)
        quote, at = annotated.quote(sentence.start, sentence.end)
        for quantity in reader.quantities:
            if not reader.in_scope(quantity):
                continue
            period = reader.period(quantity)
            base = reader.base(quantity)
            move = reader.move(quantity)
            subject = reader.subject(quantity)
            if _FIGURES.traded.search(subject):
                continue
            measure = reader.measure(quantity, subject)
            if period and period.date.precision == "day" and (is_duration(quantity) or measure in _LASTING):
                period = (
                    None  # a day on which something was told, or ended, is not the time that it holds for
                )
            as_written, amount_at = annotated.quote(quantity.start, quantity.end)
            proposals.append(
                FigureProposal(
                    quote=quote,
                    at=at,
                    as_written=as_written,
                    amount_at=amount_at,
                    subject=subject,
                    measure=measure,
                    status=reader.status(quantity),
                    period_words=period.text if period and not (base and period.text in base) else None,
                    direction=move.way,
                    comparison_base=base,
                    reported_by=(reporter["who"] or reporter["lead"]) if reporter else None,
                )
            )
    return proposals


def _amounts(
    verifier: Verifier, proposal: FigureProposal, spans: Sequence[Span], leaves: Leaves
) -> Iterator[tuple[Quantity, Span]]:
    """The quantity as each place of its words writes it, "over" and unit included, where that agrees with the proposal.

    "145" does not prove a count where the text says "145%", nor "5 million" a half where it says "2.5 million". Words
    that code cannot read mean what is proposed. Raises Unproven where no place proves it.
    """
    words, at = proposal.as_written, proposal.amount_at
    own = verifier.annotated.read(Span(at, at + len(words))) if at is not None else None
    for known in touching(verifier.annotated.quantities, own.start, own.end) if own else ():
        if own == Span(known.start, known.end):
            yield known, own
            return
    reason: Unproven | None = None
    agreed = False
    for place in verifier.each(words, spans) if first(words, words) else ():
        try:
            read, where = _read_at(verifier, words, place)
        except Unproven as error:
            reason = reason or error
            continue
        if (
            proposal.value is None
            or _agrees(read, proposal, verifier)
            or _shares_unit(verifier, read, proposal)
        ):
            agreed = True
            yield _in_unit(read, proposal, leaves, _named(verifier)), where
        else:
            said = _said(proposal.value, proposal.value_high, proposal.unit)
            found = _said(read.value, read.value_high, amount_unit(read))
            reason = Unproven(f"the amount ({words!r}) reads as {found}, not as {said}")
    if agreed:
        return
    if reason is None:
        verifier.inside(words, "the amount", *spans)
        raise Unproven(f"the amount ({words!r}) has no words")
    if not _is_unread(verifier, proposal) or proposal.value is None or not is_unit(_unit_of(proposal.unit)):
        raise reason
    for place in verifier.each(words, spans):
        if not touching(verifier.annotated.quantities, place.start, place.end):
            leaves.quoted()
            yield _as_proposed(proposal, place), place
            return
    raise reason


def _is_unread(verifier: Verifier, proposal: FigureProposal) -> bool:
    """Whether code cannot read what an amount is: its words are of several languages, its marks of several customs."""
    words = proposal.as_written
    if verifier.annotated.amount(words) is not None:
        return False
    digits = re.sub(r"\D", "", words)
    if not verifier.annotated.foreign:
        return not digits and _IN_WORDS.search(words) is not None
    told = re.sub(r"\D", "", f"{proposal.value:.12g}") if proposal.value is not None else ""
    return digits.rstrip("0") in {"", told.rstrip("0")}


def _read_at(verifier: Verifier, words: str, place: Span) -> tuple[Quantity, Span]:
    """The quantity that words are at a place, and where all of it stands. Raises Unproven."""
    here = touching(verifier.annotated.quantities, place.start, place.end)
    if len(here) == 1 and (here[0].start, here[0].end) == (place.start, place.end):
        return here[0], place
    alone = verifier.annotated.amount(words)
    if alone is None or not is_unit(amount_unit(alone)):
        raise Unproven(f"the amount ({words!r}) cannot be read as a number with a unit")
    if len(here) > 1:
        inside_words = here[0].start >= place.start and here[-1].end <= place.end
        if alone.value_high is None or not inside_words or comes_from(verifier.text, 0, place.start):
            raise Unproven(f"the amount ({words!r}) is more than one number")
        return replace(alone, start=place.start, end=place.end), place
    if not here and alone.unit == "1" and touching(verifier.annotated.dates, place.start, place.end):
        raise Unproven(f"the amount ({words!r}) is part of a date")
    read = here[0] if here else alone
    place = Span(read.start, read.end) if here else place
    written = verifier.source(place)
    known = (
        _in_parties_money(verifier, alone, words),
        _in_parties_money(verifier, verifier.annotated.amount(written), written),
    )
    if any(_reading(one) != _reading(read) for one in known):
        raise Unproven(f"the amount ({words!r}) reads as {written!r} in its quote")
    return read, place


def _in_parties_money(verifier: Verifier, quantity: Quantity | None, written: str) -> Quantity | None:
    return quantity and verifier.annotated.in_own_currency(quantity, written)


def _said(value: float, high: float | None, unit: str | None) -> str:
    return f"{value:.12g}{f' to {high:.12g}' if high is not None else ''} {unit or ''}".strip()


@lru_cache(maxsize=256)
def _unit_of(unit: str | None) -> str:
    """The code of a unit, as a code or in words."""
    plain_unit = (unit or "1").strip()
    if is_unit(plain_unit):
        return plain_unit
    worded = reread(f"2 {plain_unit}")
    return amount_unit(worded) if worded else plain_unit


def _named(verifier: Verifier) -> frozenset[str]:
    return frozenset(mention.code for mention in verifier.annotated.parties)


def _agrees(read: Quantity, proposal: FigureProposal, verifier: Verifier) -> bool:
    """Whether what code reads is the amount that was proposed; a currency that the words leave open may be told."""
    unit, own = _unit_of(proposal.unit), amount_unit(read)
    money = own.startswith("XXX") and is_money(replace(read, unit=unit))
    units = (
        _plain_unit(unit) == _plain_unit(own)
        or (money and _named_so(proposal.as_written, unit, verifier.annotated.foreign))
        or may_be_in(_plain_unit(unit), proposal.as_written, _named(verifier))
    )
    high = (proposal.value_high is None) == (read.value_high is None)
    return (
        units and high and _same(proposal.value, read.value) and _same(proposal.value_high, read.value_high)
    )


@cache
def _currencies() -> dict[str, frozenset[str]]:
    """Codes of currencies by the words of their names."""
    named: dict[str, set[str]] = {}
    for currency in pycountry.currencies:
        for word in re.findall(r"[a-z]{4,}", currency.name.casefold()):
            named.setdefault(word, set()).add(currency.alpha_3)
    return {word: frozenset(codes) for word, codes in named.items()}


def _named_so(words: str, unit: str, foreign: str | None) -> bool:
    """Whether no word of an amount names another currency: "9 million pesos" are no euros."""
    if foreign:
        return may_be_money(words, unit.split("/")[0], foreign)
    told = (word.removesuffix("s") for word in re.findall(r"[a-z]{4,}", words.casefold()))
    return all(unit.split("/")[0] in _currencies().get(word, {unit.split("/")[0]}) for word in told)


def _shares_unit(verifier: Verifier, read: Quantity, proposal: FigureProposal) -> bool:
    """Whether a bare number is the amount proposed, in the unit of another of its sentence: "to 9%, from 7"."""
    unit = _plain_unit(_unit_of(proposal.unit))
    around = verifier.sentence(Span(read.start, read.end))
    others = inside(verifier.annotated.quantities, around.start, around.end)
    told = any(_plain_unit(amount_unit(one)) == unit for one in others)
    return (
        read.unit == "1"
        and told
        and _same(proposal.value, read.value)
        and proposal.value_high == read.value_high
    )


def _same(said: float | None, read: float | None) -> bool:
    return said == read or (said is not None and read is not None and isclose(abs(said), abs(read)))


def _plain_unit(unit: str) -> str:
    """A unit without what it is paid for; whatever is counted is a count."""
    plain_unit = unit.split("/")[0]
    return "1" if plain_unit.startswith("{") else plain_unit


def _in_unit(read: Quantity, proposal: FigureProposal, leaves: Leaves, named: Iterable[str]) -> Quantity:
    """A quantity with the currency or the unit that was proposed, where its words leave it open."""
    unit = _unit_of(proposal.unit)
    own = amount_unit(read)
    left_open = (
        own.startswith("XXX")
        or (own == "1" and unit != "1")
        or may_be_in(_plain_unit(unit), proposal.as_written, named)
    )
    if proposal.unit is None or unit == own or not left_open:
        return read
    leaves.quoted()
    return replace(read, unit=unit)


def _as_proposed(proposal: FigureProposal, place: Span) -> Quantity:
    """A quantity that the extractor alone reads."""
    assert proposal.value is not None
    comparator: Comparator = "range" if proposal.value_high is not None else "eq"
    return Quantity(
        start=place.start,
        end=place.end,
        value=proposal.value,
        value_high=proposal.value_high,
        comparator=comparator,
        unit=_unit_of(proposal.unit),
    )


def _reading(quantity: Quantity | None) -> tuple[float, float | None, str] | None:
    """What a quantity amounts to; what it is paid or made for may be left out of its words."""
    return (quantity.value, quantity.value_high, quantity.unit.split("/")[0]) if quantity else None


def _period(
    verifier: Verifier,
    proposal: FigureProposal,
    words: str,
    spans: Sequence[Span],
    place: Span,
    leaves: Leaves,
) -> FuzzyDate:
    """The date that words of a paragraph mean, at the place that is nearest to a figure. Raises Unproven.

    A date behind "through" is the end of a time whose beginning is not told.
    """
    paragraph = verifier.paragraph(place)
    dates = inside(verifier.annotated.dates, paragraph.start, paragraph.end)
    wanted = plain(words)
    same = (date for date in dates if date.text == wanted)
    nearest = min(same, key=lambda date: abs(date.start - place.start), default=None)
    near = [Span(nearest.start, nearest.end)] if nearest else []
    date, at = verifier.dated(words, proposal.period_edtf, [*near, paragraph, *spans], leaves)
    lead = Span(max(at.start - _WORDS_BACK, paragraph.start), at.end)
    if not leaves.own and lead.start < at.start and _RISE_OVER.search(verifier.words(lead)):
        raise Unproven(f"{words!r} is when that was which it is measured against")
    if not leaves.own:
        _own_time(verifier, at, place)
    start = max(at.start - _WORDS_BACK, paragraph.start)
    closes = _CLOSES.search(verifier.words(Span(start, at.start))) if start < at.start else None
    if closes is None or date.edtf is None or "/" in date.edtf:
        return date
    return fuzzy_date(f"../{date.edtf}", date.text, date.basis, date.anchor)


def _own_subject(verifier: Verifier, words: str, place: Span) -> None:
    """Raises Unproven where the words of what is measured are, by the grammar, what another amount is of."""
    reader = AmountReader(verifier.annotated, verifier.annotated.sentence_at(place.start))
    parsed = verifier.annotated.parsed(next(verifier.each(words, [verifier.sentence(place)]), place))
    own = next((reader.thing(one) for one in touching(reader.quantities, place.start, place.end)), None)
    if own is None or not parsed or own in parsed or parsed.root in (own, *own.ancestors):
        return
    others = [one for one in reader.quantities if not touching([one], place.start, place.end)]
    twin = own.lower_ == parsed.root.lower_ or (own.dep_ in SUBJECTS and parsed.root.dep_ in SUBJECTS)
    if twin and any(reader.thing(other) == parsed.root for other in others):
        raise Unproven(f"the words have another amount be of {words!r}")


def _own_time(verifier: Verifier, at: Span, place: Span) -> None:
    """Raises Unproven where a date of the sentence of an amount is that of another amount."""
    reader = AmountReader(verifier.annotated, verifier.annotated.sentence_at(place.start))
    date = next(iter(touching(reader.dates, at.start, at.end)), None)
    own = next(iter(touching(reader.quantities, place.start, place.end)), None)
    if date is None or own is None:
        return
    others, period = [one for one in reader.quantities if one != own], reader.period(own)
    anchor = verifier.annotated.context.anchor
    if anchor and (date.date.earliest or "") > anchor.isoformat():
        others = [one for one in others if not comes_from(verifier.text, 0, one.start)]  # that was before
    if _is_base(date) and period is not None and period != date:
        raise Unproven(f"{date.text!r} is when that was which it is measured against")
    for other in others:
        nearer = any(own.end <= one.start < other.start for one in reader.dates)
        if nearer and reader.beside_date(other, date) and not reader.beside_date(own, date):
            raise Unproven(f"{date.text!r} is when another amount was so")
    dated = any(reader.beside_date(own, one) for one in reader.dates) and not reader.beside_date(own, date)
    apart = not reader.when(own, date) and period != date
    if (dated and any(reader.beside_date(other, date) for other in others)) or (
        apart and any(reader.when(other, date) for other in others)
    ):
        raise Unproven(f"{date.text!r} is when it was otherwise")


def _is_base(date: DateMention) -> bool:
    """Whether a date is of what is compared: "lower than in 2034", "a rise of 9% over 2034"."""
    path = date.clause.path if date.clause is not None else ()
    rise = len(path) > 1 and path[0].lower_ in _RISING_FROM and _FIGURES.measured.fullmatch(path[1].text)
    against = (word for word in path if _FIGURES.against.fullmatch(word.text) or word.lower_ in _BESIDE)
    return bool(rise) or any(against)


def _effective(
    verifier: Verifier,
    proposal: FigureProposal,
    words: str,
    spans: Sequence[Span],
    place: Span,
    leaves: Leaves,
) -> FuzzyDate:
    """From when an amount applies. Raises Unproven where that is when it was told, when it ends, or another's."""
    date, at = verifier.dated(words, proposal.effective_edtf, spans, leaves)
    if leaves.own:
        return date
    for mention in touching(verifier.annotated.dates, at.start, at.end):
        clause = mention.clause
        if clause is None:
            continue
        ends = _CLOSES.search(verifier.words(Span(max(mention.start - _WORDS_BACK, 0), mention.start)))
        told = lexicon.modality.says.fullmatch(clause.verb.text) and not clause.nouns
        if ends or (told and clause.preposition not in lexicon.modality.from_then):
            raise Unproven(f"{mention.text!r} is when {'it ends' if ends else 'that was said'}")
    _own_time(verifier, at, place)
    return date


def _key(verifier: Verifier, place: Span, span: Span) -> str:
    """What tells a figure from others of its sentence: its words, and which of the places of these it is."""
    written = verifier.source(place)
    before = verifier.words(Span(span.start, max(place.start, span.start))).count(verifier.words(place))
    return f"{written}|{before}" if before else written


def _judge(
    verifier: Verifier,
    proposal: FigureProposal,
    quantity: Quantity,
    place: Span,
    spans: Sequence[Span],
    leaves: Leaves,
) -> _Judged:
    """Which way it goes and how firm it is, as proposed. Raises Unproven where the grammar has it otherwise."""
    if proposal.amount_at is not None and proposal.status:
        return _Judged(proposal.direction, proposal.status)  # our own rules have read it
    if verifier.annotated.foreign and proposal.status:
        return _Judged(proposal.direction, proposal.status)  # no rule reads it
    reader = AmountReader(verifier.annotated, verifier.annotated.sentence_at(place.start))
    move, status = reader.move(quantity), reader.status(quantity)
    said, own = proposal.status or status, proposal.as_written
    if move.former and proposal.previous_words:
        raise Unproven(f"the words have {own!r} be what it was before the change")
    around = [verifier.words(span) for span in (verifier.sentence(place), *spans)]
    if instead := _instead(reader, quantity, said, around):
        raise Unproven(f"the words around {own!r} have it {instead}, not {said}")
    way = proposal.direction
    if way and (move.former or move.way not in {None, way}):
        found = "what it was before the change" if move.former else move.way
        leaves.failed.append(("direction", f"the words around {own!r} have it {found}, not {way}"))
        way = None
    if way:
        leaves.judged(way, move.way)
    leaves.judged(proposal.measure, reader.measure(quantity, reader.subject(quantity)))
    return _Judged(way, leaves.judged(said, status))


def _instead(
    reader: AmountReader, quantity: Quantity, said: FigureStatus, around: Sequence[str]
) -> str | None:
    """What the words have an amount be that is said to be something else; None where they leave that open.

    `around`: its sentence, and all others that it rests on. A status whose words stand in its clause is possible.
    """
    if said in FORTUNES:
        if reader.stays(quantity) or reader.keeps(quantity) or reader.at_present(quantity):
            return "in force"
        if reader.asked_to_end(quantity) or reader.not_ended(quantity):
            return "still there"
        if not any(map(_FIGURES.ending.search, around)) and reader.moves_on(quantity):
            return f"go {reader.move(quantity).way}"
    of_others = reader.of_others(quantity)
    if said in of_others and len(around) == 2:
        return "unlike another measure"
    lost = reader.lost(quantity)
    told = {lost} if lost else reader.named(quantity) - of_others
    return None if said in told or is_duration(quantity) else _contrary(reader, quantity, said, lost, told)


def _contrary(
    reader: AmountReader,
    quantity: Quantity,
    said: FigureStatus,
    lost: FigureStatus | None,
    told: Collection[FigureStatus],
) -> str | None:
    """The same of a status that no word of the clause names. `lost`: what became of it; `told`: what the words name."""
    stays = reader.move(quantity).way == "level" or reader.given(quantity)
    governing = reader.named_status(quantity)
    spared = reader.spared(quantity)
    named = None if said in _FIRM and (stays or spared) else governing
    if said in FORTUNES and reader.given(quantity) and governing in _HYPOTHETICAL:
        named = "in_force"
    if said in _UNDONE and reader.happened(quantity):
        named = named or "actual"
    if said in _UNDONE and reader.replaced(quantity):
        return "what another takes the place of"
    foreseen = said in _FORESEEN or (said in _HYPOTHETICAL and reader.altered(quantity))
    if foreseen and named is None and reader.is_over(quantity):
        named = "actual"
    if said == "agreed" and named is None and reader.possible(quantity):
        return "only possible"
    if said == "actual" and not stays and quantity.unit != "1" and reader.to_come(quantity):
        return "yet to come"
    if said == "in_force" and named == "agreed" and reader.to_be_done(quantity):
        return named
    firm = said in _FIRM and "in_force" not in told and not spared
    if ended := lost or (reader.fortune(quantity) if firm else None):
        return ended
    if named and said != named and said not in _LEAVES_OPEN.get(named, ()):
        return named
    if said in _HYPOTHETICAL and reader.holds(quantity):
        return "in force"
    apart = stays or spared or reader.parted(quantity) or reader.replaced(quantity)
    planned = None if apart else reader.status(quantity)
    return planned if planned not in {None, "actual", said} and said in _FIRM and named is None else None


def _limit(
    verifier: Verifier, proposal: FigureProposal, quantity: Quantity, place: Span, leaves: Leaves
) -> Comparator:
    """The limit as its clause has it: what is not to fall below 5% is 5% or more.

    Where no word beside the amount limits it, one further off may: then it is as proposed. Raises Unproven where it
    is denied, and where the words limit it otherwise.
    """
    read, said = _limit_told(verifier, quantity, place), proposal.comparator
    if leaves.own or said is None or said == read:
        return read
    if verifier.annotated.foreign and read == "eq":
        return said  # by words that no rule reads
    reader = AmountReader(verifier.annotated, verifier.annotated.sentence_at(place.start))
    beside = reader.beside(quantity)
    rows = [row for row in _FIGURES.limiting if row.name == said]
    words = [match[0] for row in rows for match in row.words.finditer(beside)]
    nearly = (
        read == "approx" and said == "lt" and any(row.words.search(verifier.words(place)) for row in rows)
    )
    if nearly:
        return leaves.judged(said, read)
    if read == "eq" and any(not reader.of_another(word, quantity) for word in words):
        return leaves.judged(said, read)
    raise Unproven(f"the words around {proposal.as_written!r} say {read!r} of it, not {said!r}")


def _limit_told(verifier: Verifier, quantity: Quantity, place: Span) -> Comparator:
    turned = NOT_SO.get(quantity.comparator)
    parsed = verifier.annotated.parsed(place) if turned else None
    if turned and parsed is not None and negated(parsed, through=1):
        own = lexicon.modality.not_before.search(verifier.words(place))  # "nor more than 18%"
        return turned if own is None and negated(parsed) else quantity.comparator
    verifier.affirmed(place)
    return quantity.comparator


def _before(verifier: Verifier, words: str, spans: Sequence[Span], quantity: Quantity) -> float:
    """What an amount was before, in its unit. Raises Unproven."""
    reason: Unproven | None = None
    for place in verifier.each(words, spans):
        try:
            read, _ = _read_at(verifier, words, place)
        except Unproven as error:
            reason = error
            continue
        if _plain_unit(read.unit) in {_plain_unit(quantity.unit), "1"} and read.value_high is None:
            return read.value
        reason = Unproven(f"what it was before ({words!r}) is in another unit")
    if reason is None:
        verifier.inside(words, "what it was before", *spans)
    raise reason or Unproven(f"what it was before ({words!r}) has no words")


def _party_of(verifier: Verifier, words: str, spans: Sequence[Span]) -> str:
    """A party of the talks, or one that is named near a figure. Raises Unproven."""
    party = verifier.party(words)
    near = (*spans, verifier.paragraph(spans[0]))
    if party in verifier.parties or any(verifier.names(where, party) for where in near):
        return party
    raise Unproven(f"nothing near the amount names {party}")


def _ours(verifier: Verifier, reader: AmountReader, quantity: Quantity) -> list[str]:
    """Whose measure "our duty" is in a transcript."""
    if not reader.is_ours(quantity):
        return []
    speaks = speaks_for(verifier, Span(quantity.start, quantity.end))
    return [speaks] if speaks else []


def _imposer(verifier: Verifier, words: str, spans: Sequence[Span], quantity: Quantity) -> str:
    """Whose measure it is. Raises Unproven where the text has it another's by its grammar."""
    party = _party_of(verifier, words, spans)
    reader = AmountReader(verifier.annotated, verifier.annotated.sentence_at(quantity.start))
    told, falls_on = reader.imposers(quantity), reader.bearers(quantity)
    told = told or _ours(verifier, reader, quantity)
    if told and party not in told:
        raise Unproven(f"the words around the amount have it {told[-1]}’s, not {party}’s")
    if not told and set(reader.askers(quantity)) == {party}:
        raise Unproven(f"the words around the amount have {party} ask for its end")
    if not told and falls_on and set(falls_on) == {party}:
        raise Unproven(f"the words around the amount have it fall on {party}")
    return party


def _bearer(verifier: Verifier, words: str, spans: Sequence[Span], quantity: Quantity) -> str:
    """On whom it falls. Raises Unproven where the text has it that party's own."""
    party = _party_of(verifier, words, spans)
    reader = AmountReader(verifier.annotated, verifier.annotated.sentence_at(quantity.start))
    falls_on = reader.bearers(quantity)
    if set(reader.imposers(quantity) or _ours(verifier, reader, quantity)) == {party}:
        raise Unproven(f"the words around the amount have it {party}’s own")
    if falls_on and party not in falls_on:
        raise Unproven(f"the words around the amount have it fall on {falls_on[-1]}, not {party}")
    return party


def answered(item: FigureAnswer, numbered: Numbered) -> list[FigureProposal]:
    """What an item of a model's answer proposes. Raises NoSuchSentence."""
    return [
        FigureProposal(
            **numbered.place(item.s),
            as_written=item.amount,
            value=item.value,
            value_high=item.to,
            unit=item.unit,
            comparator=item.limit,
            previous_words=item.before,
            subject=item.subject,
            measure=item.measure,
            status=item.status,
            direction=item.direction,
            **date_fields("period", item.period),
            comparison_base=item.base,
            imposed_by=item.by,
            applies_to=item.on,
            **date_fields("effective", item.effective),
            legal_basis=item.law,
            reported_by=item.source,
        )
    ]


def verify(verifier: Verifier, proposal: FigureProposal, leaves: Leaves, known: Container[str]) -> Figure:
    """Equal amounts of one sentence are several facts, each at a place of its own. Raises Unproven."""
    spans = verifier.spans(proposal)
    reason: Unproven | None = None
    first_known: Figure | None = None
    for quantity, place in _amounts(verifier, proposal, spans, leaves):
        here = Leaves(leaves.own)
        try:
            figure = _figure(verifier, proposal, spans, quantity, place, here)
        except Unproven as error:
            reason = reason or error
            continue
        if figure.id in known:
            first_known = first_known or figure
            continue
        leaves.take(here)
        return figure if figure.proof == leaves.proof else replace(figure, proof=leaves.proof)
    if first_known is None:
        raise reason or Unproven(f"the amount ({proposal.as_written!r}) does not stand in the quote")
    return first_known


def _figure(
    verifier: Verifier,
    proposal: FigureProposal,
    spans: Sequence[Span],
    quantity: Quantity,
    place: Span,
    leaves: Leaves,
) -> Figure:
    limit = _limit(verifier, proposal, quantity, place, leaves)
    own = verifier.sentence(place)
    subject = verifier.stands(proposal.subject, "what is measured", own, *spans)
    if first(verifier.words(own), proposal.subject) is None:
        leaves.quoted()  # that the amount is of what another sentence names no rule reads
    if not leaves.own:
        _own_subject(verifier, proposal.subject, place)
    paragraph = verifier.paragraph(spans[0])
    judged = _judge(verifier, proposal, quantity, place, spans, leaves)

    def stated(leaf: str, given: str | None, what: str, *where: Span) -> str | None:
        return leaves.optional(leaf, given, lambda words: verifier.stands(words, what, *where))

    period = leaves.optional(
        "period",
        proposal.period_words,
        lambda words: _period(verifier, proposal, words, spans, place, leaves),
    )
    effective = leaves.optional(
        "effective",
        proposal.effective_words,
        lambda words: _effective(verifier, proposal, words, [*spans, paragraph], place, leaves),
    )
    previous = leaves.optional(
        "previous_value", proposal.previous_words, lambda words: _before(verifier, words, spans, quantity)
    )
    imposed_by = leaves.optional(
        "imposed_by", proposal.imposed_by, lambda words: _imposer(verifier, words, spans, quantity)
    )
    applies_to = leaves.each(
        "applies_to", proposal.applies_to, lambda words: _bearer(verifier, words, spans, quantity)
    )
    if imposed_by or applies_to:
        leaves.quoted()  # whose measure it is, and on whom, no rule reads
    around = next((span for span in spans if span.start <= place.start and place.end <= span.end), spans[0])
    whole = joined(around, place)
    return Figure(
        **verifier.shared(
            "figure",
            [whole, *(span for span in spans if span != around)],
            _key(verifier, place, whole),
            leaves,
            place=place,
        ),
        value=quantity.value,
        value_high=quantity.value_high,
        comparator="range" if quantity.value_high is not None else limit,
        previous_value=previous,
        unit=amount_unit(quantity),
        as_written=verifier.source(place),
        measure=proposal.measure,
        subject=subject,
        period=period,
        direction=judged.direction,
        comparison_base=stated(
            "comparison_base", proposal.comparison_base, "the comparison base", paragraph, *spans
        ),
        status=judged.status,
        imposed_by=imposed_by,
        applies_to=applies_to,
        effective=effective,
        legal_basis=stated("legal_basis", proposal.legal_basis, "the legal basis", *spans, paragraph),
        reported_by=stated("reported_by", proposal.reported_by, "who reported it"),
    )
