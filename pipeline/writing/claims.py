"""What a text claims: who does what, how firmly it is told, with which amounts, days, people and goods."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.briefings.goods import Goods, goods_in
from pipeline.documents.document import Block, Document, Span
from pipeline.language.amounts import AmountReader
from pipeline.language.annotate import Annotated, DateMention, Sentence, annotate
from pipeline.language.clauses import SUBJECTS, VERBS, controllers, helpers, tokens_at
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import mentions
from pipeline.language.people import Person
from pipeline.language.quantities import Quantity
from schemas.vocabulary import Direction, Party

if TYPE_CHECKING:
    from spacy.tokens import Token

EVERYBODY = "*"
"""All sides of a table, which a text calls by no name: "the two governments"."""
Firmness = int
"""What is or was so; what is settled to come; what is open, or only wanted."""
SO, TO_COME, OPEN = 0, 1, 2
_WRITING = lexicon.writing
_WORD = re.compile(r"[^\W_]+")
_JOINED = {"conj", "xcomp", "acl", "pcomp", "relcl", "oprd"}
_APART = {"conj", "advcl", "relcl", "ccomp", "parataxis", "acl"}
_NO = re.compile(r"no|nobody|none|neither|nor|nothing|never", re.IGNORECASE)
_UNDONE = re.compile(
    r"fail(?:s|ed|ing|ure)?|refus(?:e|es|ed|ing|al)|declin(?:e|es|ed)|short|without", re.IGNORECASE
)


class Claim(Struct, frozen=True, kw_only=True):
    """What a verb, or a noun that stands for one, says. `who` does it: parties, or EVERYBODY; nobody where untold.

    `firmness` is None of a noun, which leaves it to its verb. `names`: words of a name that is the verb's subject;
    `things`: what it is done to, by stems. `said`: somebody in the text says so.
    """

    word: str
    acts: frozenset[str]
    who: frozenset[Party]
    denied: bool
    firmness: Firmness | None
    goods: Goods
    names: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    said: bool = False
    aside: bool = False


class Amount(Struct, frozen=True, kw_only=True):
    """A quantity, which way it goes, whose measure it is and on whom; what else its clause names."""

    quantity: Quantity
    written: str
    way: Direction | None
    former: bool
    status: str
    imposers: frozenset[Party]
    bearers: frozenset[Party]
    goods: Goods
    scope: str
    sides: frozenset[Party]


class Day(Struct, frozen=True, kw_only=True):
    """A date as it is written, the clause that it stands in, and what that does."""

    written: str
    edtf: str | None
    scope: str
    acts: frozenset[str]
    tense: str | None
    firmness: Firmness


class Told(Struct, frozen=True, kw_only=True):
    """A text as it was read."""

    text: str
    annotated: Annotated
    claims: tuple[Claim, ...]
    amounts: tuple[Amount, ...]
    days: tuple[Day, ...]
    people: tuple[Person, ...]
    goods: Goods
    words: frozenset[str]

    @property
    def tokens(self) -> Iterator[Token]:
        for sentence in self.annotated.sentences:
            yield from sentence.tokens if sentence.tokens is not None else ()


def words_of(text: str) -> frozenset[str]:
    """The words of a text, each by its stem."""
    return frozenset(stem(word) for word in _WORD.findall(fold(text)))


def stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word.removesuffix(ending)
    return word


@lru_cache(maxsize=4096)
def acts_in(text: str) -> frozenset[str]:
    """What a text, or a word of one, does by the lexicon."""
    return frozenset(act.name for act in _WRITING.acts if act.words.search(text))


_OPPOSITE: Mapping[str, str] = {act.name: act.opposite for act in _WRITING.acts if act.opposite}


def opposites(acts: Iterable[str]) -> frozenset[str]:
    return frozenset(_OPPOSITE[act] for act in acts if act in _OPPOSITE)


@lru_cache(maxsize=2048)
def told(text: str) -> Told:
    """Reads a text of a sentence or a few, which nobody published on any day."""
    annotated = annotate(_document(text))
    claims: list[Claim] = []
    amounts: list[Amount] = []
    days: list[Day] = []
    for sentence in annotated.sentences:
        reader = AmountReader(annotated, sentence)
        inside = [q for q in annotated.quantities if sentence.start <= q.start < sentence.end]
        amounts += [_amount(annotated, sentence, reader, quantity) for quantity in inside]
        days += [
            _day(annotated, sentence, d) for d in annotated.dates if sentence.start <= d.start < sentence.end
        ]
        if sentence.tokens is not None:
            claims += _claims(annotated, sentence)
    return Told(
        text=annotated.text,
        annotated=annotated,
        claims=tuple(claims),
        amounts=tuple(amounts),
        days=tuple(days),
        people=tuple(annotated.people),
        goods=goods_in(annotated.text),
        words=words_of(annotated.text),
    )


def _document(text: str) -> Document:
    return Document(
        id=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        file=None,
        title=None,
        publisher=None,
        url=None,
        published=None,
        updated=None,
        blocks=[Block(0, len(text), "body")],
    )


def scope_of(token: Token) -> list[Token]:
    """The words of the clause that a token stands in, without those of the clauses beside and inside it."""
    verb = next((step for step in (token, *token.ancestors) if step.pos_ in VERBS), None)
    if verb is None:
        return [*token.sent]
    left: set[Token] = set()
    for word in verb.subtree:
        if (
            word != verb
            and word.dep_ in _APART
            and word.pos_ in VERBS
            and not word.is_ancestor(token)
            and word != token
        ):
            left.update(word.subtree)
    own = [word for word in verb.subtree if word not in left]
    while verb.dep_ == "xcomp" and verb.head != verb:
        verb = verb.head
        own += [word for c in verb.children if c.dep_ in SUBJECTS for word in c.subtree]
    return sorted(own, key=lambda word: word.i)


def _joined(words: Iterable[Token]) -> str:
    return "".join(word.text_with_ws for word in words)


def _at(sentence: Sentence, start: int, end: int) -> Token | None:
    """The head of a place of a sentence."""
    if sentence.tokens is None:
        return None
    tokens = tokens_at(sentence.tokens, start - sentence.shift, end - sentence.shift)
    return tokens.root if tokens is not None and len(tokens) else None


def _amount(annotated: Annotated, sentence: Sentence, reader: AmountReader, quantity: Quantity) -> Amount:
    head = _at(sentence, quantity.start, quantity.end)
    scope = _joined(scope_of(head)) if head is not None else sentence.text
    move = reader.move(quantity)
    return Amount(
        quantity=quantity,
        written=annotated.text[quantity.start : quantity.end],
        way=move.way,
        former=move.former,
        status=reader.status(quantity),
        imposers=frozenset(reader.imposers(quantity)),
        bearers=frozenset(reader.bearers(quantity)) or _payers(annotated, sentence, head),
        goods=goods_in(scope),
        scope=scope,
        sides=frozenset(m.code for m in mentions(scope)),
    )


def _payers(annotated: Annotated, sentence: Sentence, head: Token | None) -> frozenset[Party]:
    """Whose goods pay an amount: the subject of a verb that says so."""
    verb = next((step for step in head.ancestors if step.pos_ in VERBS), None) if head is not None else None
    if verb is None or not _WRITING.pays.fullmatch(verb.text):
        return frozenset()
    subjects = [c for c in verb.children if c.dep_ == "nsubj" and c.tag_ in {"NNS", "NN"}]
    return _parties(annotated, sentence, subjects)


def _day(annotated: Annotated, sentence: Sentence, date: DateMention) -> Day:
    head = _at(sentence, date.start, date.end)
    words = scope_of(head) if head is not None else []
    scope = _joined(words) or sentence.text
    return Day(
        written=date.text,
        edtf=date.date.edtf,
        scope=scope,
        acts=acts_in(scope),
        tense=date.clause.tense if date.clause else None,
        firmness=_firmness_at(head),
    )


def _firmness_at(head: Token | None) -> Firmness:
    """How settled it is what happens on a day: a verb that wishes leaves open what it wishes for."""
    verb = (
        next((step for step in (head, *head.ancestors) if step.pos_ in VERBS), None)
        if head is not None
        else None
    )
    if verb is None:
        return SO
    return OPEN if _governs_open(verb) else firmness_of(verb)


def _claims(annotated: Annotated, sentence: Sentence) -> Iterator[Claim]:
    assert sentence.tokens is not None
    for token in sentence.tokens:
        verb = token.pos_ == "VERB" or (token.pos_ == "AUX" and token.dep_ in {"ROOT", "ccomp"})
        phrase = _phrase(token)
        acts = (
            acts_in(phrase)
            if not verb or not _WRITING.light.fullmatch(token.text)
            else _acts_of_phrase(phrase)
        )
        if verb and (acts or not _WRITING.light.fullmatch(token.text)):
            who = _parties(annotated, sentence, controllers(token)) or _right_before(
                annotated, sentence, token
            )
            yield Claim(
                word=stem(token.lower_),
                acts=acts,
                who=who,
                denied=is_denied(token),
                firmness=firmness_of(token),
                goods=goods_in(_joined(scope_of(token))),
                names=_names(token),
                things=_things(token),
                said=is_said(token),
                aside=token.dep_ == "relcl",
            )
        elif token.pos_ == "NOUN" and acts:
            owners = [child for child in token.children if child.dep_ == "poss"]
            yield Claim(
                word=stem(token.lower_),
                acts=acts,
                who=_parties(annotated, sentence, owners),
                denied=is_denied(token),
                firmness=None,
                goods=goods_in(_joined(scope_of(token))),
            )


def _names(verb: Token) -> frozenset[str]:
    """The words of the names that stand as a verb's subject."""
    subjects = [c for c in verb.children if c.dep_ in SUBJECTS]
    if verb.dep_ == "relcl" and subjects and subjects[0].tag_ in {"WP", "WDT"}:
        subjects = [verb.head]
    heads = [one for subject in subjects for one in (subject, *subject.conjuncts)]
    if any(subject.lower_ in {"he", "she"} for subject in subjects):
        heads += [t for t in verb.sent[: verb.i - verb.sent.start] if _is_name(t)][-1:]
    return frozenset(stem(fold(h.text)) for h in heads if _is_name(h))


