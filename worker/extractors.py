"""The extractor that a worker or a command runs, whose calls nobody pays for twice and none over the budget."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

import msgspec
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from tenacity import Retrying, retry_if_exception, wait_fixed

from pipeline import BudgetSpent
from pipeline.documents.document import Document
from pipeline.extraction.settings import ModelSettings, per_seconds
from schemas import DocumentReadout, ExtractorInfo, Rejection
from store.engine import contention, outage
from store.workers import (
    LASTING,
    KeptAnswer,
    add_answer,
    begin_call,
    end_call,
    get_answer,
    renew_calls,
    spent_since,
)
from worker.observability import CALLS, COST, TOKENS

if TYPE_CHECKING:
    from pipeline.extraction.model import Complete, Completion, Request

_CHARS_A_TOKEN = 4


class Answers(Protocol):
    """Where answers are kept, and what those of today (UTC) cost."""

    def get(self, key: str) -> "Completion | None": ...
    def keep(self, key: str, model: str, completion: "Completion") -> None: ...
    def today(self) -> float: ...


class StoredAnswers:
    """Answers that every worker shares and every restart finds again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: str) -> "Completion | None":
        body = get_answer(self._engine, key)
        from pipeline.extraction.model import Completion

        return msgspec.json.decode(body, type=Completion) if body is not None else None

    def keep(self, key: str, model: str, completion: "Completion") -> None:
        answer = KeptAnswer(
            key=key,
            model=model,
            body=msgspec.json.encode(completion),
            prompt_tokens=completion.prompt_tokens,
            cached_tokens=completion.cached_tokens,
            completion_tokens=completion.completion_tokens,
            cost=completion.cost,
            created_at=datetime.now(UTC),
        )
        add_answer(self._engine, answer)
        CALLS.labels(model).inc()
        TOKENS.labels(model, "prompt").inc(completion.prompt_tokens)
        TOKENS.labels(model, "cached").inc(completion.cached_tokens)
        TOKENS.labels(model, "completion").inc(completion.completion_tokens)
        COST.labels(model).inc(completion.cost or 0.0)

    def today(self) -> float:
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return spent_since(self._engine, midnight)


class AnswersInMemory:
    """Answers of one run of a command, all of today."""

    def __init__(self) -> None:
        self._answers: dict[str, Completion] = {}

    def get(self, key: str) -> "Completion | None":
        return self._answers.get(key)

    def keep(self, key: str, model: str, completion: "Completion") -> None:
        self._answers[key] = completion

    def today(self) -> float:
        return sum(one.cost or 0.0 for one in list(self._answers.values()))


# An answer that was paid for waits for the database: asked anew, it would be paid for again.
_until_kept = Retrying(
    retry=retry_if_exception(lambda error: bool(outage(error) or contention(error))), wait=wait_fixed(1)
)


def budgeted(ask: "Complete", answers: Answers, settings: ModelSettings) -> "Complete":
    """`ask` for one document: known answers cost nothing again, and budgets hold.

    What a call's answer will cost is not known before: a budget is kept to, but for the answers under way.
    """
    lock = Lock()
    paid: list[float] = []

    def complete(request: "Request") -> "Completion":
        key = request.key()
        completion = answers.get(key)
        if completion is None:
            _check(settings, request, sum(paid), answers)
            completion = ask(request)
            _until_kept(answers.keep, key, request.model, completion)
        with lock:
            paid.append(completion.cost or 0.0)
        return completion

    return complete


def _check(settings: ModelSettings, request: "Request", paid: float, answers: Answers) -> None:
    """Raises BudgetSpent where the question alone would go over a budget."""
    price = settings.prices.get(request.model)
    if price is None:
        return
    least = request.chars() / _CHARS_A_TOKEN * min(price[:2]) / 1_000_000
    if settings.budget_document is not None and paid + least > settings.budget_document:
        raise BudgetSpent(f"the budget of a document, {settings.budget_document:g} US dollars, is spent")
    if settings.budget_day is not None and answers.today() + least > settings.budget_day:
        raise BudgetSpent(f"the budget of the day, {settings.budget_day:g} US dollars, is spent")


class Permits:
    """`at_once` calls of a provider at the same time, and `rate` (calls, seconds), by whichever process."""

    def __init__(
        self, engine: Engine, provider: str, at_once: int, rate: tuple[int, float] | None = None
    ) -> None:
        self._engine = engine
        self._provider = provider
        self._at_once = at_once
        self._apart = rate[1] / rate[0] if rate else 0.0
        self._asking = Lock()
        self._held: set[str] = set()
        self._changed = Lock()
        self._renewing: Thread | None = None

    @contextmanager
    def permit(self) -> Iterator[None]:
        """Waits until a call may begin; it is over when the block ends."""
        id = uuid4().hex
        # One of the process asks the database; the others wait for it here.
        with self._asking:
            time.sleep(self._begun(id))
        with self._changed:
            self._held.add(id)
            if self._renewing is None:
                self._renewing = Thread(target=self._renew, daemon=True)
                self._renewing.start()
        try:
            yield
        finally:
            with self._changed:
                self._held.discard(id)
            # An answer must not be lost for it: what is not ended lapses.
            with suppress(SQLAlchemyError):
                end_call(self._engine, id)

    def _begun(self, id: str) -> float:
        while True:
            granted, wait = begin_call(
                self._engine, self._provider, id, at_once=self._at_once, apart=self._apart
            )
            if granted:
                return wait
            time.sleep(wait)

    def _renew(self) -> None:
        never = Event()
        while not never.wait(LASTING / 4):
            with self._changed:
                held = list(self._held)
            if held:
                with suppress(SQLAlchemyError):
                    renew_calls(self._engine, held)


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
    from pipeline.extraction.model import Model, ModelError

    asked, answers = ask or provider(settings, engine), answers_of(engine)
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


def provider(settings: ModelSettings, engine: Engine | None = None) -> "Complete":
    """The provider of the settings. With an engine, calls wait for those of other processes."""
    from pipeline.extraction.model import ChatCompletions

    if engine is None:
        return ChatCompletions(settings)
    rate = per_seconds(settings.rate) if settings.rate else None
    permits = Permits(engine, settings.base_url or "openai", settings.concurrency, rate)
    return ChatCompletions(settings, permits.permit)


def answers_of(engine: Engine | None) -> Answers:
    """Where answers are kept: in the database, or in memory without one."""
    return AnswersInMemory() if engine is None else StoredAnswers(engine)


def info_of(settings: ModelSettings | None) -> ExtractorInfo:
    """What a readout says that `reader` made with these settings."""
    if settings is None:
        from pipeline.extraction.readout import Embedded

        return Embedded.info
    from pipeline.extraction.model import made_by

    return made_by(settings.name)


def _standing_in(made: DocumentReadout, why: str) -> DocumentReadout:
    return msgspec.structs.replace(
        made,
        rejected=[
            *made.rejected,
            Rejection(kind="section", leaf=None, quote="the whole document", reason=why),
        ],
        extractor=msgspec.structs.replace(made.extractor, stands_in_for="model"),
    )


def waits(readout: DocumentReadout) -> bool:
    """Whether the model may say more of the document another time."""
    return readout.extractor.stands_in_for is not None or (
        readout.extractor.name == "model" and any(one.kind == "section" for one in readout.rejected)
    )
