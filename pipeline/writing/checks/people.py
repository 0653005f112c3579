"""Names, offices and sides of a sentence, as the facts that it cites have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import mentions
from pipeline.language.people import Person, same_person
from pipeline.writing.checks.grounds import CALENDAR_WORDS, KnownPerson, Written, names_of_sides
from pipeline.writing.claims import stem, words_of

if TYPE_CHECKING:
    from spacy.tokens import Token


_BESIDE = 48
"""Characters around a name that may hold its office."""


_OFFICES = (
    lexicon.offices.negotiators, lexicon.offices.envoys, lexicon.offices.ministers, lexicon.offices.leaders,
    lexicon.offices.others,
)  # fmt: skip


def check_people(sentence: Written) -> Iterator[str]:
    """Somebody who is named with an office has it in a fact that is cited, and sits for that side."""
    known = [KnownPerson(*person) for ground in sentence.grounds for person in ground.people] + sentence.known
    for person in [*sentence.told.people, *_beside_names(sentence)]:
        alike = [one for one in known if same_person(person.name, one.name)]
        mine = set(_office_words(person.office))
        own = set(_office_words(" ".join([one.office for one in alike])))
        others = [set(_office_words(one.office)) for one in known if one not in alike]
        elses = any(mine <= theirs for theirs in others) and not _is_plural(person.office)
        beside = set(_office_words(" ".join(_around(person.name, sentence))))
        named = words_of(person.name) & sentence.words
        if (
            (alike or (named and elses))
            and not mine <= own
            and (elses or not mine <= beside | sentence.words)
        ) or (alike and not mine <= own | beside and not _is_plural(person.office)):
            yield f"{person.name} has another office in the facts that it cites than “{person.office}”"
        sides = {one.party for one in alike if one.party}
        called = {m.code for m in mentions(person.role)}
        if person.party in called and sides and person.party not in sides:
            yield f"{person.name} sits for {names_of_sides(sides)}, not for {names_of_sides([person.party])}"


def _beside_names(sentence: Written) -> Iterator[Person]:
    """Offices that stand beside a name: "his trade minister, Ana Example"."""
    for token in sentence.told.tokens:
        if token.pos_ not in {"NOUN", "PROPN"} or not any(one.fullmatch(token.text) for one in _OFFICES):
            continue
        for name in token.children:
            if name.dep_ != "appos" or name.tag_ not in {"NNP", "NNPS"}:
                continue
            first = min([name.i, *(c.i for c in name.children if c.dep_ == "compound")])
            if fold(token.text) in _NO_OFFICE:
                continue
            before = [c for c in token.lefts if c.dep_ in {"compound", "amod"} and not mentions(c.text)]
            yield Person(
                start=token.idx,
                end=name.idx + len(name),
                name=token.doc[first : name.i + 1].text,
                role=token.text,
                office=" ".join(w.text for w in (*before, token)),
                party=None,
            )


def _is_plural(office: str) -> bool:
    """Whether several hold an office: "the trade and finance ministers"."""
    return office.rstrip(".").endswith("s")


def _around(name: str, sentence: Written) -> Iterator[str]:
    """The words around a name in the facts."""
    surname = re.escape(name.split()[-1])
    for ground in sentence.grounds:
        for one in ground.told:
            for match in re.finditer(rf"(?<!\w){surname}(?!\w)", one.text):
                yield one.text[max(match.start() - _BESIDE, 0) : match.end() + _BESIDE]


def _office_words(office: str) -> list[str]:
    plain = office
    for mention in reversed(mentions(office)):
        plain = plain[: mention.start] + plain[mention.end :]
    words = [w for w in re.findall(r"[^\W\d_]+", fold(plain)) if w not in _NO_OFFICE]
    return [stem(one) for w in words for one in (("prime", "minister") if w == "pm" else (w,))]


def check_offices(sentence: Written) -> Iterator[str]:
    """An office stands in a fact that is cited with all its words."""
    for token in sentence.told.tokens:
        if token.pos_ not in {"NOUN", "PROPN"} or not any(one.fullmatch(token.text) for one in _OFFICES):
            continue
        beside = [
            c
            for c in token.lefts
            if c.dep_ in {"compound", "amod", "nmod"} and c.pos_ in {"NOUN", "PROPN", "ADJ"}
        ]
        beside += [g for c in beside for g in c.subtree if g != c and g.pos_ in {"NOUN", "PROPN", "ADJ"}]
        beside += [
            p
            for c in token.rights
            if c.dep_ == "prep" and c.lower_ in {"of", "for"}
            for p in c.children
            if p.dep_ == "pobj"
        ]
        words = [w for w in (token, *beside) if w.is_alpha and not mentions(w.text)]
        if left := [
            w.text
            for w in words
            if stem(fold(w.text)) not in sentence.words | sentence.known_words and not _counts(w)
        ]:
            yield f"the office “{left[-1]}” stands in no fact that it cites"


_NO_OFFICE = {
    "of",
    "for",
    "the",
    "and",
    "s",
    "who",
    "is",
    "a",
    "an",
    "in",
    "opposite",
    "then",
    "former",
    "number",
    "counterpart",
    "colleague",
    "her",
    "his",
    "its",
}


def _counts(word: Token) -> bool:
    return word.lower_ in {
        "two",
        "both",
        "top",
        "senior",
        "sides",
        "ministers",
        "negotiators",
        "officials",
        "leaders",
    }


def check_sides(sentence: Written) -> Iterator[str]:
    """Whoever is named is named by a fact that is cited, or sits at the table."""
    known = frozenset(chain.from_iterable(g.parties for g in sentence.grounds)) | set(sentence.talks.parties)
    venue = fold(sentence.talks.venue or "")
    for mention in mentions(sentence.text):
        words = sentence.text[mention.start : mention.end]
        if mention.code not in known and fold(words) not in venue and not words_of(words) <= sentence.words:
            yield f"{words} stands in no fact that it cites"


def check_names(sentence: Written) -> Iterator[str]:
    """Every capitalised word stands in a fact that is cited, or names the talks, a country, a day or a source."""
    talks = sentence.talks
    about = " ".join(filter(None, (talks.name, talks.venue, talks.round, talks.outcome, sentence.sources)))
    known = sentence.words | sentence.known_words | words_of(about) | CALENDAR_WORDS
    parties = {*talks.parties, *chain.from_iterable(ground.parties for ground in sentence.grounds)}
    called = [(mention.start, mention.end) for mention in mentions(sentence.text)]
    for token in sentence.told.tokens:
        word = token.text.strip("’'")
        if not (word[:1].isupper() and word[:1].isalpha()):
            continue
        opens = token.is_sent_start and (token.pos_ != "PROPN" or token.is_stop or token.lower_ in _COMMON)
        if opens or _LOOSE.get(word) in parties or any(first <= token.idx < last for first, last in called):
            continue
        pieces = [stem(piece) for piece in re.findall(r"\w+", fold(word))]
        spelled_out = bool(_initials_of(token) & sentence.words)
        if not spelled_out and any(piece not in known and len(piece) > 1 for piece in pieces):
            yield f"“{word}” stands in no fact that it cites"


_LOOSE = {"Europe": "EU", "European": "EU", "Europeans": "EU", "America": "US", "Britain": "GB"}
"""Names that a party goes by, loosely."""
_COMMON = {
    "negotiators",
    "ministers",
    "talks",
    "officials",
    "sources",
    "tariffs",
    "trade",
    "exporters",
    "both",
}
"""Words that open a sentence and are no names, whatever the parse says."""


def _initials_of(word: Token) -> set[str]:
    """The letters of the run of capitalised words that a word stands in: PBO of Parliamentary Budget Officer."""
    first, last = word.i, word.i
    while first > word.sent.start and word.doc[first - 1].text[:1].isupper():
        first -= 1
    while last + 1 < word.sent.end and word.doc[last + 1].text[:1].isupper():
        last += 1
    run = [each.text for each in word.doc[first : last + 1]]
    return {"".join(each[0] for each in run[a:]).lower() for a in range(len(run)) if len(run) - a > 2}
