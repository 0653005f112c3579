"""Asks a language model: it proposes, code proves, and what failed or is missing is asked about once more."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct

from pipeline.documents.document import Document
from pipeline.errors import ModelError, ProviderDown
from pipeline.extraction.embedded import propose
from pipeline.extraction.model.answers import placed, read_answer
from pipeline.extraction.model.missing import missing
from pipeline.extraction.model.requests import CallLedger, Complete, Request
from pipeline.extraction.model.sections import TextSection, sections
from pipeline.extraction.reading import REPEATED, Extraction, Reading
from prompts import Message, document_message, repair_message, static_messages, version
from schemas import ExtractorInfo
from schemas.proposals import Proposals

_READING = threading.Lock()
"""Our own reading is all computing: one document at a time leaves the others free to send."""
_FINISHES = {"refusal": "the model refused to read it", "filter": "the provider's content filter blocked it"}


_CHARS_A_TOKEN = 8  # at most: a server that ignores max_tokens is not read further
_MOST_LINES = 60


class _Told(Struct, frozen=True, kw_only=True):
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
        account, document = CallLedger(), reading.document
        asked = sections(document, self._section_chars)
        early = propose(reading.annotated) if len(asked) > 1 else None
        headers = [_header(document, early, i, len(asked)) for i in range(len(asked))]
        with ThreadPoolExecutor(max_workers=max(1, min(self._at_once, len(asked)))) as pool:
            parts = [
                pool.submit(self._read, document, s, h, account) for s, h in zip(asked, headers, strict=True)
            ]
            # While the model thinks: reading the document ourselves costs no time then.
            with _READING:
                candidates = early or propose(reading.annotated)
            told = [answer for part in parts for answer in part.result()]
        if asked and not told:
            raise account.failure()
        if account.incomplete and not any(t.proposals.talks for t in told):
            # The section that tells of the talks may be one without an answer: the others are not lost with it.
            told.append(_Told(section=told[0].section, text="", proposals=Proposals(talks=candidates.talks)))
        again = self._repair(reading, told, candidates, account) if told else []
        return Extraction(
            proposals=[t.proposals for t in (*told, *again)],
            malformed=account.malformed,
            usage=account.usage(),
        )

    def _read(
        self, document: Document, section: TextSection, header: str, account: CallLedger
    ) -> list[_Told]:
        """The answer about a section, and those about its halves where the answer was cut short."""
        message = document_message(section.text(document), header)
        answered = self._ask((message,), account, _where(section))
        if answered is None:
            return []
        text, proposals, whole = answered
        told = [_Told(section=section, text=text, proposals=placed(document, proposals, section.span))]
        halves = [] if whole else section.halves()
        if not whole and not halves:
            account.failed(ProviderDown("the model's answer was cut short"), _where(section))
        for half in halves:
            told += self._read(document, half, header, account)
        return told

    def _ask(
        self, messages: Sequence[Message], account: CallLedger, where: str
    ) -> tuple[str, Proposals, bool] | None:
        """One answer, asked for twice if the first cannot be read; None where there is none."""
        for attempt in range(2):
            request = Request(
                model=self._model,
                messages=(*static_messages(), *messages),
                max_tokens=self._max_tokens,
                attempt=attempt,
            )
            try:
                completion = self._complete(request)
            except ModelError as error:
                account.failed(error, where)
                return None
            if completion.finish in _FINISHES:
                account.paid(completion, [])
                account.failed(ModelError(_FINISHES[completion.finish]), where)
                return None
            text = completion.text[: self._max_tokens * _CHARS_A_TOKEN]
            answer = read_answer(text)
            account.paid(completion, answer.malformed)
            if answer.fits:
                return text, answer.proposals, answer.whole and completion.finish != "length"
        account.failed(ProviderDown("the model's answer is not the JSON that was asked for"), where)
        return None

    def _repair(
        self, reading: Reading, told: list[_Told], candidates: Proposals, account: CallLedger
    ) -> list[_Told]:
        """One call about all that was not proven and all that was left out, with the sections that it stands in."""
        document, proof = reading.document, reading.verify([t.proposals for t in told])
        failed = [
            f"{r.kind} {r.quote!r}: {r.reason}"
            for r in (*proof.rejected, *account.malformed)
            if r.kind != "section" and r.reason != REPEATED
        ]
        left_out = missing(proof, reading.verify([candidates])) if proof.talks else []
        if not failed and not left_out:
            return []
        within = _fitting([t.section for t in told], self._section_chars)
        said = "\n".join(t.text for t in told if t.section in within and t.text)
        messages: tuple[Message, ...] = (
            document_message("\n\n".join(section.text(document) for section in within)),
            {"role": "assistant", "content": said},
            repair_message(failed[:_MOST_LINES], left_out[:_MOST_LINES]),
        )
        answered = self._ask(messages, account, "the second call")
        if answered is None:
            return []
        whole = TextSection([part for section in within for part in section.parts])
        text, proposals, _ = answered
        return [_Told(section=whole, text=text, proposals=placed(document, proposals, whole.span))]


def _where(section: TextSection) -> str:
    return f"characters {section.span.start} to {section.span.end}"


def _fitting(found: list[TextSection], most: int) -> list[TextSection]:
    """The first sections that fit one call together; halves of a section that is there already are left out."""
    taken: list[TextSection] = []
    size = 0
    for section in found:
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
