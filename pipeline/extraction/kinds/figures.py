"""Quantities that belong to the talks. The value is what re-reading the source's own words gives, "over" included.

What its words say of a quantity is read in the parse, by what governs it: see `_move`, `_status` and `_Reader`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from pipeline.documents.document import Span, inside, touching
from pipeline.extraction.verifier import Unproven, Verifier, joined, plain
from pipeline.language.annotate import Annotated, DateMention, Sentence
from pipeline.language.clauses import (
    NOUNS,
    SUBJECTS,
    VERBS,
    clause_of,
    climb,
    governor,
    helpers,
    negated,
    tense,
    told_with,
)
from pipeline.language.lexicons import UPPER, Row, lexicon
from pipeline.language.quantities import Quantity, amount_unit, is_duration, is_money, reread
from schemas import Figure, FuzzyDate, fuzzy_date, is_unit
from schemas.proposals import FigureProposal
from schemas.vocabulary import Comparator, Direction, FigureStatus

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

_FIGURES = lexicon.figures
_LABEL = re.compile(rf"(?:\b{_FIGURES.labels.any}\s*|[A-Z#&/]\s?|\b[GFQL]-?)$")
_LABEL_BACK = 20
_SCENE = re.compile(rf"\b{_FIGURES.scene.any}\s+$", re.IGNORECASE)
_SCENE_BACK = 60
_IN_FORCE = re.compile(
    rf"(?:\s\w+){{0,3}}\s{_FIGURES.in_force.any}\b|\s{_FIGURES.at_present.any}\b", re.IGNORECASE
)
_WORTH = re.compile(r"\sworth\s$")
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
_FROM = re.compile(rf"\b{_FIGURES.origins.any}\s+$", re.IGNORECASE)
_PART = re.compile(rf"\b{_FIGURES.parts.any}\b", re.IGNORECASE)
_TO = re.compile(
    rf"(?:(?!\b{lexicon.modality.conjunctions.any}\b)[^,.;:()]){{0,40}}?\b{lexicon.quantities.range_to.any}\s+",
    re.IGNORECASE,
)
_LED = re.compile(
    rf"[^,.;:]{{0,60}}, (?P<way>\w+) (?:\w+ )?(?:{_FIGURES.origins.any}\b|{_FIGURES.matters.any}\b|\d|\W?\d)",
    re.IGNORECASE,
)
_THAN = re.compile(r"\s(?P<side>\w+)(?:\s(?:of|the|its|their|last|a|that)\b|\s\W?\d)")
_BESIDE = re.compile(rf"\b(?P<way>\w+)\s+(?P<at>{_FIGURES.amounts.any}\s+)?$", re.IGNORECASE)
_ONE_WORD = re.compile(r"\s+(?P<word>\w+)\s+")
_WORD_BACK = 12
_WORDS_BACK = 30
_NEAR = 60
_LEAD_IN = 40
_COUNTED_WITHIN = 6
_LONGEST_SUBJECT = 90
_STOPS = {"VERB", "ADP", "AUX", "PRON", "SCONJ", "CCONJ", "DET", "PUNCT"}
_NOMINALS = {*NOUNS, "NUM", "SYM"}
_PARTS = {"nummod", "compound", "amod", "nmod", "quantmod", "poss"}
_RELATIVE = {"WP$"}
_CLOSES = re.compile(rf"\b{_FIGURES.closings.any}\s+(?:the\s+)?$", re.IGNORECASE)
_JOINED = {"conj", "appos"}
_COMPLEMENTS = {"dobj", "npadvmod", "attr", "oprd", "dep", "advmod", "acomp", "dative"}
_HOLDING = {"dobj", *SUBJECTS}
_PARTICLES = {"prt", "advmod", "acomp", "oprd"}
_ADVERBS = {"ADV", "ADJ", "ADP"}
_WHOLES = {*NOUNS, "PRON"}
_TELLING = {"amod", "advmod", "poss"}
_FOLLOWING = {"prep", "cc", "conj"}
_FINITE = {"VBD", "VBZ", "VBP"}
_MOST_VERBS = 6
_ADDRESS = 80
_LEAST_BARE = 1_000


_NOT_SO: dict[Comparator, Comparator] = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}


class _Move(NamedTuple):
    """Which way an amount goes; `former`: it is the amount before a change, which has no way of its own."""

    way: Direction | None = None
    former: bool = False


class _Judged(NamedTuple):
    direction: Direction | None
    status: FigureStatus


_STILL = _Move()
_TURNED: dict[Direction | None, Direction | None] = {"up": "down", "down": "up", "level": "level", None: None}


@lru_cache(maxsize=4096)
def _named(rows: tuple[Row[Direction], ...], word: str) -> Direction | None:
    return next((row.name for row in rows if row.words.fullmatch(word)), None)


def _way(word: Token) -> Direction | None:
    """Which way a word goes, by itself or by its particle: "fell", "went up"; none where it is negated."""
    if any(child.dep_ == "neg" for child in word.children):
        return None
    moves = _FIGURES.movers.fullmatch(word.text)
    beside = (child for child in word.children if child.dep_ in _PARTICLES) if moves else ()
    ways = (_named(_FIGURES.directions, part.text) for part in (word, *beside))
    return next((way for way in ways if way), None)


def _move(word: Token, counted: bool, percent: bool) -> _Move:
    """Which way the amount at a word goes, by the verb or noun that it belongs to as an amount, not by what is near it.

    An amount belongs to a change itself ("rose 5%", "a rise of 5%", "by 5%"), or to a thing that has it ("a 5%
    duty"), and then only what is done to the thing as such gives a way: a duty that falls had the amount before.
    """
    held = False
    while True:
        head = word.head
        if word.dep_ in {"pobj", "pcomp"}:
            preposition = head
            while preposition.dep_ == "conj":
                preposition = preposition.head
            over = preposition.head
            if _FIGURES.origins.fullmatch(head.text):
                return _Move(former=True)
            if _FIGURES.missed.fullmatch(over.text):
                return _STILL
            if not _FIGURES.holders.fullmatch(head.text):
                amount = _FIGURES.amounts.fullmatch(head.text) and preposition.i > over.i
                passing = not (counted or held) and _FIGURES.ends.fullmatch(head.text) is not None
                return _Move(_change_over(over, passing, _parted(preposition))) if amount else _STILL
            if way := (_fate(over) if held else _way(over)):
                return _Move(way)
            word, held = over, True
        elif word.dep_ in _JOINED:
            word = head
        elif word.dep_ in _PARTS:
            if way := _way(head):
                return _Move(way)
            word, held = head, True
        elif held and word.dep_ in _HOLDING:
            way = _fate(head) if word.dep_ != "nsubj" or _fate(head) == "level" else None
            return _Move(way, former=not way and _way(head) is not None)
        elif word.dep_ in _COMPLEMENTS:
            way = _way(head) or _arrived(head) or (_fate(head) if percent else None)
            return _Move(None if way == "level" and word.dep_ == "dobj" else way)
        else:
            return _STILL
        if word.head == word:
            return _STILL


def _fate(word: Token) -> Direction | None:
    """What is done to a thing that has an amount: it comes with it, goes with it, or keeps it."""
    negated = any(child.dep_ == "neg" for child in word.children)
    return None if negated else _named(_FIGURES.fates, word.text)


def _parted(preposition: Token) -> bool:
    """Whether a comma stands before a preposition: "reduce the rate, as set forth in the annex, to 5%"."""
    return preposition.i > 0 and preposition.nbor(-1).text == ","


def _change_over(word: Token, passing: bool, parted: bool) -> Direction | None:
    """The change that an amount behind "by" or "to" is of; the parse may hang it on a noun in between."""
    while True:
        if way := _way(word) or _arrived(word):
            return way
        passed = word.pos_ in _NOMINALS or word.dep_ in {"prep", "relcl"} or (parted and word.dep_ == "advcl")
        if not (passing and passed) or word.head == word:
            return None
        word = word.head


def _arrived(word: Token) -> Direction | None:
    """The change that ends in an amount: "rising to reach 5%", "growth was 5%"."""
    if not _FIGURES.arrivals.fullmatch(word.text):
        return None
    above = [word.head] if word.dep_ in {"xcomp", "advcl", "conj"} else []
    subjects = (child for child in word.children if child.dep_ in SUBJECTS)
    return next(
        (way for part in (*above, *subjects) if (way := _named(_FIGURES.directions, part.text))), None
    )


def _quality(word: Token, percent: bool) -> Direction | None:
    """What the adjectives of an amount tell: "a further 5%"; of a percentage, also those of what has it."""
    while True:
        for child in word.children:
            if child.dep_ in {"amod", "advmod"} and (way := _named(_FIGURES.qualities, child.text)):
                return way
        of = word.dep_ == "pobj" and _FIGURES.holders.fullmatch(word.head.text)
        if not percent or (not of and word.dep_ not in _PARTS):
            return None
        word = word.head.head if of else word.head


def _status(word: Token, tariff: bool, allowed: bool, reached: bool) -> FigureStatus:
    """How firm an amount is, by the nearest word above it that tells; what has happened is as it is.

    `tariff`: it is decided, and does not come about; `allowed`: "not more than" so much; `reached`: the end of a
    change.
    """
    if _owned(word):
        return "actual"
    own, past = governor(word), False
    if foretold := _foretold(word, own):
        return foretold
    below: list[Token] = []
    for step in climb(word):
        bound = step.dep_ == "pobj" and _FIGURES.bounds.fullmatch(step.head.text)
        if bound and not (reached and _FIGURES.origins.fullmatch(step.head.text)):
            return "actual"
        told = " ".join(part.text for part in (*told_with(step), *below))
        below = [step] if step.dep_ == "prep" else []
        row = next((row for row in _FIGURES.statuses if row.words.search(told)), None)
        if row is not None and (row.name == "estimated" or not past):
            return row.name
        past = past or (step == own and _timed(step) and tense(step) == "past")
    return "actual" if past or own is None else _planned(own, word, tariff, allowed)


def _planned(verb: Token, amount: Token, tariff: bool, allowed: bool) -> FigureStatus:
    """How firm that is which a verb tells without saying so: what comes about is foreseen, what is done was decided."""
    told = " ".join(part.text for part in _told_through(verb))
    foreseen = not tariff and _comes_about(verb, amount)
    unsure = _FIGURES.supposed.search(told) or _FIGURES.possible.search(told)
    if unsure and tariff and verb.tag_ == "VB" and _way(verb) == "up" and _comes_about(verb, amount):
        return "threatened"
    if _FIGURES.supposed.search(told):
        return "proposed"
    if _FIGURES.possible.search(told) and not allowed:
        return "forecast" if foreseen else "proposed"
    if not _FIGURES.to_come.search(told):
        return "actual"
    if tariff and any(_fails(child) for child in verb.children if child.dep_ == "advcl"):
        return "threatened"
    return "forecast" if foreseen else "agreed"


def _foretold(word: Token, verb: Token | None) -> FigureStatus | None:
    """How firm an amount is by what has it, or by what was said of it: "cut its forecast to 5%", "the 5% expected"."""
    rows = [row for row in _FIGURES.statuses if row.name in {"forecast", "estimated"}]
    parts = [child for child in verb.children if child.dep_ in _HOLDING] if verb is not None else []
    said = [child for child in word.rights if child.dep_ in {"acl", "advcl"} and child.tag_ == "VBN"]
    named = word.head if word.dep_ in _PARTS else None  # "the 8 per cent gain forecast"
    words = [*said, *([named] if named is not None else ())]
    words += [part for part in parts if part.pos_ == "NOUN" and part not in climb(word)]
    return next((row.name for row in rows for told in words if row.words.fullmatch(told.text)), None)


def _timed(verb: Token) -> bool:
    """Whether a verb has a tense of its own, as "lowering" in "proposed lowering it to 5%" has none."""
    return verb.dep_ in {"conj", "ROOT"} or verb.tag_ in _FINITE or any(helpers(verb))


def _told_through(verb: Token) -> list[Token]:
    """A verb with its auxiliaries, and those that it shares: "will be halved and then fall", "is set to fall"."""
    told = told_with(verb)
    while verb.tag_ == "VB" and verb.head.pos_ in VERBS:
        own = [word for word in helpers(verb) if word.tag_ != "TO"]
        if own or verb.dep_ not in {"conj", "xcomp"}:
            break
        verb = verb.head
        told = [*told_with(verb), *told]
    links = [child for child in verb.children if child.dep_ == "prep" and child.i == verb.i + 1]
    return sorted({*told, *links})


def _comes_about(verb: Token, amount: Token) -> bool:
    """Whether a thing rises, falls or gets somewhere by itself: "exports will reach $5 billion"."""
    moves = _way(verb) is not None or _FIGURES.arrivals.fullmatch(verb.text) is not None
    done = any(
        child.dep_ == "auxpass" or (child.dep_ == "dobj" and child not in climb(amount))
        for child in verb.children
    )
    subject = next((child for child in verb.children if child.dep_ in SUBJECTS), None)
    return moves and not done and (subject is None or subject.pos_ == "NOUN")


def _fails(clause: Token) -> bool:
    """Whether a clause tells what happens without a deal: "if no deal is reached", "unless they agree"."""
    mark = next((child.lower_ for child in clause.children if child.dep_ == "mark"), "")
    words = " ".join(word.text for word in clause.subtree)
    return mark in _FIGURES.unless or (mark in _FIGURES.conditions and bool(_FIGURES.failures.search(words)))


def _owned(word: Token) -> bool:
    """Whether an amount is that of something which is there already: "would scrap its 10% levy", "the current 10%"."""
    for step in climb(word):
        if any(_FIGURES.existing.fullmatch(child.text) for child in step.children if child.dep_ in _TELLING):
            return True
        if step.dep_ not in _PARTS and not (
            step.dep_ == "pobj" and _FIGURES.holders.fullmatch(step.head.text)
        ):
            beside = step.head.children if step.head.pos_ in _ADVERBS else ()  # "already up 5%"
            if any(_FIGURES.existing.fullmatch(child.text) for child in beside):
                return True
            return step.dep_ == "dobj" and any(child.dep_ == "poss" for child in step.children)
    return False


def _root(tokens: Iterable[Token]) -> Token:
    """The word that the parse hangs an amount by: its unit or its number, or what limits these ("up to")."""
    words = list(tokens)
    word = next((word for word in reversed(words) if word.like_num), words[-1])
    while word.head in words and word.head != word and word.head.pos_ not in VERBS:
        word = word.head
    return word


class _Chunk(NamedTuple):
    """A noun phrase that is neither a pronoun nor a date."""

    start: int
    end: int
    text: str
    tariff: bool
    subject: bool
    depends: bool


class _Reader:
    """A sentence with what each of its figures asks of it."""

    def __init__(self, annotated: Annotated, sentence: Sentence) -> None:
        self._annotated = annotated
        self.text = annotated.text
        self.sentence = sentence
        self.quantities = inside(annotated.quantities, sentence.start, sentence.end)
        self.dates = inside(annotated.dates, sentence.start, sentence.end)

    @cached_property
    def _cuts(self) -> list[int]:
        return [match.start() for match in _CUT.finditer(self.text, self.sentence.start, self.sentence.end)]

    @cached_property
    def _bases(self) -> list[tuple[int, str]]:
        found = _FIGURES.base.finditer(self.sentence.text)
        return [(self.sentence.start + match.start(), match[0]) for match in found]

    @cached_property
    def chunks(self) -> list[_Chunk]:
        tokens, shift = self.sentence.tokens, self.sentence.shift
        chunks = []
        for chunk in tokens.noun_chunks if tokens is not None else ():
            start, end, text = chunk.start_char + shift, chunk.end_char + shift, str(chunk.text)
            if not _FIGURES.pronouns.fullmatch(text) and not touching(self.dates, start, end):
                tariff = _FIGURES.tariff.search(text) is not None
                chunks.append(
                    _Chunk(start, end, text, tariff, chunk.root.dep_ in SUBJECTS, chunk.root.dep_ == "pobj")
                )
        return chunks

    def root(self, start: int, end: int) -> Token | None:
        """The word that a quantity or a date hangs by; None outside of prose."""
        found = self._parsed(start, end)
        return _root(found) if found is not None else None

    def _beside(self, quantity: Quantity) -> Direction | None:
        """The way of the word right before an amount, where the parse has lost it: "stay at 6%"."""
        start = max(quantity.start - _WORDS_BACK, self.sentence.start)
        before = _BESIDE.search(self.text, start, quantity.start) if quantity.unit != "1" else None
        way = _named(_FIGURES.directions, before["way"]) if before else None
        return way if before and (way != "level" or before["at"]) else None

    def _parsed(self, start: int, end: int) -> Tokens | None:
        return self._annotated.parsed(Span(start, end)) or None

    def date_root(self, date: DateMention) -> Token | None:
        found = self._parsed(date.start, date.end)
        if found is None:
            return None
        # "From May through June": the second month hangs by a word of the date itself.
        return found.root if found.root.dep_ != "prep" else found[0]

    def move(self, quantity: Quantity) -> _Move:
        """Which way an amount goes, by its grammar; a growth of less than nothing is a fall."""
        move = self._from_to(quantity) or self._governed(quantity)
        return _Move(_TURNED[move.way], move.former) if quantity.value < 0 else move

    def _from_to(self, quantity: Quantity) -> _Move | None:
        """ "From 5% to 7%": the first is the amount before, the second says by itself which way that goes."""
        index = bisect_left(self.quantities, quantity.start, key=lambda known: known.start)
        if self.quantities[index : index + 1] != [quantity]:
            return None
        after = self.quantities[index + 1 : index + 2]
        if after and self._is_change(quantity, after[0]):
            return _Move(former=True)
        before = self.quantities[index - 1] if index else None
        if before is None or not self._is_change(before, quantity) or before.value == quantity.value:
            return None
        return _Move("up" if quantity.value > before.value else "down")

    def status(self, quantity: Quantity) -> FigureStatus:
        """How firm an amount is; the amount before a change is in force."""
        word = self.root(quantity.start, quantity.end)
        if word is None:
            return next(
                (row.name for row in _FIGURES.statuses if row.words.search(self.sentence.text)), "actual"
            )
        if self.move(quantity).former:
            return "actual"
        tariff = _FIGURES.tariff.search(self.subject(quantity)) is not None
        reached = self._from_to(quantity) is not None
        if _IN_FORCE.match(self.text, quantity.end, self.sentence.end):
            return "actual"
        own = self.text[quantity.start : quantity.end]
        allowed = quantity.comparator in _NOT_SO and lexicon.modality.not_before.search(own) is not None
        return _status(word, tariff, allowed, reached)

    def grows(self, quantity: Quantity) -> bool:
        """Whether a percentage is by how much a thing moved, whatever is named beside it: "exports fell 5%"."""
        word = self.root(quantity.start, quantity.end)
        if word is None or quantity.unit not in {"%", "[pp]"}:
            return False
        over = word.head.head if word.dep_ == "pobj" and _FIGURES.by.fullmatch(word.head.text) else word.head
        by_itself = word.dep_ in _COMPLEMENTS or over != word.head
        thing = _measured(word)
        moves = by_itself and over.pos_ in VERBS and _way(over) is not None
        return moves and thing is not None and thing.pos_ in NOUNS and thing.dep_ in SUBJECTS

    def share(self, quantity: Quantity) -> bool:
        """Whether a percentage is the part of something: "85% of tariff lines"."""
        word = self.root(quantity.start, quantity.end)
        whole = _part_of(word, _WHOLES) if word is not None and quantity.unit == "%" else None
        return whole is not None and not _way(whole)

    def _is_change(self, first: Quantity, second: Quantity) -> bool:
        begins = _FROM.search(self.text, max(first.start - _WORD_BACK, self.sentence.start), first.start)
        between = _TO.fullmatch(self.text, first.end, max(second.start, first.end))
        return bool(begins and between) and first.unit in {second.unit, "1"}

    def _governed(self, quantity: Quantity) -> _Move:
        word = self.root(quantity.start, quantity.end)
        if word is None or is_duration(quantity):
            return _STILL
        percent = quantity.unit in {"%", "[pp]"}
        move = _move(word, quantity.unit == "1", percent)
        if move.way or move.former:
            return move
        beside = None if word.dep_ in _PARTS else self._beside(quantity)
        return _Move(self._led(quantity) or beside or _quality(word, percent))

    def _led(self, quantity: Quantity) -> Direction | None:
        """The way that is told behind an amount: "1,400 nurses, up from 300"."""
        if quantity.unit == "%" and (than := _THAN.match(self.text, quantity.end, self.sentence.end)):
            return _named(_FIGURES.sides, than["side"])
        led = _LED.match(self.text, quantity.end, self.sentence.end)
        found = self._parsed(*led.span("way")) if led else None
        if led is None or (found is not None and found.root.tag_ in _FINITE):
            return None  # "which were 300, tripled to 900"
        return _named(_FIGURES.directions, led["way"])

    def period(self, quantity: Quantity) -> DateMention | None:
        """When it was so: a date of its own clause, the first behind it or else the last before."""
        word = self.root(quantity.start, quantity.end)
        own = [date for date in self.dates if self._beside_date(quantity, date) or self._happens(date, word)]
        behind = (date for date in own if date.start >= quantity.end)
        found = next(behind, own[-1] if own else None)
        return found or self._period_of_whole(quantity)

    def _period_of_whole(self, quantity: Quantity) -> DateMention | None:
        """When that was of which an amount is a part: "$9 billion in 2032, of which tea made up a third"."""
        index = bisect_left(self.quantities, quantity.start, key=lambda known: known.start)
        if index == 0:
            return None
        whole = self.quantities[index - 1]
        part = _PART.search(self.text, whole.end, quantity.start)
        return self.period(whole) if part else None

    def _beside_date(self, quantity: Quantity, date: DateMention) -> bool:
        """Whether a date stands right behind an amount with one word between: "from 6% in May"."""
        between = _ONE_WORD.fullmatch(self.text, quantity.end, max(date.start, quantity.end))
        return between is not None and not _FIGURES.bounds.fullmatch(between["word"])

    def _happens(self, date: DateMention, word: Token | None) -> bool:
        """Whether a date is when the clause of a word happens: not since when, nor what day a paper is of."""
        if date.clause and date.clause.link:
            return False  # the first or the last day of a span
        when = self.date_root(date)
        if when is None or word is None:
            return not _SAID_ON.match(date.text)
        if _is_bound(when, word, span="/" in (date.date.edtf or "")):
            return False
        of = when.dep_ == "pobj" and _FIGURES.holders.fullmatch(when.head.text)
        if of and when.head.head not in climb(word):
            return False
        clause, other = clause_of(when), clause_of(word)
        return clause == other or _describes(when, word) or _joined_in_time(clause, other)

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
        if number.start > tokens.start and _is_model(doc[number.start - 1], number):
            return None
        for token in doc[number.end : min(number.end + _COUNTED_WITHIN, len(doc))]:
            if token.pos_ in _STOPS and token.text != "-":
                return None
            compound = token.i + 1 < len(doc) and doc[token.i + 1].pos_ == "NOUN"
            if token.pos_ in NOUNS and not compound:
                plural = token.tag_ in {"NNS", "NNPS"} or token.lower_ in _FIGURES.same_in_plural
                worth = (plural or one) and not _FIGURES.uncounted.fullmatch(token.text)
                return (doc[number.end].idx + shift, token.idx + len(token) + shift) if worth else None
        return None

    def subject(self, quantity: Quantity) -> str:
        """The noun phrase that is measured: of what, what is counted, what has it, or else the nearest before."""
        if quantity.unit == "1" and (counted := self.counted(quantity)) is not None:
            return self.text[counted[0] : counted[1]]
        back = max(quantity.start - _WORD_BACK, self.sentence.start)
        if worth := _WORTH.search(self.text, back, quantity.start):
            valued = next((chunk for chunk in self.chunks if chunk.end == worth.start()), None)
            if valued is not None and not valued.depends:
                return valued.text
        word = self.root(quantity.start, quantity.end)
        thing = _measured(word) if word is not None else None
        if thing is not None and word is not None and self._is_base(thing):
            verb = governor(thing)
            thing = _undergoes(verb, word) if verb is not None else None
        if thing is not None and (phrase := self.phrase(thing, quantity)):
            return phrase
        if link := _OF.match(self.text, quantity.end):
            measured = next((chunk for chunk in self.chunks if chunk.start == link.end()), None)
            if measured is not None:
                return measured.text
        before = [chunk for chunk in self.chunks if chunk.end <= quantity.start]
        tariff = next((chunk for chunk in reversed(before) if chunk.tariff), None)
        subject = next((chunk for chunk in reversed(before) if chunk.subject), None)
        behind = next((chunk for chunk in self.chunks if chunk.start >= quantity.end), None)
        best = tariff or subject or (before[-1] if before else behind)
        return best.text if best else self.sentence.text

    def _is_base(self, noun: Token) -> bool:
        """Whether a noun is of what a change is counted from: "5% year on year"."""
        at = noun.idx + self.sentence.shift
        return any(start <= at < start + len(words) for start, words in self._bases)

    def phrase(self, noun: Token, quantity: Quantity) -> str:
        """A noun with its good and flow ("exports of tea to Oman"); empty for a pronoun and for a quantity itself."""
        shift = self.sentence.shift
        at = noun.idx + shift
        if noun.pos_ not in NOUNS or touching(self.quantities, at, at + len(noun)):
            return ""
        parts = (child for child in noun.lefts if child.dep_ in _PARTS and child.tag_ not in _RELATIVE)
        start = min([noun.idx, *(part.left_edge.idx for part in parts)]) + shift
        for amount in self.quantities:
            if amount == quantity or amount.unit != "1":
                start = amount.end if start <= amount.start < at else start
        end = _last(noun, self._amounts)
        while start < len(self.text) and not self.text[start].isalnum():
            start += 1
        if at < quantity.start < end.idx + shift:
            end = noun
        words = self.text[start : end.idx + len(end) + shift]
        return words if len(words) <= _LONGEST_SUBJECT else self.text[start : noun.idx + len(noun) + shift]

    @cached_property
    def _amounts(self) -> set[int]:
        """The words of the sentence that quantities and dates hang by."""
        roots = (*(self.root(q.start, q.end) for q in self.quantities), *map(self.date_root, self.dates))
        return {root.i for root in roots if root is not None}

    def clause(self, quantity: Quantity) -> Span:
        """The clause around a quantity."""
        left = max((cut for cut in self._cuts if cut <= quantity.start), default=self.sentence.start)
        return Span(left, min((cut for cut in self._cuts if cut >= quantity.end), default=self.sentence.end))

    def _in_address(self, quantity: Quantity) -> bool:
        """Whether a number stands inside a word as long as addresses of the web are."""
        start = self.text.rfind(" ", max(quantity.start - _ADDRESS, self.sentence.start), quantity.start)
        return start < 0 and quantity.start - self.sentence.start > _ADDRESS

    def in_scope(self, quantity: Quantity) -> bool:
        """Not part of a date, no year, no label, no span of time that only sets the scene."""
        text = self.text
        if self._in_address(quantity):
            return False
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
        if year:
            return False
        moved = quantity.value >= _LEAST_BARE and self.move(quantity).way is not None
        return moved or self.counted(quantity) is not None


def _measured(word: Token) -> Token | None:
    """The noun that an amount is of: what changes, what has it, or what the verb is about that it belongs to."""
    if (part := _part_of(word)) is not None and not _is_level_of(word):
        return part
    while True:
        head = word.head
        if word.dep_ == "pobj" and _FIGURES.holders.fullmatch(head.text) and head.head.pos_ in _NOMINALS:
            head = head.head
        elif word.dep_ not in _PARTS | _JOINED or head.pos_ not in _NOMINALS:
            break
        if word.dep_ not in _JOINED and not _FIGURES.paces.fullmatch(head.text):
            return _changing(head, word) or _told_of(head)
        word = head
    over = word.head.head if word.dep_ == "pobj" else word.head
    if over.pos_ == "NOUN" and _way(over):
        return _changing(over, word) or _told_of(over)
    verb = governor(over)
    return _undergoes(verb, word) if verb is not None else None


def _is_model(before: Token, number: Tokens) -> bool:
    """Whether a number is a part of the name that it stands in: "Boeing 737 MAX jets"."""
    return before.pos_ == "PROPN" and before.dep_ in {"compound", "nmod"} and before.head.i >= number.end


def _is_level_of(word: Token) -> bool:
    """Whether a part of something is how large another thing is: "the deficit widened to 5% of output"."""
    over = word.head.head if word.dep_ == "pobj" and _FIGURES.amounts.fullmatch(word.head.text) else word.head
    if over.pos_ not in VERBS or word.dep_ not in {"pobj", "attr", "dobj"}:
        return False
    objects = any(child.dep_ == "dobj" and child != word for child in over.children)
    subjects = any(child.dep_ in SUBJECTS and child.pos_ == "NOUN" for child in over.children)
    return (objects or subjects) and (
        _way(over) is not None or _FIGURES.arrivals.fullmatch(over.text) is not None
    )


def _is_bound(when: Token, word: Token, span: bool) -> bool:
    """Whether a date is since when, or one of the two is of what was before; "from May to June" is a time.

    Before what an amount comes matters nothing to the day on which it was so: "less than the 9% imposed in May".
    """
    date_links, links = _links_to(when, word), [] if _describes(when, word) else _links_to(word, when)
    led = _FIGURES.origins if span else _FIGURES.closings
    bounds = [link for link in date_links if not led.fullmatch(link)]
    return any(_FIGURES.bounds.fullmatch(link) for link in (*bounds, *links))


def _describes(when: Token, word: Token) -> bool:
    """Whether a date is in a clause that describes an amount or what it is of: "the 9% it imposed in 2030"."""
    verb = governor(when)
    if verb is None or verb.dep_ not in {"relcl", "acl"}:
        return False
    return word in climb(verb.head) or verb.head in takewhile(
        lambda step: step.pos_ in _NOMINALS, climb(word)
    )


def _joined_in_time(first: Token | None, second: Token | None) -> bool:
    """Whether a clause goes on with the one before it in the same tense, and so in its time."""
    if first is None or second is None or second.dep_ != "conj":
        return False
    return second.head == first and tense(first) == tense(second)


def _links_to(word: Token, other: Token) -> list[str]:
    """The prepositions that lead up from a word to what it shares with another."""
    shared = set(climb(other))
    steps = takewhile(lambda step: step not in shared, climb(word))
    return [step.text for step in steps if step.dep_ in {"prep", "agent"}]


def _told_of(noun: Token) -> Token:
    """A noun, or what its clause is about where it only names a change: "after a 9% drop"."""
    verb = governor(noun) if _way(noun) and not list(noun.rights) and noun.dep_ == "pobj" else None
    return (_undergoes(verb, noun) if verb is not None else None) or noun


def _part_of(word: Token, kinds: Collection[str] = NOUNS) -> Token | None:
    """What an amount is a part of: "40% of exports", "$5 million worth of tea"."""
    while word.dep_ in {"nummod", "quantmod", "npadvmod", "compound", "nmod"} and _FIGURES.worth.fullmatch(
        word.head.text
    ):
        word = word.head
    of = (child for child in word.rights if child.dep_ == "prep" and _FIGURES.holders.fullmatch(child.text))
    things = (thing for link in of for thing in link.children if thing.dep_ == "pobj")
    return next((thing for thing in things if thing.pos_ in kinds), None)


def _changing(change: Token, amount: Token) -> Token | None:
    """What a noun of change is the change of: "a rise in prices"."""
    if not _way(change):
        return None
    links = (c for c in change.rights if c.dep_ == "prep" and _FIGURES.matters.fullmatch(c.text))
    things = (thing for link in links for thing in link.children if thing.dep_ == "pobj")
    return next((thing for thing in things if thing != amount and thing.pos_ in NOUNS), None)


def _undergoes(verb: Token, amount: Token) -> Token | None:
    """What a verb is about: its object where the amount is beside that, or else its subject, however it is told."""
    seen = verb
    for _ in range(_MOST_VERBS):
        objects = [c for c in seen.children if c.dep_ == "dobj" and c != amount and c.pos_ in NOUNS]
        subjects = [c for c in seen.children if c.dep_ in SUBJECTS]
        off = next((c for c in seen.children if c.dep_ == "prep" and _FIGURES.off.fullmatch(c.text)), None)
        taken_from = [c for c in off.children if c.pos_ in NOUNS and c != amount] if off is not None else []
        if seen == verb and (objects or taken_from):
            return (taken_from or objects)[0]
        if subjects:
            relative = seen.dep_ == "relcl" and subjects[0].tag_ in {"WDT", "WP"}
            return seen.head if relative else subjects[0]
        if seen.dep_ in {"acl", "relcl"}:
            return seen.head
        if seen.head == seen or seen.dep_ not in {"xcomp", "advcl", "conj", "pcomp", "prep"}:
            return None
        above = governor(seen.head)
        if above is None:
            return None
        seen = above
    return None


def _last(noun: Token, amounts: set[int]) -> Token:
    """The last word of a noun phrase: of the nouns that follow on it without a break, amounts passed over."""
    end = reached = noun
    hung = (child for child in noun.head.rights if child.i > noun.i) if noun.dep_ == "dobj" else ()
    for child in (*noun.rights, *hung):
        if child.left_edge.i != reached.i + 1 or child.dep_ not in _FOLLOWING:
            break
        reached = child
        thing = next((c for c in child.children if c.dep_ == "pobj"), None) if child.dep_ == "prep" else child
        if thing is None or thing.pos_ not in _NOMINALS:
            continue
        if thing.i in amounts:
            reached = thing
        else:
            end = reached = _last(thing, amounts)
    return end


def _measure(quantity: Quantity, near: str, subject: str, grows: bool, share: bool) -> str:
    """What kind of quantity it is, from its unit, from what is measured, and from the words beside it."""
    if is_duration(quantity):
        return "duration"
    if share:
        return "share"
    if quantity.unit in {"%", "[pp]"}:
        told = any(row.words.search(subject) for row in _FIGURES.measures)
        words = subject if grows or told else near
        if row := next((row for row in _FIGURES.measures if row.words.search(words)), None):
            return row.name if quantity.unit == "%" else row.points
        moves = grows or quantity.unit == "[pp]" or any(row.words.search(near) for row in _FIGURES.directions)
        return "growth_rate" if moves else "other"
    if is_money(quantity):
        return "commitment" if _FIGURES.commitment.search(near) else "trade_value"
    return "count" if quantity.unit == "1" else "trade_volume"


def propose(annotated: Annotated, parties: frozenset[str]) -> list[FigureProposal]:
    proposals = []
    text = annotated.text
    for sentence in annotated.body:
        reader = _Reader(annotated, sentence)
        if not reader.quantities:
            continue
        reporter = _REPORTER.search(sentence.text)
        quote, at = annotated.quote(sentence.start, sentence.end)
        for quantity in reader.quantities:
            if not reader.in_scope(quantity):
                continue
            span = reader.clause(quantity)
            near = text[max(quantity.start - _NEAR, span.start) : min(quantity.end + _NEAR, span.end)]
            period = reader.period(quantity)
            base = reader.base(quantity)
            move = reader.move(quantity)
            subject = reader.subject(quantity)
            as_written, amount_at = annotated.quote(quantity.start, quantity.end)
            proposals.append(
                FigureProposal(
                    quote=quote,
                    at=at,
                    as_written=as_written,
                    amount_at=amount_at,
                    subject=subject,
                    measure=_measure(quantity, near, subject, reader.grows(quantity), reader.share(quantity)),
                    status=reader.status(quantity),
                    period_words=period.text if period and not (base and period.text in base) else None,
                    direction=move.way,
                    comparison_base=base,
                    reported_by=(reporter["who"] or reporter["lead"]) if reporter else None,
                )
            )
    return proposals


def _amount(verifier: Verifier, proposal: FigureProposal, span: Span) -> tuple[Quantity, Span]:
    """The quantity as its sentence writes it, "over" and unit included, and where. Raises Unproven.

    "145" does not prove a count where the text says "145%", nor "5 million" a half where it says "2.5 million".
    """
    words, at = proposal.as_written, proposal.amount_at
    own = verifier.annotated.read(Span(at, at + len(words))) if at is not None else None
    for known in touching(verifier.annotated.quantities, own.start, own.end) if own else ():
        if own == Span(known.start, known.end):
            return known, own
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


def _nearest_date(verifier: Verifier, words: str, paragraph: Span, place: Span) -> FuzzyDate:
    """The date that words of a paragraph mean, at the place that is nearest to a figure. Raises Unproven.

    A date behind "through" is the end of a time whose beginning is not told.
    """
    verifier.stands(words, "the period", paragraph)
    dates = inside(verifier.annotated.dates, paragraph.start, paragraph.end)
    same = (date for date in dates if plain(date.text) == plain(words))
    nearest = min(same, key=lambda date: abs(date.start - place.start), default=paragraph)
    date, at = verifier.date(words, Span(nearest.start, nearest.end))
    start = max(at.start - _WORDS_BACK, paragraph.start)
    closes = _CLOSES.search(verifier.words(Span(start, at.start)))
    if closes is None or date.edtf is None or "/" in date.edtf:
        return date
    return fuzzy_date(f"../{date.edtf}", date.text, date.basis, date.anchor)


def _key(verifier: Verifier, place: Span, span: Span) -> str:
    """What tells a figure from others of its sentence: its words, and which of the places of these it is."""
    written = verifier.source(place)
    before = verifier.words(Span(span.start, max(place.start, span.start))).count(verifier.words(place))
    return f"{written}|{before}" if before else written


def _judged(verifier: Verifier, proposal: FigureProposal, quantity: Quantity, place: Span) -> _Judged:
    """Which way it goes and how firm it is: as the grammar has it where that tells, or else as proposed.

    What was proposed is kept where its words stand in the clause. What our own rules propose they have read.
    """
    if proposal.amount_at is not None:
        return _Judged(proposal.direction, proposal.status)
    reader = _Reader(verifier.annotated, verifier.annotated.sentence_at(place.start))
    move, status = reader.move(quantity), reader.status(quantity)
    clause = verifier.words(reader.clause(quantity))
    supported = any(row.name == proposal.status and row.words.search(clause) for row in _FIGURES.statuses)
    return _Judged(
        move.way or (None if move.former else proposal.direction),
        proposal.status if status == "actual" or supported else status,
    )


def _limit(verifier: Verifier, quantity: Quantity, place: Span) -> Comparator:
    """The limit as its clause has it: what is not to fall below 5% is 5% or more. Raises Unproven where denied."""
    turned = _NOT_SO.get(quantity.comparator)
    parsed = verifier.annotated.parsed(place) if turned else None
    if turned and parsed is not None and negated(parsed, through=1):
        own = lexicon.modality.not_before.search(verifier.words(place))  # "nor more than 18%"
        return turned if own is None and negated(parsed) else quantity.comparator
    verifier.affirmed(place)
    return quantity.comparator


def verify(verifier: Verifier, proposal: FigureProposal) -> Figure:
    span = verifier.quoted(proposal)
    quantity, place = _amount(verifier, proposal, span)
    limit = _limit(verifier, quantity, place)
    subject = verifier.stands(proposal.subject, "what is measured", verifier.sentence(place))
    paragraph = verifier.paragraph(span)
    base = proposal.comparison_base and verifier.stands(
        proposal.comparison_base, "the comparison base", paragraph
    )
    reporter = proposal.reported_by and verifier.stands(proposal.reported_by, "who reported it")
    words = proposal.period_words
    judged = _judged(verifier, proposal, quantity, place)
    whole = joined(span, place)
    return Figure(
        **verifier.shared("figure", whole, _key(verifier, place, whole), place=place),
        value=quantity.value,
        value_high=quantity.value_high,
        comparator=limit,
        unit=amount_unit(quantity),
        as_written=verifier.source(place),
        measure=proposal.measure,
        subject=subject,
        period=_nearest_date(verifier, words, paragraph, place) if words else None,
        direction=judged.direction,
        comparison_base=base or None,
        status=judged.status,
        reported_by=reporter or None,
    )