def _is_name(word: Token) -> bool:
    return word.tag_ in {"NNP", "NNPS"} and word.ent_type_ not in {"DATE"} and not mentions(word.text)


def _things(verb: Token) -> frozenset[str]:
    """What a verb is done to: its object, or its subject where it is passive, with what stands behind an "of"."""
    heads = [c for c in verb.children if c.dep_ in {"dobj", "nsubjpass"}]
    behind = [
        p
        for h in heads
        for c in h.children
        if c.dep_ == "prep" and c.lower_ in {"of", "on", "for"}
        for p in c.children
    ]
    words = [w for h in (*heads, *behind) for w in (h, *h.conjuncts) if w.pos_ == "NOUN"]
    return frozenset(stem(fold(w.text)) for w in words)


def is_said(word: Token) -> bool:
    """Whether a text puts what a word tells in somebody's mouth."""
    for step in (word, *word.ancestors):
        if step.dep_ == "ccomp" and lexicon.modality.says.fullmatch(step.head.text):
            return True
        if any(
            c.dep_ in {"parataxis", "ccomp"} and lexicon.modality.says.fullmatch(c.text) and c.i > step.i
            for c in step.children
        ):
            return True
        if any(c.dep_ == "prep" and c.lower_ == "according" for c in step.children):
            return True
    return False


