"""The desk at which proposals are proven: the document, and the questions that every proof asks of it."""

import hashlib
from typing import TypedDict

import msgspec
from msgspec import Struct

from pipeline.cues import certainty_of, tense_of
from pipeline.datewords import Context, resolve
from pipeline.document import Document, Span
from pipeline.ground import evidence, find, locate
from pipeline.parties import party_of
from pipeline.sense import sentence_around, turned
from schemas import Evidence, FuzzyDate
from schemas.proposals import Proposal
from schemas.vocabulary import Certainty


class Unproven(ValueError):
    """A proposal that the text does not prove; the message is the reason that is published."""


class Proved(TypedDict):
    """The fields that every fact of a readout shares."""

    id: str
    briefing_id: None
    certainty: Certainty
    evidence: list[Evidence]
    origins: int
    conflict_ids: list[str]
    review: None
    first_revision: int
    changed_revision: int


class Desk(Struct, frozen=True, kw_only=True):
    """`named`: every party that the document names; `parties`: those of the talks, as far as they are known."""

    document: Document
    context: Context
    official: bool
    named: frozenset[str]
    parties: frozenset[str]

    def place(self, proposal: Proposal) -> Span:
        """Where the quote stands in the body. Raises Unproven."""
        text = self.document.text
        span = locate(text, proposal.quote, proposal.at)
        if span is None:
            raise Unproven("the quote does not stand in the document")
        if (region := self.document.region_at(span.start)) != "body":
            raise Unproven(f"the quote stands in the {region}, not in the body")
        if turned(text, span):
            raise Unproven("its sentence says the opposite: the quote leaves out a “not”")
        return span

    def words_of(self, span: Span) -> str:
        return self.document.text[span.start : span.end]

    def sentence(self, span: Span) -> str:
        """The whole sentence around a span."""
        return self.words_of(sentence_around(self.document.text, span))

    def paragraph(self, span: Span) -> str:
        """The text of the block around a span."""
        block = next(b for b in self.document.blocks if b.start <= span.start < b.end)
        return self.document.text[block.start : max(block.end, span.end)]

    def stands(self, words: str, what: str, where: str | None = None) -> None:
        """Raises Unproven unless `words` stand in `where` (default: the whole document)."""
        if not find(self.document.text if where is None else where, words):
            raise Unproven(f"{what} ({words!r}) does not stand in the {'quote' if where else 'document'}")

    def said(self, words: str, span: Span) -> str:
        """`words` where the span says them as they are, else the span's own: a paraphrase is never served."""
        quote = self.words_of(span)
        inside = [Span(span.start + s.start, span.start + s.end) for s in find(quote, words)]
        return plain(words if inside and not turned(self.document.text, inside[0]) else quote)

    def party(self, words: str) -> str:
        """The party that words name. Raises Unproven where the document does not name it."""
        party = party_of(words)
        if party is None or party not in self.named:
            raise Unproven(f"the party ({words!r}) is not named in the document")
        return party

    def date(self, words: str, quote: str) -> FuzzyDate:
        return resolve(words, msgspec.structs.replace(self.context, tense=tense_of(quote)))

    def proved(self, kind: str, span: Span, key: str, certainty: Certainty | None = None) -> Proved:
        """The shared fields; certainty is read from the whole sentence, also where a part of it is quoted."""
        digest = hashlib.sha256(
            f"{kind}|{self.document.id}|{span.start}|{span.end}|{key}".encode()
        ).hexdigest()
        return {
            "id": f"fct_{digest[:16]}",
            "briefing_id": None,
            "certainty": certainty or certainty_of(self.sentence(span), self.official),
            "evidence": [evidence(self.document, span)],
            "origins": 1,
            "conflict_ids": [],
            "review": None,
            "first_revision": 0,
            "changed_revision": 0,
        }


def plain(words: str) -> str:
    """Words without the white space of their page."""
    return " ".join(words.split())
