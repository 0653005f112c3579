"""A document as the language layer reads it: once, and whatever is asked of its words afterwards is asked of this.

The text that is read is the document's as a reader sees it (white space squeezed, markup left out), and every character
of it knows its place in the document. Whatever has offsets here counts in that text; `source` leads back.
"""

from __future__ import annotations

import datetime as dt
import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import msgspec
from msgspec import Struct

from pipeline.documents.document import Document, Span, inside, touching
from pipeline.documents.publication_date import context_of
from pipeline.language import parser
from pipeline.language.clauses import NOUNS, DateClause, date_clause, in_name, tense_of, tokens_at
from pipeline.language.dates import MONTH, Context, DateWords, find_dates, resolve
from pipeline.language.foreign import is_foreign
from pipeline.language.foreign.amounts import amounts_in, reread_in
from pipeline.language.foreign.days import days_in
from pipeline.language.foreign.names import mentions_in, party_named
from pipeline.language.foreign.sentences import quoted_in, split_foreign
from pipeline.language.lexicons import NAME_WORD, UPPER, lexicon
from pipeline.language.matching import occurrences
from pipeline.language.offices import NOWHERE, Seat, seats
from pipeline.language.parties import Mention, fiscal_year, mentions, party_of
from pipeline.language.people import Person, Roster, known_sides, outside_names, people_in
from pipeline.language.quantities import Quantity, find_quantities, in_own_currency, reread
from pipeline.language.quotations import Quotation, quotations
from schemas import FuzzyDate, fuzzy_date, unresolved
from schemas.vocabulary import Region

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as Tokens

_PARSED: set[Region] = {"headline", "deck", "body"}
_PARSER_CHARS = 3_000
"""Sentences of a paragraph go to the parser together up to so many characters."""
_OVERLONG, _MOST_OVERLONG = parser.LONGEST // 2, 2
"""A paragraph with more sentences of so many characters is a table or a list: the rest of it is not parsed."""
_OPENS_BEHIND = 3
"""Words that open a sentence may count from a day that one of so many before it told."""
_CAPITALS = re.compile(rf"{UPPER}{{4,}}")
_LINE = 120
"""A line of a masthead is no longer, in characters."""
_ORGAN = re.compile(rf"\b{lexicon.offices.organs.any}\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"(?P<bullet>\A(?:[-*•–◦▪]|\d{1,2}\\?[.)]|\([a-z0-9]{1,3}\))\s*[\u200b]*\s+)"
    r"|(?P<drop><!--.*?-->|</?[a-z]+>|\*+|\\|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+)|(?P<space>\s+)",
    re.DOTALL,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>|]+")
_SINCE, _TO = re.compile(r"\b(?:from|between) $"), re.compile(r",? (?:to|until|till|through|and) (?:the )?")
_AS_FAR = 10
_DAY_OF_MONTH = re.compile(
    rf"(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?"
)
_NUMBERED = {"nummod", "appos", "npadvmod"}
_DATELINE = re.compile(
    rf"(?!{lexicon.parties.openers.any}\b)"
    rf"(?:{UPPER}{{2}}(?:{UPPER}|[ .’'/-]){{1,30}}|{NAME_WORD}(?: {NAME_WORD})?(?=, \w+\.? \d|, \d|\s*\([A-Z]))"
    r"(?:, [\w.]+(?: [A-Z][\w.]+)?)?(?P<day>,? (?:\w+\.? \d{1,2}|\d{1,2} \w+)(?:,? \d{4})?)?\s*"
    r"(?:\([\w /]+\)\s*)?(?:\.?[—–-]{1,2}\s|(?(day):\s|(?!)))"
)


class Passage(Struct, frozen=True):
    """A paragraph; `bullet`: it is an item of a list; `lead`: where its own words begin, behind a dateline."""

    start: int
    end: int
    region: Region
    bullet: bool
    lead: int


