"""What every verification asks of the document: a proposal becomes a fact only if the text proves it.

Code verifies and does not reinterpret. What a proposal copies (words, amounts, dates, names) is read again where it
stands; what it judges (a kind, a status, a direction) is the extractor's, unless the words at hand say otherwise.
Neither is ever replaced: what does not hold is null where the fact can do without it, or else the fact is refused.

Spans are of the annotated text, which is the document as a reader sees it; evidence is cut from the document itself.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import msgspec
from msgspec import Struct

from pipeline.documents.document import Document, Span, inside, touching
from pipeline.language.annotate import Annotated, DateMention
from pipeline.language.clauses import certainty_of, denied
from pipeline.language.foreign.days import agrees
from pipeline.language.foreign.sentences import leaves_open
from pipeline.language.matching import find, first, fold, locate, occurrences
from pipeline.language.offices import has_office, holds
from pipeline.language.parties import Mention, party_of
from pipeline.language.people import same_person
from schemas import Evidence, FuzzyDate, TranslatedWords, fuzzy_date
from schemas.proposals import DateAnswer, Proposal
from schemas.vocabulary import Certainty, Proof

if TYPE_CHECKING:
    from spacy.tokens import Span as Tokens

G = TypeVar("G")
T = TypeVar("T")
P = TypeVar("P", bound=Proposal)

_AROUND = 32
_MOST_PLACES = 20
_LONG_LINE = 1_000
_IN_BRACKETS = re.compile(r"(?P<word>[^\W_](?:[\w’'.-]*\w)?) \((?P<inside>[^()\n]{2,40})\)")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\b\d{4}\b")
_DATA = re.compile(r"[\"']\w+[\"']\s*:")
"""A name in JSON: a planted answer is no evidence."""


class Unproven(ValueError):
    """A proposal that the text does not prove; the message is the reason that is published."""


class Leaves:
    """The leaves of one proposal: which are not proven, and whether code has read all the others itself.

    `own`: the proposal is of our own rules, whose readings are those of code. `failed`: names of leaves, each with why.
    """

    def __init__(self, own: bool) -> None:
        self.own = own
        self.failed: list[tuple[str, str]] = []
        self._quoted = False

    @property
    def proof(self) -> Proof:
        return "quoted" if self._quoted and not self.own else "full"

    def quoted(self) -> None:
        """The words of a leaf stand, and what they mean is the extractor's reading."""
        self._quoted = True

    def take(self, other: "Leaves") -> None:
        """What was found of the same proposal at the place that counts."""
        self.failed += other.failed
        self._quoted = self._quoted or other._quoted

    def optional(self, leaf: str, given: G | None, check: Callable[[G], T]) -> T | None:
        """A leaf that the fact can do without: null where it was not proposed, null and told where it is not proven."""
        if given is None:
            return None
        try:
            return check(given)
        except Unproven as reason:
            self.failed.append((leaf, str(reason)))
            return None

    def each(self, leaf: str, given: Iterable[G], check: Callable[[G], T]) -> list[T]:
        """Those of several that are proven; each of the others is told."""
        proven = (self.optional(leaf, one, check) for one in given)
        return [one for one in proven if one is not None]

    def judged(self, said: T, read: T) -> T:
        """A judgement that the words at hand do not contradict; `read`: what code would have made of them."""
        if said != read:
            self._quoted = True
        return said


class FactFields(TypedDict):
    """The fields that every fact of a readout shares."""

    id: str
    briefing_id: None
    certainty: Certainty
    proof: Proof
    evidence: list[Evidence]
    translated: list[TranslatedWords]
    origins: int
    conflict_ids: list[str]
    salience: float
    review: None
    first_revision: int
    changed_revision: int