def _acts_of_phrase(phrase: str) -> frozenset[str]:
    """What a verb that tells nothing alone does with its particle: "took effect"."""
    return acts_in(phrase) if " " in phrase else frozenset()


def _phrase(token: Token) -> str:
    """A word with its particles, and with its object where both together are one act: "take effect"."""
    beside = [
        c
        for c in token.children
        if c.dep_ in {"prt", "dobj", "prep", "advmod"} and token.i < c.i <= token.i + 3
    ]
    if token.pos_ != "VERB" or not beside:
        return token.text
    last = max(c.i for c in beside)
    inner = [g for c in beside if c.dep_ == "prep" for g in c.children if g.dep_ == "pobj" and g.i <= c.i + 2]
    last = max([last, *(g.i for g in inner)])
    return token.doc[token.i : last + 1].text


def _parties(annotated: Annotated, sentence: Sentence, words: Iterable[Token]) -> frozenset[Party]:
    found: set[Party] = set()
    for word in words:
        of = [
            c.right_edge
            for c in word.children
            if c.dep_ == "prep" and c.lower_ in {"of", "from", "for"} and c.i > word.i
        ]
        last = max([word, *of], key=lambda each: each.i)
        span = Span(word.left_edge.idx + sentence.shift, last.idx + len(last) + sentence.shift)
        found.update(m.code for m in annotated.parties_in(span))
        found.update(
            p.party for p in annotated.people if p.party and p.start < span.end and span.start < p.end
        )
        if not found and _WRITING.both.fullmatch(annotated.text[span.start : span.end]):
            found.add(EVERYBODY)
    return frozenset(found)


