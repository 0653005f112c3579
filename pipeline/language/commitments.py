"""Who is said to have agreed to what, in a text's own voice or in somebody's mouth, and who wants what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from pipeline.language.clauses import SUBJECTS, VERBS, controllers, helpers
from pipeline.language.lexicons import NAME_WORD, lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import mentions, without_parties

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens
    from spacy.tokens import Token

_WORDS = lexicon.commitments
_WANTS = {row.name: row.words for row in lexicon.topics.wants}
_MODALITY = lexicon.modality
_CANNOT = {"will", "would", "can", "could", "wo", "ca", "shall"}
_WILL = {"will", "shall", "’ll", "'ll"}
_OPEN = {"if", "unless", "whether", "until", "before"}
_COMPLEMENTS = ("xcomp", "ccomp", "dobj", "prep")
_LONGEST_WISH = 240
NAMES = rf"(?:[Tt]he )?{NAME_WORD}(?: {NAME_WORD}){{0,5}}(?: (?:[a-z]+ )?{_WORDS.staff.any})?"
"""Names of a person, a party or a body, also of those who stand for one: "Norway’s trade ministry"."""
_PARTICIPANT = rf"(?!{_WORDS.nobody.any}\b)[\w’'.-]+"
_WHOM = rf"(?P<whom>{_PARTICIPANT}(?: {_PARTICIPANT}){{0,6}}?)"
_AGREES = rf"(?:{_WORDS.helps.any} )*{_WORDS.agreed.any}\b(?P<what>[^.;]*)"
_SAYS = _WORDS.says.any
_CLAIMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<by>{NAMES}) (?:\w+ ){{0,2}}?{_SAYS}(?: [\w’' ]{{1,40}}? that| that|:)? [“\"]?{_WHOM} {_AGREES}",
        rf"(?P<by>{NAMES})[’'](?:s )?{_WORDS.claim.any} that {_WHOM} {_AGREES}",
        rf"[Aa]ccording to (?P<by>{NAMES}), {_WHOM} {_AGREES}",
        rf"^(?:[^,“”\"]{{3,60}}, )?{_WHOM} {_AGREES}, (?P<by>{NAMES}) (?:\w+ )?{_SAYS}",
    )
)
_OWN = re.compile(rf"^(?:[^,“”\"]{{3,60}}, )?{_WHOM} {_AGREES}")
_HEADING = re.compile(rf"^{_WHOM} (?:to|will) (?P<what>\w+ [^.;]*)")
_BYLINE = re.compile(
    rf"^{NAME_WORD}(?: {NAME_WORD}){{0,3}}: |(?:: | [—–-] ){NAME_WORD}(?: {NAME_WORD}){{0,3}}\W*$"
)
_TURN = re.compile(rf"(?:^|[ ,—–-]+){_WORDS.turn.any}\b|[,—–:“”\"]")
_LEADS_IN = re.compile(r"^ ?(?:(?:to|that|on|a|an|the)\b)? ?[“\"]?(?:to )?")
_ON = re.compile(r"\bon\s+([^,;.]{3,40})")
_STEM = 3


class Commitment(Struct, frozen=True):
    """That `whom` agreed to `what`; `by`: who says so, None where the text itself does."""

    whom: str
    what: str
    by: str | None

    @property
    def party(self) -> str | None:
        """The party that is said to have agreed, where it is named."""
        return next((m.code for m in mentions(self.whom)), None)


def _commitment(found: re.Match[str], by: str | None) -> Commitment | None:
    """What a pattern found, where somebody with a name agrees to something."""
    whom = found["whom"]
    what = _TURN.split(_LEADS_IN.sub("", found["what"]))[0].strip()
    named = re.search(NAME_WORD, whom)
    codes = {m.code for m in mentions(whom)}
    if not named or len(codes) > 1 or not what or (by and fold(by) == fold(whom)):
        return None
    return Commitment(whom, what, by)


def claimed(sentence: str) -> Commitment | None:
    """What a sentence has somebody say that another agreed to."""
    if not _WORDS.agreed.search(sentence):
        return None
    for pattern in _CLAIMS:
        for found in pattern.finditer(sentence):
            if commitment := _commitment(found, found["by"]):
                return commitment
    return None


def asserted(sentence: str, heading: bool = False) -> Commitment | None:
    """What a sentence itself says that one party agreed to. A heading says so with "to" and "will", too."""
    said = re.search(rf"\b{_SAYS}\b", sentence) or _BYLINE.search(sentence)
    if said or _WORDS.unsure.search(sentence):
        return None
    found = _OWN.match(sentence) or (_HEADING.match(sentence) if heading else None)
    return _commitment(found, None) if found else None


@lru_cache(maxsize=10_000)
def _stems(text: str) -> frozenset[str]:
    """The words that tell what a text is about, names of parties left out."""
    plain = re.findall(r"[^\W\d_]+", fold(without_parties(text)))
    return frozenset(
        word.removesuffix("s") for word in plain if len(word) >= _STEM and word not in _WORDS.empty
    )


@lru_cache(maxsize=10_000)
def _topics(text: str) -> frozenset[str]:
    return frozenset(row.name for row in lexicon.topics.topics if row.words.search(text))


def same_matter(what: str, other: str, around: str = "") -> bool:
    """Whether two texts are about one matter: they share words, and a topic or more words of the sentence around."""
    scopes = [_stems(found[1]) for text in (what, other) if (found := _ON.search(text))]
    if len(scopes) == 2 and scopes[0] and scopes[1] and not scopes[0] & scopes[1]:
        return False
    shared = _stems(what) & _stems(other)
    more = (_stems(what) & _stems(around)) - shared or _topics(what) & _topics(f"{other} {around}")
    return len(shared) >= 2 or bool(shared and more)


def of_one(left: Commitment, right: Commitment) -> bool:
    """Whether one party may be meant: a surname alone tells none."""
    return left.party is None or right.party is None or left.party == right.party


Wanting = Literal["ask", "offer", "red_line"]


class Wish(Struct, frozen=True):
    """What somebody wants, gives or refuses. `holders`: who; `first` and `last`: the words that say what."""

    wants: Wanting
    holders: tuple[Token, ...]
    first: Token
    last: Token


def wishes(tokens: Tokens) -> Iterator[Wish]:
    """What the clauses of a sentence have somebody ask for, offer, or refuse."""
    # Heads of clauses that are a condition, or in question: "if Chile refuses", "unclear whether Norway will".
    unsettled = {word.head.i for word in tokens.doc if word.dep_ == "mark" and word.lower_ in _OPEN}
    for word in tokens:
        if unsettled and any(step.i in unsettled for step in (word, *word.ancestors)):
            continue
        if word.pos_ in VERBS or word.dep_ in {"acomp", "ROOT", "relcl", "conj"}:
            yield from _by_verb(word)
        if word.pos_ == "NOUN":
            yield from _by_noun(word)


def _by_verb(verb: Token) -> Iterator[Wish]:
    """ "Wants to …", "will …": of what is under a modal the verb itself says what it is."""
    wants = _wanted_by(verb)
    if wants is None:
        return
    own = wants != "ask" and any(word.tag_ == "MD" for word in helpers(verb))
    what = verb if own else _matter(verb)
    actor = verb.head if verb.dep_ == "acomp" else verb
    holders = tuple(controllers(actor))
    if _of_its_noun(actor):
        return
    if what is not None and holders:
        yield from _wish(wants, holders, what, verb)


def _of_its_noun(verb: Token) -> bool:
    """Whether a clause describes a noun that is its object: "the money that Chile is ready to pay"."""
    subjects = [child for child in verb.children if child.dep_ in SUBJECTS]
    return verb.dep_ == "relcl" and any(subject.tag_ not in {"WDT", "WP"} for subject in subjects)


def _wanted_by(verb: Token) -> Wanting | None:
    """What a verb makes of what stands under it; None where it is denied, or says nothing of the kind."""
    modals = {word.lower_ for word in helpers(verb) if word.tag_ == "MD"}
    actor = verb.head if verb.dep_ == "acomp" else verb
    denies = any(child.dep_ == "neg" for child in (*verb.children, *actor.children))
    if denies:
        yields = modals & _CANNOT and _WANTS["yields"].fullmatch(verb.text)
        return "red_line" if yields else None
    if modals & _WILL and _WANTS["gives"].fullmatch(verb.text):
        return "offer"
    if "would" in modals and _WANTS["would"].fullmatch(verb.text):
        return "ask"
    if "would" in modals and verb.lower_ == "accept":
        return "offer"
    if modals - _WILL - {"would", "must"}:
        return None
    if _infinitive(verb):
        return None
    wants: tuple[Wanting, ...] = ("ask", "offer", "red_line")
    for name in wants:
        if any(_WANTS[name].fullmatch(words) for words in _with_particles(verb)):
            return name
    done = next((child for child in verb.children if child.dep_ == "xcomp"), None)
    if (
        done is not None
        and _WANTS["undertaking"].fullmatch(verb.text)
        and _WANTS["gives"].fullmatch(done.text)
    ):
        return "offer"
    return None


def _infinitive(verb: Token) -> bool:
    return any(word.tag_ == "TO" for word in helpers(verb))


def _with_particles(verb: Token) -> list[str]:
    """A verb alone, and with each particle or preposition behind it; alone only where it needs none."""
    behind = [c.lower_ for c in verb.children if c.dep_ in {"prt", "prep"} and c.i > verb.i]
    return [verb.lower_, *(f"{verb.lower_} {word}" for word in behind)]


def _matter(verb: Token) -> Token | None:
    """What a verb is about: the head of its complement, its object, or what stands behind its preposition."""
    if verb.dep_ == "csubj":
        return next((child for child in verb.head.children if child.dep_ in {"attr", "ccomp"}), None)
    for kind in _COMPLEMENTS:
        for child in verb.children:
            if child.dep_ != kind or child.i < verb.i:
                continue
            if kind != "prep":
                return child
            if any(_WANTS[name].fullmatch(f"{verb.lower_} {child.lower_}") for name in ("ask", "red_line")):
                return next((thing for thing in child.children if thing.dep_ in {"pobj", "pcomp"}), None)
    return None


def _apart(word: Token) -> bool:
    """Whether a clause is joined to another as one of its own: it has a subject, or a modal."""
    own = any(child.dep_ in SUBJECTS or child.tag_ == "MD" for child in word.children)
    return word.dep_ == "conj" and own


def wish_of(noun: str) -> Wanting | None:
    """What a noun has what stands with it be: a "demand" asks, a "promise" offers, a "refusal" refuses."""
    named: dict[str, Wanting] = {"asking": "ask", "offering": "offer", "refusing": "red_line"}
    return next((kind for name, kind in named.items() if _WANTS[name].fullmatch(noun)), None)


def _by_noun(noun: Token) -> Iterator[Wish]:
    """ "Chile’s demand is …", "Norway’s offer to …": the words of whom the noun is said to be."""
    wants = wish_of(noun.text)
    holders = tuple(child for child in noun.children if child.dep_ == "poss" and child.pos_ != "PRON")
    if wants is None or not holders or (noun.dep_ == "dobj"):
        return
    beside = [c for c in noun.children if c.dep_ in {"acl", "relcl"} and _infinitive(c)]
    if noun.dep_ in SUBJECTS and noun.head.lower_ in {"is", "was", "remains"} and not beside:
        beside = [c for c in noun.head.children if c.dep_ in {"attr", "ccomp", "xcomp"}]
    for what in beside[:1]:
        yield from _wish(wants, holders, what, noun)


def _wish(wants: Wanting, holders: tuple[Token, ...], what: Token, verb: Token) -> Iterator[Wish]:
    behind = [w for w in what.subtree if w.i > verb.i or w == what or verb.dep_ == "csubj"]
    words = list(_trimmed(behind, what))
    if words and words[-1].idx + len(words[-1]) - words[0].idx <= _LONGEST_WISH:
        yield Wish(wants, holders, words[0], words[-1])


def _trimmed(words: Iterable[Token], what: Token) -> Iterator[Token]:
    """Without the "that" or the "to" that opens a clause, and what stands behind it as a clause of its own."""
    kept = list(words)
    while kept and (kept[0].dep_ == "mark" or kept[0].tag_ == "TO" or kept[0].is_punct):
        kept.pop(0)
    beside = [c for c in what.children if c.i > what.i and (c.dep_ in {"advcl", "parataxis"} or _apart(c))]
    first = min((c.left_edge.i for c in beside), default=None)
    if first is not None:
        kept = [w for w in kept if w.i < first]
    while kept and (kept[-1].is_punct or kept[-1].dep_ == "cc"):
        kept.pop()
    yield from kept
