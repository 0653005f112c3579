"""What a text claims: who does what, how firmly it is told, with which amounts, days, people and goods."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.briefings.goods import Goods, goods_in
from pipeline.documents.document import Block, Document, Span, touching
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
SO, TO_COME, LEFT_OPEN = 0, 1, 2
_WORDING = lexicon.wording
_WORD = re.compile(r"[^\W_]+")
_JOINED = {"conj", "xcomp", "acl", "pcomp", "relcl", "oprd", "acomp"}
_APART = {"conj", "advcl", "relcl", "ccomp", "parataxis", "acl"}
_NO = re.compile(r"no|nobody|none|neither|nor|nothing|never", re.IGNORECASE)
_UNDONE = re.compile(
    r"fail(?:s|ed|ing|ure)?|refus(?:e|es|ed|ing|al)|declin(?:e|es|ed)|short|without", re.IGNORECASE
)


class Claim(Struct, frozen=True, kw_only=True):
    """What a verb, or a noun that stands for one, says. `who` does it: parties, or EVERYBODY; nobody where untold.

    `firmness` is None of a noun, which leaves it to its verb. `names`: words of a name that is the verb's subject;
    `things`: what it is done to, by stems. `said`: somebody in the text says so. `tense`: as `told_tense` has it.
    """

    text: str
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
    tense: str | None = None
    conditional: bool = False
    subjects: frozenset[str] = frozenset()


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
    who: frozenset[Party]
    verb: str
    things: frozenset[str]
    into: tuple[tuple[str, frozenset[str]], ...]


class ToldDay(Struct, frozen=True, kw_only=True):
    """A date as it is written, the clause that it stands in, and what that does."""

    written: str
    edtf: str | None
    scope: str
    acts: frozenset[str]
    past: bool
    ahead: bool
    firmness: Firmness


class Told(Struct, frozen=True, kw_only=True):
    """A text as it was read."""

    text: str
    annotated: Annotated
    claims: tuple[Claim, ...]
    amounts: tuple[Amount, ...]
    days: tuple[ToldDay, ...]
    people: tuple[Person, ...]
    goods: Goods
    words: frozenset[str]

    @property
    def tokens(self) -> Iterator[Token]:
        for sentence in self.annotated.sentences:
            yield from sentence.tokens if sentence.tokens is not None else ()


@lru_cache(maxsize=10_000)
def words_of(text: str) -> frozenset[str]:
    """The words of a text, each by its stem."""
    return frozenset(stem(word) for word in _WORD.findall(fold(text)))


_ORDER = re.compile(
    rf"(?:^|[.!?:;“\"] ?)(?:please |now |then |instead,? |also )*{_WORDING.orders.any}\b(?! \w+(?:ed|s)\b)",
    re.IGNORECASE,
)


@lru_cache(maxsize=10_000)
def speaks_to_a_writer(text: str) -> str | None:
    """The words of a text that tell a writer, or a program, what to write; None where it has none."""
    found = _WORDING.commands.search(text) or _ORDER.search(text)
    return found[0].strip() if found else None


def stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word.removesuffix(ending)
    return word


@lru_cache(maxsize=10_000)
def acts_in(text: str) -> frozenset[str]:
    """What a text, or a word of one, does by the lexicon."""
    return frozenset(act.name for act in _WORDING.acts if act.words.search(text))


_OPPOSITE: Mapping[str, tuple[str, ...]] = {act.name: act.opposite for act in _WORDING.acts}


def opposites(acts: Iterable[str]) -> frozenset[str]:
    return frozenset(other for act in acts for other in _OPPOSITE[act])


@lru_cache(maxsize=2048)
def told(text: str) -> Told:
    """Reads a text of a sentence or a few, which nobody published on any day."""
    annotated = annotate(_document(text))
    claims: list[Claim] = []
    amounts: list[Amount] = []
    days: list[ToldDay] = []
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


def verb_over(token: Token | None) -> Token | None:
    """The nearest verb that a token is, or stands under; unlike `governor`, what is joined to a verb counts not."""
    if token is None:
        return None
    return next((step for step in (token, *token.ancestors) if step.pos_ in VERBS), None)


def clause_words(token: Token) -> list[Token]:
    """The words of the clause that a token stands in, without those of the clauses beside and inside it."""
    verb = verb_over(token)
    if verb is None:
        return [*token.sent]
    left: set[Token] = set()
    for word in verb.subtree:
        if (
            word != verb
            and word.dep_ in _APART
            and word.pos_ in VERBS
            and not word.is_ancestor(token)
            and not token.is_ancestor(word)
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
    scope = _joined(clause_words(head)) if head is not None else sentence.text
    move = reader.move(quantity)
    verb = verb_over(head)
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
        sides=_named_sides(annotated, sentence, clause_words(head)) if head is not None else frozenset(),
        who=_parties(annotated, sentence, controllers(verb)) if verb is not None else frozenset(),
        verb=stem(verb.lower_) if verb is not None else "",
        into=_into(verb) if verb is not None else (),
        things=_nouns(annotated, sentence, clause_words(head)) if head is not None else frozenset(),
    )


def _named_sides(annotated: Annotated, sentence: Sentence, words: Iterable[Token]) -> frozenset[Party]:
    """The parties that a clause names as such: not those whose goods it only calls by them."""
    starts = {w.idx + sentence.shift: w for w in words if w.tag_ not in {"JJ", "JJS"}}
    return frozenset(m.code for m in annotated.parties if m.start in starts)


def _into(verb: Token) -> tuple[tuple[str, frozenset[str]], ...]:
    """What stands behind "in", "into" and "to" under a verb or its object."""
    holders = [verb, *(c for c in verb.children if c.dep_ == "dobj")]
    links = [
        c for one in holders for c in one.children if c.dep_ == "prep" and c.lower_ in {"in", "into", "to"}
    ]
    behind = (
        (link.lower_, [p for p in link.children if p.dep_ == "pobj" and p.pos_ in {"NOUN", "PROPN"}])
        for link in links
    )
    return tuple((name, frozenset(stem(fold(p.text)) for p in things)) for name, things in behind if things)


def _nouns(annotated: Annotated, sentence: Sentence, words: Iterable[Token]) -> frozenset[str]:
    """What a clause is about: its nouns, without measures, sides, amounts and dates."""

    def counts(word: Token) -> bool:
        at = word.idx + sentence.shift
        return bool(touching(annotated.quantities, at, at + 1) or touching(annotated.dates, at, at + 1))

    return frozenset(
        stem(fold(w.text))
        for w in words
        if w.pos_ in {"NOUN", "PROPN"} and w.is_alpha and not _WORDING.measures.fullmatch(w.text)
        if not counts(w) and not mentions(w.text)
    )


def _payers(annotated: Annotated, sentence: Sentence, head: Token | None) -> frozenset[Party]:
    """Whose goods pay an amount: the subject of a verb that says so."""
    verb = next((step for step in head.ancestors if step.pos_ in VERBS), None) if head is not None else None
    if verb is None or not _WORDING.pays.fullmatch(verb.text):
        return frozenset()
    subjects = [c for c in verb.children if c.dep_ == "nsubj" and c.tag_ in {"NNS", "NN"}]
    return _parties(annotated, sentence, subjects)


def _day(annotated: Annotated, sentence: Sentence, date: DateMention) -> ToldDay:
    head = _at(sentence, date.start, date.end)
    words = clause_words(head) if head is not None else []
    scope = _joined(words) or sentence.text
    return ToldDay(
        written=date.text,
        edtf=date.date.edtf,
        scope=scope,
        acts=acts_in(scope),
        past=_is_past_at(head),
        ahead=date.clause is not None
        and date.clause.tense == "future"
        and _preposition(head) not in _COMPARED,
        firmness=_firmness_at(head),
    )


_COMPARED = {"before", "since", "after", "than", "of"}


def _preposition(head: Token | None) -> str:
    """What a date stands behind: the "before" of "as before the beginning of April"."""
    links = [step for step in (head, *head.ancestors) if step.dep_ == "prep"] if head is not None else []
    return next((link.lower_ for link in links if link.lower_ != "of"), "")


def _is_past_at(head: Token | None) -> bool:
    """Whether what happens on a day is told as over, rather than what was said or set of it."""
    verb = verb_over(head)
    at = (
        next((step for step in (head, *head.ancestors) if step.dep_ == "prep"), None)
        if head is not None
        else None
    )
    if at is not None and verb is not None and verb.is_ancestor(at) and at.lower_ not in {"on", "in"}:
        return False
    if verb is None or told_tense(verb) != "past" or firmness_of(verb) != SO:
        return False
    if any(
        c.dep_ in {"acomp", "advmod", "xcomp"} and _WORDING.to_come.fullmatch(c.text) for c in verb.children
    ):
        return False
    return not (
        _governs_open(verb)
        or _WORDING.to_come.fullmatch(verb.text)
        or lexicon.modality.says.fullmatch(verb.text)
    )


def _firmness_at(head: Token | None) -> Firmness:
    """How settled it is what happens on a day: a verb that wishes leaves open what it wishes for."""
    verb = verb_over(head)
    if verb is None:
        return SO
    aimed = any(_WORDING.aims.fullmatch(word.text) for word in clause_words(verb))
    return LEFT_OPEN if aimed or _governs_open(verb) else firmness_of(verb)


def _claims(annotated: Annotated, sentence: Sentence) -> Iterator[Claim]:
    assert sentence.tokens is not None
    for token in sentence.tokens:
        verb = token.pos_ == "VERB" or (token.pos_ == "AUX" and token.dep_ in {"ROOT", "ccomp"})
        phrase = _phrase(token)
        acts = _acts_of(token, phrase)
        state = next((c for c in token.children if c.dep_ == "acomp"), None) if token.pos_ == "AUX" else None
        if verb and (acts or state is not None or not _WORDING.light.fullmatch(token.text)):
            who = _parties(annotated, sentence, controllers(token)) or _right_before(
                annotated, sentence, token
            )
            yield Claim(
                text=state.lower_ if state is not None else token.lower_,
                word=stem(state.lower_ if state is not None else token.lower_),
                acts=acts,
                who=who,
                denied=is_denied(token),
                firmness=firmness_of(token),
                goods=goods_in(_joined(clause_words(token))),
                names=_names(token),
                things=_things(token),
                said=is_said(token),
                aside=token.dep_ == "relcl",
                tense=told_tense(token),
                conditional=is_conditional(token),
                subjects=frozenset(
                    stem(fold(c.text)) for c in token.children if c.dep_ == "nsubj" and c.pos_ == "NOUN"
                ),
            )
        elif token.pos_ == "NOUN" and acts and not (token.dep_ == "pobj" and acts & {"end", "begin"}):
            owners = [child for child in token.children if child.dep_ == "poss"]
            yield Claim(
                text=token.lower_,
                word=stem(token.lower_),
                acts=acts,
                who=_parties(annotated, sentence, owners),
                denied=is_denied(token),
                firmness=None,
                goods=goods_in(_joined(clause_words(token))),
            )


def told_tense(verb: Token) -> str | None:
    """The tense of a verb with its helpers: past, present, or what a modal makes of it; None where it has none."""
    beside = list(helpers(verb))
    if any(word.tag_ == "MD" for word in beside):
        return "modal"
    finite = next((word for word in (*beside, verb) if word.tag_ in {"VBD", "VBZ", "VBP"}), None)
    if finite is None:
        return None
    perfect = finite in beside and verb.tag_ == "VBN" and finite.lower_ in {"has", "have", "’ve", "'ve"}
    return "past" if finite.tag_ == "VBD" or perfect else "present"


def is_conditional(verb: Token) -> bool:
    """Whether what a verb tells is a condition: "unless Chile renews it"."""
    for step in (verb, *verb.ancestors):
        if any(
            c.dep_ in {"mark", "advmod"} and c.lower_ in {"if", "unless", "whether", "should"}
            for c in step.children
        ):
            return True
        if step.dep_ not in {"conj", "xcomp", "ccomp", "acl", "pcomp", "prep", "pobj", "dobj", "oprd"}:
            return False
    return False


def _names(verb: Token) -> frozenset[str]:
    """The words of the names that stand as a verb's subject."""
    subjects = [c for c in verb.children if c.dep_ in SUBJECTS]
    if verb.dep_ == "relcl" and subjects and subjects[0].tag_ in {"WP", "WDT"}:
        subjects = [verb.head]
    heads = [one for subject in subjects for one in (subject, *subject.conjuncts)]
    if any(subject.lower_ in {"he", "she"} for subject in subjects):
        heads += [t for t in verb.sent[: verb.i - verb.sent.start] if _is_name(t)][-1:]
    words = [w for h in heads if _is_name(h) for w in (h, *(c for c in h.children if c.dep_ == "compound"))]
    return frozenset(stem(fold(w.text)) for w in words if _is_name(w))


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
    words = [
        w for h in (*heads, *behind) for w in (h, *h.conjuncts) if w.pos_ == "NOUN" and "cent" not in w.text
    ]
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


