"""Words of sources that may stand in a sentence of ours: what a clause says of a day, what a side wants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from pipeline.language.clauses import VERBS
from pipeline.language.lexicons import lexicon
from pipeline.writing.claims import LEFT_OPEN, Told, firmness_of, is_denied, told
from schemas import Deadline, Event

if TYPE_CHECKING:
    from spacy.tokens import Token

_LONGEST_PHRASE = 14
_LONGEST_WISH = 150
_PRONOUN = re.compile(
    r"\b(?:we|our|ours|us|you|your|I|my|me|he|she|his|her|him|they|them|this|that|these|those|here|there)\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:it|its|their|his|her|our|this|that|these|those|such|both|another|other|one)\b", re.IGNORECASE
)
_MARKS = re.compile(r"[“”\"«»;:—–()\[\]]| - |\.\.\.|…")
_GOES_ON = re.compile(
    r"[%‰°\w]|,? (?:but|only|provided|as long as|on condition|if|unless|"
    r"for (?:up to|no more)|up to|limited|within|until|in return|except)\b"
)
_EXPECTED = re.compile(r"expect(?:s|ed|ing)?|likely|hope[sd]?|aim(?:s|ed)?|plan(?:s|ned)?")
_TAIL = re.compile(r" (?:for|on|from) (?:its|their|the)?[\w’' -]{2,40}?(?=[.;]|$)")


def is_plain(words: str) -> bool:
    """Whether words stand alone: no "we", "this", "here" in them, and no marks."""
    return not (_PRONOUN.search(words) or _MARKS.search(words))


def leans(words: str) -> bool:
    """Whether words begin with what stands for others: "its quota"."""
    return _LEANING.match(words) is not None


class Clause(Struct, frozen=True):
    """The clause that a day of a fact stands in. `subject` and `object`: whole phrases, None where not plain."""

    verb: Any
    phrase: str
    subject: str | None
    head: str
    plural: bool
    object: str | None
    passive: bool
    denied: bool
    open: bool
    expected: bool
    said: bool


def clauses_of_day(fact: Deadline | Event) -> Iterator[Clause]:
    """The clauses that tell the day of a fact, in what proves it."""
    if fact.date is None:
        return
    day = " ".join(fact.date.text.split())
    for text in dict.fromkeys(" ".join(e.exact.split()) for e in fact.evidence):
        yield from _clauses_of(text, day)


@lru_cache(maxsize=2048)
def _clauses_of(text: str, day: str) -> tuple[Clause, ...]:
    found = []
    read = told(text)
    for sentence in read.annotated.sentences:
        for mention in read.annotated.dates:
            if not sentence.start <= mention.start < sentence.end or sentence.tokens is None:
                continue
            if " ".join(mention.text.split()) != day:
                continue
            head = next(
                (
                    t
                    for t in sentence.tokens
                    if t.idx + sentence.shift >= mention.start and t.idx + sentence.shift < mention.end
                ),
                None,
            )
            verb = (
                next((s for s in (head, *head.ancestors) if s.pos_ in VERBS), None)
                if head is not None
                else None
            )
            if verb is not None:
                found.append(_read(verb, read))
    return tuple(found)


def _read(verb: Token, read: Told) -> Clause:
    subject = next((c for c in verb.children if c.dep_ in {"nsubj", "nsubjpass"}), None)
    passive = subject is not None and subject.dep_ == "nsubjpass"
    if subject is not None and subject.tag_ in {"WDT", "WP"} and verb.dep_ == "relcl":
        subject = verb.head
    thing = next((c for c in verb.children if c.dep_ == "dobj"), None)
    above = [verb, *verb.ancestors]
    said = any(step.dep_ == "ccomp" and lexicon.modality.says.fullmatch(step.head.text) for step in above)
    last = max(
        (c.i for c in verb.children if c.dep_ in {"prt", "dobj", "prep"} and 0 < c.i - verb.i <= 2),
        default=verb.i,
    )
    behind = verb.doc[verb.i : min(last + 2, len(verb.doc))].text
    return Clause(
        verb=verb,
        phrase=behind,
        subject=_phrase(subject, verb) if subject is not None else None,
        head=subject.text if subject is not None else "",
        plural=subject is not None
        and (subject.tag_ in {"NNS", "NNPS"} or any(c.dep_ == "conj" for c in subject.children)),
        object=_phrase(thing, verb) if thing is not None else None,
        passive=passive,
        denied=is_denied(verb),
        open=firmness_of(verb) == LEFT_OPEN,
        expected=any(_EXPECTED.fullmatch(step.text) for step in above),
        said=said,
    )


def _phrase(noun: Token, verb: Token) -> str | None:
    """A noun with what belongs to it, up to where a clause or an aside begins; None where it leans on other words."""
    if noun.pos_ not in {"NOUN", "PROPN"}:
        return noun.text if noun.lower_ in {"both"} else None
    cut = [
        c
        for c in noun.subtree
        if c.dep_ in {"relcl", "acl", "appos", "advcl", "parataxis"}
        or (c.is_punct and c.text in {",", "(", "—", "–"})
    ]
    first = noun.left_edge.i
    last = min(
        [
            c.left_edge.i if not c.is_punct else c.i
            for c in cut
            if (c.left_edge.i if not c.is_punct else c.i) > noun.i
        ]
        + [noun.right_edge.i + 1]
    )
    if any(c.i < noun.i for c in cut if c.dep_ not in {"appos"} and not c.is_punct):
        return None
    words = noun.doc[first:last].text.strip()
    if leans(words) or not is_plain(words) or re.search(r"\b(?:its|their)\b", words):
        return None
    if len(words.split()) > _LONGEST_PHRASE or verb.i in range(first, last):
        return None
    return (
        words[:1].lower() + words[1:]
        if noun.doc[first].pos_ in {"DET", "ADP", "ADJ", "NOUN", "NUM"}
        else words
    )


def with_its_end(words: str, evidence: Iterable[Any]) -> str:
    """A wish with what it is for, where the parse cut that off: "a quota of 500 tonnes" + "for its cheese"."""
    plain = words.rstrip(" .,")
    for e in evidence:
        line = " ".join(e.exact.split())
        at = line.find(plain)
        tail = _TAIL.match(line, at + len(plain)) if at >= 0 else None
        if tail and not any(told(tail[0]).days):
            return plain + tail[0]
    return words


def form_of(words: str, evidence: Iterable[Any], kind: str) -> str | None:
    """How a wish is told: `to` before a verb, `plain` as it is; None where neither reads well."""
    plain = words.rstrip(" .,")
    if (
        not is_plain(plain)
        or leans(plain)
        or len(plain) > _LONGEST_WISH
        or not re.search(r"[\w%]$", plain)
        or re.search(r"\b(?:as follows|following)\b", plain)
        or plain.startswith("offer")
    ):
        return None
    for e in evidence:
        line = " ".join(e.exact.split())
        at = line.find(plain)
        if at < 0:
            continue
        if _GOES_ON.match(line[at + len(plain) :]):
            return None  # cut before what limits it
        read = told(line)
        for sentence in read.annotated.sentences:
            if sentence.tokens is None:
                continue
            inside = [t for t in sentence.tokens if at <= t.idx + sentence.shift < at + len(plain)]
            if not inside or len(" ".join(t.text for t in inside)) < len(plain) - 8:
                continue
            root = next((t for t in inside if t.head not in inside or t.head == t), None)
            if root is None:
                return None
            before = inside[0].i and inside[0].nbor(-1).lower_
            after = inside[-1].doc[inside[-1].i + 1 : inside[-1].i + 2]
            if any(word.tag_ in {"MD", "VBZ", "VBD", "VBP"} for word in after):
                return None  # a noun of it is the subject of what follows
            if before in {"to", "will", "shall"} and inside[0].tag_ in {"VB", "VBP", "NN", "NNP"}:
                if not _is_whole(inside):
                    return None
                return "to" if before == "to" else "will"
            return _form(root, inside, kind)
    return None


def _is_verb_too(inside: Sequence[Token]) -> bool:
    """Whether the first word may be a verb: the parse took "allow access" for a name of access."""
    words = "".join(word.text_with_ws for word in inside)
    read = [t for t in told(f"They agreed to {words}").tokens][3:4]
    return any(word.tag_ == "VB" for word in read)


def _is_whole(inside: Sequence[Token]) -> bool:
    """Whether a verb stands with what it takes: none that is cut off before its object."""
    verb = inside[0]
    heads = [c for c in verb.children if c.dep_ in {"dobj", "ccomp", "xcomp", "prep", "acomp"}]
    ends = inside[-1].pos_ not in {"ADP", "CCONJ", "DET", "PART", "SCONJ"}
    return (
        ends
        and bool(heads)
        and all(c in inside for c in heads if c.dep_ in {"dobj", "ccomp", "xcomp"})
        and any(c in inside for c in heads if c.dep_ != "prep")
    )


def _form(root: Token, inside: Sequence[Token], kind: str) -> str | None:
    if root.pos_ in {"NOUN", "PROPN", "NUM"} or root.tag_ == "CD":
        if inside[0].pos_ not in {"DET", "NUM", "ADJ"} and _is_verb_too(inside):
            return None
        return "plain" if inside[-1].pos_ not in {"ADP", "CCONJ", "DET", "PART"} else None
    if root.pos_ not in VERBS:
        return None
    if root.tag_ == "VBG":
        return "plain" if kind == "red_line" and root == inside[0] else None
    if root.tag_ in {"VB", "VBP"} and root == inside[0]:
        return "to"
    helped = any(c.tag_ == "TO" for c in root.children if c in inside)
    return "plain" if kind == "ask" and helped else None
