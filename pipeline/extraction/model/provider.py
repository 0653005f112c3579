"""Any OpenAI-compatible chat-completions endpoint, through the `openai` client.

Servers differ: one has no strict schemas, one answers 429, one drips a byte a second. What a request needs is asked
for, then less of it; what may pass is tried again with jittered waits; what does not pass opens a circuit breaker,
so that a dead provider costs the next documents no time.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import openai
from circuitbreaker import CircuitBreaker, CircuitBreakerError
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from pipeline.errors import ModelError, ProviderDown, ProviderRefused
from pipeline.extraction.model.deadline import client_with_deadline
from pipeline.extraction.model.requests import (
    Completion,
    Finish,
    Request,
)
from pipeline.extraction.settings import ModelSettings
from prompts import answer_format

_FORMATS: tuple[Mapping[str, Any] | None, ...] = (answer_format(), {"type": "json_object"}, None)
_FINISH: dict[str | None, Finish] = {"length": "length", "content_filter": "filter"}
_LONGEST_WAIT = 60.0
_FAILURES_TO_OPEN = 8
_NO_KEY = "none"  # servers on one's own machine take any key, and the client wants one
Permit = Callable[[], AbstractContextManager[None]]


def _transient(error: BaseException) -> bool:
    if _retry_after(error) > _LONGEST_WAIT:
        return False
    if isinstance(error, openai.RateLimitError):
        return error.code != "insufficient_quota"
    return isinstance(error, openai.APIConnectionError | openai.InternalServerError | EmptyAnswer) or (
        isinstance(error, openai.APIStatusError) and error.status_code in {408, 409, 425}
    )


class EmptyAnswer(Exception):
    """The provider answered with nothing, or with something that is no chat completion."""


def _retry_after(error: BaseException | None) -> float:
    """The seconds that the provider asks for, where it does: as a number or as the time of day."""
    if not isinstance(error, openai.APIStatusError):
        return 0.0
    said = error.response.headers.get("retry-after", "0")
    try:
        return float(said)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return 0.0


def _asked_to_wait(state: RetryCallState) -> float:
    return _retry_after(state.outcome.exception()) if state.outcome else 0.0


def _down(error: BaseException) -> bool:
    """Whether it speaks for a provider that fails; one that asks to wait is well."""
    return _transient(error) and not isinstance(error, openai.RateLimitError)


def client_of(settings: ModelSettings, seconds: float) -> openai.OpenAI:
    """A client of the provider whose calls take at most so many seconds, and are not tried again."""
    return openai.OpenAI(
        base_url=settings.base_url,
        api_key=settings.api_key or _NO_KEY,
        max_retries=0,
        http_client=client_with_deadline(seconds),
    )


class ChatCompletions:
    """Completes requests at one provider. Safe to use from several threads."""

    def __init__(
        self,
        settings: ModelSettings,
        permit: Permit = nullcontext,
        *,
        attempts: int = 5,
        pause: float = 1.0,
        closed_for: float = 30.0,
    ) -> None:
        """Every HTTP call is made inside a `permit`, so that it waits for its turn among other processes.

        `pause`: seconds of the first wait between attempts; the next ones double, with jitter. `closed_for`: seconds
        that the breaker stays open after a run of failures.
        """
        self._prices = settings.prices
        self._permit = permit
        self._client = client_of(settings, settings.timeout)
        self._chat = self._client.chat.completions
        self._slots = threading.BoundedSemaphore(settings.concurrency)
        self._format = 0
        jitter = wait_random_exponential(multiplier=pause, max=_LONGEST_WAIT)
        self._retrying = Retrying(
            retry=retry_if_exception(_transient),
            stop=stop_after_attempt(attempts),
            wait=lambda state: max(_asked_to_wait(state), jitter(state)),
            reraise=True,
        )
        breaker = CircuitBreaker(
            failure_threshold=_FAILURES_TO_OPEN,
            recovery_timeout=closed_for,
            expected_exception=lambda _, error: _down(error),
        )
        self._guarded = breaker.decorate(self._ask)

    def close(self) -> None:
        """Gives up the connections."""
        self._client.close()

    def __call__(self, request: Request) -> Completion:
        """The answer to a request. Raises ProviderDown or ProviderRefused."""
        began = time.monotonic()
        try:
            with self._slots:
                answer = self._retrying(self._guarded, request)
        except CircuitBreakerError:
            raise ProviderDown("the model's provider is failing: it is left alone for a while") from None
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise ProviderRefused(f"the model's provider refuses the key: {_said(error)}") from error
        except Exception as error:
            if isinstance(error, ModelError):
                raise
            if _transient(error):
                raise ProviderDown(f"the model's provider does not answer: {_said(error)}") from error
            if isinstance(error, openai.APIError):
                raise ProviderRefused(f"the model's provider refuses the request: {_said(error)}") from error
            raise
        return self._completion(answer, request, time.monotonic() - began)

    def _ask(self, request: Request) -> ChatCompletion:
        """One HTTP call, with the strictest form of answer that this server takes."""
        for i in range(self._format, len(_FORMATS)):
            form = _FORMATS[i]
            wanted = {"response_format": form} if form else {}
            try:
                with self._permit():
                    answer = self._chat.create(  # type: ignore[call-overload]
                        model=request.model,
                        messages=list(request.messages),
                        max_completion_tokens=request.max_tokens,
                        temperature=0,
                        **wanted,
                    )
            except ValueError as error:
                raise EmptyAnswer(f"the answer is not JSON: {error}") from error
            except openai.BadRequestError as error:
                if i + 1 == len(_FORMATS) or not _about_format(error):
                    raise
                continue
            self._format = i
            return _checked(answer)
        raise EmptyAnswer("no form of answer was accepted")

    def _completion(self, answer: ChatCompletion, request: Request, seconds: float) -> Completion:
        choice, usage = answer.choices[0], answer.usage
        prompt, written = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
        cached = _count(getattr(usage, "prompt_tokens_details", None), "cached_tokens")
        refused = choice.message.refusal
        finish: Finish = "refusal" if refused else _FINISH.get(choice.finish_reason, "stop")
        price = self._prices.get(request.model)
        return Completion(
            text=choice.message.content or refused or "",
            finish=finish,
            prompt_tokens=prompt,
            cached_tokens=cached,
            completion_tokens=written,
            seconds=round(seconds, 3),
            cost=cost_of(price, prompt, cached, written) if price else None,
        )


def _count(usage: object, name: str) -> int:
    """A number of tokens; 0 where the server does not say it."""
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and value > 0 else 0


def cost_of(price: tuple[float, float, float], prompt: int, cached: int, written: int) -> float:
    """US dollars for one call at prices a million tokens: prompt, cached prompt, completion."""
    return ((prompt - cached) * price[0] + cached * price[1] + written * price[2]) / 1_000_000


def _about_format(error: openai.BadRequestError) -> bool:
    said = str(error).lower()
    return any(
        word in said for word in ("response_format", "json_schema", "json_object", "schema", "grammar")
    )


def _checked(answer: ChatCompletion) -> ChatCompletion:
    """The answer, if it holds anything. Raises EmptyAnswer."""
    choices: object = getattr(answer, "choices", None)
    first = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(first, Choice):
        message: ChatCompletionMessage | None = getattr(first, "message", None)
        if (message and (message.content or message.refusal)) or first.finish_reason == "content_filter":
            return answer
    raise EmptyAnswer("the answer is empty")


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
