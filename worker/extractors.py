"""The extractor that a worker or a command runs, as it is set. The provider's client is loaded on use."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Engine

from pipeline.documents.document import Document
from pipeline.extraction.settings import ModelSettings, per_seconds
from schemas import DocumentReadout, ExtractorInfo, Rejection

if TYPE_CHECKING:
    from pipeline.extraction.model import Complete

SECTION_CHARS = 24_000
log = logging.getLogger("readout.worker")


def reader(
    settings: ModelSettings | None,
    engine: Engine | None = None,
    ask: "Complete | None" = None,
    section_chars: int = SECTION_CHARS,
) -> Callable[[Document], DocumentReadout]:
    """Reads documents with that model, or with the embedded extractor where `settings` is None.

    With an engine, answers are kept there, calls wait for those of other processes, and sections are asked about one
    at a time: a worker that is killed repeats one call of a document at most. Without, sections go out together. A
    document for which the model fails is read by the embedded extractor, and its readout says so. `ask` goes before
    the provider of the settings.
    """
    from pipeline.extraction.readout import readout

    if settings is None:
        return readout
    from pipeline.extraction.model import ChatCompletions, Model, ModelError
    from worker.model import Answers, AnswersInMemory, Permits, StoredAnswers, budgeted

    answers: Answers
    if engine is None:
        asked, answers = ask or ChatCompletions(settings), AnswersInMemory()
    else:
        rate = per_seconds(settings.rate) if settings.rate else None
        permits = Permits(engine, settings.base_url or "openai", settings.concurrency, rate)
        asked, answers = ask or ChatCompletions(settings, permits.permit), StoredAnswers(engine)
    at_once = 1 if engine is not None else settings.concurrency

    def read(document: Document) -> DocumentReadout:
        model = Model(
            budgeted(asked, answers, settings), settings.name, section_chars=section_chars, at_once=at_once
        )
        try:
            return readout(document, model)
        except ModelError as error:
            log.warning("document %s is read without the model: %s", document.id, error)
            return _standing_in(readout(document), str(error))

    return read


def info_of(settings: ModelSettings | None) -> ExtractorInfo:
    """What a readout says that `reader` made with these settings."""
    if settings is None:
        from pipeline.extraction.embedded import Embedded

        return Embedded.info
    from pipeline.extraction.model import made_by

    return made_by(settings.name)


def _standing_in(made: DocumentReadout, why: str) -> DocumentReadout:
    return msgspec.structs.replace(
        made,
        rejected=[*made.rejected, Rejection(kind="section", quote="the whole document", reason=why)],
        extractor=msgspec.structs.replace(made.extractor, stands_in_for="model"),
    )


def waits(readout: DocumentReadout) -> bool:
    """Whether the model may say more of the document another time."""
    return readout.extractor.stands_in_for is not None or (
        readout.extractor.name == "model" and any(one.kind == "section" for one in readout.rejected)
    )
