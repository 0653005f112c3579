"""What the clause says that a place stands in: its verb, the verb's tense, how firm it is, and what it denies.

The parse says which verb governs a place and in what tense; words of the lexicon, what they do to what they govern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.documents.document import Span
from pipeline.language.dates import Tense
from pipeline.language.lexicons import WordList, lexicon
from schemas.vocabulary import Certainty

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

_MODALITY = lexicon.modality
_CLAUSE = re.compile(rf"[,;:—–“”\"()]|\s-\s|\b{lexicon.modality.conjunctions.any}\b")
_NOT_BEFORE = re.compile(rf"(?<!\w){_MODALITY.not_before.any}(?:\s+[\w’'-]+){{0,4}}\s*$", re.IGNORECASE)
_UNTRUE_BEFORE = re.compile(
    rf"(?<!\w){_MODALITY.untrue_before.any}(?:\s+[\w’'%$€£.-]+){{0,20}}\s*$", re.IGNORECASE
)
_NOT_AFTER = re.compile(rf"\W{{0,4}}\s*(?:[\w’']+\s+){{0,3}}{_MODALITY.not_after.any}", re.IGNORECASE)
_UNTRUE_AFTER = re.compile(
    rf"\W{{0,4}}\s*(?:[\w’'”\"]+\s+){{0,8}}{_MODALITY.untrue_after.any}", re.IGNORECASE
)

VERBS, NOUNS = {"VERB", "AUX"}, {"NOUN", "PROPN"}
_HELPERS, _PARTICLES = {"aux", "auxpass"}, {"prt", "advmod"}
SUBJECTS = {"nsubj", "nsubjpass"}
_OBJECTS = {*SUBJECTS, "dobj"}
_TELLING = {*_HELPERS, "neg", "advmod", "amod", "acomp", "oprd", "mark", "prt", "det", "preconj"}
_SHORT = 5
_BREAKS = {";", ":"}
_WITHIN = {"xcomp", "advcl", "conj", "pcomp"}
_REACH = 1
_PRONOUNS = {"it", "he", "she", "they", "we", "I", "you"}
_NEGATIONS = {"neg", "det", "preconj"}
_POINTING = {"det", "predet", "nmod"}
_PARTS_OF_NAMES = {"nummod", "compound", "amod", "nmod", "quantmod"}
_PRESENT, _PAST = {"VBZ", "VBP", "NNS"}, {"VBD"}
_ITSELF = {"it", "they"}
_DEADLINE_WORDS = 3
_DESCRIBING = {"compound", "nmod", "amod", "nummod", "poss"}
_CALENDAR = re.compile(rf"{lexicon.calendar.weekday}|{lexicon.calendar.month}")
_RELATIVES = {"WDT", "WP"}
_MOST_VERBS = 6
_FINITE = {"VBZ", "VBP", "VBD"}


def tokens_at(tokens: Tokens, start: int, end: int) -> Tokens | None:
    """The tokens that cover `start` to `end`, counted as `idx` is; None outside of the text that was parsed."""
    found: Tokens | None = tokens.doc.char_span(start, end, alignment_mode="expand")
    return found


def governor(token: Token) -> Token | None:
    """The nearest verb that a token is, or stands under; None in a sentence without one."""
    return next((word for word in (token, *token.ancestors) if _is_verb(word)), None)


def _is_verb(word: Token) -> bool:
    """A verb; also what is joined to one, though it is taken for a noun: "flew home and returns"."""
    return word.pos_ in VERBS or (word.dep_ == "conj" and word.head.pos_ in VERBS)


def helpers(verb: Token) -> Iterator[Token]:
    """The auxiliaries of a verb, in order: "will", "have", "been"; also the "to" of an infinitive."""
    return (child for child in verb.children if child.dep_ in _HELPERS)


def tense(verb: Token) -> Tense | None:
    """Whether what a verb tells lies ahead or back; None where it may be either: "was to meet", "had hoped to".

    The present looks ahead, as a date beside it does. What has no tense of its own ("will meet and sign", "speaking on
    Monday") has that of the verb above it.
    """
    tags = {word.tag_ for word in helpers(verb)}
    if "TO" in tags:
        return _tense_of_infinitive(verb)
    if "MD" in tags:
        return "past" if _perfect(verb) and not _done_by_then(verb) else "future"
    if "VB" in tags and not _perfect(verb):
        return "future"
    if _supposed(verb):
        return "future"
    if verb.dep_ == "conj" and verb.tag_ == "VBD" and verb.head.tag_ == "VBN" and not _has_subject(verb):
        return tense(verb.head)  # "will be initialled there and signed in May"
    if _planned(verb):
        return None if verb.tag_ in _PAST or tags & _PAST else "future"
    if _perfect(verb) or verb.tag_ in _PAST or tags & _PAST:
        return "past"
    if verb.tag_ in {"VB", "VBP"} and not tags and _looks_past(verb):
        return "past"
    if verb.tag_ in _PRESENT or tags & _PRESENT:
        return "future"
    above = governor(verb.head) if verb.head != verb else None
    if verb.tag_ == "NN" and not tags and above is not None and above.tag_ in _PAST:
        return "future"  # a verb taken for a noun: "made offers in May and hope for more by June"
    if verb.tag_ == "VBN" and verb.dep_ == "ccomp" and above is not None:
        return tense(above)  # "wants the levy gone by May"
    if verb.tag_ == "VBN" and verb.dep_ != "conj":
        return "past"
    if verb.tag_ == "VB" and (above is None or above.tag_ in {"VBN", "VBD"}):
        return "future"
    if above is None:
        return None
    told = tense(above)
    return None if told == "past" and _MODALITY.starting.fullmatch(verb.text) else told


def _looks_past(verb: Token) -> bool:
    """Whether the tagger takes a past for a present: of "the price hit" the present would be "hits"."""
    if _MODALITY.looks_past.fullmatch(verb.text):
        return True
    subjects = [child for child in verb.children if child.dep_ in SUBJECTS]
    alone = [s for s in subjects if s.tag_ in {"NN", "NNP"} and all(c.dep_ != "conj" for c in s.children)]
    return bool(alone) and _MODALITY.same_in_past.fullmatch(verb.text) is not None


def _supposed(verb: Token) -> bool:
    """Whether a past is one of what may come: "it would impose a duty if no answer came by May"."""
    marks = {child.lower_ for child in verb.children if child.dep_ == "mark"}
    if verb.dep_ != "advcl" or not marks & _MODALITY.if_ever or verb.head.pos_ not in VERBS:
        return False
    above: Token = verb.head
    return any(word.lower_ in _MODALITY.would for word in helpers(above)) and not _perfect(above)


def _done_by_then(verb: Token) -> bool:
    """Whether a perfect looks back from what is to come: "will have left", "must have paid by May"."""
    modals = {word.lower_ for word in helpers(verb) if word.tag_ == "MD"}
    by = any(child.dep_ == "prep" and child.lower_ in _MODALITY.by_then for child in verb.children)
    return bool(modals & _MODALITY.will) or (by and bool(modals & _MODALITY.must))


def _tense_of_infinitive(verb: Token) -> Tense | None:
    """What is to be done lies ahead: not of a plan of the past, nor where the verb above says that it was done."""
    above = governor(verb.head) if verb.head != verb else None
    if above is not None and verb.dep_ == "xcomp" and _MODALITY.realised.search(above.text):
        return tense(above)
    if _perfect(verb) or (verb.dep_ in {"acl", "relcl"} and _MODALITY.orders.fullmatch(verb.head.text)):
        return "past"  # "to have left", "the third to be closed"
    if above is None or above.tag_ not in _PAST | {"VBN"}:
        return "future"
    purpose = verb.dep_ == "advcl" and tense(above) == "past"
    unsure = above.lower_ in _MODALITY.was or tense(above) is None
    return None if unsure or purpose or _pluperfect(above) else "future"


def _has_subject(verb: Token) -> bool:
    return any(child.dep_ in SUBJECTS for child in verb.children)


def _perfect(verb: Token) -> bool:
    return any(word.lower_ in _MODALITY.perfect for word in helpers(verb))


def _pluperfect(verb: Token) -> bool:
    return _perfect(verb) and any(word.tag_ in _PAST for word in helpers(verb))


def _planned(verb: Token) -> bool:
    """Whether a verb says that something is planned: "scheduled for", "was due on"."""
    if any(child.dep_ == "dobj" and _MODALITY.put.fullmatch(child.text) for child in verb.children):
        return False  # "they set their seals to it"
    words = (verb, *(child for child in verb.children if child.dep_ in {"acomp", "oprd"}))
    return any(_MODALITY.planned.fullmatch(word.text) for word in words)


def _aimed_at(verb: Token) -> bool:
    """Whether a verb tells what had been planned, and is no more: "had been due", "had hoped for"."""
    return _pluperfect(verb) and (_planned(verb) or _MODALITY.aimed.fullmatch(verb.text) is not None)


def _says(verb: Token, words: WordList) -> bool:
    """Whether a verb is one of the words, alone or with its particle: "postponed", "put off"."""
    beside = [verb.nbor(1)] if verb.i + 1 < len(verb.doc) and verb.nbor(1).tag_ == "RP" else []
    behind = (*beside, *(child for child in verb.children if child.dep_ in _PARTICLES and child.i > verb.i))
    return any(words.fullmatch(each) for each in (verb.text, *(f"{verb.text} {w.text}" for w in behind)))


def _to_a_place(verb: Token) -> bool:
    """Whether something moves in space, not in time: "the talks moved to Lima on Tuesday"."""
    goals = (child for child in verb.children if child.dep_ == "prep" and child.lower_ in _MODALITY.onto)
    return any(
        thing.pos_ == "PROPN" and not _CALENDAR.fullmatch(thing.text)
        for goal in goals
        for thing in goal.children
    )


def _only_wished(verb: Token) -> bool:
    """Whether what a verb tells is asked for or possible, and not decided: "asks to extend it", "may extend it"."""
    return any(
        word.tag_ == "TO" or (word.tag_ == "MD" and word.lower_ not in _MODALITY.will)
        for word in helpers(verb)
    )


_FEW = 4
"""Words before a date that may say that it is not the one: "rather than on the"."""
_INSTEAD_OF = re.compile(rf"\b{_MODALITY.in_place_of.any} $", re.IGNORECASE)
_WITHIN_DATE = {"compound", "nummod", "nmod", "amod"}


class DateClause(Struct, frozen=True, dict=True):
    """How a date stands in its clause: under which verb, the words between the two, the nearest first.

    `link`: the word before it, where it is the end of a range. `word`: its own first.
    """

    verb: Token
    path: tuple[Token, ...]
    link: str | None = None
    word: Token | None = None

    @cached_property
    def preposition(self) -> str:
        """The one that the date stands behind; empty where it stands behind none."""
        if self.link is not None:
            return self.link
        within = self.word.subtree if self.word is not None else ()
        misread = [word.lower_ for word in within if word.dep_ == "quantmod" and word.tag_ == "IN"]
        if misread:
            return misread[-1]  # "put off to 20 October", as if it were "about 20"
        return next((word.lower_ for word in self.path if word.pos_ in {"ADP", "SCONJ"}), "")

    @cached_property
    def nouns(self) -> list[Token]:
        """What the date belongs to, where it does not belong to the verb itself: the talks of "talks on Monday"."""
        return [word for word in self.path if word.pos_ in NOUNS]

    @property
    def saying(self) -> Token | None:
        """The past verb that says what was still to come then: the "said" of "said it would end on 10 May"."""
        verb: Token = self.verb
        while verb.dep_ in _WITHIN and governor(verb.head) and not _modal(verb):
            verb = verb.head
        would = any(word.lower_ in _MODALITY.would for word in helpers(verb))
        while verb.dep_ == "conj" and verb.head.pos_ in VERBS:
            verb = verb.head
        above = verb.head
        told = would and verb.dep_ in {"ccomp", "acl"} and above.pos_ in VERBS
        return above if told and (above.tag_ in _PAST or _perfect(above)) else None

    @property
    def bounded(self) -> bool:
        """Whether what is to come begins or ends with the date: "duty-free from 2034"."""
        return self.preposition in _MODALITY.bounding and not self.nouns and self.tense == "future"

    @property
    def plain(self) -> bool:
        """Whether its verb has neither a modal nor the "to" of an infinitive: it tells what is, not what is to be."""
        return not any(word.tag_ in {"MD", "TO"} for word in helpers(self.verb))

    @property
    def subjects(self) -> list[Token]:
        return [child for child in self.verb.children if child.dep_ in SUBJECTS]

    @cached_property
    def moves(self) -> bool:
        """Whether its verb gives a thing another day: "postponed", "put off", "brought forward"."""
        return _says(self.verb, _MODALITY.moves) and not _to_a_place(self.verb)

    @property
    def cancels(self) -> bool:
        """Whether its verb gives a thing up: "called off", "scrapped"."""
        return _says(self.verb, _MODALITY.cancels)

    @property
    def says(self) -> bool:
        """Whether it is when something was said: "both governments said on Monday"."""
        reports = self.verb.dep_ == "parataxis" or any(child.dep_ == "ccomp" for child in self.verb.children)
        return reports and _MODALITY.says.fullmatch(self.verb.text) is not None and not self.nouns

    @property
    def signs(self) -> bool:
        """Whether its verb says that something is, or was, signed."""
        return _says(self.verb, _MODALITY.signs)

    @cached_property
    def superseded(self) -> bool:
        """Whether another day, or none, has taken its place: "put off from 6 May", "the vote set for 6 May was off"."""
        if self.moves:
            return self.preposition not in _MODALITY.onto and not self.when
        if self._was_aimed_at or self._given_up:
            return True
        adverbs = (child for child in self.verb.children if child.dep_ == "advmod")
        if any(_MODALITY.at_first.fullmatch(adverb.text) for adverb in adverbs):
            return True
        plan = self._describing
        if plan is not None and _aimed_at(plan):
            return True  # "which had been scheduled for May"
        above = governor(plan.head) if plan is not None else None
        if plan is not None and above is not None:
            adverbs = (child for child in above.children if child.dep_ == "advmod")
            if (_planned(plan) or _planned(self.verb)) and any(
                _MODALITY.instead.fullmatch(adverb.text) for adverb in adverbs
            ):
                return True  # "due to end in May, will now last until July"
            if self.preposition in _MODALITY.onto and self._second:
                return False  # "extended the truce, which was to end in May, until July"
            if plan.head.dep_ in _OBJECTS and not _only_wished(above):
                return _says(above, _MODALITY.moves) or _says(above, _MODALITY.cancels)
        return _says(self.verb, _MODALITY.cancels) and any(noun.dep_ in _OBJECTS for noun in self.nouns)

    @property
    def _was_aimed_at(self) -> bool:
        """Whether it is told as what had been planned: "two days later than the 30 June that both had aimed for"."""
        word = self.word
        while word is not None and word.dep_ in _WITHIN_DATE and word.head.pos_ in {"NUM", "PROPN"}:
            word = word.head
        children = word.children if word is not None else ()
        return any(child.dep_ == "relcl" and _aimed_at(child) for child in children)

    @property
    def _given_up(self) -> bool:
        """Whether it is named as the day that another is not: "on 2 July instead of 30 June"."""
        if self.word is None:
            return False
        before = self.verb.doc[max(self.word.left_edge.i - _FEW, 0) : self.word.left_edge.i].text_with_ws
        return _INSTEAD_OF.search(before) is not None

    @property
    def when(self) -> bool:
        """Whether it is when its verb was done: "has today extended the truce", "last Friday was prolonged"."""
        word = self.word
        if (
            word is None
            or word.dep_ not in {"npadvmod", "tmod"}
            or word.head != self.verb
            or self.preposition
        ):
            return False
        before = self.verb.doc[
            self.verb.left_edge.i : word.i
        ]  # not "talks planned for this week were put off"
        return word.i > self.verb.i or not any(step.dep_ == "acl" for step in before)

    @property
    def unreal(self) -> bool:
        """Whether its verb tells what did not come about: "would have been charged 25 per cent from May"."""
        would = any(word.lower_ in _MODALITY.would for word in helpers(self.verb))
        return would and _perfect(self.verb)

    @property
    def planned(self) -> bool:
        """Whether its verb tells what was to be done, and not whether it was: "was to be signed by 30 April"."""
        to_do = any(word.tag_ == "TO" for word in helpers(self.verb)) or _planned(self.verb)
        return to_do and self.tense is None

    @property
    def _second(self) -> bool:
        """Whether its verb has another phrase of time or place before it."""
        own = self.path[0] if self.path else self.word
        return own is not None and any(
            child.dep_ == "prep" and child.i < own.i for child in self.verb.children if child.i > self.verb.i
        )

    @property
    def _describing(self) -> Token | None:
        """The verb of the clause that describes what is planned: the "were" of "talks that were to open"."""
        verb = self.verb
        while verb.dep_ in {"xcomp", "acomp"}:
            verb = verb.head
        return verb if verb.dep_ in {"acl", "relcl"} else None

    @property
    def given_up_as(self) -> str | None:
        """What became of a day that was given up: put off, or called off."""
        if not self.superseded:
            return None
        plan = self._describing or self.verb
        above = governor(plan.head) if plan.head != plan else None
        verbs = (self.verb, above) if above is not None else (self.verb,)
        rows = (("postponed", _MODALITY.moves), ("cancelled", _MODALITY.cancels))
        return next((name for verb in verbs for name, words in rows if _says(verb, words)), None)

    @cached_property
    def delivered(self) -> bool:
        """Whether it is the month of what is traded ahead: "May futures gained", "cut its price for April"."""
        above = next(iter(self.path), None)
        if above is None or tense(self.verb) != "past":
            return False
        return _MODALITY.delivered.fullmatch(above.text) is not None or (
            above.lower_ == "for" and any(_MODALITY.priced.fullmatch(word.text) for word in self._beside)
        )

    @property
    def _counted(self) -> bool:
        """Whether it is the month that is told of, whenever that is: "figures for May", "the May data"."""
        if self.word is None or re.fullmatch(lexicon.calendar.weekday, self.word.text) or not self.nouns:
            return False
        above = self.path[0]
        return (above.lower_ == "for" or above == self.nouns[0]) and (
            _MODALITY.counts.fullmatch(self.nouns[0].text) is not None
        )

    @property
    def of_deadline(self) -> bool:
        """Whether it names a deadline: "a 19 December deadline", "the 30 June cut-off"."""
        if self.word is None or self.word.dep_ not in _DESCRIBING:
            return False
        behind = self.word.right_edge.i + 1
        return (
            _MODALITY.deadlines.pattern.match(self.verb.doc[behind : behind + _DEADLINE_WORDS].text)
            is not None
        )

    @property
    def _tense_of_deadline(self) -> Tense | None:
        """A deadline lies ahead unless its verb says that it passed; of most pasts it may be either."""
        if _says(self.verb, _MODALITY.passes):
            return "past" if tense(self.verb) == "past" else None
        if self.preposition in _MODALITY.agreed_on or _says(self.verb, _MODALITY.sets):
            return "future"
        return "future" if tense(self.verb) == "future" or self.verb.tag_ in {"VBG", *_PRESENT} else None

    @property
    def _due_to_do(self) -> bool:
        """Whether the parse takes a verb for a noun: "due to lapse on 31 May", not "due to a lapse in May"."""
        at = self.word.left_edge.i - 2 if self.word is not None else 0
        if at < 2:
            return False
        planned, to, done = self.verb.doc[at - 2 : at + 1]
        due = lexicon.deadlines.due.fullmatch(done.text) or lexicon.deadlines.strong.fullmatch(done.text)
        return (
            due is not None
            and done.tag_ == "NN"
            and to.lower_ == "to"
            and _MODALITY.planned.fullmatch(planned.text) is not None
        )

    @property
    def _lapses(self) -> bool:
        """Whether the parse takes a present for a noun: "before their quotas lapse on 30 June"."""
        noun = self.nouns[0] if self.nouns else None
        return (
            noun is not None
            and noun.tag_ == "NN"
            and noun.i > 0
            and noun.nbor(-1).tag_ == "NNS"
            and _MODALITY.lapsing.fullmatch(noun.text) is not None
        )

    @property
    def _beside(self) -> Iterator[Token]:
        """The nouns that it belongs to, and those that its verb acts on."""
        yield from self.nouns
        yield from (child for child in self.verb.children if child.dep_ in _OBJECTS)

    @property
    def _settles(self) -> bool:
        """Whether its verb settled what may come later: "imposed a duty from 1 May", "asked for an offer by 1 May"."""
        if self.preposition in _MODALITY.from_then:
            return _says(self.verb, _MODALITY.decides)
        return self.preposition in _MODALITY.bounds and _says(self.verb, _MODALITY.demands)

    @cached_property
    def tense(self) -> Tense | None:
        """The tense of the date. None: its verb may look ahead or back, and the nearest such day is meant."""
        told, before, nouns = tense(self.verb), {word.lower_ for word in self.path}, self.nouns
        if (
            self.plain
            and self.verb.tag_ in {"VB", "VBP"}
            and _MODALITY.same_in_past.fullmatch(self.verb.text)
        ):
            told = "past"  # "they set their seals on Monday"
        if self.of_deadline:
            return self._tense_of_deadline
        if self.delivered:
            return None if self.path[0].lower_ == "for" else "future"
        if self.verb.dep_ in {"acl", "relcl"} and self.superseded:
            return None
        if self._counted:
            return "past"
        if self._due_to_do or self._lapses:
            return "future"
        if self.verb.dep_ == "pcomp" and self.verb.head.lower_ in _MODALITY.since:
            return "past"
        if before & _MODALITY.since or self.preposition in _MODALITY.since:
            return "past"
        if self.moves:
            return "future" if self.preposition in _MODALITY.onto else None
        if self.preposition in _MODALITY.onto and _says(self.verb, _MODALITY.grants):
            return "future"
        if self.preposition in _MODALITY.until and _perfect(self.verb) and not _pluperfect(self.verb):
            return None
        if told == "past" and self._settles:
            return None
        if self.preposition in _MODALITY.bounds and self.verb.tag_ == "VBN" and self.verb.dep_ == "acl":
            above = governor(self.verb.head)
            return told if above is None or tense(above) == "past" else "future"
        if _says(self.verb, _MODALITY.follows):
            return told if told == "past" else None
        if not nouns:
            return told
        if before & _MODALITY.ahead:
            return "future"
        if before & _MODALITY.before:
            return told if told == "future" else None
        if before & _MODALITY.after:
            return told if told == "past" else None
        unsure = _says(self.verb, _MODALITY.cancels) or _is_present(self.verb)
        return None if unsure or lexicon.deadlines.behind.fullmatch(nouns[0].text) else told


def _is_present(verb: Token) -> bool:
    tags = {word.tag_ for word in helpers(verb)}
    return not _perfect(verb) and not _planned(verb) and (verb.tag_ in _PRESENT or bool(tags & _PRESENT))


def in_name(tokens: Tokens, start: int, end: int) -> bool:
    """Whether a word is the first of a name: that of "told the Sunday Lantern", not that of "on Monday Norway said"."""
    place = tokens_at(tokens, start, end)
    if place is None or len(place) != 1:
        return False
    word = place[0]
    follows = word.dep_ == "compound" and word.head.i == word.i + 1 and word.head.pos_ == "PROPN"
    return follows and (word.i == 0 or word.nbor(-1).pos_ != "ADP")


def date_clause(tokens: Tokens, start: int, end: int) -> DateClause | None:
    """How the date from `start` to `end`, counted as `idx` is, stands in its clause; None where no verb governs it."""
    place = tokens_at(tokens, start, end)
    if place is None:
        return None
    inside = {word.i for word in place}
    roots = [word for word in place if word.head.i not in inside or word.head == word]
    heads = [word for word in roots if word.dep_ not in {"det", "punct"}]
    root = min(heads, key=lambda word: sum(1 for _ in word.ancestors), default=place.root)
    before = place.doc[place.start - 1] if place.start > place.sent.start else root
    if before.pos_ in VERBS and before.tag_ in _PAST:
        return DateClause(before, ())  # "said Monday its chief would leave"
    if (teller := _told_before(before, place)) is not None:
        return DateClause(teller, (before,), word=root)
    verb = governor(root)
    if verb is not None and any(child.dep_ == "mark" and child.i in inside for child in verb.children):
        # "30 days after both have signed": the day is of the clause above, whose word is inside the date.
        root, verb = verb, governor(verb.head) if verb.head != verb else None
    if verb is None or verb.i in inside:
        return None
    ancestors = (word for word in root.ancestors if word.i not in inside)
    link = before.lower_ if before.lower_ in _MODALITY.since else None
    path = tuple(takewhile(lambda word: word != verb, ancestors))
    if len(path) > 1 and path[0].pos_ == "ADP" and _MODALITY.clock.fullmatch(path[1].text):
        path = path[2:]  # "until midnight on Sunday" is until Sunday
    elif path and _MODALITY.parts_of_day.fullmatch(path[0].text):
        path = path[1:]  # "by Monday evening" is by Monday
    if _opens_behind(verb, place) and (above := governor(verb.head)) is not None:
        verb = above
    return DateClause(verb, path, link, root)


def _opens_behind(verb: Token, place: Tokens) -> bool:
    """Whether the parse hangs words by a clause that begins behind them: "struck a deal on Monday that trades …"."""
    return verb.dep_ in {"relcl", "advcl"} and any(
        child.tag_ in _RELATIVES and place.end <= child.i < verb.i for child in verb.children
    )


def _told_before(before: Token, place: Tokens) -> Token | None:
    """The "said" of "said in May it would leave", where the parse hangs the date by what was said."""
    behind = place.doc[place.end : place.end + 1]
    if before.i == 0 or before.pos_ != "ADP" or before.head.i < place.end or behind.text not in _PRONOUNS:
        return None
    teller: Token = before.nbor(-1)
    says = teller.tag_ in _PAST and _MODALITY.says.fullmatch(teller.text)
    return teller if says and before.head.head == teller else None


@lru_cache(maxsize=256)
def tense_of(sentence: str) -> Tense | None:
    """Whether a sentence looks ahead or back; looking ahead wins where it does both."""
    if _MODALITY.future.search(sentence):
        return "future"
    return "past" if _MODALITY.past.search(sentence) else None


def climb(token: Token) -> Iterator[Token]:
    """A token and what it stands under, as far as its clause goes and on to what that clause is said or planned in.

    A clause that only describes or stands beside is not left: what is above it says nothing of what is in it.
    """
    word: Token | None = token
    while word is not None:
        yield word
        word = _above(word)


def _above(word: Token) -> Token | None:
    """What governs a word; of a clause that is joined to others and has its own tense, what governs them all."""
    if word.dep_ == "conj" and (word.tag_ in _FINITE or any(True for _ in helpers(word))):
        while word.dep_ == "conj":
            word = word.head
        return _above(word)
    return None if word.head == word or _apart(word) or _broken(word) else word.head


def _apart(word: Token) -> bool:
    """Whether a word heads a clause that describes, or stands beside, or is asked about ("why it fell").

    What a noun says ("reports that …") and what is to be done ("plans to …") belongs to the clause around it.
    """
    if word.dep_ in {"relcl", "acl"}:
        return not (_infinitive(word) or any(child.dep_ == "mark" for child in word.children))
    if word.dep_ == "ccomp":
        return any(child.tag_ == "WRB" for child in word.children)
    return word.dep_ == "advcl" and not _infinitive(word)


def _broken(word: Token) -> bool:
    """Whether a semicolon or a colon parts a word from what the parse hangs it by."""
    first, last = sorted((word.i, word.head.i))
    return any(between.text in _BREAKS for between in word.doc[first:last])


def _infinitive(verb: Token) -> bool:
    return any(word.tag_ == "TO" for word in helpers(verb))


def told_with(word: Token) -> list[Token]:
    """A word with its auxiliaries, adverbs and adjectives, in order: "could soon be cut"."""
    beside = [child for child in word.children if child.dep_ in _TELLING]
    negations = [one for child in beside for one in child.children if one.dep_ == "neg"]  # "no longer"
    return sorted({word, *beside, *negations})


def words_over(token: Token, steps: Iterable[Token] | None = None) -> list[Token]:
    """The words that say how a place is meant: those that it stands under (`steps`), and what these are told with."""
    told: set[Token] = set()
    for word in steps or climb(token):
        told.update(told_with(word))
        for child in word.children:
            if child.dep_ in SUBJECTS and word != token:
                told.update(told_with(child))
            elif child.dep_ == "prep" and child.right_edge.i - child.i < _SHORT:
                told.update(child.subtree)
            elif child.dep_ == "advcl":
                told.update(mark for mark in child.children if mark.dep_ == "mark")
    return sorted(told)


def doer(words: Tokens) -> list[Token]:
    """Who does what words are said of: the nearest subject above them, not their own, with what is joined to it."""
    for step in (words.root, *words.root.ancestors):
        for child in step.children:
            if child.dep_ in SUBJECTS and not words.start <= child.i < words.end:
                return [child, *child.conjuncts]
    return []


def controllers(verb: Token) -> list[Token]:
    """Who does what a verb tells, also by the verb above: "threatened to impose", "asked Norway to cut"."""
    for _ in range(_MOST_VERBS):
        if passive(verb):
            agents = (child for child in verb.children if child.dep_ == "agent")
            return [one for agent in agents for one in agent.children if one.dep_ == "pobj"]
        subjects = [child for child in verb.children if child.dep_ == "nsubj"]
        itself = len(subjects) == 1 and subjects[0].lower_ in _ITSELF and verb.dep_ in {"conj", "ccomp"}
        if itself and (told_by := governor(verb.head)) is not None:
            verb = told_by  # "Chile said it would raise its duty"
            continue
        if subjects:
            relative = verb.dep_ == "relcl" and subjects[0].tag_ in _RELATIVES
            told = [verb.head] if relative else subjects
            return [one for subject in told for one in (subject, *subject.conjuncts)]
        above = governor(verb.head) if verb.head != verb and verb.dep_ in _WITHIN else None
        if above is None:
            return []
        objects = [child for child in above.children if child.dep_ == "dobj"]
        if verb.dep_ == "xcomp" and passive(above):
            objects = [child for child in above.children if child.dep_ == "nsubjpass"]
        if verb.dep_ == "xcomp" and objects:
            return [one for thing in objects for one in (thing, *thing.conjuncts)]
        verb = above
    return []


def passive(verb: Token) -> bool:
    """Whether a thing is done to the subject of a verb, or to the noun that it describes: "the duty imposed in May"."""
    described = verb.dep_ == "acl" and verb.tag_ == "VBN"
    return described or any(child.dep_ in {"auxpass", "nsubjpass"} for child in verb.children)


_MARK = re.compile(r"[,;:—]\s")
"""With white space behind it: "30,000" and "10:30" are of one piece."""


def between_marks(text: str, start: int, end: int) -> Span:
    """The part of a sentence that `text[start:end]` stands in, from one mark to the next."""
    first = max((mark.end() for mark in _MARK.finditer(text, 0, start)), default=0)
    following = _MARK.search(text, end)
    return Span(first, following.start() if following else len(text))


def clause_of(token: Token) -> Token | None:
    """The verb of the clause that a token stands in; what has no tense of its own belongs to the clause around it."""
    verb = governor(token)
    while verb is not None and verb.dep_ in _WITHIN and verb.tag_ not in _FINITE and not _modal(verb):
        above = governor(verb.head)
        if above is None or above == verb:
            break
        verb = above
    return verb


def _modal(verb: Token) -> bool:
    return any(word.tag_ == "MD" or word.tag_ in _FINITE for word in helpers(verb))


def certainty_of(sentence: str, official: bool = False, place: Tokens | None = None) -> Certainty:
    """How firmly one source says it: hedged or put in somebody's mouth is `claimed`.

    With the parsed words of its place: as the clause says it that they stand in, and whatever that clause stands in.
    """
    claimed = _claims(sentence) if place is None else _claimed_at(place)
    if claimed:
        return "claimed"
    return "confirmed" if official else "reported"


@lru_cache(maxsize=10_000)
def _claims(words: str) -> bool:
    return bool(_MODALITY.hedge.search(words) or _MODALITY.claim.search(words))


def _claimed_at(place: Tokens) -> bool:
    if _MODALITY.hedge.search(" ".join(word.text for word in words_over(place.root))):
        return True
    return any(
        word.dep_ == "ccomp" and _MODALITY.says.fullmatch(word.head.text)
        for word in (place.root, *place.root.ancestors)
    )


def denied(sentence: str, start: int, end: int, place: Tokens | None = None) -> bool:
    """Whether a sentence, outside of `start` to `end`, says the opposite of what stands there.

    With the parsed words of the place, only what governs them counts before it.
    """
    before, after = _CLAUSE.split(sentence[:start])[-1], sentence[end:]
    if place is not None and governor(place.root) is not None:
        turned = _denied_at(place)
    else:
        turned = bool(_NOT_BEFORE.search(before) or _UNTRUE_BEFORE.search(before))
    return turned or bool(_NOT_AFTER.match(after) or _UNTRUE_AFTER.match(after))


def _denied_at(place: Tokens) -> bool:
    words = " ".join(word.text for word in _said_before(place, _REACH))
    denies = _MODALITY.untrue_before.search(words) is not None
    return denies or (not _given(place.root) and _MODALITY.not_before.search(words) is not None)


def negated(place: Tokens, through: int = 0) -> bool:
    """Whether a "not" or a "no" turns what a place says, over so many prepositions: "is not to fall below 5%"."""
    over = (word for word in _said_before(place, through) if word.dep_ in _NEGATIONS)
    return any(_MODALITY.not_before.fullmatch(word.text) for word in over)


def _said_before(place: Tokens, through: int) -> list[Token]:
    """The words over a place that stand before it, but for a "not" that denies nothing."""
    over = words_over(place.root, _reached(place.root, through))
    before = (word for word in over if word.i < place.start or _passive_not(word, place))
    return [
        word
        for word in before
        if not (_undertaken(word) or _not_only(word) or not_excluded(word) or _lacking(word, place.root))
    ]


def _lacking(word: Token, place: Token) -> bool:
    """Whether a word stands in a phrase beside a place that says what is not there: "without a deal, 20% is due"."""
    phrases = (step for step in (word, *word.ancestors) if step.dep_ == "prep")
    return any(
        _MODALITY.lacking.fullmatch(phrase.text) and not phrase.is_ancestor(place) for phrase in phrases
    )


def _reached(word: Token, through: int) -> Iterator[Token]:
    """What can deny a word: a "not" reaches down through few prepositions, for these lead to what only is named."""
    left = through
    for step in climb(word):
        if step.pos_ in VERBS:
            left = through
        elif step.dep_ == "prep" and not lexicon.numbers.of.fullmatch(step.text):
            left -= 1
        if left < 0:
            return
        yield step


def _passive_not(word: Token, place: Tokens) -> bool:
    """Whether a "not" says of a place before it that it was not done: "a 5% duty was never imposed"."""
    return word.dep_ == "neg" and any(
        step.dep_ == "nsubjpass" and step.head == word.head for step in climb(place.root)
    )


def not_excluded(word: Token) -> bool:
    """Whether a word says of something that it is not excluded: "did not rule out a quota"."""
    verb = word.head if word.dep_ == "neg" else word
    return _MODALITY.excludes.fullmatch(verb.text) is not None and any(c.dep_ == "neg" for c in verb.children)


def _not_only(word: Token) -> bool:
    behind = word.doc[word.i + 1 : word.i + 2].text
    return word.dep_ == "neg" and _MODALITY.only.fullmatch(behind) is not None


def _given(word: Token) -> bool:
    """Whether a word is part of the name of a thing that is there whatever is said of it: "the 15% duty"."""
    while word.dep_ in _PARTS_OF_NAMES:
        word = word.head
    if word.dep_ == "pobj" and lexicon.numbers.of.fullmatch(word.head.text):  # "its fee of $90"
        return any(child.dep_ == "poss" for child in word.head.head.children)
    return any(
        child.dep_ == "poss" or (child.dep_ in _POINTING and _MODALITY.definite.fullmatch(child.text))
        for child in word.children
    )


def _undertaken(negation: Token) -> bool:
    """Whether somebody binds himself to the "not": "agreed not to reimpose"."""
    verb = negation.head
    return (
        negation.dep_ == "neg"
        and verb.dep_ == "xcomp"
        and lexicon.commitments.agreed.fullmatch(verb.head.text) is not None
    )
