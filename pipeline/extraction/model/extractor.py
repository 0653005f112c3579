"""Asks a language model: it proposes, code proves, and what failed or is missing is asked about once more."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct
from msgspec.structs import replace

from pipeline.documents.document import Document
from pipeline.errors import ModelError, ProviderDown, TooLong
from pipeline.extraction.kinds import propose
from pipeline.extraction.model.requests import (
    CallLedger,
    Complete,
    ParsedAnswer,
    Request,
    TextSection,
    placed,
    read_answer,
    sections,
)
from pipeline.extraction.readout import REPEATED, Extraction, Reading, Verified
from pipeline.language.annotate import model as language_model
from pipeline.language.people import same_person
from prompts import Message, document_message, repair_message, static_messages, version
from schemas import Deadline, Delegate, Event, Evidence, ExtractorInfo, Fact, Figure
from schemas.proposals import Proposals

_READING = threading.Lock()
"""Our own reading is all computing: one document at a time leaves the others free to send."""
_FINISHES = {"refusal": "the model refused to read it", "filter": "the provider's content filter blocked it"}
_CUT = "the model's answer was cut short"
_CHARS_A_TOKEN = 8
"""At most: a server that ignores `max_tokens` is not read further."""
_MOST_LINES = 60
"""Of what failed, and of what was left out, that the second call asks about."""


class _SectionAnswer(Struct, frozen=True, kw_only=True):
    """What the model said of a section."""

    section: TextSection
    text: str
    proposals: Proposals


def made_by(model: str) -> ExtractorInfo:
    """What a readout says that this model made."""
    return ExtractorInfo(name="model", version="1", model=model, prompt=version(), stands_in_for=None)


class Model:
    """Asks `complete`: one call for each section of a document, and one more for all that failed."""

    def __init__(
        self,
        complete: Complete,
        model: str,
        *,
        section_chars: int = 24_000,
        max_tokens: int = 8_000,
        at_once: int = 4,
    ) -> None:
        self._complete = complete
        self._model = model
        self._section_chars = section_chars
        self._max_tokens = max_tokens
        self._at_once = at_once
        self.info = made_by(model)

    def extract(self, reading: Reading) -> Extraction:
        """The proposals of every answer. Raises ModelError where no section got one."""
        # First, for openai looks in another thread at modules that spaCy would still be importing.
        language_model()
        ledger, document = CallLedger(), reading.document
        asked = sections(document, self._section_chars)
        early = propose(reading.annotated) if len(asked) > 1 else None
        headers = [_header(document, early, i, len(asked)) for i in range(len(asked))]
        with ThreadPoolExecutor(max_workers=max(1, min(self._at_once, len(asked)))) as pool:
            parts = [
                pool.submit(self._read, document, s, h, ledger) for s, h in zip(asked, headers, strict=True)
            ]
            # While the model thinks: reading the document ourselves costs no time then.
            with _READING:
                candidates = early or propose(reading.annotated)
            answers = [answer for part in parts for answer in part.result()]
        if asked and not answers:
            raise ledger.failure()
        if ledger.incomplete and not any(a.proposals.talks for a in answers):
            # The section that tells of the talks may be one without an answer: the others are not lost with it.
            talks = Proposals(talks=candidates.talks)
            answers.append(_SectionAnswer(section=answers[0].section, text="", proposals=talks))
        repaired = self._repair(reading, answers, candidates, ledger) if answers else []
        return Extraction(
            proposals=[a.proposals for a in (*answers, *repaired)],
            malformed=ledger.malformed,
            usage=ledger.usage(),
        )

    def _read(
        self, document: Document, section: TextSection, header: str, ledger: CallLedger, again: bool = False
    ) -> list[_SectionAnswer]:
        """The answer about a section, and those about its halves where it is too long or the answer was cut short.

        `again`: nothing was read of the section that this is half of; where that is so of it too, it is given up.
        """
        try:
            answer = self._ask((document_message(section.text(document), header),), ledger)
        except TooLong as error:
            return self._halves(document, section, section.halves(), header, ledger, error, again)
        except ModelError as error:
            ledger.failed(error, _where(section))
            return []
        read = [_about(document, section, answer)] if answer.fits else []
        if answer.whole:
            return read
        halves = section.halves() if answer.fits or not again else []
        cut = ProviderDown(_CUT)
        return read + self._halves(document, section, halves, header, ledger, cut, not answer.fits)

    def _halves(
        self,
        document: Document,
        section: TextSection,
        halves: list[TextSection],
        header: str,
        ledger: CallLedger,
        failure: ModelError,
        again: bool,
    ) -> list[_SectionAnswer]:
        """The answers about the halves of a section; where it has none, its failure is told."""
        if not halves:
            ledger.failed(failure, _where(section))
        return [one for half in halves for one in self._read(document, half, header, ledger, again)]

    def _ask(self, messages: Sequence[Message], ledger: CallLedger) -> ParsedAnswer:
        """One answer, asked for twice if the first cannot be read; one of which nothing was read was cut short.

        Raises ModelError where there is none.
        """
        for attempt in range(2):
            request = Request(
                model=self._model,
                messages=(*static_messages(), *messages),
                max_tokens=self._max_tokens,
                attempt=attempt,
            )
            completion = self._complete(request)
            if completion.finish in _FINISHES:
                ledger.paid(completion, [])
                raise ModelError(_FINISHES[completion.finish])
            answer = read_answer(completion.text[: self._max_tokens * _CHARS_A_TOKEN])
            ledger.paid(completion, answer.malformed)
            cut = completion.finish == "length"
            if answer.fits or cut:
                return replace(answer, whole=answer.whole and not cut)
        raise ProviderDown("the model's answer is not the JSON that was asked for")

    def _repair(
        self, reading: Reading, answers: list[_SectionAnswer], candidates: Proposals, ledger: CallLedger
    ) -> list[_SectionAnswer]:
        """One call about all that was not proven and all that was left out, with the sections that it stands in."""
        document, verified = reading.document, reading.verify([a.proposals for a in answers])
        failed = [
            f"{r.kind} {r.quote!r}: {r.reason}"
            for r in (*verified.rejected, *ledger.malformed)
            if r.kind != "section" and r.reason != REPEATED
        ]
        missing = left_out(verified, reading.verify([candidates])) if verified.talks else []
        if not failed and not missing:
            return []
        within = _fitting([a.section for a in answers], self._section_chars)
        answered_before = "\n".join(a.text for a in answers if a.section in within and a.text)
        messages: tuple[Message, ...] = (
            document_message("\n\n".join(section.text(document) for section in within)),
            {"role": "assistant", "content": answered_before},
            repair_message(failed[:_MOST_LINES], missing[:_MOST_LINES]),
        )
        try:
            answer = self._ask(messages, ledger)
            if not answer.fits:
                raise ProviderDown(_CUT)
        except ModelError as error:
            ledger.failed(error, "the second call")
            return []
        return [_about(document, TextSection([part for section in within for part in section.parts]), answer)]


def _about(document: Document, section: TextSection, answer: ParsedAnswer) -> _SectionAnswer:
    """An answer with its proposals where they stand in a section."""
    proposals = placed(document, answer.proposals, section.span)
    return _SectionAnswer(section=section, text=answer.text, proposals=proposals)


def _where(section: TextSection) -> str:
    return f"characters {section.span.start} to {section.span.end}"


def _fitting(candidates: list[TextSection], most: int) -> list[TextSection]:
    """The first sections that fit one call together; halves of a section that is there already are left out."""
    taken: list[TextSection] = []
    size = 0
    for section in candidates:
        length = section.span.end - section.span.start
        inside = any(t.span.start <= section.span.start and section.span.end <= t.span.end for t in taken)
        if not inside and (not taken or size + length <= most):
            taken.append(section)
            size += length
    return taken


def _header(document: Document, candidates: Proposals | None, index: int, of: int) -> str:
    """What a section needs to know of the whole: title, date, parties so far. Nothing where one call is enough."""
    if of == 1:
        return ""
    known = [f"Section {index + 1} of {of}."]
    if document.title:
        known.append(f"Title: {document.title}.")
    if document.published and document.published.edtf:
        known.append(f"Published: {document.published.edtf}.")
    if candidates and candidates.talks:
        known.append(f"Parties: {', '.join(candidates.talks.parties)}.")
    return " ".join(known).replace("⟦", "") + "\n"


def left_out(proven: Verified, candidates: Verified) -> list[str]:
    """What the embedded extractor read and no proven fact of the model covers.

    A line for each figure, date and person with office, with the sentence it stands in.
    """
    lines = [
        f"figure {candidate.as_written!r} in {candidate.evidence[0].exact!r}"
        for candidate in candidates.of(Figure)
        if not any(
            (f.value, f.unit) == (candidate.value, candidate.unit) and _touch(f, candidate)
            for f in proven.of(Figure)
        )
    ]
    lines += [
        f"date {candidate.date.text!r} in {candidate.evidence[0].exact!r}"
        for candidate in candidates.of(Deadline)
        if not any(_touch(d, candidate) for d in (*proven.of(Deadline), *proven.of(Event)))
    ]
    lines += [
        f"delegate {candidate.name!r} in {candidate.evidence[0].exact!r}"
        for candidate in candidates.of(Delegate)
        if not any(
            d.party == candidate.party and same_person(d.name, candidate.name) for d in proven.of(Delegate)
        )
    ]
    return lines


def _touch(left: Fact, right: Fact) -> bool:
    """They rest on overlapping words of the document."""

    def overlap(a: Evidence, b: Evidence) -> bool:
        return a.start < b.end and b.start < a.end

    return any(overlap(a, b) for a in left.evidence for b in right.evidence)