class Verifier(Struct, frozen=True, kw_only=True):
    """`named`: every party that the document names; `parties`: those of the talks, as far as they are known,
    and `mentions` where they are named.

    `own`: proposals are of our own rules, which know the place that they mean; others are tried at the other places of
    their quotes, too. `tried`: what became of proposals, for whoever verifies them. `sides`: whose each speaker was
    found to be, who is asked for with every statement of theirs. `people`: all whom the proposals name.
    """

    annotated: Annotated
    official: bool
    named: frozenset[str]
    parties: frozenset[str]
    mentions: list[Mention]
    own: bool = False
    people: frozenset[str] = frozenset()
    tried: dict[tuple[str, bytes], Any] = {}
    sides: dict[str, str | None] = {}
    denials: dict[Span, bool] = {}

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

    def spans(self, proposal: Proposal) -> list[Span]:
        """All that a proposal rests on, its quote first. Raises Unproven."""
        return [self.quoted(proposal), *self.cited(proposal.beside)]

    def cited(self, places: Sequence[tuple[int, int]]) -> list[Span]:
        """Spans of the document in the annotated text. Raises Unproven where one is not of its body."""
        spans = []
        for start, end in places:
            if (region := self.document.region_at(start)) != "body":
                raise Unproven(f"it rests on words of the {region}, not of the body")
            spans.append(self.annotated.read(Span(start, end)))
        return spans

    def places(self, proposal: P) -> Iterator[P]:
        """The proposal at its own place, then at each other place of its quote, the nearest first."""
        yield proposal
        if self.own:
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
        if self._denied(span):
            raise Unproven("its sentence says the opposite: the quote leaves out a “not”")

    def _denied(self, span: Span) -> bool:
        if self.annotated.foreign:
            return False  # what denies, no rule reads
        if span not in self.denials:
            whole, parsed = self.sentence(span), self.annotated.parsed(span)
            said = self.words(whole)
            self.denials[span] = denied(said, span.start - whole.start, span.end - whole.start, parsed)
        return self.denials[span]

    def inside(self, words: str, what: str, *spans: Span) -> Span:
        """Where `words` stand first in the first of some spans that holds them. Raises Unproven."""
        for span in spans:
            if place := first(self.annotated.words(span), words):
                return Span(span.start + place.start, span.start + place.end)
        raise _missing(words, what, "quote")

    def each(self, words: str, spans: Sequence[Span]) -> Iterator[Span]:
        """Every place where `words` stand in some spans."""
        for span in spans:
            for place in occurrences(self.annotated.words(span), words):
                yield Span(span.start + place.start, span.start + place.end)

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

    def stands(self, words: str, what: str, *where: Span) -> str:
        """`words` as one of these spans (default: the whole document) writes them. Raises Unproven where none does."""
        if not words.strip():
            raise Unproven(f"{what} has no words")
        place = self.inside(words, what, *where) if where else first(self.text, words)
        if place is None:
            raise _missing(words, what, "document")
        return plain(self.text[place.start : place.end])

    def named_as(self, words: str, what: str, where: Span | None = None) -> str:
        """Like `stands`, for names: "Rice" is not "rice"."""
        text = self.text if where is None else self.words(where)
        written = (text[place.start : place.end] for place in occurrences(text, words))
        name = next((n for n in written if n[0].isupper() or not words.strip()[0].isupper()), None)
        if name is None:
            raise _missing(words, what, "document" if where is None else "quote")
        return plain(name)

    def told(self, words: str, *spans: Span) -> tuple[str, bool]:
        """`words` and whether a span says them; if none does, the first span's own: no paraphrase is served."""
        quote = plain(self.words(spans[0]))
        for span in spans:
            if place := first(self.words(span), words):
                at = Span(span.start + place.start, span.start + place.end)
                return (quote, False) if self._denied(at) else (plain(self.words(at)), True)
        return quote, False

    def party(self, words: str) -> str:
        """The party that words name. Raises Unproven where the document does not name it."""
        party = self.annotated.party(words)
        if party is None or party not in self.named:
            raise Unproven(f"the party ({words!r}) is not named in the document")
        return party

    def dated(
        self, words: str, edtf: str | None, spans: Sequence[Span], leaves: Leaves
    ) -> tuple[FuzzyDate, Span]:
        """The date that words mean where they stand in some spans, and its whole place.

        Where a reading was proposed, it is that of a place which agrees; words that code cannot date mean what is
        proposed. Raises Unproven, with both readings where they differ.
        """
        places = list(self.each(words, spans))
        if not places:
            raise _missing(words, "the date", "quote")
        read = [self._date_at(words, place) for place in places]
        if edtf is None:
            return read[0]
        proposed = self._proposed(words, edtf)
        for date, place in read:
            if date.edtf is not None and _covers(date, words) and _agree(date, proposed):
                return self._first_or_last(date, proposed), place
        resolved = next((date for date, _ in read if date.edtf is not None and _covers(date, words)), None)
        if resolved is not None:
            raise Unproven(f"the date ({words!r}) reads as {resolved.edtf}, not as {edtf}")
        leaves.quoted()
        return msgspec.structs.replace(proposed, text=self.source(places[0])), places[0]

    def _first_or_last(self, date: FuzzyDate, proposed: FuzzyDate) -> FuzzyDate:
        """Of a range that no grammar divides, the end that was proposed; any other date as it is."""
        ends = (date.edtf or "").split("/")
        if not self.annotated.foreign or len(ends) == 1 or proposed.edtf not in ends:
            return date
        return fuzzy_date(proposed.edtf, date.text)

    def _proposed(self, words: str, edtf: str) -> FuzzyDate:
        """A date as it was proposed. Raises Unproven where it is none, or has other numbers than its words."""
        try:
            date = fuzzy_date(edtf, words, "relative")
        except ValueError as error:
            raise Unproven(f"the date ({words!r}) is proposed as {edtf!r}: {error}") from None
        if any(year not in edtf for year in _YEAR.findall(words)):
            raise Unproven(f"the date ({words!r}) has another year than {edtf}")
        if (language := self.annotated.foreign) and not agrees(
            words, edtf, language, self.annotated.context.anchor
        ):
            raise Unproven(f"the date ({words!r}) is another day than {edtf}")
        return date

    def _date_at(self, words: str, place: Span) -> tuple[FuzzyDate, Span]:
        """What words at a place mean, and where all of it stands: "3 May" is read as the "3 May 2033" it is.

        Raises Unproven where the words are a date only in another spelling: "May" is not "may".
        """
        for mention in touching(self.annotated.dates, place.start, place.end):
            if mention.start <= place.start and place.end <= mention.end:
                place = Span(mention.start, mention.end)
                return msgspec.structs.replace(mention.date, text=self.source(place)), place
        within = inside(self.annotated.dates, place.start, place.end)
        if len(within) == 1 and not _DIGIT.search(self._around(place, within[0])):
            return msgspec.structs.replace(within[0].date, text=self.source(place)), place
        written = self.annotated.dated(self.source(place), place)
        if written.edtf is None and self.annotated.dated(words, place).edtf:
            raise Unproven(f"the date ({words!r}) stands in the quote only as {self.words(place)!r}")
        return written, place

    def holds_office(self, name: str, role: str) -> bool:
        """Whether the text gives somebody an office, also by its first words alone: "Secretary Name"."""
        text = self.text
        if has_office(text, name, role):
            return True
        own = next((one for one in self.annotated.people if one.name == name), None)
        if own is not None and own.office == role:
            return True
        rank, _, of = role.partition(" of ")
        others = (one for one in self.annotated.people if not same_person(one.name, name))
        return (
            bool(of) and has_office(text, name, rank) and not any(holds(one.office, [role]) for one in others)
        )

    def bracketed(self, name: str) -> str | None:
        """The party of the talks that stands in brackets behind a name: "MINISTER NAME (CHILE)"."""
        found = _bracketed(self.text).get((name.split() or [""])[-1], ())
        told = (party_of(words) or party_of(words.title()) for words in found)
        return next((code for code in told if code in self.parties), None)

    def called(self, role: str, before: Span) -> str | None:
        """Whose office stands alone between a party and a name: "Chilean negotiator Name", "Chile’s envoy, Name"."""
        owner = next(reversed(self.annotated.parties_in(before)), None)
        title = self.text[owner.end : before.end] if owner else ""
        return owner.code if owner and fold(title.removeprefix("’s").strip(" ,")) == fold(role) else None

    def _around(self, place: Span, date: DateMention) -> str:
        """What else the words at a place say beside a date: the "until" of "until October"."""
        return self.text[place.start : date.start] + self.text[date.end : place.end]

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
            page=self.document.page_at(place.start),
        )

    def shared(
        self,
        kind: str,
        spans: Sequence[Span],
        key: str,
        leaves: Leaves,
        certainty: Certainty | None = None,
        place: Span | None = None,
    ) -> FactFields:
        """The shared fields; certainty is read from the clause of `place`, or the whole sentence of the first span."""
        parsed = self.annotated.parsed(place) if place else None
        span, *beside = spans
        evidence = self.evidence(span)
        digest = hashlib.sha256(
            f"{kind}|{self.document.id}|{evidence.start}|{evidence.end}|{key}".encode()
        ).hexdigest()
        return {
            "id": f"fct_{digest[:16]}",
            "briefing_id": None,
            "certainty": certainty or self._certainty(span, parsed),
            "proof": leaves.proof,
            "evidence": [evidence, *(self.evidence(other) for other in beside)],
            "translated": [],
            "origins": 1,
            "conflict_ids": [],
            "salience": 0.0,
            "review": None,
            "first_revision": 0,
            "changed_revision": 0,
        }

    def _certainty(self, span: Span, parsed: "Tokens | None") -> Certainty:
        """How firmly the document says it; where no grammar is read, as its whole sentence does."""
        sentence = self.words(self.sentence(span))
        if self.annotated.foreign is None:
            return certainty_of(sentence, self.official, parsed)
        if leaves_open(sentence, self.annotated.foreign):
            return "claimed"
        return "confirmed" if self.official else "reported"


