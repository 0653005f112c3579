"""What of a draft is looked for: its quotations, amounts, dates and names, each where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.documents.document import touching
from pipeline.language.annotate import Annotated, DateMention, Sentence
from pipeline.language.parser import entities, entity_of
from pipeline.language.people import FULL_NAME, Person, is_title, spelled
from pipeline.language.quantities import Quantity
from pipeline.language.quotations import Quotation

if TYPE_CHECKING:
    from spacy.tokens import Token

COUNT = "1"
_WORD = re.compile(r"[^\W\d_]+(?:[’'-](?!s\b)[^\W\d_]+)*")
_NO_PERSON = {"ORG", "GPE", "LOC", "FAC", "DATE", "EVENT", "LAW", "PRODUCT", "WORK_OF_ART"}
_MOST_WORDS = 4
_NEARLY = 0.75
"""How much alike two spellings of one surname are: of four letters one may be another."""
Value = Quantity | DateMention


class NamedPerson(Struct, frozen=True):
    """Somebody named without an office."""

    start: int
    end: int
    name: str


class DraftItem(Struct, frozen=True):
    """Offsets are of the annotated draft."""

    start: int
    end: int
    means: Quotation | Value | Person | NamedPerson


def items_of(draft: Annotated, known: Collection[str] = ()) -> list[DraftItem]:
    """In order. What a quotation holds is a part of it and no item of its own.

    `known`: whom the sources give an office.
    """
    quoted = draft.quotations
    others: list[Value | Person | NamedPerson] = [
        *(one for one in draft.quantities if not _is_word_for_few(draft, one)),
        *(one for one in draft.dates if one.date.edtf),
        *draft.people,
        *_names(draft, known),
    ]
    outside = (one for one in others if not touching(quoted, one.start, one.end))
    return sorted(
        (DraftItem(one.start, one.end, one) for one in (*quoted, *outside)), key=lambda item: item.start
    )


def _names(draft: Annotated, known: Iterable[str]) -> Iterator[NamedPerson]:
    """Who is named, each place once."""
    found = list(names_in(draft))
    yield from found
    full = [words for words in map(spelled, known) if len(words) > 1]
    given, surnames = {words[0] for words in full}, {words[-1] for words in full}
    for named in (*_like_known(draft, given, surnames), *_surnames(draft, surnames)):
        others = (draft.people, draft.parties, found)
        if not any(touching(each, named.start, named.end) for each in others):
            found.append(named)
            yield named


def _like_known(draft: Annotated, given: Collection[str], surnames: Collection[str]) -> Iterator[NamedPerson]:
    """Who has one of these given names or surnames: the parser does not know the names of all countries."""
    for sentence in draft.sentences:
        for run in FULL_NAME.finditer(draft.text, sentence.start, sentence.end):
            words = list(_WORD.finditer(draft.text, *run.span()))
            for place, (first, second) in enumerate(pairwise(words)):
                if spelled(first[0])[0] not in given and spelled(second[0])[-1] not in surnames:
                    continue
                start, ends = first.start(), [word.end() for word in words[place + 1 : place + _MOST_WORDS]]
                end = next((end for end in reversed(ends) if _is_name(sentence, start, end)), None)
                if end is not None:
                    yield NamedPerson(start, end, draft.text[start:end])
                    break


def _surnames(draft: Annotated, surnames: Collection[str]) -> Iterator[NamedPerson]:
    """Who is named by one of these surnames alone, or nearly so as far as the parser knows a person."""
    for sentence in draft.sentences:
        for token in sentence.tokens if sentence.tokens is not None else ():
            name = " ".join(spelled(token.text)) if _is_proper(token) else ""
            is_near = entity_of(token) == "PERSON" and get_close_matches(name, surnames, 1, _NEARLY)
            if name in surnames or is_near:
                start = sentence.shift + token.idx
                yield NamedPerson(start, start + len(token), token.text)


def _is_name(sentence: Sentence, start: int, end: int) -> bool:
    """Whether words can name a person."""
    if sentence.tokens is None:
        return False
    words = sentence.tokens.doc.char_span(
        start - sentence.shift, end - sentence.shift, alignment_mode="expand"
    )
    return words is not None and all(word.is_punct or _is_proper(word) for word in words)


def _is_proper(word: Token) -> bool:
    """Whether a word is a part of a name, and as far as the parser knows, of no body's and no place's."""
    return word.pos_ == "PROPN" and entity_of(word) not in _NO_PERSON and not is_title(word)


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
