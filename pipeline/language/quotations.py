"""Words in quotation marks, and whom the text has say them: the subject of the verb that governs them, by the parse.

A quotation that no verb governs goes on from the one before it, or is told by the sentence that leads to it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.documents.document import Span, touching
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import Marked, Marks, marks_of
from pipeline.language.parser import entity_of
from pipeline.language.people import Cast, Person, Speaker, Voice

if TYPE_CHECKING:
    from spacy.tokens import Token

if TYPE_CHECKING:
    from pipeline.language.annotate import Sentence

_SPEECH = lexicon.speech
_WORD = re.compile(r"\w")
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*|\S+\.\S+/\S*")
_PAUSE = re.compile(r"[,.?!…;:–—-]\s*$")
_COMMA = re.compile(r"\W{0,2}[,–—-]")
_DASH = re.compile(r"\s*[–—-]+\s")
_CREDIT = re.compile(r":\s")
_LEADS_IN = re.compile(r"[:,]\s*$")
_LABEL = re.compile(r":\s*$")
_EXCLAIMS = re.compile(r"[?!]\W*$")
_SCARE = re.compile(rf"(?<!\w){_SPEECH.scare.any}\s*$", re.IGNORECASE)
_MENTIONED = re.compile(rf"(?<!\w){_SPEECH.mentioned.any}(?: as)?,?\s*$", re.IGNORECASE)
_WORK = re.compile(rf"(?<!\w){_SPEECH.works.any},?\s*$", re.IGNORECASE)
_BACK = 40
_SMALL = 4
"""Words of so many letters are written small in titles."""
_FRAGMENT = 4
"""Fewer words than these, of which nobody is said to say them, are a name or a scare quote."""

_VERBS, _NOUNS = {"VERB", "AUX"}, {"NOUN", "PROPN", "PRON"}
_FINITE = {"VBD", "VBZ", "VBP"}
_SUBJECTS = {"nsubj", "nsubjpass", "csubj", "csubjpass"}
_HELPERS = {"aux", "auxpass"}
_ASKS = {"WRB", "WP"}
_MODIFIERS = {"relcl", "acl", "advcl"}
_LENDERS = {"xcomp", "advcl", "pcomp", "conj", "prep", "ccomp", "dep", "aux", "acomp"}
"""Along these, what has no subject of its own has that of the verb above it."""
_IN_NAME = {
    "compound",
    "flat",
    "nmod",
    "amod",
    "det",
    "poss",
    "case",
    "nummod",
    "predet",
    "quantmod",
    "punct",
    "advmod",
}
_NO_NAME = {"GPE", "LOC", "NORP", "FAC", "DATE", "TIME"}
_LONGEST_WAY, _LONGEST_LABEL = 8, 5


class Quotation(Struct, frozen=True, kw_only=True):
    """Words between quotation marks. `named`: the words that name or stand for their speaker, None where none do.

    `speaker` is None too where these are a pronoun and the text does not tell for whom it stands.
    """

    start: int
    end: int
    speaker: Speaker | None
    named: Span | None


def quotations(text: str, sentences: Sequence[Sentence], people: Iterable[Person]) -> list[Quotation]:
    """The quotations of parsed sentences in order, each with its speaker."""
    paragraphs = [list(group) for _, group in groupby(sentences, key=lambda one: one.passage.start)]
    marks = marks_of(text, [(_span(paragraph), _apostrophes(paragraph)) for paragraph in paragraphs])
    if not marks.all:
        return []
    sources = _Reading(text, sentences, marks, Cast(text, sentences, people, marks.hold)).sources()
    return [
        Quotation(
            start=one.start,
            end=one.end,
            speaker=source.speaker if source else None,
            named=source.named if source else None,
        )
        for one, source in zip(marks.all, sources, strict=True)
        if _is_said(text, one, source)
    ]


def _span(paragraph: Sequence[Sentence]) -> Span:
    return Span(paragraph[0].passage.start, paragraph[0].passage.end)


def _apostrophes(sentences: Iterable[Sentence]) -> set[int]:
    """Where the parser takes a mark for that of an owner: "the farmers' share"."""
    return {
        token.idx + sentence.shift
        for sentence in sentences
        if sentence.tokens is not None and ("'" in sentence.text or "’" in sentence.text)
        for token in sentence.tokens
        if token.tag_ == "POS" and token.i and token.nbor(-1).text[-1].isalnum()
    }


def _is_said(text: str, one: Marked, source: Voice | None) -> bool:
    """Whether somebody says these words: addresses, titles, names and scare quotes are no quotations."""
    words = text[one.start : one.end].split()
    if not any(sum(map(str.isalpha, word)) > 1 for word in words):
        return False
    ahead = text[max(one.opened - _BACK, 0) : one.opened]
    entitled = _is_entitled(words) and not _PAUSE.search(text, one.start, one.closed)
    if _SCARE.search(ahead) or (entitled and _WORK.search(ahead)):
        return False
    if len(words) == 1 and _ADDRESS.fullmatch(words[0]):
        return False
    if source is not None or one.resumes or one.left_open:
        return True
    told = len(words) >= _FRAGMENT or (len(words) > 1 and _PAUSE.search(text, one.start, one.end))
    return bool(told) and not entitled and not _MENTIONED.search(ahead)


def _is_entitled(words: Sequence[str]) -> bool:
    """Whether several words are written as titles are."""
    long = [word for word in words[1:] if len(word) > _SMALL]
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in words)
    most = len(words) // 2 + (words[-1][-1] in ".!?")
    entitled = all(word[0].isupper() or word[0].isdigit() for word in (words[0], *long))
    return len(words) > 1 and entitled and capitals >= most


class _Reading:
    """Sentences with what stands between marks in them: which verb says it, and whose that is."""

    def __init__(self, text: str, sentences: Sequence[Sentence], marks: Marks, cast: Cast) -> None:
        self._text = text
        self._sentences = sentences
        self._marks = marks
        self._cast = cast

    def sources(self) -> list[Voice | None]:
        """The speakers of all that stands between marks: told beside it, or those of what it continues."""
        own = [self._beside(one) for one in self._marks.all]
        sources: list[Voice | None] = []
        for index, source in enumerate(own):
            sources.append(source or self._gone_on(index, sources))
        for index in reversed(range(1, len(sources))):
            if self._marks.all[index].resumes and own[index - 1] is None:
                sources[index - 1] = sources[index]
        return sources

    def _around(self, one: Marked) -> Sequence[Sentence]:
        return touching(self._sentences, one.opened, one.closed)

    def _frame(self, sentence: Sentence, one: Marked) -> _Frame | None:
        return _Frame(self._text, sentence, one, self._marks) if sentence.tokens is not None else None

    def _beside(self, one: Marked) -> Voice | None:
        """Whom the words around a quotation name in its first and in its last sentence, or right behind."""
        around = self._around(one)
        first, last = (self._frame(around[place], one) if around else None for place in (0, -1))
        if last and (head := last.behind()):
            return self._voice(head, around[-1])
        if first and (head := first.leading() or first.governing() or first.before()):
            return self._voice(head, around[0])
        if last and (head := last.governing()):
            return self._voice(head, around[-1])
        return self._asked(one, around[-1]) if around else None

    def _voice(self, head: Token, sentence: Sentence) -> Voice | None:
        return None if _is_nobody(head) else self._cast.source(head, sentence)

    def _asked(self, one: Marked, sentence: Sentence) -> Voice | None:
        """The speaker whom a sentence behind an exclamation names: "“Is that all?” X asked"."""
        following = self._next(sentence, 1)
        ended = _EXCLAIMS.search(self._text, one.start, one.closed) and one.closed >= sentence.end
        if following is None or following.passage is not sentence.passage or not ended:
            return None
        frame = self._frame(following, one)
        head = frame.behind(apart=True) if frame and not self._marks.hold(following.start) else None
        return self._cast.source(head, following) if head is not None else None

    def _next(self, sentence: Sentence, by: int) -> Sentence | None:
        place = bisect_right(self._sentences, sentence.start, key=lambda one: one.start) - 1 + by
        return self._sentences[place] if 0 <= place < len(self._sentences) else None

    def _gone_on(self, index: int, sources: Sequence[Voice | None]) -> Voice | None:
        """The speaker of the quotation that this one continues, or of the sentence that leads to it."""
        one, around = self._marks.all[index], self._around(self._marks.all[index])
        last = sources[index - 1] if index else None
        if one.resumes:
            return last
        if not around or not self._fills(one, around):
            return None
        passage, leading = around[0].passage, self._next(around[0], -1)
        closed = self._marks.all[index - 1].closed if index else 0
        if leading is None:
            return None
        if leading.passage is not passage:
            if not self._is_quoted(passage.start, passage.end):
                return None
            return last if closed > leading.passage.start else self._teller(leading)
        if closed > leading.start:
            return last
        told = self._teller(leading) or self._cast.subject_of(leading)
        return told or (last if closed > passage.start else None)

    def _teller(self, sentence: Sentence) -> Voice | None:
        """Who says what a sentence tells."""
        frame = self._frame(sentence, self._marks.all[0])
        for verb in sentence.tokens or ():
            if verb.dep_ in {"ROOT", "parataxis"} and _says(verb) and frame and (head := frame.subject(verb)):
                return self._cast.source(head, sentence)
        return None

    def _fills(self, one: Marked, around: Sequence[Sentence]) -> bool:
        """Whether a quotation is all that its sentences say."""
        outside = ((around[0].start, one.opened), (one.closed, around[-1].end))
        return not any(_WORD.search(self._text, start, end) for start, end in outside)

    def _is_quoted(self, start: int, end: int) -> bool:
        return all(self._marks.hold(found.start()) for found in _WORD.finditer(self._text, start, end))


class _Frame:
    """A sentence around a quotation: the text's own words in it, and the one that names who says it."""

    def __init__(self, text: str, sentence: Sentence, one: Marked, marks: Marks) -> None:
        assert sentence.tokens is not None
        self._text = text
        self._tokens = sentence.tokens
        self._shift = sentence.shift
        self._one = one
        self._marks = marks

    def _at(self, token: Token) -> int:
        place: int = token.idx + self._shift
        return place

    def _outside(self, token: Token) -> bool:
        return not self._marks.hold(self._at(token))

    def _within(self, token: Token) -> bool:
        return self._one.start <= self._at(token) < self._one.end

    def _ahead(self) -> list[Token]:
        """The text's own words before the quotation."""
        return [
            token
            for token in self._tokens
            if self._at(token) < self._one.opened and self._outside(token) and not token.is_punct
        ]

    def _following(self) -> list[Token]:
        """The text's own words and marks behind the quotation, up to the next one, from the first word on."""
        words: list[Token] = []
        for token in self._tokens:
            if self._at(token) >= self._one.closed:
                if not self._outside(token):
                    break
                if words or not token.is_punct:
                    words.append(token)
        return words

    def behind(self, apart: bool = False) -> Token | None:
        """The subject of the verb right behind: "…,” said X" or "…,” X said"; `apart`: in the next sentence."""
        words = self._following()
        for place, verb in enumerate(words):
            borrowed = verb.dep_ in _MODIFIERS and not (verb.tag_ in _FINITE or self._own_subject(verb))
            if verb.pos_ not in _VERBS or verb.dep_ in _HELPERS or borrowed:
                continue
            if self._closes_with(verb, apart):
                return self._beside(verb, words[:place])
            if verb.dep_ not in _MODIFIERS:
                return None
        if apart or not words:
            return None
        signed = _DASH.match(self._text, self._one.closed) and words[0].pos_ == "PROPN"
        credited = (
            _CREDIT.match(self._text, self._one.closed)
            and len(words) <= _LONGEST_LABEL
            and not any(word.pos_ in _VERBS for word in words)
        )
        return _top(words[0], words) if signed or credited else None

    def _closes_with(self, verb: Token, apart: bool) -> bool:
        """Whether a verb behind a quotation is about it: it governs it, or says nothing else behind a comma."""
        if self._hangs(verb) and not apart:
            return _says(verb) or verb.dep_ not in _MODIFIERS
        paused = apart or _PAUSE.search(self._text, self._one.start, self._one.end)
        behind = (child for child in verb.rights if child.dep_ == "ccomp" and self._outside(child))
        told = next(behind, None) is not None
        return _says(verb) and not told and bool(paused or _COMMA.match(self._text, self._one.closed - 1))

    def _beside(self, verb: Token, ahead: Sequence[Token]) -> Token | None:
        """Who says a quotation by the verb behind it, with the words between them."""
        if not all(word.is_punct or verb.is_ancestor(word) for word in ahead):
            return None
        inverted = None if ahead or verb.dep_ == "conj" or self._own_subject(verb) else self._inverted(verb)
        head = inverted or self.subject(verb)
        if head is not None and (_says(verb) or _may_speak(_author(head))):
            return _author(head)
        if ahead and _says(verb) and ahead[-1].is_punct and self._own_subject(verb) is None:
            return next((top for part in _parts(ahead) if (top := _top(part[0], part)).pos_ in _NOUNS), None)
        return None

    def _hangs(self, verb: Token) -> bool:
        """Whether the parse has a verb govern the quotation, or the quotation the verb."""
        below = (child for child in verb.children if child.dep_ not in _SUBJECTS and not child.is_punct)
        return self._within(verb.head) or any(self._within(child) for child in below)

    def leading(self) -> Token | None:
        """The subject of a verb of saying right before the quotation, also where the parser takes it for a noun."""
        ahead = self._ahead()
        if not ahead or not _says(ahead[-1]) or _is_denied(ahead[-1]):
            return None
        verb, name = ahead[-1], ahead[-2] if len(ahead) > 1 else None
        if verb.pos_ == "VERB":
            return self.subject(verb)
        return name if name is not None and name.pos_ in {"PROPN", "PRON"} and verb.pos_ == "NOUN" else None

    def governing(self) -> Token | None:
        """The subject of the nearest verb of saying above the quotation, or whose word it is otherwise."""
        seen: set[Token] = set()
        for token in self._tokens:
            if self._within(token) and not token.is_punct:
                top = token.head == token or not self._within(token.head)
                if top and (head := self._above(token, seen)):
                    return _author(head)
        return None

    def _above(self, token: Token, seen: set[Token]) -> Token | None:
        """Who speaks by a word above one of the quotation, or beside the way up from it."""
        below: Token | None = None
        while token not in seen:
            seen.add(token)
            for child in _hanging(token):
                if child != below and self._outside(child) and (head := self._aside(token, child)):
                    return head
            if below is not None and self._outside(token) and (head := self._by(token, below)):
                return head
            if token.head == token or (below is not None and self._denies(token)):
                return None
            below, token = token, token.head
        return None

    def _by(self, word: Token, below: Token) -> Token | None:
        """Who speaks by a verb of saying, or by a noun of what is said, to which `below` leads."""
        if word.pos_ == "VERB" and _says(word) and below.dep_ not in _SUBJECTS and not self._denies(word):
            return self.subject(word)
        return _owner(word) if _SPEECH.accounts.fullmatch(word.text) else None

    def _denies(self, verb: Token) -> bool:
        """Whether somebody is told not to say it."""
        refused = verb.dep_ == "xcomp" and _SPEECH.refusals.fullmatch(verb.head.text) is not None
        return self._outside(verb) and _says(verb) and (refused or _is_denied(verb))

    def _aside(self, token: Token, child: Token) -> Token | None:
        """Who speaks by a clause beside the way up: "X said", "according to X", "as X put it", "is what X calls it"."""
        if child.dep_ == "prep":
            credit = _SPEECH.credits.pattern.match(self._text, self._at(child))
            noun = next((word for word in child.children if word.dep_ == "pobj"), None)
            if credit:
                return self._phrase(credit.end())
            if noun is not None and token.pos_ == "AUX" and self._opens_for(child, noun):
                return noun
            return _owner(noun) if noun is not None and _SPEECH.mouths.fullmatch(noun.text) else None
        inverted = child.dep_ == "nsubj" and child.i > token.i
        if token.pos_ == "AUX" and (child.dep_ == "attr" or inverted):
            account = _SPEECH.accounts.fullmatch(child.text) is not None
            return (_owner(child) or _sender(child) if account else None) or _user(child, account)
        if child.pos_ != "VERB" or not any(_says(verb) for verb in (child, *_infinitives(child))):
            return None
        if child.dep_ == "ccomp" and token.pos_ == "AUX":
            told = any(word.tag_ in _ASKS for word in child.lefts)
        elif child.dep_ == "advcl":
            told = self._within(token) or any(word.lower_ in _SPEECH.likening for word in child.lefts)
        else:
            beside = child.dep_ == "parataxis" and not self._parted(child)
            told = beside or (self._within(token) and child.dep_ not in {*_MODIFIERS, "conj", "parataxis"})
        return self.subject(child) if told else None

    def _opens_for(self, preposition: Token, noun: Token) -> bool:
        """Whether a sentence opens with whose view it gives: "For Ms. X, the deal is “…”"."""
        opens = all(token.is_punct for token in self._tokens if token.i < preposition.i)
        named = noun.pos_ == "PROPN" and entity_of(noun) not in _NO_NAME
        return opens and preposition.lower_ in _SPEECH.viewing and named

    def _parted(self, verb: Token) -> bool:
        """Whether a semicolon stands between a verb and the quotation."""
        first, last = sorted((self._at(verb), self._one.opened))
        return ";" in self._text[first:last]

    def before(self) -> Token | None:
        """Whom the words before the quotation name where they end in a colon or in a comma."""
        words = self._ahead()
        lead = self._text[max(self._one.opened - _BACK, 0) : self._one.opened]
        if not words or not _LEADS_IN.search(lead):
            return None
        verbs = [
            word
            for word in words
            if word.pos_ == "VERB" or (word.pos_ == "AUX" and word.dep_ not in _HELPERS)
        ]
        if len(words) > 1 and _says(words[0]) and words[1].pos_ == "PROPN":
            return _top(words[1], words[1:])
        if not verbs:
            return _top(words[0], words) if _LABEL.search(lead) and len(words) <= _LONGEST_LABEL else None
        for verb in reversed(verbs):
            head = self.subject(verb)
            if head is None:
                continue
            speaks = _may_speak(head) or _author(head) != head
            if _says(verb) or (self._leads(verb, lead) and speaks):
                return _author(head)
        return None

    def _leads(self, verb: Token, lead: str) -> bool:
        labelled = _LABEL.search(lead) is not None
        if verb.pos_ == "AUX":
            own = self._own_subject(verb)
            return labelled and own is not None and not _SPEECH.thing.fullmatch(own.text)
        return self._hangs(verb) or (verb.dep_ == "ROOT" and labelled)

    def subject(self, verb: Token) -> Token | None:
        """Who does what a verb says: its subject, the agent of a passive, the subject of the verb above it."""
        for _ in range(_LONGEST_WAY):
            own = self._own_subject(verb)
            if _is_passive(verb):
                cited = own is not None and _SPEECH.cited.fullmatch(verb.text)
                if cited and _as_saying(verb):
                    return own
                return _agent(verb) or (own if cited and own is not None and own.pos_ != "PRON" else None)
            if quoted := _quoted_as(verb):
                return quoted
            if own is not None:
                return verb.head if own.tag_ in {"WDT", "WP"} and verb.dep_ == "relcl" else own
            if verb.dep_ == "acl":
                return verb.head
            above = verb.head
            if verb.dep_ not in _LENDERS or not self._outside(above) or not _lends(verb, above):
                return self._opener(verb)
            verb = above
        return None

    def _own_subject(self, verb: Token) -> Token | None:
        subjects = [child for child in verb.children if child.dep_ in _SUBJECTS and self._outside(child)]
        names = [child for child in subjects if child.pos_ == "PROPN"]
        return names[-1] if names else next(iter(subjects), None)

    def _opener(self, verb: Token) -> Token | None:
        """Of a verb for which the parser finds no subject, whoever is named right before it or opens its sentence."""
        nearest = self._tokens.doc[verb.i - 1] if verb.i > self._tokens.start else None
        if nearest is not None and entity_of(nearest) == "PERSON" and verb.tag_ in _FINITE:
            return nearest if self._outside(nearest) else None
        first = next(token for token in self._tokens if not token.is_punct or token == verb)
        named = entity_of(first) and entity_of(first) not in _NO_NAME and self._outside(first)
        return first if named and verb.tag_ in _FINITE and first.i < verb.i else None

    def _inverted(self, verb: Token) -> Token | None:
        """The noun behind a verb that the parser takes for no subject: "mused X", "chimed in X"."""
        for child in verb.rights:
            if child.dep_ in {"dobj", "attr", "oprd", "npadvmod"} and child.pos_ in _NOUNS:
                return child
            if child.dep_ in {"prep", "prt"} and (noun := next(child.children, None)) is not None:
                return noun
        return None

    def _phrase(self, start: int) -> Token | None:
        """The head of the noun phrase that begins at `start`."""
        words = [token for token in self._tokens if self._at(token) >= start]
        return _top(words[0], words) if words else None


