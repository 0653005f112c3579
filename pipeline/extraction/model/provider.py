"""Any OpenAI-compatible chat-completions endpoint, through the `openai` client.

Servers differ: one has no strict schemas, one answers 429, one drips a byte a second. What a request needs is asked
for, then less of it; what may pass is tried again with jittered waits; what does not pass opens a circuit breaker,
so that a dead provider costs the next documents no time.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import msgspec
import openai
from circuitbreaker import CircuitBreaker, CircuitBreakerError
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from pipeline.errors import ModelError, ProviderDown, ProviderRefused
from pipeline.extraction.model.requests import Completion, Finish, Request
from pipeline.extraction.settings import ModelSettings
from prompts import answer_format

_FORMATS: tuple[Mapping[str, Any] | None, ...] = (answer_format(), {"type": "json_object"}, None)
_FINISH: dict[str | None, Finish] = {"length": "length", "content_filter": "filter"}
_LONGEST_WAIT = 60.0
"""Seconds; a provider that asks for more is taken to be down."""
_FAILURES_TO_OPEN = 8
"""Calls in a row that fail before the breaker opens."""
_CHECK_SECONDS = 5.0
_CONNECT_SECONDS = 10.0
_NO_KEY = "none"  # servers on one's own machine take any key, and the client wants one
Permit = Callable[[], AbstractContextManager[None]]


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
            raise ProviderRefused(f"the model's provider refuses the key: {_message(error)}") from error
        except Exception as error:
            if isinstance(error, ModelError):
                raise
            if _transient(error):
                raise ProviderDown(f"the model's provider does not answer: {_message(error)}") from error
            if isinstance(error, openai.APIError):
                raise ProviderRefused(
                    f"the model's provider refuses the request: {_message(error)}"
                ) from error
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
                raise _EmptyAnswer(f"the answer is not JSON: {error}") from error
            except openai.BadRequestError as error:
                if i + 1 == len(_FORMATS) or not _about_format(error):
                    raise
                continue
            self._format = i
            return _checked(answer)
        raise _EmptyAnswer("no form of answer was accepted")

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
            cost=_cost_of(price, prompt, cached, written) if price else None,
        )


def check_provider(settings: ModelSettings) -> str:
    """What the provider says of the model, in a few words. Raises ProviderDown or ProviderRefused.

    Asks for the list of models; a server that has none is asked for one token.
    """
    try:
        with client_of(settings, _CHECK_SECONDS) as client:
            return _model_known(client, settings.name)
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise ProviderRefused(f"the model's provider refuses the key ({error.status_code})") from error
    except openai.APIStatusError as error:
        raise ProviderRefused(f"the model's provider answers with an error ({error.status_code})") from error
    except (openai.APIError, ValueError, msgspec.MsgspecError) as error:
        raise ProviderDown(f"the model's provider does not answer: {error}") from error


def client_of(settings: ModelSettings, seconds: float) -> openai.OpenAI:
    """A client of the provider whose calls take at most so many seconds, at whatever pace, and are not tried again."""
    return openai.OpenAI(
        base_url=settings.base_url,
        api_key=settings.api_key or _NO_KEY,
        max_retries=0,
        http_client=httpx2.Client(
            transport=_Transport(seconds),
            timeout=httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
        ),
    )


def _cost_of(price: tuple[float, float, float], prompt: int, cached: int, written: int) -> float:
    """US dollars for one call at prices a million tokens: prompt, cached prompt, completion."""
    return ((prompt - cached) * price[0] + cached * price[1] + written * price[2]) / 1_000_000


def _about_format(error: openai.BadRequestError) -> bool:
    message = str(error).lower()
    return any(
        word in message for word in ("response_format", "json_schema", "json_object", "schema", "grammar")
    )


def _checked(answer: ChatCompletion) -> ChatCompletion:
    """The answer, if it holds anything. Raises _EmptyAnswer."""
    choices: object = getattr(answer, "choices", None)
    first = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(first, Choice):
        message: ChatCompletionMessage | None = getattr(first, "message", None)
        if (message and (message.content or message.refusal)) or first.finish_reason == "content_filter":
            return answer
    raise _EmptyAnswer("the answer is empty")


class _EmptyAnswer(Exception):
    """The provider answered with nothing, or with something that is no chat completion."""


def _transient(error: BaseException) -> bool:
    if _retry_after(error) > _LONGEST_WAIT:
        return False
    if isinstance(error, openai.RateLimitError):
        return error.code != "insufficient_quota"
    return isinstance(error, openai.APIConnectionError | openai.InternalServerError | _EmptyAnswer) or (
        isinstance(error, openai.APIStatusError) and error.status_code in {408, 409, 425}
    )


def _down(error: BaseException) -> bool:
    """Whether it speaks for a provider that fails; one that asks to wait is well."""
    return _transient(error) and not isinstance(error, openai.RateLimitError)


def _retry_after(error: BaseException | None) -> float:
    """The seconds that the provider asks for, where it does: as a number or as the time of day."""
    if not isinstance(error, openai.APIStatusError):
        return 0.0
    header = error.response.headers.get("retry-after", "0")
    try:
        return float(header)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return 0.0


def _asked_to_wait(state: RetryCallState) -> float:
    return _retry_after(state.outcome.exception()) if state.outcome else 0.0


def _count(usage: object, name: str) -> int:
    """A number of tokens; 0 where the server does not say it."""
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and value > 0 else 0


def _message(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _model_known(client: openai.OpenAI, model: str) -> str:
    try:
        known = [each.id for each in client.models.list().data or []]
    except (openai.NotFoundError, openai.BadRequestError, openai.UnprocessableEntityError):
        client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "Hello"}], max_completion_tokens=1
        )
        return f"{model} answers"
    return f"{model} is there" if model in known else f"the provider answers, but does not list {model}"


class _Timed(httpx2.SyncByteStream):
    """A body that must be complete by a moment of the monotonic clock."""

    def __init__(self, stream: httpx2.SyncByteStream, ends: float) -> None:
        self._stream = stream
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            if time.monotonic() > self._ends:
                raise httpx2.ReadTimeout("the answer took too long")
            yield chunk

    def close(self) -> None:
        self._stream.close()


class _Transport(httpx2.HTTPTransport):
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        ends = time.monotonic() + self._seconds
        response = super().handle_request(request)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Timed(response.stream, ends)
        return response
