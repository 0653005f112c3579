"""What every verification asks of the document: a proposal becomes a fact only if the text proves it.

Spans are of the annotated text, which is the document as a reader sees it; evidence is cut from the document itself.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import TypedDict, TypeVar

import msgspec
from msgspec import Struct

from pipeline.documents.document import Document, Span, inside, touching
from pipeline.language.annotate import Annotated
from pipeline.language.clauses import certainty_of, denied
from pipeline.language.dates import resolve
from pipeline.language.matching import find, first, locate, occurrences
from pipeline.language.parties import Mention, party_of
from schemas import Evidence, FuzzyDate
from schemas.proposals import Proposal
from schemas.vocabulary import Certainty

P = TypeVar("P", bound=Proposal)

_AROUND = 32
_MOST_PLACES = 20
_LONG_LINE = 1_000
_DATA = re.compile(r"[\"']\w+[\"']\s*:")
"""A name in JSON: a planted answer is no evidence."""


class Unproven(ValueError):
    """A proposal that the text does not prove; the message is the reason that is published."""


class FactFields(TypedDict):
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


class Verifier(Struct, frozen=True, kw_only=True):
    """`named`: every party that the document names; `parties`: those of the talks, as far as they are known,
    and `mentions` where they are named.

    `elsewhere`: whether a proposal is tried at the other places of its quote, too.
    """

    annotated: Annotated
    official: bool
    named: frozenset[str]
    parties: frozenset[str]
    mentions: list[Mention]
    elsewhere: bool = True

    @property
    def document(self) -> Document:
        return self.annotated.document

    @property
    def text(self) -> str:
        return self.annotated.text

    def quoted(self, proposal: Proposal) -> Span:
        """Where the quote of a proposal stands in the body. Raises Unproven."""
        place = locate(self.document.text, proposal.quote, proposal.at)
        if place is None:
            raise Unproven("the quote does not stand in the document")
        if (region := self.document.region_at(place.start)) != "body":
            raise Unproven(f"the quote stands in the {region}, not in the body")
        if len(_DATA.findall(self._line(place))) > 1:
            raise Unproven("the quote stands in JSON, not in prose")
        span = self.annotated.read(place)
        self.affirmed(span)
        return span

    def places(self, proposal: P) -> Iterator[P]:
        """The proposal at its own place, then at each other place of its quote, the nearest first."""
        yield proposal
        if not self.elsewhere:
            return
        own = locate(self.document.text, proposal.quote, proposal.at)
        spans = find(self.document.text, proposal.quote)
        for span in sorted(spans, key=lambda span: abs(span.start - (proposal.at or 0)))[:_MOST_PLACES]:
            if span != own:
                yield msgspec.structs.replace(proposal, at=span.start)

    def _line(self, place: Span) -> str:
        """The lines of the document that a place touches, whole where they are no longer than lines are."""
        text = self.document.text
        first, last = max(place.start - _LONG_LINE, 0), min(place.end + _LONG_LINE, len(text))
        end = text.find("\n", place.end, last)
        start = text.rfind("\n", first, place.start) + 1 or first
        return text[start : end if end >= 0 else last]

    def affirmed(self, span: Span) -> None:
        """Raises Unproven where the sentence denies what the span says."""
        whole = self.annotated.sentence(span.start, span.end)
        if self._denied(span, whole):
            raise Unproven("its sentence says the opposite: the quote leaves out a “not”")

    def _denied(self, span: Span, whole: Span) -> bool:
        parsed = self.annotated.parsed(span)
        return denied(self.words(whole), span.start - whole.start, span.end - whole.start, parsed)

    def inside(self, words: str, what: str, span: Span) -> Span:
        """Where `words` stand in a span. Raises Unproven."""
        place = first(self.annotated.words(span), words)
        if place is None:
            raise _missing(words, what, "quote")
        return Span(span.start + place.start, span.start + place.end)

    def sentence(self, span: Span) -> Span:
        return self.annotated.sentence(span.start, span.end)

    def paragraph(self, span: Span) -> Span:
        """The paragraph around a span, as far as the span if that goes on."""
        passage = self.annotated.passage(span.start)
        return Span(passage.start, max(passage.end, span.end))

    def words(self, span: Span) -> str:
        return self.annotated.words(span)

    def source(self, span: Span) -> str:
        """The document's own characters."""
        return self.annotated.quote(span.start, span.end)[0]

    def parties_in(self, span: Span) -> list[Mention]:
        """Names of parties of the talks in a span."""
        return list(inside(self.mentions, span.start, span.end))

    def names(self, span: Span, party: str | None) -> bool:
        """Whether a span names a party."""
        return any(mention.code == party for mention in self.annotated.parties_in(span))

    def stands(self, words: str, what: str, where: Span | None = None) -> str:
        """`words` as `where` (default: the whole document) writes them. Raises Unproven where it does not."""
        text = self.text if where is None else self.words(where)
        place = first(text, words)
        if place is None:
            raise _missing(words, what, "document" if where is None else "quote")
        return plain(text[place.start : place.end])

    def named_as(self, words: str, what: str, where: Span | None = None) -> str:
        """Like `stands`, for names: "Rice" is not "rice"."""
        text = self.text if where is None else self.words(where)
        written = (text[place.start : place.end] for place in occurrences(text, words))
        name = next((n for n in written if n[0].isupper() or not words.strip()[0].isupper()), None)
        if name is None:
            raise _missing(words, what, "document" if where is None else "quote")
        return plain(name)

    def told(self, words: str, span: Span) -> str:
        """`words` where the span says them as they are, else the span's own: a paraphrase is never served."""
        quote = self.words(span)
        place = first(quote, words)
        if place is None:
            return plain(quote)
        at = Span(span.start + place.start, span.start + place.end)
        return plain(quote if self._denied(at, self.sentence(at)) else words)

    def party(self, words: str) -> str:
        """The party that words name. Raises Unproven where the document does not name it."""
        party = party_of(words)
        if party is None or party not in self.named:
            raise Unproven(f"the party ({words!r}) is not named in the document")
        return party

    def date(self, words: str, span: Span) -> tuple[FuzzyDate, Span]:
        """The date that words in `span` mean, and where all of it stands: "3 May" is read as the "3 May 2033" it is.

        Raises Unproven where the words are a date only in another spelling: "May" is not "may".
        """
        place = self.inside(words, "the date", span)
        for mention in touching(self.annotated.dates, place.start, place.end):
            if mention.start <= place.start and place.end <= mention.end:
                place = Span(mention.start, mention.end)
                return msgspec.structs.replace(mention.date, text=self.source(place)), place
        context = self.annotated.told_at(place)
        written = resolve(self.source(place), context)
        if written.edtf is None and resolve(words, context).edtf:
            raise Unproven(f"the date ({words!r}) stands in the quote only as {self.words(place)!r}")
        return written, place

    def evidence(self, span: Span) -> Evidence:
        """The span as W3C selectors, in the source's own characters."""
        text, place = self.document.text, self.annotated.source(span.start, span.end)
        return Evidence(
            document_id=self.document.id,
            start=place.start,
            end=place.end,
            exact=text[place.start : place.end],
            prefix=text[max(place.start - _AROUND, 0) : place.start],
            suffix=text[place.end : place.end + _AROUND],
            region=self.document.region_at(place.start),
        )

    def shared(
        self, kind: str, span: Span, key: str, certainty: Certainty | None = None, place: Span | None = None
    ) -> FactFields:
        """The shared fields; certainty is read from the clause of `place`, or from the whole sentence of the span."""
        parsed = self.annotated.parsed(place) if place else None
        evidence = self.evidence(span)
        digest = hashlib.sha256(
            f"{kind}|{self.document.id}|{evidence.start}|{evidence.end}|{key}".encode()
        ).hexdigest()
        return {
            "id": f"fct_{digest[:16]}",
            "briefing_id": None,
            "certainty": certainty or certainty_of(self.words(self.sentence(span)), self.official, parsed),
            "evidence": [evidence],
            "origins": 1,
            "conflict_ids": [],
            "review": None,
            "first_revision": 0,
            "changed_revision": 0,
        }


def _missing(words: str, what: str, where: str) -> Unproven:
    return Unproven(f"{what} ({words!r}) does not stand in the {where}")


def joined(one: Span, other: Span) -> Span:
    """The span from the first of two to the last."""
    return Span(min(one.start, other.start), max(one.end, other.end))


def plain(words: str) -> str:
    """Words without the white space of their page."""
    return " ".join(words.split())