def _says(verb: Token) -> bool:
    return _SPEECH.sayings.fullmatch(verb.text) is not None


def _may_speak(head: Token) -> bool:
    """Whether a noun is somebody's whom any verb may have speak; other nouns need a verb of saying."""
    if head.pos_ == "PRON":
        return any(words.fullmatch(head.text) for words in (_SPEECH.person, _SPEECH.several, _SPEECH.thing))
    if any(child.dep_ == "appos" and entity_of(child) == "PERSON" for child in head.children):
        return True
    return head.pos_ == "PROPN" or head.tag_ == "NNS" or _SPEECH.stand_ins.fullmatch(head.text) is not None


def _is_nobody(head: Token) -> bool:
    """Whether a subject says that nobody does it: "no minister"."""
    return any(word.lower_ in _SPEECH.nobody for word in (head, *head.children) if word.i <= head.i)


def _hanging(word: Token) -> Iterator[Token]:
    """What hangs on a word, or on a helper of it: "The tariffs, X said, were “aimed at nobody”"."""
    for child in word.children:
        yield child
        if child.dep_ in _HELPERS:
            yield from child.children


def _is_denied(verb: Token) -> bool:
    return any(child.dep_ == "neg" for child in verb.children)


def _is_passive(verb: Token) -> bool:
    if any(child.dep_ in {"auxpass", "nsubjpass", "agent"} for child in verb.children):
        return True
    active = any(child.dep_ in {"ccomp", *_SUBJECTS} for child in verb.children)
    return verb.tag_ in {"VBN", "VBD"} and verb.dep_ == "acl" and not active