def _acts_of(word: Token, phrase: str) -> frozenset[str]:
    """What a word does by itself; where that tells nothing, what it does with its particle or object: "took effect"."""
    if (
        word.pos_ in VERBS
        and any(c.dep_ == "ccomp" for c in word.children)
        and lexicon.modality.says.fullmatch(word.text)
    ):
        return frozenset({"say"})
    light = _WORDING.light.fullmatch(word.text) is not None
    own = frozenset() if light else acts_in(word.text)
    return own or (acts_in(phrase) if " " in phrase else frozenset())


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
        if lexicon.talks.talk.fullmatch(word.text):
            continue
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
        if not found and _WORDING.both.fullmatch(annotated.text[span.start : span.end]):
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
    """How often a word is turned into its opposite."""
    own = any(c.dep_ == "neg" and not _not_only(c) and not _limits(c) for c in word.children)
    own = own or any(
        c.dep_ == "advmod" and c.lower_ == "longer" and c.i and c.nbor(-1).lower_ == "no"
        for c in word.children
    )
    own = own or any(_lacks(c) for c in word.children if c.dep_ in {"det", "neg", "preconj"})
    if word.pos_ in VERBS:
        held = [c for c in word.children if c.dep_ in {"dobj", "nsubj", "nsubjpass", "attr"}]
        own = own or any(
            _lacks(c) or any(_lacks(d) for d in c.children if d.dep_ in {"det", "neg"}) for c in held
        )
    head = word.head
    over = (
        word.dep_ in {"xcomp", "pcomp", "acl"} and head != word and _UNDONE.fullmatch(head.text) is not None
    )
    under = word.dep_ in {"pobj", "pcomp"} and (
        head.lower_ == "without" or (head.lower_ == "of" and head.i > 0 and head.nbor(-1).lower_ == "short")
    )
    if word.dep_ == "conj" and not own and any(c.dep_ == "neg" for c in head.children):
        own = word.i - head.i < 4
    return int(own) + int(over or under)