class Sentence(Struct, frozen=True, kw_only=True):
    """A sentence, behind its dateline, with its tokens, whose `idx` counts from `shift`; none outside of prose.

    `index` counts the sentences of the document.
    """

    start: int
    end: int
    index: int
    text: str
    passage: Passage
    tokens: Tokens | None = None
    shift: int = 0


class DateMention(Struct, frozen=True):
    """Words that name a date, the date that they mean, and how they stand in their clause; None outside of one."""

    start: int
    end: int
    text: str
    date: FuzzyDate
    clause: DateClause | None = None


class Annotated(Struct, frozen=True, kw_only=True):
    """A document with its annotations, each list in order and without overlaps.

    `origin[i]`: where `text[i]` stands. `home`: the party that the text is written in, by its dateline. `named`: how
    often each party is named as more than a place.
    """

    document: Document
    context: Context
    text: str
    origin: array[int]
    passages: list[Passage]
    sentences: list[Sentence]
    parties: list[Mention]
    home: str | None
    named: Mapping[str, int]
    people: list[Person]
    quantities: list[Quantity]
    dates: list[DateMention]
    quotations: list[Quotation]
    roster: Roster

    @property
    def foreign(self) -> str | None:
        """The language of the document, where that is not English: none of its grammar is read."""
        return self.document.language if is_foreign(self.document.language) else None

    @property
    def body(self) -> list[Sentence]:
        """The sentences that facts may rest on."""
        return [sentence for sentence in self.sentences if sentence.passage.region == "body"]

    def source(self, start: int, end: int) -> Span:
        """The place in the document of `text[start:end]`, which is not empty."""
        return Span(self.origin[start], self.origin[end - 1] + 1)

    def quote(self, start: int, end: int) -> tuple[str, int]:
        """The document's own characters behind `text[start:end]`, and where they stand."""
        place = self.source(start, end)
        return self.document.text[place.start : place.end], place.start

    def read(self, place: Span) -> Span:
        """Where a place of the document stands in `text`."""
        return Span(bisect_left(self.origin, place.start), bisect_left(self.origin, place.end))

    def passage(self, at: int) -> Passage:
        return self.passages[max(bisect_right(self.passages, at, key=lambda p: p.start) - 1, 0)]

    def paragraphs_back(self, at: int, most: int) -> int:
        """Where the paragraph of the body begins that stands `most` of them before the one at `at`, or the first."""
        index = max(bisect_right(self.passages, at, key=lambda p: p.start) - 1, 0)
        start, left = self.passages[index].start, most
        while left and index:
            index -= 1
            if self.passages[index].region == "body":
                start, left = self.passages[index].start, left - 1
        return start

    def sentence(self, start: int, end: int) -> Span:
        """The whole sentence around a span; all of them, where it spans several."""
        whole = touching(self.sentences, start, end)
        return Span(min(whole[0].start, start), max(whole[-1].end, end)) if whole else Span(start, end)

    def sentence_at(self, at: int) -> Sentence:
        """The sentence around a place, or the last before it."""
        return self.sentences[max(bisect_right(self.sentences, at, key=lambda s: s.start) - 1, 0)]

    def next_sentence(self, sentence: Sentence) -> Sentence | None:
        """The one behind a sentence in its paragraph."""
        behind = self.sentences[sentence.index + 1 : sentence.index + 2]
        return behind[0] if behind and behind[0].passage is sentence.passage else None

    def parsed(self, place: Span) -> Tokens | None:
        """The words of a place as the parser read them; None outside of prose, and across sentences."""
        around = touching(self.sentences, place.start, place.end)
        tokens = around[0].tokens if len(around) == 1 else None
        shift = around[0].shift if tokens is not None else 0
        return tokens_at(tokens, place.start - shift, place.end - shift) if tokens is not None else None

    def told_at(self, place: Span) -> Context:
        """What relative words at a place are counted from, in the tense of their verb."""
        sentence = next(iter(touching(self.sentences, place.start, place.end)), None)
        if sentence is None:
            return self.context
        return _in_tense(self.context, sentence, _clause(sentence, place.start, place.end))

    def dated(self, words: str, place: Span) -> FuzzyDate:
        """What words mean that stand at a place, where they are no date of their own."""
        return unresolved(words) if self.foreign else resolve(words, self.told_at(place))

    def amount(self, words: str) -> Quantity | None:
        """The amount that words hold when read on their own."""
        return reread_in(words, self.foreign) if self.foreign else reread(words)

    def party(self, words: str) -> str | None:
        """The party that words name."""
        return party_named(words, self.foreign) if self.foreign else party_of(words)

    def in_own_currency(self, quantity: Quantity, written: str) -> Quantity:
        """A quantity in the currency that its noun means here."""
        return in_own_currency(quantity, written, self.named, self.home)

    def seat(self, whole: Span, name: str) -> Seat:
        """Where a sentence has somebody sit whom it names without an office."""
        at = next(occurrences(self.words(whole), name), None)
        if at is None:
            return NOWHERE
        place = Span(whole.start + at.start, whole.start + at.end)
        sentence = next(iter(touching(self.sentences, place.start, place.end)), None)
        tokens, shift = (sentence.tokens, sentence.shift) if sentence else (None, 0)
        people = [Span(person.start, person.end) for person in inside(self.people, whole.start, whole.end)]
        names = sorted([*people, place], key=lambda span: span.start)
        return seats(self.text, whole, names, self.parties, tokens, shift)[names.index(place)]

    def words(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def parties_in(self, span: Span) -> list[Mention]:
        return list(inside(self.parties, span.start, span.end))


class Place(TypedDict):
    """The fields of a proposal that say where it stands, in the document."""

    quote: str
    at: int
    beside: list[tuple[int, int]]


class NoSuchSentence(ValueError):
    """A number that no sentence has."""


class Numbered:
    """The sentences of a document's body, numbered from 1."""

    def __init__(self, annotated: Annotated) -> None:
        self.annotated = annotated
        self._sentences = annotated.body

    def __len__(self) -> int:
        return len(self._sentences)

    def span(self, number: int) -> Span:
        """Where a sentence stands in the annotated text, its dateline included. Raises NoSuchSentence."""
        if not 1 <= number <= len(self._sentences):
            raise NoSuchSentence(f"there is no sentence {number}")
        sentence = self._sentences[number - 1]
        return Span(sentence.passage.start if self._opens(number) else sentence.start, sentence.end)

    def lines(self, numbers: Iterable[int]) -> str:
        """Each sentence on a line of its own, behind its number."""
        return "\n".join(f"{number} {self.annotated.words(self.span(number))}" for number in numbers)

    def runs(self, numbers: Sequence[int]) -> list[Span]:
        """Where sentences stand, those that follow on each other in a paragraph together. Raises NoSuchSentence."""
        runs: list[Span] = []
        before: Sentence | None = None
        for number in sorted(set(numbers)):
            span, sentence = self.span(number), self._sentences[number - 1]
            if before and before.index + 1 == sentence.index and before.passage is sentence.passage:
                runs[-1] = Span(runs[-1].start, span.end)
            else:
                runs.append(span)
            before = sentence
        return runs

    def holding(self, places: Iterable[tuple[int, int]]) -> list[int]:
        """The numbers of the sentences that hold some of these places of the document, each its start and end."""
        spans = [self.annotated.read(Span(*place)) for place in places]
        return [
            number
            for number, sentence in enumerate(self._sentences, 1)
            if any(sentence.start < span.end and span.start < sentence.end for span in spans)
        ]

    def paragraph_begins(self, number: int) -> bool:
        return number == 1 or (self._sentences[number - 1].passage is not self._sentences[number - 2].passage)

    def _opens(self, number: int) -> bool:
        """Whether a sentence is the first of its paragraph and has a dateline before it."""
        sentence = self._sentences[number - 1]
        return (
            self.paragraph_begins(number) and sentence.start == sentence.passage.lead > sentence.passage.start
        )

    def place(self, numbers: Sequence[int]) -> Place:
        """What a proposal says of where it stands, of sentences. Raises NoSuchSentence."""
        first, *beside = self.sources(numbers)
        quote = self.annotated.document.text[first.start : first.end]
        return {"quote": quote, "at": first.start, "beside": [(span.start, span.end) for span in beside]}

    def sources(self, numbers: Sequence[int]) -> list[Span]:
        """Where sentences stand in the document, like `runs`. Raises NoSuchSentence."""
        return [self.annotated.source(run.start, run.end) for run in self.runs(numbers)]


def annotate(document: Document) -> Annotated:
    """Reads a document, each part of it once."""
    text, origin, passages = _visible(document)
    if document.language is not None and is_foreign(document.language):
        return _unparsed(document, text, origin, passages, document.language)
    read = list(_parsed(text, list(_sentences(text, passages))))
    context = context_of(document, [s.text for s in read if s.passage.region == "body"])
    parties = mentions(text, lambda start, end: _one_name(read, start, end))
    people = [
        person
        for sentence in read
        if sentence.tokens is not None
        for person in people_in(
            text, Span(sentence.start, sentence.end), parties, sentence.tokens, sentence.shift
        )
    ]
    people = known_sides(people)
    parties = list(outside_names(text, people, parties))
    roster = Roster(people)
    dates = sorted(_dates(text, passages, read, parties, context), key=lambda date: date.start)
    dates = _after_signing(_in_order(text, dates))
    prose = [sentence for sentence in read if sentence.passage.region in _PARSED]
    home = _home(document, text, passages)
    named = Counter(mention.code for mention in parties if not mention.place)
    return Annotated(
        document=document,
        context=context,
        text=text,
        origin=origin,
        passages=passages,
        sentences=read,
        parties=parties,
        home=home,
        named=named,
        people=people,
        quantities=[
            in_own_currency(quantity, text[quantity.start : quantity.end], named, home)
            for quantity in _quantities(text, passages)
            if quantity.unit != "1"
            or not (touching(dates, quantity.start, quantity.end) or _counts_nothing(text, read, quantity))
        ],
        dates=dates,
        quotations=quotations(text, prose, people),
        roster=roster,
    )


def _unparsed(
    document: Document, text: str, origin: array[int], passages: list[Passage], language: str
) -> Annotated:
    """A document in another language than English: its sentences, dates, amounts, parties and what it quotes."""
    read: list[Sentence] = []
    for passage in passages:
        for span in split_foreign(text, passage.lead, passage.end, language):
            words = text[span.start : span.end]
            read.append(
                Sentence(start=span.start, end=span.end, index=len(read), text=words, passage=passage)
            )
    parts = [(passage.start, text[passage.start : passage.end]) for passage in passages]
    dates = [
        DateMention(
            at + day.start,
            at + day.end,
            words,
            fuzzy_date(day.edtf, words) if day.has_year else unresolved(words),
        )
        for at, part in parts
        for day in days_in(part, language)
        if (words := part[day.start : day.end])
    ]
    amounts = [_shifted(amount, at) for at, part in parts for amount in amounts_in(part, language)]
    parties = [_shifted(mention, at) for at, part in parts for mention in mentions_in(part, language)]
    return Annotated(
        document=document,
        context=context_of(document, []),
        text=text,
        origin=origin,
        passages=passages,
        sentences=read,
        parties=parties,
        home=None,
        named=Counter(mention.code for mention in parties),
        people=[],
        quantities=[amount for amount in amounts if not touching(dates, amount.start, amount.end)],
        dates=dates,
        quotations=[
            Quotation(start=span.start, end=span.end, speaker=None, named=None)
            for passage in passages
            for span in quoted_in(text, passage.start, passage.end)
        ],
        roster=Roster([]),
    )


def _home(document: Document, text: str, passages: Sequence[Passage]) -> str | None:
    """The party that the first dateline is in; else that of the organs of state that head the page, or published it."""
    for passage in passages:
        if named := _named(text[passage.start : passage.lead]):
            return named[0]
    masthead = takewhile(lambda passage: passage.region != "body", passages)
    heads = [text[passage.start : passage.end] for passage in masthead if passage.end - passage.start < _LINE]
    organs = [words for words in (*heads, document.publisher or "") if _ORGAN.search(words)]
    codes = {code for words in organs for code in _named(words)}
    return codes.pop() if len(codes) == 1 else None


def _named(words: str) -> list[str]:
    """The parties that a dateline or a line of a masthead names, be it in capitals."""
    whole = words.title() if words.isupper() else _CAPITALS.sub(lambda word: word[0].title(), words)
    return [mention.code for mention in mentions(whole)]


def _one_name(read: Sequence[Sentence], start: int, end: int) -> bool:
    """Whether the parse has all words of a span in one name; what is not parsed is taken as it is written."""
    sentence = next(iter(touching(read, start, end)), None)
    if sentence is None or sentence.tokens is None:
        return True
    words = sentence.tokens.doc.char_span(
        start - sentence.shift, end - sentence.shift, alignment_mode="expand"
    )
    return words is not None and all(word.pos_ == "PROPN" or word.is_punct for word in words)


S = TypeVar("S", Mention, Quantity)


def _shifted(annotation: S, by: int) -> S:
    return msgspec.structs.replace(annotation, start=annotation.start + by, end=annotation.end + by)


def _visible(document: Document) -> tuple[str, array[int], list[Passage]]:
    """What a reader sees of each block, the blocks parted by an empty line."""
    characters: list[str] = []
    origin = array("I")
    length = 0
    edge = 0
    passages: list[Passage] = []

    def keep(start: int, end: int, seen: str | None = None) -> None:
        nonlocal length
        if end > start:
            characters.append(document.text[start:end] if seen is None else seen)
            origin.extend(range(start, end) if seen is None else [start] * len(seen))
            length = len(origin)

    for block in document.blocks:
        source = document.text[block.start : block.end].strip()
        if not source:
            continue
        shift = document.text.index(source, block.start)
        if passages:
            keep(edge, edge + 1, "\n\n")
        edge = shift + len(source)
        first, begun, at, bullet = length, len(characters), 0, False
        for match in _MARKUP.finditer(source):
            if match[0] == " " and match.start() > at:
                continue  # it is kept with what follows
            keep(shift + at, shift + match.start())
            at = match.end()
            bullet = bullet or bool(match["bullet"])
            if match["space"] and length > first and not characters[-1].endswith(" "):
                keep(shift + match.start(), at + shift, " ")
        keep(shift + at, shift + len(source))
        visible = "".join(characters[begun:])
        dateline = _DATELINE.match(visible) if block.region == "body" else None
        lead = first + (dateline.end() if dateline else 0)
        passages.append(Passage(first, length, block.region, bullet, lead))
    return "".join(characters), origin, passages


def _sentences(text: str, passages: Iterable[Passage]) -> Iterator[Sentence]:
    index = 0
    for passage in passages:
        for span in parser.split(text, passage.start, passage.end):
            start = max(span.start, passage.lead)
            if start < span.end:
                yield Sentence(
                    start=start, end=span.end, index=index, text=text[start : span.end], passage=passage
                )
                index += 1


def _parsed(text: str, read: Sequence[Sentence]) -> Iterator[Sentence]:
    """The sentences, those of prose with what the parser makes of them."""
    groups = list(_groups(read))
    docs = parser.parsed(_doc(text, group) for group, prose in groups if prose)
    for group, prose in groups:
        if not prose:
            yield from group
            continue
        doc, shift = next(docs), group[0].start
        for sentence in group:
            tokens = doc.char_span(sentence.start - shift, sentence.end - shift, alignment_mode="expand")
            yield msgspec.structs.replace(sentence, tokens=tokens, shift=shift)


def _groups(read: Sequence[Sentence]) -> Iterator[tuple[list[Sentence], bool]]:
    """Sentences of one paragraph that go to the parser together, and whether they do."""
    group: list[Sentence] = []
    overlong = 0
    prose = False
    for sentence in read:
        again = group and sentence.passage is group[0].passage
        overlong = (overlong if again else 0) + (sentence.end - sentence.start >= _OVERLONG)
        parsed = sentence.passage.region in _PARSED and overlong <= _MOST_OVERLONG
        if group and (not again or parsed is not prose or sentence.end - group[0].start > _PARSER_CHARS):
            yield group, prose
            group = []
        group.append(sentence)
        prose = parsed
    if group:
        yield group, prose


def _doc(text: str, group: Sequence[Sentence]) -> Doc:
    """Tokens with our own sentences: the parser keeps to them."""
    shift = group[0].start
    doc = parser.tokens(text[shift : group[-1].end])
    import numpy as np  # once the model is loaded, which says how numpy is to work

    starts = {sentence.start - shift for sentence in group}
    # At once: whoever tells it of a token has spaCy look at all the others.
    told: Any = np.array([1 if place in starts else -1 for place in doc.to_array("IDX").tolist()])
    return doc.from_array("SENT_START", told.astype(np.uint64))


def _dates(
    text: str,
    passages: Iterable[Passage],
    read: Iterable[Sentence],
    parties: Sequence[Mention],
    context: Context,
) -> Iterator[DateMention]:
    """Dates, each in the tense of its verb, and beside the one that was told last; those of datelines as they are."""
    for passage in passages:
        for words in find_dates(text[passage.start : passage.lead]):
            start, end = passage.start + words.start, passage.start + words.end
            yield DateMention(start, end, text[start:end], words.meaning(context))
    fiscal = fiscal_year({mention.code for mention in parties})
    told: tuple[Sentence, str] | None = None
    for sentence in read:
        said: dict[Token, dt.date] = {}
        for words in find_dates(sentence.text):
            if sentence.tokens and in_name(
                sentence.tokens, *(at + sentence.start - sentence.shift for at in (words.start, words.end))
            ):
                continue
            named = {mention.code for mention in inside(parties, sentence.start, sentence.end)}
            near = told and (
                (told[0].passage is sentence.passage and told[0].index >= sentence.index - 1)
                or (words.start == 0 and told[0].index >= sentence.index - _OPENS_BEHIND)
            )
            beside = msgspec.structs.replace(
                context,
                told=told[1] if told and near else None,
                fiscal=fiscal_year(named) or fiscal,
            )
            mention = _mention(text, sentence, words, beside, said=said)
            if words.leans and mention.date.edtf is None:
                continue
            if mention.clause and not mention.clause.nouns and (day := _told_on(mention.date)):
                said.setdefault(mention.clause.verb, day)
            if mention.date.edtf:
                told = (sentence, mention.date.edtf)
            parts = words.ends(sentence.text) if mention.clause and mention.clause.moves else ()
            parts = parts or words.first_and_last()
            if parts:
                yield from (_mention(text, sentence, day, beside, link) for day, link in parts)
            else:
                yield mention


def _in_order(text: str, dates: Sequence[DateMention]) -> list[DateMention]:
    """The dates; of `from 1 October to 30 September` the first is of the year before, where it would be the later."""
    read = list(dates)
    for index, (first, last) in enumerate(pairwise(dates)):
        if last.clause and last.clause.moves:
            continue
        ranged = _TO.fullmatch(text[first.end : last.start]) and _SINCE.search(
            text[max(first.start - _AS_FAR, 0) : first.start]
        )
        if not ranged or not _DAY_OF_MONTH.fullmatch(first.text) or not _DAY_OF_MONTH.fullmatch(last.text):
            continue
        begins, ends = first.date.edtf, last.date.edtf
        if begins and ends and begins > ends and not begins.endswith("02-29"):
            year_before = f"{int(begins[:4]) - 1}{begins[4:]}"
            told = fuzzy_date(year_before, first.text, "relative", first.date.anchor)
            read[index] = msgspec.structs.replace(first, date=told)
    return read


def _after_signing(dates: list[DateMention]) -> list[DateMention]:
    """The dates, those that are counted from a signing by the one day on which the text says that it was."""
    days = {
        date.date.edtf
        for date in dates
        if date.date.precision == "day" and date.clause and date.clause.tense == "past" and date.clause.signs
    }
    if len(days) != 1:
        return dates
    [day] = days
    signed = Context(signed=dt.date.fromisoformat(day)) if day else Context()
    return [
        msgspec.structs.replace(
            date, date=resolve(date.text, signed) if date.date.edtf is None else date.date
        )
        for date in dates
    ]


def _told_on(date: FuzzyDate) -> dt.date | None:
    """The day by which something was said, where its date is a day or a month."""
    fine = date.precision in {"day", "month"} and date.latest
    return dt.date.fromisoformat(date.latest) if fine and date.latest else None


def _mention(
    text: str,
    sentence: Sentence,
    words: DateWords,
    context: Context,
    link: str | None = None,
    said: Mapping[Token, dt.date] | None = None,
) -> DateMention:
    start, end = sentence.start + words.start, sentence.start + words.end
    clause = _clause(sentence, start, end)
    if clause and link:
        clause = msgspec.structs.replace(clause, link=link)
    if said and clause and clause.saying and (day := said.get(clause.saying)):
        context = msgspec.structs.replace(context, said=day)
    return DateMention(
        start, end, text[start:end], words.meaning(_in_tense(context, sentence, clause)), clause
    )


def _clause(sentence: Sentence, start: int, end: int) -> DateClause | None:
    """How a date stands in a sentence that was parsed."""
    if sentence.tokens is None:
        return None
    return date_clause(sentence.tokens, start - sentence.shift, end - sentence.shift)


def _in_tense(context: Context, sentence: Sentence, clause: DateClause | None) -> Context:
    """The context in the tense of a date's verb; in that of its sentence, where none governs it."""
    tense = clause.tense if clause else tense_of(sentence.text)
    return msgspec.structs.replace(context, tense=tense)


def _quantities(text: str, passages: Iterable[Passage]) -> Iterator[Quantity]:
    addresses = [Span(*match.span()) for match in _ADDRESS.finditer(text)]
    for passage in passages:
        for quantity in find_quantities(text[passage.start : passage.end]):
            place = _shifted(quantity, passage.start)
            if not touching(addresses, place.start, place.end):
                yield place


def _counts_nothing(text: str, read: Sequence[Sentence], quantity: Quantity) -> bool:
    """Whether a bare number is a pronoun ("this one"), or the number of what stands before it ("Article 24")."""
    written = text[quantity.start : quantity.end]
    sentence = next(iter(touching(read, quantity.start, quantity.end)), None)
    if sentence is None or sentence.tokens is None or not written.isalnum():
        return False
    shift = sentence.shift
    words = tokens_at(sentence.tokens, quantity.start - shift, quantity.end - shift)
    if words is None:
        return False
    number, above = words.root, words.root.head
    if quantity.value == 1 and written.isalpha():
        return str(number.dep_) != "nummod"
    return above.i == number.i - 1 and above.pos_ in NOUNS and number.dep_ in _NUMBERED
