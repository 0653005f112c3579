"""What the clause says that a place stands in: its verb, the verb's tense, how firm it is, and what it denies.

The parse says which verb governs a place and in what tense; words of the lexicon, what they do to what they govern.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

from msgspec import Struct
from spacy.tokens import Span as Tokens
from spacy.tokens import Token

from pipeline.language.dates import Tense
from pipeline.language.lexicons import WordList, lexicon
from schemas.vocabulary import Certainty

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

_VERBS, _NOUNS = {"VERB", "AUX"}, {"NOUN", "PROPN"}
_HELPERS, _PARTICLES = {"aux", "auxpass"}, {"prt", "advmod"}
_PRESENT, _PAST = {"VBZ", "VBP", "NNS"}, {"VBD"}
_SUBJECTS = {"nsubj", "nsubjpass"}
_OBJECTS = {*_SUBJECTS, "dobj"}


def tokens_at(tokens: Tokens, start: int, end: int) -> Tokens | None:
    """The tokens that cover `start` to `end`, counted as `idx` is; None outside of the text that was parsed."""
    found: Tokens | None = tokens.doc.char_span(start, end, alignment_mode="expand")
    return found


def governor(token: Token) -> Token | None:
    """The nearest verb that a token is, or stands under; None in a sentence without one."""
    return next((word for word in (token, *token.ancestors) if _is_verb(word)), None)


def _is_verb(word: Token) -> bool:
    """A verb; also what is joined to one, though it is taken for a noun: "flew home and returns"."""
    return word.pos_ in _VERBS or (word.dep_ == "conj" and word.head.pos_ in _VERBS)


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
        return "past" if _perfect(verb) else "future"
    if "VB" in tags and not _perfect(verb):
        return "future"
    if verb.dep_ == "conj" and verb.tag_ == "VBD" and verb.head.tag_ == "VBN" and not _has_subject(verb):
        return tense(verb.head)  # "will be initialled there and signed in May"
    if _planned(verb):
        return None if verb.tag_ in _PAST or tags & _PAST else "future"
    if _perfect(verb) or verb.tag_ in _PAST or tags & _PAST:
        return "past"
    if verb.tag_ in _PRESENT or tags & _PRESENT:
        return "future"
    above = governor(verb.head) if verb.head != verb else None
    if verb.tag_ == "VBN" and verb.dep_ != "conj":
        return "past"
    if verb.tag_ == "VB" and (above is None or above.tag_ in {"VBN", "VBD"}):
        return "future"
    if above is None:
        return None
    told = tense(above)
    return None if told == "past" and _MODALITY.starting.fullmatch(verb.text) else told


def _tense_of_infinitive(verb: Token) -> Tense | None:
    """What is to be done lies ahead: not of a plan of the past, nor where the verb above says that it was done."""
    above = governor(verb.head) if verb.head != verb else None
    if above is not None and verb.dep_ == "xcomp" and _MODALITY.realised.search(above.text):
        return tense(above)
    if _perfect(verb):
        return "past"
    if above is None or above.tag_ not in _PAST | {"VBN"}:
        return "future"
    purpose = verb.dep_ == "advcl" and tense(above) == "past"
    unsure = above.lower_ in _MODALITY.was or tense(above) is None
    return None if unsure or purpose or _pluperfect(above) else "future"


def _has_subject(verb: Token) -> bool:
    return any(child.dep_ in _SUBJECTS for child in verb.children)


def _perfect(verb: Token) -> bool:
    return any(word.lower_ in _MODALITY.perfect for word in helpers(verb))


def _pluperfect(verb: Token) -> bool:
    return _perfect(verb) and any(word.tag_ in _PAST for word in helpers(verb))


def _planned(verb: Token) -> bool:
    """Whether a verb says that something is planned: "scheduled for", "was due on"."""
    words = (verb, *(child for child in verb.children if child.dep_ in {"acomp", "oprd"}))
    return any(_MODALITY.planned.fullmatch(word.text) for word in words)


def _says(verb: Token, words: WordList) -> bool:
    """Whether a verb is one of the words, alone or with its particle: "postponed", "put off"."""
    behind = (child for child in verb.children if child.dep_ in _PARTICLES and child.i > verb.i)
    return any(words.fullmatch(each) for each in (verb.text, *(f"{verb.text} {w.text}" for w in behind)))


class DateClause(Struct, frozen=True):
    """How a date stands in its clause: under which verb, the words between the two, the nearest first.

    `link`: the word before it, where it is the end of a range.
    """

    verb: Token
    path: tuple[Token, ...]
    link: str | None = None

    @property
    def preposition(self) -> str:
        """The one that the date stands behind; empty where it stands behind none."""
        if self.link is not None:
            return self.link
        return next((word.lower_ for word in self.path if word.pos_ in {"ADP", "SCONJ"}), "")

    @property
    def nouns(self) -> list[Token]:
        """What the date belongs to, where it does not belong to the verb itself: the talks of "talks on Monday"."""
        return [word for word in self.path if word.pos_ in _NOUNS]

    @property
    def bounded(self) -> bool:
        """Whether what is to come begins or ends with the date: "duty-free from 2034"."""
        return self.preposition in _MODALITY.bounds and not self.nouns and self.tense == "future"

    @property
    def subjects(self) -> list[Token]:
        return [child for child in self.verb.children if child.dep_ in _SUBJECTS]

    @property
    def moves(self) -> bool:
        """Whether its verb gives a thing another day: "postponed", "put off", "brought forward"."""
        return _says(self.verb, _MODALITY.moves)

    @property
    def superseded(self) -> bool:
        """Whether another day, or none, has taken its place: "put off from 6 May", "the vote set for 6 May was off"."""
        if self.moves:
            return self.preposition not in _MODALITY.onto
        adverbs = (child for child in self.verb.children if child.dep_ == "advmod")
        if any(_MODALITY.at_first.fullmatch(adverb.text) for adverb in adverbs):
            return True
        above = governor(self.verb.head) if self.verb.head != self.verb else None
        if self.verb.dep_ in {"acl", "relcl"} and above is not None and self.verb.head.dep_ in _OBJECTS:
            return _says(above, _MODALITY.moves) or _says(above, _MODALITY.cancels)
        return _says(self.verb, _MODALITY.cancels) and any(noun.dep_ in _OBJECTS for noun in self.nouns)

    @property
    def _settles(self) -> bool:
        """Whether its verb settled what may come later: "imposed a duty from 1 May", "asked for an offer by 1 May"."""
        if self.preposition in _MODALITY.from_then:
            return _says(self.verb, _MODALITY.decides)
        return self.preposition in _MODALITY.bounds and _says(self.verb, _MODALITY.demands)

    @property
    def tense(self) -> Tense | None:
        """The tense of the date. None: its verb may look ahead or back, and the nearest such day is meant."""
        told, before, nouns = tense(self.verb), {word.lower_ for word in self.path}, self.nouns
        if before & _MODALITY.since:
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
    root = next((word for word in reversed(roots) if word.dep_ not in {"det", "punct"}), place.root)
    verb = governor(root)
    if verb is not None and any(child.dep_ == "mark" and child.i in inside for child in verb.children):
        root, verb = (
            verb,
            governor(verb.head) if verb.head != verb else None,
        )  # "30 days after both have signed"
    if verb is None or verb.i in inside:
        return None
    ancestors = (word for word in root.ancestors if word.i not in inside)
    return DateClause(verb, tuple(takewhile(lambda word: word != verb, ancestors)))


@lru_cache(maxsize=256)
def tense_of(sentence: str) -> Tense | None:
    """Whether a sentence looks ahead or back; looking ahead wins where it does both."""
    if _MODALITY.future.search(sentence):
        return "future"
    return "past" if _MODALITY.past.search(sentence) else None


@lru_cache(maxsize=256)
def certainty_of(sentence: str, official: bool = False) -> Certainty:
    """How firmly one source says it: hedged or put in somebody's mouth is `claimed`."""
    if _MODALITY.hedge.search(sentence) or _MODALITY.claim.search(sentence):
        return "claimed"
    return "confirmed" if official else "reported"


def denied(sentence: str, start: int, end: int) -> bool:
    """Whether a sentence, outside of `start` to `end`, says the opposite of what stands there."""
    before, after = _CLAUSE.split(sentence[:start])[-1], sentence[end:]
    return any(
        (
            _NOT_BEFORE.search(before),
            _UNTRUE_BEFORE.search(before),
            _NOT_AFTER.match(after),
            _UNTRUE_AFTER.match(after),
        )
    )


def absent(sentence: str) -> bool:
    """Whether a sentence tells who is not there."""
    return _MODALITY.absent.search(sentence) is not None