def _agent(verb: Token) -> Token | None:
    agents = (child for child in verb.children if child.dep_ == "agent")
    return next((word for agent in agents for word in agent.children if word.dep_ == "pobj"), None)


def _lends(word: Token, above: Token) -> bool:
    """Whether a subject can be had from the word above: "fond of saying"."""
    return above.pos_ in {*_VERBS, "ADP"} or (above.pos_ == "ADJ" and word.pos_ == "ADP")


def _infinitives(verb: Token) -> Iterator[Token]:
    """What somebody "likes to say"."""
    return (child for child in verb.children if child.dep_ == "xcomp")


def _as_saying(verb: Token) -> bool:
    """Whether a verb goes on with "as saying"."""
    like = (child for child in verb.children if child.lower_ in _SPEECH.likening and child.dep_ == "prep")
    return any(word.dep_ == "pcomp" for child in like for word in child.children)


def _quoted_as(verb: Token) -> Token | None:
    """Of "quoted X as saying", X."""
    if not _as_saying(verb) or not _SPEECH.cited.fullmatch(verb.text):
        return None
    return next((child for child in verb.children if child.dep_ == "dobj"), None)


def _owner(noun: Token) -> Token | None:
    """Whose a call, a claim or a promise is."""
    for child in noun.children:
        if child.dep_ == "poss":
            return child
        if child.lower_ in _SPEECH.authored:
            return next((word for word in child.children if word.dep_ == "pobj"), None)
    return None