def _right_before(annotated: Annotated, sentence: Sentence, verb: Token) -> frozenset[Party]:
    """The party whose name stands right before a verb that the parse gives no subject."""
    if verb.tag_ not in {"VBZ", "VBD", "VBP"} or any(c.dep_ in SUBJECTS for c in verb.children):
        return frozenset()
    at = verb.idx + sentence.shift
    return frozenset(m.code for m in annotated.parties if 0 <= at - m.end <= 1)


def is_denied(word: Token) -> bool:
    """Whether a text says that something was not, or is not to be: a "not", a "no", a verb that left it undone."""
    return _denials(word) % 2 == 1


def _denials(word: Token) -> int:
    own = any(c.dep_ == "neg" and c.lower_ not in {"only", "just"} for c in word.children if not _not_only(c))
    own = own or any(c.dep_ in {"det", "neg", "preconj"} and _NO.fullmatch(c.text) for c in word.children)
    for child in word.children:
        if child.dep_ in {"dobj", "nsubj", "nsubjpass", "attr"} and word.pos_ in VERBS:
            lacking = _NO.fullmatch(child.text) or any(
                c.dep_ in {"det", "neg"} and _NO.fullmatch(c.text) for c in child.children
            )
            own = own or bool(lacking)
    head = word.head
    over = (
        word.dep_ in {"xcomp", "pcomp", "acl"} and head != word and _UNDONE.fullmatch(head.text) is not None
    )
    under = word.dep_ in {"pobj", "pcomp"} and head.lower_ == "without"
    if word.dep_ == "conj" and not own and any(c.dep_ == "neg" for c in word.head.children):
        own = word.i - word.head.i < 4
    return int(own) + int(over or under)


def _not_only(negation: Token) -> bool:
    behind = negation.doc[negation.i + 1 : negation.i + 2].text
    return lexicon.modality.only.fullmatch(behind) is not None


def firmness_of(verb: Token) -> Firmness:
    """How settled it is what a verb tells, by its helpers and by what it stands under."""
    firmness: Firmness = SO
    step = verb
    for _ in range(6):
        marks = [c for c in step.children if c.dep_ in {"mark", "advmod"}]
        beside = [*helpers(step), *marks]
        if any(_WRITING.open.fullmatch(word.text) for word in beside):
            return OPEN
        realised = lexicon.modality.realised.fullmatch(step.head.text) is not None
        if not realised and any(
            word.lower_ in {"will", "shall", "’ll", "'ll", "to"} for word in helpers(step)
        ):
            firmness = TO_COME
        wanted = step.dep_ == "ccomp" and not lexicon.modality.says.fullmatch(step.head.text)
        if not (step.dep_ in _JOINED or wanted) or step.head == step:
            break
        head = step.head
        if step.dep_ != "conj" and _governs_open(head):
            return OPEN
        if step.dep_ == "relcl":
            break
        if (
            step.dep_ == "acl"
            and head.dep_ == "dobj"
            and head.head.pos_ in VERBS
            and _governs_open(head.head)
        ):
            return OPEN
        if step.dep_ == "conj" and any(c.dep_ in {"nsubj", "nsubjpass"} for c in step.children):
            break
        step = head
    return firmness


def _governs_open(head: Token) -> bool:
    words = [head.text, *(f"{head.text} {c.text}" for c in head.children if c.dep_ in {"prt", "prep"})]
    return any(_WRITING.open.fullmatch(word) for word in words)


def content_words(tokens: Iterable[Token]) -> Iterator[Token]:
    """The words that say what a text is about."""
    return (t for t in tokens if t.pos_ in {"NOUN", "VERB", "ADJ", "PROPN"} and t.is_alpha and not t.is_stop)