def _lacks(word: Token) -> bool:
    """Whether a word says that there is none of something, rather than no more than so much of it."""
    return _NO.fullmatch(word.text) is not None and not _limits(word)


def _limits(word: Token) -> bool:
    behind = word.doc[word.i + 1 : word.i + 2].text.lower()
    return behind in {
        "more",
        "less",
        "fewer",
        "later",
        "longer",
        "higher",
        "lower",
        "greater",
        "beyond",
        "but",
        "earlier",
        "sooner",
    }


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
        if any(_WORDING.open.fullmatch(word.text) for word in beside):
            return LEFT_OPEN
        realised = lexicon.modality.realised.fullmatch(step.head.text) is not None
        if not realised and any(
            word.lower_ in {"will", "shall", "’ll", "'ll", "to"} for word in helpers(step)
        ):
            firmness = TO_COME
        wanted = step.dep_ == "ccomp" and not lexicon.modality.says.fullmatch(step.head.text)
        if not (step.dep_ in _JOINED or wanted) or step.head == step:
            break
        head = step.head
        if step.dep_ not in {"conj", "relcl"} and _governs_open(head):
            return LEFT_OPEN
        if step.dep_ == "relcl":
            break
        if (
            step.dep_ == "acl"
            and head.dep_ == "dobj"
            and head.head.pos_ in VERBS
            and _governs_open(head.head)
        ):
            return LEFT_OPEN
        if step.dep_ == "conj" and any(c.dep_ in {"nsubj", "nsubjpass"} for c in step.children):
            break
        step = head
    return firmness


def _governs_open(head: Token) -> bool:
    words = [head.text, *(f"{head.text} {c.text}" for c in head.children if c.dep_ in {"prt", "prep"})]
    return any(_WORDING.open.fullmatch(word) for word in words)


def content_words(tokens: Iterable[Token]) -> Iterator[Token]:
    """The words that say what a text is about."""
    return (t for t in tokens if t.pos_ in {"NOUN", "VERB", "ADJ", "PROPN"} and t.is_alpha and not t.is_stop)