def _user(noun: Token, account: bool) -> Token | None:
    """Of "the word an aide used" and of "all that an aide would say", the aide."""
    clauses = (child for child in noun.children if child.dep_ == "relcl" and (account or _says(child)))
    clause = next(clauses, None)
    subjects = (child for child in clause.children if child.dep_ == "nsubj") if clause is not None else ()
    return next((child for child in subjects if child.tag_ not in {"WDT", "WP"}), None)


def _sender(noun: Token) -> Token | None:
    """Whose a reply is: of "the reply of Minister X", X."""
    names = (word for child in noun.children if child.dep_ == "prep" for word in child.children)
    return next((name for name in names if name.dep_ == "pobj" and entity_of(name) == "PERSON"), None)


def _author(noun: Token) -> Token:
    """Of "a report by X" and of "X's statement", X."""
    spoken = _SPEECH.works.fullmatch(noun.text) or _SPEECH.accounts.fullmatch(noun.text)
    return (_owner(noun) if spoken else None) or noun


def _parts(words: Sequence[Token]) -> Iterator[list[Token]]:
    """Words between marks."""
    for marks, part in groupby(words, key=lambda word: word.is_punct):
        if not marks:
            yield list(part)


def _top(word: Token, among: Sequence[Token]) -> Token:
    """The head of the noun phrase that a word begins."""
    first, last = among[0].i, among[-1].i
    while word.dep_ in _IN_NAME and first <= word.head.i <= last:
        word = word.head
    return word
