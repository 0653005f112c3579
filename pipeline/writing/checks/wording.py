"""The form of a sentence, its quotations and goods, and whether it tells claims and disputes as such."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.briefings.goods import in_common
from pipeline.language.lexicons import lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import mentions
from pipeline.language.people import same_person
from pipeline.writing.checks.grounds import CALENDAR_WORDS, FUNCTION_WORDS, Written, is_hedged
from pipeline.writing.claims import acts_in, content_words, speaks_to_a_writer, stem, words_of
from schemas import Conflict, Figure, Statement

if TYPE_CHECKING:
    from spacy.tokens import Token

_WORDING = lexicon.wording


LONGEST_SENTENCE = 420
"""Characters of a sentence."""


_MARKUP = re.compile(r"https?:|www\.|[<>{}\[\]|`*#]|\bF?\d+\]")


_QUOTED = re.compile(r"[“\"«]([^“”\"»]+)[”\"»]")


_ENDS = re.compile(r"[.!?][”\"’)]?$")


def check_form(text: str, heading: bool) -> Iterator[str]:
    if len(text) > LONGEST_SENTENCE:
        yield f"it is longer than {LONGEST_SENTENCE} characters"
    if not heading and not _ENDS.search(text):
        yield "it is no whole sentence: it has no full stop"
    if _MARKUP.search(text) or text != " ".join(text.split()):
        yield "it holds an address, markup or a line break"
    if order := speaks_to_a_writer(text):
        yield f"“{order}” speaks to a writer, not to a reader"
    if word := _WORDING.today.search(text):
        yield f"“{word[0]}” counts from a day that the reader does not know: name the date"


def check_quotes(sentence: Written) -> Iterator[str]:
    quoted = list(_QUOTED.finditer(sentence.text))
    spoken = fold(" ".join(g.text for g in sentence.grounds)) if quoted else ""
    for match in quoted:
        if fold(match[1]).strip(" .,") not in spoken:
            yield f"the words “{match[1]}” are quoted, and stand in no fact that it cites"


def check_speakers(sentence: Written) -> Iterator[str]:
    """Quoted words are those of somebody whom the sentence names, or of nobody whom it names."""
    for match in _QUOTED.finditer(sentence.text):
        said = [
            g.fact.speaker
            for g in sentence.grounds
            if isinstance(g.fact, Statement) and fold(match[1]).strip(" .,") in fold(g.fact.text)
        ]
        named = [one for one in sentence.roster if words_of(one.name) <= sentence.told.words]
        if said and named and not any(same_person(speaker, one.name) for speaker in said for one in named):
            yield f"“{match[1]}” was said by {said[0]}"


def check_claims(sentence: Written) -> Iterator[str]:
    """What somebody only says is put in somebody's mouth, or left open."""
    if is_hedged(sentence):
        return
    for ground in sentence.grounds:
        firm = [other.words for other in sentence.grounds if other.fact.certainty != "claimed"]
        own = (sentence.told.words & ground.words) - FUNCTION_WORDS - frozenset(chain.from_iterable(firm))
        if ground.fact.certainty == "claimed" and (not firm or len([w for w in own if len(w) > 3]) >= _FEW):
            yield "what it tells is only claimed: say who says so"
            return


_FEW = 2
"""So many words of a claim that stand in nothing firmer tell that the claim is told."""


def check_disputes(sentence: Written, conflicts: Sequence[Conflict]) -> Iterator[str]:
    """What sources disagree on is told as that."""
    cited = {g.fact.id for g in sentence.grounds}
    if _WORDING.disputes.search(sentence.text):
        return
    for conflict in conflicts:
        held = [p for p in conflict.positions if not cited.isdisjoint(p.fact_ids)]
        if not held:
            continue
        if conflict.kind == "attribution" and not ({"lead"} & acts_in(sentence.text)):
            continue
        if len(held) > 1 and _WORDING.attributes.search(sentence.text):
            continue
        if conflict.kind == "value" and not _tells_value(sentence, conflict):
            continue
        if conflict.kind not in {"value", "attribution"} and not any(_tells(sentence, p.value) for p in held):
            continue
        yield f"sources disagree on {conflict.about}: say so"


def _tells(sentence: Written, value: str) -> bool:
    """Whether a sentence has most of the words of a position."""
    words = {word for word in words_of(value) if len(word) > 3} - FUNCTION_WORDS
    return bool(words) and 2 * len(words & sentence.told.words) > len(words)