def _missing(words: str, what: str, where: str) -> Unproven:
    return Unproven(f"{what} ({words!r}) does not stand in the {where}")


def _covers(read: FuzzyDate, words: str) -> bool:
    """Whether a reading has every year of its words: of "between 2035 and 2038" it may have read the first alone."""
    return all(year in (read.edtf or "") for year in _YEAR.findall(words))


def _agree(read: FuzzyDate, proposed: FuzzyDate) -> bool:
    """Whether a date that was read is the proposed one, or the one lies in the other; a longer time is another."""

    def within(one: FuzzyDate, other: FuzzyDate) -> bool:
        starts = (one.earliest or "") >= (other.earliest or "")
        return starts and (one.latest or "9") <= (other.latest or "9")

    return within(proposed, read) or (within(read, proposed) and "/" not in (proposed.edtf or ""))


def joined(one: Span, other: Span) -> Span:
    """The span from the first of two to the last."""
    return Span(min(one.start, other.start), max(one.end, other.end))


@lru_cache(maxsize=4)
def _bracketed(text: str) -> dict[str, list[str]]:
    """What stands in brackets behind each word of a text, which is asked for every name in it."""
    found: dict[str, list[str]] = {}
    for match in _IN_BRACKETS.finditer(text):
        found.setdefault(match["word"], []).append(match["inside"])
    return found


def plain(words: str) -> str:
    """Words without the white space of their page."""
    return " ".join(words.split())


def date_fields(name: str, date: DateAnswer | None) -> dict[str, Any]:
    """The two fields of a proposal for a date of that name: its words, and what they mean."""
    return {f"{name}_words": date and date.words, f"{name}_edtf": date and date.edtf}
