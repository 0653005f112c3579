"""Asks a language model: it proposes, code proves, and what failed or is missing is asked about once more."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct
from msgspec.structs import replace

from pipeline import ModelError, ProviderDown, TooLong
from pipeline.extraction.kinds.delegates import same_delegate
from pipeline.extraction.model.english import in_english, read_translations
from pipeline.extraction.model.requests import (
    CallLedger,
    Complete,
    ParsedAnswer,
    Request,
    Section,
    proposals_of,
    read_answer,
    sections,
)
from pipeline.extraction.readout import REPEATED, Extraction, Failure, Reading, Verified
from pipeline.language.annotate import Annotated, Numbered
from pipeline.language.foreign import language_name
from pipeline.language.parser import model as language_model
from prompts import (
    Message,
    document_message,
    other_language_line,
    repair_message,
    static_messages,
    version,
)
from schemas import Deadline, Delegate, DocumentReadout, Event, ExtractorInfo, Fact, Figure, used_together
from schemas.kinds import BY_NAME
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

    section: Section
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
        self._compact = False
        self.info = made_by(model)

    def extract(self, reading: Reading) -> Extraction:
        """The proposals of every answer. Raises ModelError where no section got one."""
        # First, for openai looks in another thread at modules that spaCy would still be importing.
        language_model()
        with _READING:
            numbered = Numbered(reading.annotated)
            candidates = reading.candidates
        ledger, asked = CallLedger(), sections(numbered, self._section_chars)
        with ThreadPoolExecutor(max_workers=max(1, min(self._at_once, len(asked)))) as pool:
            parts = [
                pool.submit(self._read, numbered, section, _more(candidates, i, len(asked)), ledger)
                for i, section in enumerate(asked)
            ]
            answers = [answer for part in parts for answer in part.result()]
        if asked and not answers:
            raise ledger.failure()
        if ledger.incomplete and not any(a.proposals.talks for a in answers):
            # The section that tells of the talks may be one without an answer: the others are not lost with it.
            talks = Proposals(talks=candidates.talks)
            answers.append(_SectionAnswer(section=answers[0].section, proposals=talks))
        again = self._repair(reading, numbered, answers, candidates, ledger) if answers else None
        return Extraction(
            proposals=[a.proposals for a in answers],
            mended=again,
            malformed=ledger.malformed,
            usage=ledger.usage(),
        )

    def in_english(self, reading: Reading, made: DocumentReadout) -> DocumentReadout:
        """The readout of a document in another language, its words translated. Raises ModelError."""
        ledger = CallLedger()

        def ask(messages: list[Message]) -> tuple[str, dict[int, str]]:
            for attempt in range(2):
                request = Request(
                    model=self._model,
                    messages=tuple(messages),
                    max_tokens=self._max_tokens,
                    form="translation",
                    attempt=attempt,
                )
                completion = self._complete(request)
                ledger.paid(completion, [])
                if (texts := read_translations(completion.text)) is not None:
                    return completion.text, texts
            raise ProviderDown("the model's answer is not the JSON that was asked for")

        language = language_name(reading.document.language or "")
        told = in_english(made, reading.annotated, language, ask)
        return replace(told, usage=used_together(made.usage, ledger.usage()))

    def _read(
        self,
        numbered: Numbered,
        section: Section,
        more: Sequence[str],
        ledger: CallLedger,
        again: bool = False,
    ) -> list[_SectionAnswer]:
        """The answer about a section, and those about its halves where it is too long or the answer was cut short.

        `again`: nothing was read of the section that this is half of; where that is so of it too, it is given up.
        """
        head = numbered.annotated.document.head()
        published = head.published.edtf if head.published else None
        lines = numbered.lines(section.numbers)
        told = [*_of_language(numbered.annotated), *more]
        message = document_message(lines, head.title, head.publisher, published, told)
        try:
            answer = self._ask((message,), ledger)
        except TooLong as error:
            return self._halves(numbered, section, section.halves(), more, ledger, error, again)
        except ModelError as error:
            ledger.failed(error, _where(numbered, section))
            return []
        read = [_about(numbered, section, answer, ledger)] if answer.fits else []
        if answer.whole:
            return read
        halves = section.halves() if answer.fits or not again else []
        cut = ProviderDown(_CUT)
        return read + self._halves(numbered, section, halves, more, ledger, cut, not answer.fits)

    def _halves(
        self,
        numbered: Numbered,
        section: Section,
        halves: list[Section],
        more: Sequence[str],
        ledger: CallLedger,
        failure: ModelError,
        again: bool,
    ) -> list[_SectionAnswer]:
        """The answers about the halves of a section; where it has none, its failure is told."""
        if not halves:
            ledger.failed(failure, _where(numbered, section))
        return [one for half in halves for one in self._read(numbered, half, more, ledger, again)]

    def _ask(self, messages: Sequence[Message], ledger: CallLedger) -> ParsedAnswer:
        """One answer; where the question is too long for the model, and then of all others, in the compact form.

        Raises ModelError where there is none.
        """
        if not self._compact:
            try:
                return self._asked(messages, ledger, compact=False)
            except TooLong:
                self._compact = True
        return self._asked(messages, ledger, compact=True)

    def _asked(self, messages: Sequence[Message], ledger: CallLedger, *, compact: bool) -> ParsedAnswer:
        """One answer, asked for twice if the first cannot be read; one of which nothing was read was cut short.

        Raises ModelError where there is none.
        """
        for attempt in range(2):
            request = Request(
                model=self._model,
                messages=(*static_messages(compact), *messages),
                max_tokens=self._max_tokens,
                compact=compact,
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
        self,
        reading: Reading,
        numbered: Numbered,
        answers: list[_SectionAnswer],
        candidates: Proposals,
        ledger: CallLedger,
    ) -> Proposals | None:
        """What the model says, asked once more about all that was not proven and all that was left out.

        It is shown the sentences in question, not the document again.
        """
        verified = reading.verify([a.proposals for a in answers])
        if verified.talks is None:
            return None
        failed = [_asked_again(numbered, one) for one in verified.failures if _mendable(one)]
        failed += [
            _Line(numbers=[], text=f"{one.kind} {one.quote}: {one.reason}")
            for one in ledger.malformed
            if one.kind != "section"
        ]
        missing = [
            _Line(numbers=numbered.holding((one.start, one.end) for one in fact.evidence), text=what)
            for fact, what in left_out(verified, reading.verify([candidates], own=True))
        ]
        failed, missing = failed[:_MOST_LINES], missing[:_MOST_LINES]
        if not failed and not missing:
            return None
        shown = numbered.lines(sorted({number for line in (*failed, *missing) for number in line.numbers}))
        asked = repair_message([str(line) for line in failed], [str(line) for line in missing])
        try:
            told = _of_language(reading.annotated)
            answer = self._ask((document_message(shown, more=told), asked), ledger)
            if not answer.fits:
                raise ProviderDown(_CUT)
        except ModelError as error:
            ledger.failed(error, "the second call")
            return None
        return replace(proposals_of(answer, numbered, ledger.malformed), talks=None)


class _Line(Struct, frozen=True, kw_only=True):
    """Something that is asked about once more, with the numbers of its sentences."""

    numbers: list[int]
    text: str

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.numbers))}] {self.text}" if self.numbers else self.text


def _about(numbered: Numbered, section: Section, answer: ParsedAnswer, ledger: CallLedger) -> _SectionAnswer:
    """An answer with its proposals where they stand in the document."""
    return _SectionAnswer(section=section, proposals=proposals_of(answer, numbered, ledger.malformed))


def _of_language(annotated: Annotated) -> list[str]:
    """What the model is told of a document that is not in English."""
    return [other_language_line(language_name(annotated.foreign))] if annotated.foreign else []


def _where(numbered: Numbered, section: Section) -> str:
    first, last = numbered.span(section.first), numbered.span(section.last)
    place = numbered.annotated.source(first.start, last.end)
    return f"characters {place.start} to {place.end}"


def _more(candidates: Proposals, index: int, of: int) -> list[str]:
    """What a section needs to know of the whole. Nothing where one call is enough."""
    if of == 1:
        return []
    parties = f" Parties: {', '.join(candidates.talks.parties)}." if candidates.talks else ""
    return [f"Section {index + 1} of {of}.{parties}"]


def _mendable(failure: Failure) -> bool:
    """Whether asking again may help: not about the talks, nor about what was told twice."""
    told = failure.rejection
    return failure.proposal is not None and told.kind != "negotiation" and told.reason != REPEATED


def _asked_again(numbered: Numbered, failure: Failure) -> _Line:
    """What of an answer failed, by the words that head its kind, and why."""
    own, told = failure.proposal, failure.rejection
    assert own is not None
    at = own.at or 0
    headings = (getattr(own, name) for name in BY_NAME[told.kind].heading)
    item = f"{told.kind} {next(filter(None, headings), '')!r}"
    leaf = f", {told.leaf}" if told.leaf else ""
    numbers = numbered.holding([(at, at + len(own.quote)), *own.beside])
    return _Line(numbers=numbers, text=f"{item}{leaf}: {told.reason}")


def left_out(proven: Verified, candidates: Verified) -> list[tuple[Fact, str]]:
    """What the embedded extractor read and no proven fact tells, here or elsewhere: figures, dates, people."""
    amounts = {(figure.value, figure.unit) for figure in proven.of(Figure)}
    days = {due.date.edtf for due in proven.of(Deadline) if due.date}
    days |= {event.date.edtf for event in proven.of(Event)}
    people = proven.of(Delegate)
    figures = (one for one in candidates.of(Figure) if (one.value, one.unit) not in amounts)
    dated = ((one, one.date) for one in candidates.of(Deadline))
    unseated = (
        one for one in candidates.of(Delegate) if not any(same_delegate(one, known) for known in people)
    )
    return [
        *((one, f"figure {one.as_written!r}") for one in figures),
        *((one, f"deadline {date.text!r}") for one, date in dated if date and date.edtf not in days),
        *((one, f"delegate {one.name!r}") for one in unseated),
    ]