def _tells_value(sentence: Written, conflict: Conflict) -> bool:
    cited = {g.fact.id: g.fact for g in sentence.grounds}
    facts = [cited[id] for p in conflict.positions for id in p.fact_ids if id in cited]
    values = {f.value for f in facts if isinstance(f, Figure)}
    if values:
        return any(a.quantity.value in values for a in sentence.told.amounts)
    return bool(sentence.told.days)


def check_comparisons(sentence: Written) -> Iterator[str]:
    """More is not told as less, nor what is limited as free."""
    text, facts = sentence.text, " ".join(g.text for g in sentence.grounds)
    for mine, other in _PAIRS:
        found = mine.search(text)
        if (
            found
            and not other.search(text.replace(found[0], ""))
            and other.search(facts)
            and not mine.search(facts)
        ):
            yield f"“{found[0]}” is told the other way round in the facts that it cites"


_PAIRS = (
    (_WORDING.more, _WORDING.less),
    (_WORDING.less, _WORDING.more),
    (_WORDING.behind, _WORDING.against),
    (_WORDING.against, _WORDING.behind),
    (_WORDING.unlimited, _WORDING.limited),
    (_WORDING.few, _WORDING.most),
    (_WORDING.most, _WORDING.few),
)
"""Words of one kind, and of its opposite."""


def check_ordinals(sentence: Written) -> Iterator[str]:
    """Which of several it is stands in a fact that is cited."""
    known = sentence.words | words_of(sentence.talks.round or "")
    for match in _ORDINAL.finditer(sentence.text):
        if stem(fold(match[0])) not in known and not any(match[0] in d.written for d in sentence.told.days):
            yield f"“{match[0]}” stands in no fact that it cites"


_ORDINAL = re.compile(
    r"\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d+(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)


def check_goods(sentence: Written) -> Iterator[str]:
    known = [one.goods for g in sentence.grounds for one in g.told]
    for good in sentence.told.goods - {"date", "lead", "tin", "fig"}:
        own = frozenset({good})
        if not any(in_common(own, one) for one in known) and stem(good.split()[-1]) not in sentence.words:
            yield f"“{good}” stands in no fact that it cites"


def check_measures(sentence: Written) -> Iterator[str]:
    """What a duty, a quota or an import is of stands in a fact that is cited."""
    for token in sentence.told.tokens:
        if token.pos_ != "NOUN" or not _WORDING.measures.fullmatch(token.text):
            continue
        for link in token.rights:
            if link.dep_ != "prep" or link.lower_ not in {"on", "of", "for"}:
                continue
            for thing in link.children:
                if (
                    (
                        thing.dep_ == "pobj"
                        and thing.pos_ == "NOUN"
                        and not _in_amount(thing, sentence)
                        and stem(fold(thing.text)) not in sentence.words
                    )
                    and not _WORDING.measures.fullmatch(thing.text)
                    and thing.lower_ not in _GENERIC
                ):
                    yield f"“{thing.text}” stands in no fact that it cites"


def _in_amount(word: Token, sentence: Written) -> bool:
    return any(word.text in amount.written for amount in sentence.told.amounts)


_GENERIC = {
    "goods",
    "products",
    "imports",
    "exports",
    "shipments",
    "year",
    "years",
    "items",
    "trade",
    "side",
    "sides",
    "talks",
    "country",
    "countries",
    "money",
}


_LEAST_KNOWN = 0.25


def check_support(sentence: Written) -> Iterator[str]:
    """Most of what a sentence is about stands in the facts that it cites."""
    words = [t for t in content_words(sentence.told.tokens) if not mentions(t.text)]
    if len(words) < 4:
        return
    talks = words_of(f"{sentence.talks.name} {sentence.talks.venue or ''} {sentence.talks.round or ''}")
    shared = [
        t
        for t in words
        if stem(fold(t.text)) in sentence.words | talks | CALENDAR_WORDS
        or acts_in(t.text) & sentence.acts
        or t.lower_ in _TRADE
    ]
    if len(shared) < _LEAST_KNOWN * len(words):
        yield "the facts that it cites tell little of what it says"


_TRADE = {
    "trade",
    "talks",
    "negotiations",
    "round",
    "deal",
    "agreement",
    "side",
    "sides",
    "tariff",
    "tariffs",
    "duty",
    "duties",
    "levy",
    "sources",
    "negotiators",
    "governments",
}
