"""Calls to the model that nobody pays for twice, and none over the budget."""

from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

import msgspec
from sqlalchemy import Engine
from tenacity import Retrying, retry_if_exception, wait_fixed

from pipeline.extraction.model import BudgetSpent, Complete, Completion, Request
from pipeline.extraction.settings import ModelSettings
from store.engine import contention, outage
from store.model_calls import Answer, add_answer, get_answer, spent_since
from worker.metrics import CALLS, COST, TOKENS

_CHARS_A_TOKEN = 4


class Answers(Protocol):
    """Where answers are kept, and what those of today (UTC) cost."""

    def get(self, key: str) -> Completion | None: ...
    def keep(self, key: str, model: str, completion: Completion) -> None: ...
    def today(self) -> float: ...


class InDatabase:
    """Answers that every worker shares and every restart finds again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: str) -> Completion | None:
        body = get_answer(self._engine, key)
        return msgspec.json.decode(body, type=Completion) if body is not None else None

    def keep(self, key: str, model: str, completion: Completion) -> None:
        answer = Answer(
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


class InMemory:
    """Answers of one run of a command, all of today."""

    def __init__(self) -> None:
        self._answers: dict[str, Completion] = {}

    def get(self, key: str) -> Completion | None:
        return self._answers.get(key)

    def keep(self, key: str, model: str, completion: Completion) -> None:
        self._answers[key] = completion

    def today(self) -> float:
        return sum(one.cost or 0.0 for one in list(self._answers.values()))


# An answer that was paid for waits for the database: asked anew, it would be paid for again.
_until_kept = Retrying(
    retry=retry_if_exception(lambda error: bool(outage(error) or contention(error))), wait=wait_fixed(1)
)


def thrifty(ask: Complete, answers: Answers, settings: ModelSettings) -> Complete:
    """`ask` for one document: known answers cost nothing again, and budgets hold.

    What a call's answer will cost is not known before: a budget is kept to, but for the answers under way.
    """
    lock = Lock()
    paid: list[float] = []

    def complete(request: Request) -> Completion:
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


def _check(settings: ModelSettings, request: Request, paid: float, answers: Answers) -> None:
    """Raises BudgetSpent where the question alone would go over a budget."""
    price = settings.prices.get(request.model)
    if price is None:
        return
    least = request.chars() / _CHARS_A_TOKEN * min(price[:2]) / 1_000_000
    if settings.budget_document is not None and paid + least > settings.budget_document:
        raise BudgetSpent(f"the budget of a document, {settings.budget_document:g} US dollars, is spent")
    if settings.budget_day is not None and answers.today() + least > settings.budget_day:
        raise BudgetSpent(f"the budget of the day, {settings.budget_day:g} US dollars, is spent")
