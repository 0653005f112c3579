"""How an amount stands in its sentence: which way it goes, how firm it is, what it is of, whose and on whom, and when.

Read in the parse, by what governs it, not by the words that are near it; by words where there is no parse.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from pipeline.documents.document import Span, inside, touching
from pipeline.language.annotate import Annotated, DateMention, Sentence
from pipeline.language.clauses import (
    NOUNS,
    SUBJECTS,
    VERBS,
    clause_of,
    climb,
    controllers,
    governor,
    helpers,
    passive,
    tense,
    told_with,
)
from pipeline.language.lexicons import Row, classify, lexicon
from pipeline.language.parties import without_parties
from pipeline.language.quantities import Quantity, is_duration, is_money
from schemas.vocabulary import Comparator, Direction, FigureStatus

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

_FIGURES = lexicon.figures
_LABEL = re.compile(rf"(?:\b{_FIGURES.labels.any}\s*|[A-Z#&/]\s?|\b[GFQL]-?)$")
_OF_WHOLE = re.compile(rf"\s+{_FIGURES.of_whole.any}\s+(?=\S)", re.IGNORECASE)
_PART_OF = re.compile(rf"(?P<part>\w)\s+{_FIGURES.of_whole.any}\s+$", re.IGNORECASE)
_TARIFF = next(row.words for row in _FIGURES.measures if row.name == "tariff_rate")
_BEFORE = 500
"""So many characters before a sentence a duty may be named that it tells the rate of: "Cairo threatened 25%"."""
_LABEL_BACK = 20
_SCENE = re.compile(rf"\b{_FIGURES.scene.any}\s+$", re.IGNORECASE)
_SCENE_BACK = 60
_DAYS_OR_MORE = {"d", "wk", "mo", "a"}
_TERM = re.compile(rf"[ -]{_FIGURES.reprieves.any}\b", re.IGNORECASE)
_IN_FORCE = re.compile(
    rf"(?:\s\w+){{0,3}}\s{_FIGURES.in_force.any}\b|\s{_FIGURES.at_present.any}\b", re.IGNORECASE
)
_WORTH = re.compile(r"\sworth\s$")
_AGE = re.compile(r"[- ]old\b| ago\b")
_YEARS = range(1900, 2101)
_ONE = re.compile(r"\b(?:only|just|no more than)\s+$", re.IGNORECASE)
_CUT = re.compile(rf"; |, {_FIGURES.contrasts.any}\b|—")
_OF = re.compile(rf"\s*(?:{_FIGURES.measured.any} )?(?:of|on|in) ")
_ON = re.compile(r"\s+on\s+")
_BREAK = re.compile(r"[,;:]\s+(?:(?:and|but|while|whereas)\s+)?|\s(?:and|but|while|whereas)\s+")
_THAT_OF = re.compile(r"^(?:that|those) (?:on|of|for) ")
_SHORT_PHRASE = 6
_LONGEST_CLAUSE = 120
_BOUNDED = {"lt", "lte", "gt", "gte"}
_LEADS_TO = re.compile(r"\s(?:to|at|by)\s*$")
_PLAIN_WORD = re.compile(r"[^\W\d_]{3,}")
_BESIDE_PARTICIPLE = re.compile(r",?\s(?:now |currently |today |still )?")
_FROM_MONTH = re.compile(rf"from {lexicon.calendar.month}", re.IGNORECASE)
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
_COMPARED = re.compile(r"…\s+\w+\s+than\b")
_BESIDE = re.compile(rf"\b(?P<way>\w+)\s+(?P<at>{_FIGURES.amounts.any}\s+)?$", re.IGNORECASE)
_NOW = re.compile(
    rf"(?:,|\bis|\bare) (?:now|{_FIGURES.existing.any}|{_FIGURES.at_present.any})(?: at)? $", re.IGNORECASE
)
_INSTEAD = re.compile(
    rf"\b{_FIGURES.replaced.any}\s+(?:(?:the|its|their|an?)\s+)?(?:{_FIGURES.existing.any}\s+)?$",
    re.IGNORECASE,
)
_ONE_WORD = re.compile(r"\s+(?P<word>\w+)\s+")
_WORD_BACK = 12
_WORDS_BACK = 30
_NEXT_WORD = 3
_NEAR = 60
_COUNTED_WITHIN = 6
_LONGEST_SUBJECT = 90
_STOPS = {"VERB", "ADP", "AUX", "PRON", "SCONJ", "CCONJ", "DET", "PUNCT"}
_NOMINALS = {*NOUNS, "NUM", "SYM"}
_PARTS = {"nummod", "compound", "amod", "nmod", "quantmod", "poss"}
_RELATIVE = {"WP$"}
_OWN_CLAUSE = {"ROOT", "conj", "ccomp"}
_THIS = {"this", "it", "that", "them", "these"}
_SIGNS = {"%", "$", "per", "cent", "percent"}
_JOINED = {"conj", "appos"}
_COMPLEMENTS = {"dobj", "npadvmod", "attr", "oprd", "dep", "advmod", "acomp", "dative"}
_ACTED_ON = {"dobj", "nsubjpass"}
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


_APART = re.compile(r"[,;:()]|\s[–—-]\s")
FORTUNES: frozenset[FigureStatus] = frozenset({"suspended", "withdrawn"})
"""What becomes of a measure that ends, for a time or for good."""
_ENDS = tuple(row for row in _FIGURES.fortunes if row.name in FORTUNES)
NOT_SO: dict[Comparator, Comparator] = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}
"""What a limit comes to that is denied."""


def comes_from(text: str, start: int, at: int) -> bool:
    """Whether a change begins with what stands at a place: the 5% of "from 5% to 7%". `start`: where to look from."""
    return _FROM.search(text, max(at - _WORD_BACK, start), at) is not None


class Move(NamedTuple):
    """Which way an amount goes; `former`: it is the amount before a change, which has no way of its own."""

    way: Direction | None = None
    former: bool = False


_STILL = Move()
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


def _move(word: Token, counted: bool, percent: bool) -> Move:
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
                return Move(former=True)
            if _FIGURES.missed.fullmatch(over.text):
                return _STILL
            if not _FIGURES.holders.fullmatch(head.text):
                amount = _FIGURES.amounts.fullmatch(head.text) and preposition.i > over.i
                passing = not (counted or held) and _FIGURES.ends.fullmatch(head.text) is not None
                return Move(_change_over(over, passing, _parted(preposition))) if amount else _STILL
            if way := (_fate(over) if held else _way(over)):
                return Move(way)
            word, held = over, True
        elif word.dep_ in _JOINED:
            word = head
        elif word.dep_ in _PARTS:
            if way := _way(head):
                return Move(way)
            word, held = head, True
        elif held and word.dep_ in _HOLDING:
            way = _fate(head) if word.dep_ != "nsubj" or _fate(head) == "level" else None
            return Move(way, former=not way and _way(head) is not None)
        elif word.dep_ in _COMPLEMENTS:
            way = _way(head) or _arrived(head) or (_fate(head) if percent else None)
            return Move(None if way == "level" and word.dep_ == "dobj" else way)
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


def _over(word: Token, quantity: Quantity) -> list[Token]:
    """An amount and what it stands under, without the thing that it counts: one agreement is not agreed by its name."""
    counted = word.head if quantity.unit == "1" and word.dep_ in _PARTS else None
    return [step for step in climb(word) if step != counted]


def _status(word: Token, steps: Iterable[Token], tariff: bool, allowed: bool, reached: bool) -> FigureStatus:
    """How firm an amount is, by the nearest word above it that tells (`steps`); what has happened is as it is.

    `tariff`: it is decided, and does not come about; `allowed`: "not more than" so much; `reached`: the end of a
    change.
    """
    if _owned(word):
        return "actual"
    own, past = governor(word), False
    if foretold := _foretold(word, own):
        return foretold
    below: list[Token] = []
    for step in steps:
        bound = step.dep_ == "pobj" and _FIGURES.bounds.fullmatch(step.head.text)
        if bound and not (reached and _FIGURES.origins.fullmatch(step.head.text)):
            return "actual"
        told = " ".join(part.text for part in (*told_with(step), *below))
        below = [step] if step.dep_ == "prep" else []
        row = next((row for row in _FIGURES.statuses if row.words.search(told)), None)
        if row is not None and (row.name == "estimated" or not past):
            return row.name
        past = past or (step == own and _timed(step) and tense(step) == "past" and not _did_not_come(step))
    return "actual" if past or own is None else _planned(own, word, tariff, allowed)


def _planned(verb: Token, amount: Token, tariff: bool, allowed: bool) -> FigureStatus:
    """How firm that is which a verb tells without saying so: what comes about is foreseen, what is done was decided."""
    told = " ".join(part.text for part in _told_through(verb))
    if _did_not_come(verb):
        return "threatened" if tariff or _FIGURES.charging.fullmatch(verb.text) else "proposed"
    conditional = any(_fails(child) for child in verb.children if child.dep_ == "advcl")
    ahead = _FIGURES.to_come.search(told) or (tense(verb) != "past" and not _has_it(verb, amount))
    if tariff and conditional and ahead:
        return "threatened"
    foreseen = not tariff and _comes_about(verb, amount)
    unsure = _FIGURES.supposed.search(told) or _FIGURES.possible.search(told)
    puts_on = _FIGURES.puts_on.fullmatch(verb.text)
    if unsure and tariff and puts_on and any(map(_is_condition, verb.children)):
        return "threatened"
    if unsure and tariff and verb.tag_ == "VB" and _way(verb) == "up" and _comes_about(verb, amount):
        return "threatened"
    if _FIGURES.supposed.search(told):
        return "proposed"
    if _FIGURES.possible.search(told) and not allowed:
        return "forecast" if foreseen else "proposed"
    if not _FIGURES.to_come.search(told):
        return "actual"
    return "forecast" if foreseen else "agreed"


def _is_condition(clause: Token) -> bool:
    """Whether a clause says under what condition: "if it goes ahead with its tax"."""
    return clause.dep_ == "advcl" and any(
        child.dep_ == "mark" and child.lower_ in lexicon.modality.if_ever for child in clause.children
    )


def _did_not_come(verb: Token) -> bool:
    """Whether a verb tells what was only to be: "would have been charged 25%", "was to rise to 25%"."""
    told = [word.lower_ for word in helpers(verb)]
    above = verb.head
    planned = verb.dep_ == "xcomp" and "to" in told and above.lower_ in _FIGURES.was_to
    return planned or ("have" in told and bool(_FIGURES.supposed.search(" ".join(told))))


def _has_it(verb: Token, amount: Token) -> bool:
    """Whether an amount is that of what does something: "the duty of 12% expires"."""
    return any(amount in child.subtree for child in verb.children if child.dep_ in SUBJECTS)


def _foretold(word: Token, verb: Token | None) -> FigureStatus | None:
    """How firm an amount is by what has it, or by what was said of it: "cut its forecast to 5%", "the 5% expected"."""
    of_it = [child.text for child in word.rights if child.dep_ == "relcl"]  # "the 35% that it had threatened"
    threat = next(row.words for row in _FIGURES.statuses if row.name == "threatened")
    if any(map(threat.fullmatch, of_it)):
        return "threatened"
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


def _realised(verb: Token) -> bool:
    """Whether a verb tells what is or was so: neither what is to come, nor what somebody wants, nor what is not."""
    told = list(helpers(verb))
    wished = any(word.lower_ == "be" and word.tag_ == "VB" for word in told)  # "asked that it be removed"
    if (
        wished
        or any(word.tag_ in {"MD", "TO"} for word in told)
        or any(c.dep_ == "neg" for c in verb.children)
    ):
        return False
    plain_form = not verb.text.endswith(("ed", "s"))  # its tag may be that of a past
    if verb.dep_ == "ccomp" and plain_form and _FIGURES.wanting.fullmatch(verb.head.text):
        return False
    return verb.tag_ in _FINITE or (verb.tag_ == "VBN" and bool(told))


def _end(word: Token) -> FigureStatus | None:
    """What a word says has become of a measure: that it is suspended, or withdrawn."""
    behind = next((f"{word.text} {child.text}" for child in word.children if child.dep_ == "prt"), word.text)
    told = {word.text, behind}
    return next((row.name for row in _ENDS if any(map(row.words.fullmatch, told))), None)


def _held_by_of(word: Token) -> bool:
    return word.dep_ == "pobj" and _FIGURES.holders.fullmatch(word.head.text) is not None


def _fails(clause: Token) -> bool:
    """Whether a clause tells what happens without a deal: "if no deal is reached", "unless they agree"."""
    mark = next((child.lower_ for child in clause.children if child.dep_ == "mark"), "")
    if not mark and any(word.i == clause.left_edge.i for word in helpers(clause)):
        mark = next(iter(_FIGURES.conditions))  # "had the talks failed"
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


class AmountReader:
    """A sentence with what each of its figures asks of it; it keeps what it told, for it is asked again and again."""

    def __init__(self, annotated: Annotated, sentence: Sentence) -> None:
        self._annotated = annotated
        self.text = annotated.text
        self.sentence = sentence
        self.quantities = inside(annotated.quantities, sentence.start, sentence.end)
        self.dates = inside(annotated.dates, sentence.start, sentence.end)
        self._roots: dict[tuple[int, int], Token | None] = {}
        self._moves: dict[Quantity, Move] = {}
        self._subjects: dict[tuple[Quantity, int], str] = {}

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
            amount = self._is_of_amount(chunk.root)
            if not (amount or _FIGURES.pronouns.fullmatch(text) or touching(self.dates, start, end)):
                tariff = _FIGURES.tariff.search(text) is not None
                chunks.append(
                    _Chunk(start, end, text, tariff, chunk.root.dep_ in SUBJECTS, chunk.root.dep_ == "pobj")
                )
        return chunks

    def _is_of_amount(self, noun: Token) -> bool:
        at = noun.idx + self.sentence.shift
        return bool(touching(self.quantities, at, at + len(noun)))

    def root(self, start: int, end: int) -> Token | None:
        """The word that a quantity or a date hangs by; None outside of prose."""
        place = start, end
        if place not in self._roots:
            words = self._parsed(start, end)
            self._roots[place] = _root(words) if words is not None else None
        return self._roots[place]

    def _verb(self, quantity: Quantity) -> Token | None:
        """The nearest verb above a quantity; None outside of prose."""
        word = self.root(quantity.start, quantity.end)
        return governor(word) if word is not None else None

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

    def move(self, quantity: Quantity) -> Move:
        """Which way an amount goes, by its grammar; a growth of less than nothing is a fall."""
        if quantity not in self._moves:
            move = self._from_to(quantity) or self._governed(quantity)
            self._moves[quantity] = Move(_TURNED[move.way], move.former) if quantity.value < 0 else move
        return self._moves[quantity]

    def _from_to(self, quantity: Quantity) -> Move | None:
        """ "From 5% to 7%": the first is the amount before, the second says by itself which way that goes."""
        index = bisect_left(self.quantities, quantity.start, key=lambda known: known.start)
        if self.quantities[index : index + 1] != [quantity]:
            return None
        after = self.quantities[index + 1 : index + 2]
        if after and self._is_change(quantity, after[0]):
            return Move(former=True)
        before = self.quantities[index - 1] if index else None
        if before is None or not self._is_change(before, quantity) or before.value == quantity.value:
            return None
        return Move("up" if quantity.value > before.value else "down")

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
        allowed = quantity.comparator in NOT_SO and lexicon.modality.not_before.search(own) is not None
        return _status(word, _over(word, quantity), tariff, allowed, reached)

    def named(self, quantity: Quantity) -> set[FigureStatus]:
        """The statuses that words of the clause of an amount name, whatever they govern."""
        clause = self.clause(quantity)
        instead = _INSTEAD.search(self.text, max(quantity.start - _WORDS_BACK, clause.start), quantity.start)
        words = self.text[instead.start() if instead else clause.start : clause.end]
        return {row.name for row in (*_FIGURES.statuses, *_FIGURES.fortunes) if row.words.search(words)}

    def named_status(self, quantity: Quantity) -> FigureStatus | None:
        """The status that a word names which governs an amount and is not parted from it."""
        word = self.root(quantity.start, quantity.end)
        if word is None or self.move(quantity).former or _owned(word) or self.replaced(quantity):
            return None
        for step in _over(word, quantity):
            told = " ".join(part.text for part in told_with(step))
            row = next((row for row in _FIGURES.statuses if row.words.search(told)), None)
            if row is None:
                continue
            first, last = sorted((step.idx + self.sentence.shift, quantity.start))
            return None if _APART.search(self.text, first, last) else row.name
        return None

    def replaced(self, quantity: Quantity) -> bool:
        """Whether an amount is what another takes the place of, or is compared with: "5%, in place of 9%"."""
        back = max(quantity.start - _WORDS_BACK, self.sentence.start)
        return _INSTEAD.search(self.text, back, quantity.start) is not None

    def fortune(self, quantity: Quantity) -> FigureStatus | None:
        """What became of the thing that has an amount: "the 10% duty was suspended", "they scrapped a levy of 5%"."""
        word = self.root(quantity.start, quantity.end)
        if word is None:
            return None
        while word.dep_ in _PARTS or (word.dep_ == "pobj" and _FIGURES.holders.fullmatch(word.head.text)):
            word = word.head if word.dep_ in _PARTS else word.head.head
            over = [word.head] if word.dep_ in _HOLDING else []
            for told in (word, *over, *(child for child in word.children if child.dep_ in {"acl", "relcl"})):
                ended = _end(told)
                if ended and not any(child.dep_ == "neg" for child in told.children):
                    return ended
        return None

    def parted(self, quantity: Quantity) -> bool:
        """Whether a comma or the like stands between an amount and the verb above it."""
        verb = self._verb(quantity)
        if verb is None:
            return False
        first, last = sorted((verb.idx + self.sentence.shift, quantity.start))
        return _APART.search(self.text, first, last) is not None

    def holds(self, quantity: Quantity) -> bool:
        """Whether words say outright that an amount applies now."""
        word = self.root(quantity.start, quantity.end)
        after = _IN_FORCE.match(self.text, quantity.end, self.sentence.end) is not None
        owned = word is not None and _owned(word)
        return after or owned or self.stays(quantity) or self.at_present(quantity)

    def at_present(self, quantity: Quantity) -> bool:
        """Whether its verb says that an amount is what is charged now: "is currently charged 9%"."""
        verb = self._verb(quantity)
        if _NOW.search(self.text, max(quantity.start - _WORDS_BACK, self.sentence.start), quantity.start):
            return True
        if verb is None or not _realised(verb) or not (_is_levying(verb) or _bears(verb)):
            return False
        return any(
            _FIGURES.existing.fullmatch(child.text) for child in verb.children if child.dep_ == "advmod"
        )

    def stays(self, quantity: Quantity) -> bool:
        """Whether a thing that has an amount is kept, or is in force: "kept a 9% duty", "the 9% duty remains"."""
        verb = self._done_to(quantity) or self._kept_at(quantity)
        if verb is None or not _realised(verb):
            return False
        told = [child.text for child in verb.children if child.dep_ in {"acomp", "oprd", "attr"}]
        phrases = [child for child in verb.children if child.dep_ == "prep"]
        applies = any(_FIGURES.applying.fullmatch(self._phrase_of(phrase)) for phrase in phrases)
        lost = any(row.words.search(" ".join(told)) for row in _ENDS)
        return (_fate(verb) == "level" or applies) and not lost

    def _kept_at(self, quantity: Quantity) -> Token | None:
        """The verb by which a measure stays as it is: "the duty stays at 9%"."""
        word = self.root(quantity.start, quantity.end)
        if (
            word is None
            or word.dep_ != "pobj"
            or word.head.dep_ != "prep"
            or word.head.head.pos_ not in VERBS
        ):
            return None
        verb = word.head.head
        subjects = [child for child in verb.children if child.dep_ in SUBJECTS]
        return verb if _fate(verb) == "level" and any(map(_is_levied, subjects)) else None

    def moves_on(self, quantity: Quantity) -> bool:
        """Whether the sentence itself tells a change that an amount is of: "the levy will rise to 9%"."""
        verb = self._verb(quantity) if self.move(quantity).way else None
        return verb is not None and verb.dep_ in {"ROOT", "conj"} and _way(verb) is not None

    def lost(self, quantity: Quantity) -> FigureStatus | None:
        """What was done to the measure that has an amount: "suspended its 9% levy"."""
        verb = self._done_to(quantity)
        acted_on = [child for child in verb.children if child.dep_ in _ACTED_ON] if verb is not None else []
        if verb is None or not _realised(verb) or not any(map(_is_levied, acted_on)):
            return None
        return _end(verb)

    def of_others(self, quantity: Quantity) -> set[FigureStatus]:
        """What became only of other measures of the sentence: "the first was suspended, this stays"."""
        own, tokens, done = self.thing(quantity), self.sentence.tokens, self._done_to(quantity)
        undone = done is not None and any(child.dep_ == "neg" for child in done.children)
        if own is None or tokens is None or undone:
            return set()
        elsewhere: list[str] = []
        for verb in tokens:
            things = [child for child in verb.children if child.dep_ in _HOLDING and _is_levied(child)]
            if verb.pos_ in VERBS and things and own not in things:
                elsewhere.append(verb.text)
        return {
            row.name
            for row in _ENDS
            if (found := [match[0] for match in row.words.finditer(self.sentence.text)])
            and not Counter(found) - Counter(elsewhere)
        }

    def given(self, quantity: Quantity) -> bool:
        """Whether an amount names a measure that is there already: "the removal of the 5% duty"."""
        word = self.root(quantity.start, quantity.end)
        while word is not None and word.dep_ in _PARTS:
            word = word.head
        if word is None or not _is_levied(word) or not self.sentence.start < word.idx + self.sentence.shift:
            return False
        definite = any(
            child.dep_ == "det" and lexicon.modality.definite.fullmatch(child.text) for child in word.children
        )
        return definite and quantity.end <= word.idx + self.sentence.shift

    def happened(self, quantity: Quantity) -> bool:
        """Whether the sentence itself tells that an amount came about: "exports reached $9 billion"."""
        word = self.root(quantity.start, quantity.end)
        verb = governor(word) if word is not None else None
        if word is None or verb is None or verb.dep_ not in {"ROOT", "conj"} or not _realised(verb):
            return False
        return _comes_about(verb, word) and tense(verb) == "past" and not self.parted(quantity)

    def altered(self, quantity: Quantity) -> bool:
        """Whether a verb changes a measure to an amount: "lowered its duty to 9%"."""
        verb = self._verb(quantity)
        acted_on = [child for child in verb.children if child.dep_ in _ACTED_ON] if verb is not None else []
        changes = verb is not None and (_way(verb) is not None or _is_levying(verb))
        return changes and any(map(_is_levied, acted_on))

    def is_over(self, quantity: Quantity) -> bool:
        """Whether a past verb tells an amount of a time that has passed: "imported 9 tonnes in 2030"."""
        verb, period = self._verb(quantity), self.period(quantity)
        moved = verb is not None and verb.dep_ in _OWN_CLAUSE and _realised(verb) and self._from_to(quantity)
        if (
            verb is not None
            and moved
            and any(one.lower_ in lexicon.modality.perfect for one in helpers(verb))
        ):
            return True  # "had been raised from 5% to 9%"
        anchor = self._annotated.context.anchor
        if verb is None or period is None or anchor is None or not period.date.latest:
            return False
        past = verb.tag_ == "VBD" or any(one.tag_ == "VBD" for one in helpers(verb))
        beside = (
            verb.dep_ == "ccomp"
            and verb.i < verb.head.i
            and not lexicon.modality.says.fullmatch(verb.head.text)
        )
        told = (verb.dep_ in {"ROOT", "conj"} or beside) and past and _realised(verb)
        return told and period.date.latest < anchor.isoformat()

    def to_be_done(self, quantity: Quantity) -> bool:
        """Whether an amount is in what somebody has agreed to do: "agreed to cut duties by 9%"."""
        verb = self._verb(quantity)
        return verb is not None and verb.dep_ == "xcomp" and any(one.tag_ == "TO" for one in helpers(verb))

    def keeps(self, quantity: Quantity) -> bool:
        """Whether somebody keeps the thing that has an amount, or will: "it will keep the 2% levy"."""
        verb = self._done_to(quantity)
        return (
            verb is not None and _fate(verb) == "level" and _FIGURES.keeping.fullmatch(verb.text) is not None
        )

    def possible(self, quantity: Quantity) -> bool:
        """Whether the verb of an amount says that it might be, not that it is allowed: "we could lower it to 5%"."""
        verb = self._verb(quantity)
        modals = [one.text for one in helpers(verb)] if verb is not None else []
        told = any(_FIGURES.possible.fullmatch(modal) for modal in modals)
        return told and not _FIGURES.allowing.intersection(modals) and quantity.comparator not in NOT_SO

    def to_come(self, quantity: Quantity) -> bool:
        """Whether the verb of an amount lies ahead, and does not only go on: "trade will reach $9 billion"."""
        verb = self._verb(quantity)
        ahead = verb is not None and any(one.lower_ in lexicon.modality.will for one in helpers(verb))
        return ahead and verb is not None and not self.parted(quantity) and _fate(verb) != "level"

    def spared(self, quantity: Quantity) -> bool:
        """Whether what would end an amount has not been done: "asks it to scrap its fee", "will suspend its levy"."""
        verb = self._done_to(quantity)
        ends = verb is not None and (_end(verb) is not None or _fate(verb) == "down")
        return ends and verb is not None and not _realised(verb)

    def not_ended(self, quantity: Quantity) -> bool:
        """Whether the end of a measure is denied: "has not suspended its 9% charge"."""
        verb = self._done_to(quantity)
        return verb is not None and _end(verb) is not None and any(c.dep_ == "neg" for c in verb.children)

    def askers(self, quantity: Quantity) -> list[str]:
        """The parties that ask another to end the measure which has an amount."""
        verb = self._done_to(quantity)
        above = governor(verb.head) if verb is not None and self.asked_to_end(quantity) else None
        return self._parties(controllers(above)) if above is not None else []

    def asked_to_end(self, quantity: Quantity) -> bool:
        """Whether somebody only asks that a measure be ended: "asked it to scrap its 9% fee"."""
        verb = self._done_to(quantity)
        above = governor(verb.head) if verb is not None and verb.head != verb else None
        return (
            above is not None
            and self.spared(quantity)
            and bool(lexicon.modality.demands.fullmatch(above.text))
        )

    def _done_to(self, quantity: Quantity) -> Token | None:
        """The verb that tells what becomes of the thing that has an amount, or of the amount itself."""
        word = self.root(quantity.start, quantity.end)
        while word is not None and (word.dep_ in _PARTS or _held_by_of(word)):
            if word.dep_ == "pobj" and word.head.head.pos_ in VERBS:
                return word.head.head  # "keep the levy of 2%", as it is often read
            word = word.head.head if word.dep_ == "pobj" else word.head
        thing = self.thing(quantity)
        if word is not None and word.dep_ not in _HOLDING and thing is not None and _is_levied(thing):
            right_before = 0 < thing.idx + self.sentence.shift - quantity.end < _NEXT_WORD
            word = (
                thing if right_before else word
            )  # of "5 per cent tariff", where "per" is read as a preposition
        return word.head if word is not None and word.dep_ in _HOLDING and word.head.pos_ in VERBS else None

    @staticmethod
    def _phrase_of(preposition: Token) -> str:
        return " ".join(word.text for word in (preposition, *preposition.children) if word.dep_ != "det")

    def imposers(self, quantity: Quantity) -> list[str]:
        """The parties that an amount is a measure of, by who has it ("Norway’s duty") or does it ("Norway charges")."""
        word = self.root(quantity.start, quantity.end)
        if word is None:
            return []
        thing = _measured(word)
        for step in ([thing] if thing is not None else []) + [word, *word.ancestors]:
            if _is_levied(step) and (owners := self._parties(_owners(step)) or self._kind_of(step)):
                return owners
            if step.pos_ in VERBS:
                return self._imposing(step)
        return []

    def _imposing(self, verb: Token) -> list[str]:
        """The parties that do what a verb tells, if that is to set a measure, or in whose country it is borne."""
        held = [child for child in verb.children if child.dep_ in _HOLDING]
        if _bears(verb):
            where = (c for c in verb.subtree if c.dep_ == "prep" and c.lower_ in {"in", "into"})
            places = {one for link in where for one in link.children if one.dep_ == "pobj"}
            places |= {child for child in held if child.dep_ == "dobj" and not _is_levied(child)}
            return self._parties(sorted(places))
        moved = (_way(verb) or _fate(verb)) and any(
            _is_levied(child) or (child.dep_ == "dobj" and child.lower_ in _THIS) for child in held
        )
        given = _FIGURES.giving.fullmatch(verb.text) and any(
            _FIGURES.allotted.fullmatch(c.text) for c in held
        )
        return (
            self._parties(controllers(verb))
            if moved or given or _FIGURES.imposing.fullmatch(verb.text)
            else []
        )

    def _kind_of(self, measure: Token) -> list[str]:
        """The party by which a measure is called: "the Norwegian duty", not "the Norwegian salmon duty"."""
        before = (child for child in measure.lefts if child.dep_ in {"amod", "compound", "nmod"})
        amounts = self._amounts
        near = next((c for c in reversed(list(before)) if c.i not in amounts and c.text not in _SIGNS), None)
        beside = near is not None and all(
            word == near or word.pos_ in {"NUM", "SYM"} or word.i in amounts or word.head.i in amounts
            for word in measure.doc[near.i : measure.i]
        )
        called = near is not None and beside and (near.tag_ == "JJ" or near.text.isupper())
        return self._parties([near]) if near is not None and called else []

    def is_ours(self, quantity: Quantity) -> bool:
        """Whether an amount is that of "our" measure, or of what "we" do."""
        word = self.root(quantity.start, quantity.end)
        thing = _measured(word) if word is not None else None
        words = [] if word is None else [*([thing] if thing is not None else []), word, *word.ancestors]
        measure = next((step for step in words if _is_levied(step)), None)
        owners = (
            [child.lower_ for child in measure.children if child.dep_ == "poss"]
            if measure is not None
            else []
        )
        return any(owner in {"our", "my"} for owner in owners)

    def bearers(self, quantity: Quantity) -> list[str]:
        """The parties that a measure is said to fall on: "a duty on Chilean wine", none of what leaves a country."""
        word = self.root(quantity.start, quantity.end)
        thing = _measured(word) if word is not None else None
        if thing is None or not _is_levied(thing):
            return []
        if any(_FIGURES.outward.fullmatch(other.text) for other in thing.subtree):
            return []
        links = [c for c in thing.rights if c.dep_ == "prep" and _FIGURES.bearing.fullmatch(c.text)]
        if _FIGURES.allotted.fullmatch(thing.text):
            holders = (thing, *(c for c in thing.subtree if c.i in self._amounts))
            links += [
                c for holder in holders for c in holder.rights if c.dep_ == "prep" and c.lower_ == "for"
            ]
        goods = [child for link in links for child in link.children if child.dep_ == "pobj"]
        verb = governor(thing)
        if not goods and verb is not None and _bears(verb):
            goods = [word for child in verb.children if child.dep_ in SUBJECTS for word in child.subtree]
        return self._parties([one for good in goods for one in (good, *good.conjuncts)])

    def _parties(self, words: Iterable[Token]) -> list[str]:
        """Whom words name, or those speak for whom they name."""
        shift = self.sentence.shift
        found: list[str] = []
        for word in words:
            span = Span(word.left_edge.idx + shift, word.idx + len(word) + shift)
            found += [mention.code for mention in self._annotated.parties_in(span)]
            people = touching(self._annotated.people, span.start, span.end)
            found += [person.party for person in people if person.party]
        return found

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
        if self._bounded(quantity) is not None:
            return False
        whole = _part_of(word, _WHOLES) if word is not None and quantity.unit == "%" else None
        return whole is not None and not _way(whole)

    def _is_change(self, first: Quantity, second: Quantity) -> bool:
        begins = comes_from(self.text, self.sentence.start, first.start)
        between = _TO.fullmatch(self.text, first.end, max(second.start, first.end))
        return bool(begins and between) and first.unit in {second.unit, "1"}

    def _governed(self, quantity: Quantity) -> Move:
        word = self.root(quantity.start, quantity.end)
        if word is None or is_duration(quantity):
            return _STILL
        percent = quantity.unit in {"%", "[pp]"}
        move = _move(word, quantity.unit == "1", percent)
        if move.way or move.former:
            return move
        beside = None if word.dep_ in _PARTS else self._beside(quantity)
        return Move(self._led(quantity) or beside or _quality(word, percent))

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
        own = [date for date in self.dates if self.beside_date(quantity, date) or self._happens(date, word)]
        behind = (date for date in own if date.start >= quantity.end)
        found = next(behind, own[-1] if own else None)
        return found or self._period_of_whole(quantity)

    def thing(self, quantity: Quantity) -> Token | None:
        """The noun that an amount is of."""
        word = self.root(quantity.start, quantity.end)
        thing = _measured(word) if word is not None else None
        return thing if thing is not None and thing.pos_ in NOUNS else None

    def when(self, quantity: Quantity, date: DateMention) -> bool:
        """Whether a date is that of the clause of a quantity, or stands beside it."""
        word = self.root(quantity.start, quantity.end)
        return self.beside_date(quantity, date) or self._happens(date, word)

    def _period_of_whole(self, quantity: Quantity) -> DateMention | None:
        """When that was of which an amount is a part: "$9 billion in 2032, of which tea made up a third"."""
        index = bisect_left(self.quantities, quantity.start, key=lambda known: known.start)
        if index == 0:
            return None
        whole = self.quantities[index - 1]
        part = _PART.search(self.text, whole.end, quantity.start)
        return self.period(whole) if part else None

    def beside_date(self, quantity: Quantity, date: DateMention) -> bool:
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

    def measure(self, quantity: Quantity, subject: str) -> str:
        """What kind of quantity it is, as a word of `Figure.measure`, where that is what it is of."""
        clause = self.clause(quantity)
        near = self.text[max(quantity.start - _NEAR, clause.start) : min(quantity.end + _NEAR, clause.end)]
        grows = self.grows(quantity)
        level = not grows and (
            _LEVEL.search(self.text, self.sentence.start, quantity.start) is not None
            or _FROM_LEVEL.match(self.text, quantity.end) is not None
        )
        measure = _measure(
            quantity, self.sentence.text if level else near, subject, grows, self.share(quantity)
        )
        if quantity.unit != "%" or grows or measure not in {"other", "growth_rate"}:
            return measure
        around = self.text[max(self.sentence.start - _BEFORE, 0) : self.sentence.end]
        if self._is_charged(quantity) and _TARIFF.search(around):
            return "tariff_rate"
        return "growth_rate" if self.move(quantity).way in {"up", "down"} and not level else measure

    def _is_charged(self, quantity: Quantity) -> bool:
        """Whether somebody charges it, or threatens to."""
        word = self.root(quantity.start, quantity.end)
        return word is not None and any(_FIGURES.charging.fullmatch(step.text) for step in climb(word))

    def base(self, quantity: Quantity) -> str | None:
        """What a change is counted from, where the sentence says so behind the quantity."""
        base = next((words for start, words in self._bases if start >= quantity.end), None)
        level = base is not None and _FROM_MONTH.match(base) and not self.move(quantity).way
        return None if level else base  # "a duty of 25% from November" is counted from nothing

    def counted(self, quantity: Quantity) -> tuple[int, int] | None:
        """Where the noun stands that a bare number counts (`13 countries`); None where it counts nothing."""
        text = self.text
        back = max(quantity.start - _LABEL_BACK, self.sentence.start)
        part = _PART_OF.search(text, back, quantity.start)
        if part and any(other.end == part.end("part") and other.unit == "1" for other in self.quantities):
            return None  # the 23 of "12 of the 23 chapters"
        if of := _OF_WHOLE.match(text, quantity.end):
            whole = next((other for other in self.quantities if other.start == of.end()), None)
            return self._counted_by(whole) if whole is not None and whole.unit == "1" else None
        return self._counted_by(quantity)

    def _counted_by(self, quantity: Quantity) -> tuple[int, int] | None:
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

    def subject(self, quantity: Quantity, amounts_back: int = 3) -> str:
        """The noun phrase that is measured: of what, what is counted, what has it, or else the nearest before.

        Of what an amount so many amounts before it is, at the most: "rice 5%, down from 6%".
        """
        asked = quantity, amounts_back
        if asked not in self._subjects:
            self._subjects[asked] = self._subject(quantity, amounts_back)
        return self._subjects[asked]

    def _subject(self, quantity: Quantity, amounts_back: int) -> str:
        if quantity.unit == "1" and (counted := self.counted(quantity)) is not None:
            return self.text[counted[0] : counted[1]]
        back = max(quantity.start - _WORD_BACK, self.sentence.start)
        if worth := _WORTH.search(self.text, back, quantity.start):
            valued = next((chunk for chunk in self.chunks if chunk.end == worth.start()), None)
            if valued is not None and not valued.depends:
                return valued.text
        if quantity.unit != "%":
            return self._subject_by_parse(quantity)
        if (left_out := self._of_ellipsis(quantity, amounts_back) or self._described(quantity)) is not None:
            return left_out
        subject = self._subject_by_parse(quantity)
        if without_parties(subject):
            return subject
        if charged := _ON.match(self.text, quantity.end):
            return next((chunk.text for chunk in self.chunks if chunk.start == charged.end()), subject)
        index = bisect_left(self.quantities, quantity.start, key=lambda known: known.start)
        before = self.quantities[index - 1] if index else None
        shared = before is not None and before.unit == "%" and amounts_back > 0
        return self.subject(before, amounts_back - 1) if before is not None and shared else subject

    def _of_ellipsis(self, quantity: Quantity, amounts_back: int) -> str | None:
        """What an amount is of whose verb is left out: "rice will pay 5%, tea 8%", "tea 8%, down from 12%"."""
        index = bisect_left(self.quantities, quantity.start, key=lambda known: known.start)
        before = self.quantities[index - 1] if index else None
        if before is None or before.unit != quantity.unit:
            return None
        breaks = list(_BREAK.finditer(self.text, before.end, quantity.start))
        tokens = self._parsed(breaks[-1].end(), quantity.start) if breaks else None
        if tokens is None or any(_is_told(word) for word in tokens):
            return None
        start = breaks[-1].end()
        words = _THAT_OF.sub("", _LEADS_TO.sub("", self.text[start : quantity.start]).strip())
        own = [chunk for chunk in self.chunks if start < chunk.end <= quantity.start]
        if own and words.endswith(own[-1].text) and len(words.split()) <= _SHORT_PHRASE:
            return words if tokens[0].pos_ != "ADP" and without_parties(words) else None
        if _FIGURES.compared.fullmatch(words):
            return self.subject(before, amounts_back - 1) if amounts_back else None
        return words if _PLAIN_WORD.fullmatch(words) else None

    def _subject_by_parse(self, quantity: Quantity) -> str:
        if (bounded := self._bounded(quantity)) is not None:
            return bounded
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
        return best.text if best else self._clause_or_amount(quantity)

    def _is_base(self, noun: Token) -> bool:
        """Whether a noun is of what a change is counted from: "5% year on year"."""
        at = noun.idx + self.sentence.shift
        return any(start <= at < start + len(words) for start, words in self._bases)

    def _clause_or_amount(self, quantity: Quantity) -> str:
        """The clause of an amount that names nothing ("it will be cut to 10%"), or the amount where that is long."""
        clause = self.clause(quantity)
        words = self.text[clause.start : clause.end].strip(" ;,")
        return words if len(words) <= _LONGEST_CLAUSE else self.text[quantity.start : quantity.end]

    def _bounded(self, quantity: Quantity) -> str | None:
        """The noun phrase that an amount begins with: "a mean tariff ceiling of 18%"."""
        found = self._parsed(quantity.start, quantity.end) if quantity.comparator in _BOUNDED else None
        noun = found[0] if found is not None else None
        if noun is None or noun.pos_ != "NOUN" or noun.i + 1 >= len(noun.doc) or noun.nbor().lower_ != "of":
            return None
        first = next((word for word in noun.lefts if word.dep_ in _PARTS), noun)
        start, end = (at + self.sentence.shift for at in (first.left_edge.idx, noun.idx + len(noun)))
        return self.text[start:end]

    def _described(self, quantity: Quantity) -> str | None:
        """What a participle tells of that stands right behind it: "of insurance companies, now capped at 49%"."""
        verb = self._verb(quantity)
        if verb is None or verb.tag_ != "VBN" or verb.dep_ not in {"acl", "advcl"}:
            return None
        if any(child.dep_ in {*SUBJECTS, "aux", "mark"} for child in verb.children):
            return None
        start = verb.idx + self.sentence.shift
        before = [chunk for chunk in self.chunks if chunk.end <= start]
        beside = before and _BESIDE_PARTICIPLE.fullmatch(self.text, before[-1].end, start)
        return before[-1].text if beside else None

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

    def of_another(self, preposition: str, quantity: Quantity) -> bool:
        """Whether a word of the sentence is a preposition of other things only: "talks over wine lasted 9 days"."""
        word = self.root(quantity.start, quantity.end)
        found = [one for one in self.sentence.tokens or () if one.lower_ == preposition.casefold()]
        if word is None or not found:
            return False
        return all(
            one.dep_ == "prep"
            and any(c.dep_ == "pobj" for c in one.children)
            and (word.i < one.i or not one.is_ancestor(word))
            for one in found
        )

    def beside(self, quantity: Quantity) -> str:
        """The words of the clause of a quantity that belong to no other quantity."""
        clause = self.clause(quantity)
        edges = [(other.start, other.end) for other in self.quantities if other != quantity]
        text = self.text[clause.start : clause.end]
        for start, end in reversed(edges):
            if clause.start <= start and end <= clause.end:
                text = f"{text[: start - clause.start]}…{text[end - clause.start :]}"
        return _COMPARED.sub("…", text)

    def _in_address(self, quantity: Quantity) -> bool:
        """Whether a number stands inside a word as long as addresses of the web are."""
        start = self.text.rfind(" ", max(quantity.start - _ADDRESS, self.sentence.start), quantity.start)
        return start < 0 and quantity.start - self.sentence.start > _ADDRESS

    def _is_term(self, quantity: Quantity) -> bool:
        """Whether it is for how long something is granted or put off, or talks went on: "frozen for 90 days"."""
        if (
            _TERM.match(self.text, quantity.end, self.sentence.end)
            and "-" in self.text[quantity.start : quantity.end]
        ):
            return True
        word = self.root(quantity.start, quantity.end)
        if word is None or word.head.lower_ != "for":
            return False
        verb = governor(word.head)
        if verb and _FIGURES.talking.fullmatch(verb.text):
            return quantity.unit in _DAYS_OR_MORE
        return verb is not None and any(
            words.fullmatch(verb.text) for words in (lexicon.modality.grants, lexicon.modality.moves)
        )

    def in_scope(self, quantity: Quantity) -> bool:
        """Not part of a date, no year, no label, no span of time that only sets the scene."""
        text = self.text
        if self._in_address(quantity):
            return False
        if is_duration(quantity):
            scene = _SCENE.search(
                text, max(quantity.start - _SCENE_BACK, self.sentence.start), quantity.start
            )
            aged = _AGE.match(text, quantity.end) is not None
            return not aged and (not scene or self._is_term(quantity))
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


def _is_levied(noun: Token) -> bool:
    """Whether a noun is a measure that a party takes: a duty, a fee, a quota."""
    return _FIGURES.levied.fullmatch(noun.text) is not None


def _is_levying(verb: Token) -> bool:
    return _FIGURES.imposing.fullmatch(verb.text) is not None


def _bears(verb: Token) -> bool:
    """Whether the subject of a verb is what a measure falls on: "faces a duty", "is charged a duty"."""
    if _FIGURES.facing.fullmatch(verb.text):
        return not passive(verb)
    charged = _FIGURES.imposing.fullmatch(verb.text) and passive(verb)
    subjects = [child for child in verb.children if child.dep_ == "nsubjpass"]
    return bool(charged) and any(not _is_levied(subject) for subject in subjects)


def _owners(noun: Token) -> list[Token]:
    """Who has a thing; of "its", whoever does what is done with it."""
    owners = [
        child
        for child in noun.children
        if child.dep_ == "poss" or (child.dep_ == "nmod" and any(c.dep_ == "case" for c in child.children))
    ]
    named = [owner for owner in owners if owner.tag_ != "PRP$"]
    if named or not owners:
        return named
    verb = governor(noun.head) if noun.dep_ == "dobj" else None
    return controllers(verb) if verb is not None else []


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


def _is_told(word: Token) -> bool:
    """Whether a word is the verb of a clause, rather than a noun that is taken for one."""
    misread = word.tag_ == "VBZ" and word.dep_ == "conj" and word.head.tag_ == "VB"  # "…, oranges 10%"
    return word.pos_ in VERBS and not misread and word.dep_ not in {"dobj", "compound", "amod"}


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


_FROM_LEVEL = re.compile(r"(?:,? \w+){0,4},? (?:up|down) from ")
_LEVEL = re.compile(r"\bto (?:just |only |about )?\Z")
"""Before what a thing comes to, rather than by how much it moves: "cut to 10%"."""


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
        return "growth_rate" if grows or quantity.unit == "[pp]" else "other"
    if is_money(quantity):
        if _FIGURES.commitment.search(near):
            return "commitment"
        return classify(subject, _FIGURES.sums, "trade_value")
    return "count" if quantity.unit == "1" else "trade_volume"
