"""What of a draft is looked for: its quotations, amounts, dates and names, each where it stands."""

from collections.abc import Iterator

from msgspec import Struct

from pipeline.documents.document import touching
from pipeline.language.annotate import Annotated, DateMention
from pipeline.language.parser import entities
from pipeline.language.people import Person
from pipeline.language.quantities import Quantity
from pipeline.language.quotations import Quotation

COUNT = "1"
Value = Quantity | DateMention


class NamedPerson(Struct, frozen=True):
    """Somebody named in full without an office."""

    start: int
    end: int
    name: str


class DraftItem(Struct, frozen=True):
    """Offsets are of the annotated draft."""

    start: int
    end: int
    means: Quotation | Value | Person | NamedPerson


def items_of(draft: Annotated) -> list[DraftItem]:
    """In order. What a quotation holds is a part of it and no item of its own."""
    quoted = draft.quotations
    others: list[Value | Person | NamedPerson] = [
        *(one for one in draft.quantities if not _is_word_for_few(draft, one)),
        *(one for one in draft.dates if one.date.edtf),
        *draft.people,
        *names_in(draft),
    ]
    outside = (one for one in others if not touching(quoted, one.start, one.end))
    return sorted(
        (DraftItem(one.start, one.end, one) for one in (*quoted, *outside)), key=lambda item: item.start
    )


def names_in(annotated: Annotated) -> Iterator[NamedPerson]:
    """People named by two words and more, apart from those with an office; each place once."""
    places: set[int] = set()
    for named in (*_entities(annotated), *_speakers(annotated)):
        known = touching(annotated.people, named.start, named.end)
        if " " in named.name and not known and named.start not in places:
            places.add(named.start)
            yield named


def _entities(annotated: Annotated) -> Iterator[NamedPerson]:
    for sentence in annotated.sentences:
        for entity in entities(sentence.tokens) if sentence.tokens is not None else ():
            start, end = sentence.shift + entity.start_char, sentence.shift + entity.end_char
            if entity.label_ == "PERSON" and not touching(annotated.parties, start, end):
                name = annotated.text[start:end].removesuffix("’s").removesuffix("'s")
                yield NamedPerson(start, start + len(name), name)


def _speakers(annotated: Annotated) -> Iterator[NamedPerson]:
    """Who is named beside a quotation as the one who says it."""
    for quotation in annotated.quotations:
        if quotation.named and quotation.speaker:
            name = annotated.words(quotation.named)
            if name == quotation.speaker.name and name.istitle():
                yield NamedPerson(quotation.named.start, quotation.named.end, name)


def _is_word_for_few(draft: Annotated, quantity: Quantity) -> bool:
    """“The two sides” names no amount that a source must have."""
    written = draft.text[quantity.start : quantity.end]
    return quantity.unit == COUNT and quantity.value < 10 and written.isalpha()
