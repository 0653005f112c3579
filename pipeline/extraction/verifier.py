"""The desk at which proposals are proven: the document, and the questions that every proof asks of it."""

import hashlib
import re
from typing import TypedDict

import msgspec
from msgspec import Struct

from pipeline.documents.document import Document, Span
from pipeline.language.cues import certainty_of, tense_of
from pipeline.language.dates import Context, find_dates, resolve
from pipeline.language.matching import evidence, find, locate
from pipeline.language.modality import sentence_around, turned
from pipeline.language.parties import party_of
from schemas import Evidence, FuzzyDate
from schemas.proposals import Proposal
from schemas.vocabulary import Certainty

_DATA = re.compile(r"[\"']\w+[\"']\s*:")
"""A name in JSON: a planted answer is no evidence."""


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
        span = locate(self.document.text, proposal.quote, proposal.at)
        if span is None:
            raise Unproven("the quote does not stand in the document")
        if (region := self.document.region_at(span.start)) != "body":
            raise Unproven(f"the quote stands in the {region}, not in the body")
        if len(_DATA.findall(self.line(span))) > 1:
            raise Unproven("the quote stands in JSON, not in prose")
        self.means(span)
        return span

    def means(self, span: Span) -> None:
        """Raises Unproven where the sentence denies what the span says."""
        if turned(self.document.text, span):
            raise Unproven("its sentence says the opposite: the quote leaves out a “not”")

    def inside(self, words: str, what: str, span: Span) -> Span:
        """Where `words` stand in a span. Raises Unproven."""
        self.stands(words, what, self.words_of(span))
        first = find(self.words_of(span), words)[0]
        return Span(span.start + first.start, span.start + first.end)

    def line(self, span: Span) -> str:
        """The whole lines that a span touches."""
        text = self.document.text
        end = text.find("\n", span.end)
        return text[text.rfind("\n", 0, span.start) + 1 : end if end >= 0 else len(text)]

    def words_of(self, span: Span) -> str:
        return self.document.text[span.start : span.end]

    def sentence(self, span: Span) -> str:
        """The whole sentence around a span."""
        return self.words_of(sentence_around(self.document.text, span))

    def block(self, span: Span) -> Span:
        """The block of the page around a span."""
        block = next(b for b in self.document.blocks if b.start <= span.start < b.end)
        return Span(block.start, max(block.end, span.end))

    def paragraph(self, span: Span) -> str:
        """The text of the block around a span."""
        return self.words_of(self.block(span))

    def stands(self, words: str, what: str, where: str | None = None) -> str:
        """`words` as `where` (default: the whole document) writes them. Raises Unproven where it does not."""
        text = self.document.text if where is None else where
        written = [text[span.start : span.end] for span in find(text, words)]
        if not written:
            raise Unproven(
                f"{what} ({words!r}) does not stand in the {'document' if where is None else 'quote'}"
            )
        return plain(written[0])

    def named_as(self, words: str, what: str, where: str | None = None) -> str:
        """Like `stands`, for names: "Rice" is not "rice"."""
        text = self.document.text if where is None else where
        written = [text[span.start : span.end] for span in find(text, words)]
        named = [name for name in written if name[0].isupper() or not words.strip()[0].isupper()]
        if not named:
            raise Unproven(
                f"{what} ({words!r}) does not stand in the {'document' if where is None else 'quote'}"
            )
        return plain(named[0])

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

    def date(self, words: str, span: Span, quote: Span) -> tuple[FuzzyDate, Span]:
        """The date that words in `span` mean, and where all of it stands: "3 May" is read as the "3 May 2033" it is.

        Raises Unproven where the words are a date only in another spelling: "May" is not "may".
        """
        context = msgspec.structs.replace(self.context, tense=tense_of(self.words_of(quote)))
        place = self.inside(words, "the date", span)
        whole = sentence_around(self.document.text, place)
        for found in find_dates(self.words_of(whole)):
            full = Span(whole.start + found.start, whole.start + found.end)
            if full.start <= place.start and place.end <= full.end:
                place = full
        written = resolve(self.words_of(place), context)
        if written.edtf is None and resolve(words, context).edtf:
            raise Unproven(f"the date ({words!r}) stands in the quote only as {self.words_of(place)!r}")
        return written, place

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


def joined(one: Span, other: Span) -> Span:
    """The span from the first of two to the last."""
    return Span(min(one.start, other.start), max(one.end, other.end))


def plain(words: str) -> str:
    """Words without the white space of their page."""
    return " ".join(words.split())
