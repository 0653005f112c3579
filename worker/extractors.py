"""The extractor that a worker or a command runs, made of plain settings. The provider's client is loaded on use."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from sqlalchemy import Engine

from pipeline.documents.document import Document
from schemas import DocumentReadout, ExtractorInfo, Rejection

if TYPE_CHECKING:
    from pipeline.extraction.model import Complete, Provider

SECTION_CHARS = 24_000
log = logging.getLogger("readout.worker")


class ModelSettings(Struct, frozen=True, kw_only=True):
    """Which model, where, and what it may cost."""

    model: str
    base_url: str | None
    api_key: str
    concurrency: int
    """Calls at the same time, of all workers together."""
    rate: tuple[int, float] | None = None
    """Calls in so many seconds, of all workers together."""
    timeout: float
    """Seconds for one call."""
    prices: dict[str, tuple[float, float, float]]
    """US dollars a million tokens by model: prompt, cached prompt, completion."""
    budget_document: float | None
    """US dollars, as the budget of a day (UTC)."""
    budget_day: float | None

    def __repr__(self) -> str:
        return f"ModelSettings(model={self.model!r})"


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
    from worker.model_budget import Answers, InDatabase, InMemory, thrifty
    from worker.model_slots import Permits

    answers: Answers
    if engine is None:
        asked, answers = ask or ChatCompletions(provider_of(settings)), InMemory()
    else:
        permits = Permits(engine, settings.base_url or "openai", settings.concurrency, settings.rate)
        asked, answers = ask or ChatCompletions(provider_of(settings), permits.permit), InDatabase(engine)
    at_once = 1 if engine is not None else settings.concurrency

    def read(document: Document) -> DocumentReadout:
        model = Model(
            thrifty(asked, answers, settings), settings.model, section_chars=section_chars, at_once=at_once
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

    return made_by(settings.model)


def provider_of(settings: ModelSettings) -> "Provider":
    """The provider of that model, as its client takes it."""
    from pipeline.extraction.model import Provider

    return Provider(
        base_url=settings.base_url,
        api_key=settings.api_key,
        concurrency=settings.concurrency,
        timeout=settings.timeout,
        prices=settings.prices,
    )


def _standing_in(found: DocumentReadout, why: str) -> DocumentReadout:
    return msgspec.structs.replace(
        found,
        rejected=[*found.rejected, Rejection(kind="section", quote="the whole document", reason=why)],
        extractor=msgspec.structs.replace(found.extractor, stands_in_for="model"),
    )


def waits(found: DocumentReadout) -> bool:
    """Whether the model may say more of the document another time."""
    return found.extractor.stands_in_for is not None or (
        found.extractor.name == "model" and any(one.kind == "section" for one in found.rejected)
    )
