"""Any OpenAI-compatible chat-completions endpoint, through the `openai` client.

Servers differ: one has no strict schemas, one takes no temperature, one answers in parts, one drips a byte a second.
What a server refuses is left out of what it is asked, for each model; what may pass is tried again with jittered waits;
what does not pass opens a circuit breaker, so that a dead provider costs the next documents no time.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx2
import msgspec
import openai
from msgspec import Struct
from msgspec.structs import replace
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from pipeline import ModelError, ProviderDown, ProviderRefused, TooLong
from pipeline.extraction.model.breaker import Breaker, BreakerOpen
from pipeline.extraction.model.requests import Completion, Finish, Request
from pipeline.extraction.settings import ModelSettings
from prompts import answer_format

_FORMATS: tuple[Mapping[str, Any] | None, ...] = (answer_format(), {"type": "json_object"}, None)
_LIMITS = ("max_completion_tokens", "max_tokens", None)
_SHORTEST = 4
"""At least this part of the tokens that were asked for must be allowed for an answer."""
_FINISH: dict[object, Finish] = {
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "filter",
}
_LONGEST_WAIT = 60.0
"""Seconds; a provider that asks for more is taken to be down."""
_FAILURES_TO_OPEN = 8
"""Calls in a row that fail before the breaker opens."""
_CHECK_SECONDS = 5.0
_CONNECT_SECONDS = 10.0
_NO_KEY = "none"  # servers on one's own machine take any key, and the client wants one
Permit = Callable[[], AbstractContextManager[None]]


Parameter = Literal["temperature", "limit", "length", "form"]
_NAMES: dict[Parameter, tuple[str, ...]] = {
    "temperature": ("temperature",),
    "form": ("response_format", "json_schema", "json_object", "schema", "grammar", "structured output"),
    "limit": ("max_completion_tokens", "max_tokens", "max tokens"),
}
"""The names that refusals call a parameter by."""
_OF_CONTEXT = re.compile(
    r"context[ _-]?(?:length|window|size|limit)|exceed[a-z_ ]+context|prompt is too long"
)
_OF_LENGTH = re.compile(
    r"too (?:long|large|big|many tokens)|at most|exceed|maximum|less than|greater than|larger than|range|between|<="
)
_NEVER_OF_PARAMETERS = {401, 403, 408, 409, 425, 429}
_SILENT = {400, 422, 501}
"""Statuses of refusals that may be about a parameter without saying so."""


class Terms(Struct, frozen=True):
    """What a server takes for a model: all that it has not refused yet."""

    temperature: bool = True
    limit: int = 0
    """Which name the limit of tokens goes by."""
    part: int = 1
    """What the limit of tokens is divided by."""
    form: int = 0

    def parameters(self, request: Request) -> dict[str, Any]:
        """The optional parameters of a call."""
        limit, form = _LIMITS[self.limit], _FORMATS[self.form]
        sent: dict[str, Any] = {"temperature": 0} if self.temperature else {}
        sent |= {limit: request.max_tokens // self.part} if limit else {}
        if self.form == 0:
            form = request.response_format()
        return sent | ({"response_format": form} if form else {})

    def without(self, refused: Parameter) -> "Terms | None":
        """The same with less of a parameter; None where it is not sent any more."""
        if refused == "temperature":
            return replace(self, temperature=False) if self.temperature else None
        if refused == "form":
            return replace(self, form=self.form + 1) if _FORMATS[self.form] else None
        if _LIMITS[self.limit] is None:
            return None
        if refused == "limit":
            return replace(self, limit=self.limit + 1)
        return replace(self, part=self.part * 2) if self.part < _SHORTEST else None

    def others(self) -> Iterator["Terms"]:
        """What to try where a server does not say what it refuses: less of one parameter, at last none of any."""
        last = Terms(temperature=False, limit=len(_LIMITS) - 1, form=len(_FORMATS) - 1)
        yield from [replace(self, temperature=False)] if self.temperature else []
        for form in range(self.form + 1, len(_FORMATS)):
            yield replace(self, form=form)
        for limit in range(self.limit + 1, len(_LIMITS)):
            yield replace(self, limit=limit)
        yield last


class _Refused(Exception):
    """A server answered with an error: `error` is what it comes to where nothing can be left out for it."""

    def __init__(self, status: int, body: object, error: Exception) -> None:
        super().__init__(str(error))
        self.status = status
        self.error = error
        self._said = json.dumps(body, ensure_ascii=False).lower()
        named = " ".join(_parameters_named(body)).lower()
        self._about = (
            named if any(name in named for names in _NAMES.values() for name in names) else self._said
        )

    def of(self, terms: Terms) -> Parameter | None:
        """The parameter that it is about, of those that are sent; `length` is that of question and answer together."""
        if self.status in _NEVER_OF_PARAMETERS:
            return None
        if self.status == 413 or _OF_CONTEXT.search(self._said):
            return "length"
        for parameter, names in _NAMES.items():
            if any(name in self._about for name in names) and terms.without(parameter):
                too_much = parameter == "limit" and _OF_LENGTH.search(self._said) and terms.without("length")
                return "length" if too_much else parameter
        return "length" if self.status in _SILENT and _OF_LENGTH.search(self._said) else None

    @property
    def is_silent(self) -> bool:
        """Whether it may be about a parameter, though it names none."""
        return self.status in _SILENT or (self.status == 404 and "parameter" in self._said)


def _parameters_named(body: object) -> Iterator[str]:
    """What an error gives as the place of the fault: `param` as OpenAI does, `loc` as FastAPI does."""
    for key, value in body.items() if isinstance(body, dict) else []:
        if key in {"param", "loc"}:
            yield from (str(part) for part in (value if isinstance(value, list) else [value]))
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else []
    for value in inner:
        yield from _parameters_named(value)


class _Answer(Struct, frozen=True, kw_only=True):
    """What a server said, and what it counted."""

    text: str
    finish: Finish
    usage: dict[str, object]


def _read(body: object) -> _Answer:
    """The answer in a body of whatever shape. Raises _EmptyAnswer where it holds none."""
    choices = _fields(body).get("choices")
    choice = _fields(choices[0]) if isinstance(choices, list) and choices else {}
    message, why = _fields(choice.get("message")), choice.get("finish_reason")
    parts = _parts(message.get("content"))
    refused = [message.get("refusal"), *(part.get("refusal") for part in parts)]
    text = "".join(map(_text, parts)).encode(errors="replace").decode()
    finish: Finish = _FINISH.get(why, "stop") if isinstance(why, str) else "stop"
    if refusal := next((words for words in refused if isinstance(words, str) and words), None):
        text, finish = text or refusal, "refusal"
    if finish == "stop" and (why == "error" or not text.strip()):
        raise _EmptyAnswer("the answer is empty")
    return _Answer(text=text, finish=finish, usage=_fields(_fields(body).get("usage")))


def _parts(content: object) -> list[dict[str, object]]:
    """The parts of an answer: a text alone is one, and so is each string of a list."""
    listed = content if isinstance(content, list) else [content]
    return [{"text": part} if isinstance(part, str) else _fields(part) for part in listed]


def _text(part: Mapping[str, object]) -> str:
    """The words of a part that is a text; none of a thought or a picture."""
    words = part.get("text")
    if isinstance(words, dict):
        words = words.get("value")
    return words if isinstance(words, str) and part.get("type", "text") in {"text", "output_text"} else ""


def _fields(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


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
        self._terms: dict[str, Terms] = {}
        self._settled: set[str] = set()
        """Models whose server has taken a request, or none at all: what it refuses is no matter of parameters."""
        jitter = wait_random_exponential(multiplier=pause, max=_LONGEST_WAIT)
        self._retrying = Retrying(
            retry=retry_if_exception(_transient),
            stop=stop_after_attempt(attempts),
            wait=lambda state: max(_asked_to_wait(state), jitter(state)),
            reraise=True,
        )
        self._breaker = Breaker(_FAILURES_TO_OPEN, closed_for, _down)

    def close(self) -> None:
        """Gives up the connections."""
        self._client.close()

    def __call__(self, request: Request) -> Completion:
        """The answer to a request. Raises ProviderDown or ProviderRefused."""
        began = time.monotonic()
        try:
            with self._slots:
                answer = self._retrying(self._breaker.run, self._ask, request)
        except BreakerOpen:
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

    def _ask(self, request: Request) -> _Answer:
        """One answer, to a call with all that this server takes for the model; what it takes is remembered."""
        terms = self._terms.get(request.model, Terms())
        others = iter(()) if request.model in self._settled else terms.others()
        while True:
            try:
                body = self._send(request, terms)
            except _Refused as refused:
                refusal = refused
            else:
                self._terms[request.model] = terms
                self._settled.add(request.model)
                return _read(body)
            parameter = refusal.of(terms)
            less = (
                terms.without(parameter) if parameter else next(others, None) if refusal.is_silent else None
            )
            if less is None:
                if refusal.is_silent:
                    self._settled.add(request.model)
                if parameter == "length":
                    raise TooLong(f"the model's provider finds it too long: {_message(refusal)}")
                raise refusal.error
            terms = less

    def _send(self, request: Request, terms: Terms) -> object:
        """The body of the answer to one HTTP call. Raises _Refused."""
        try:
            with self._permit():
                answer = self._chat.with_raw_response.create(
                    model=request.model,
                    messages=list(request.messages),  # type: ignore[arg-type]
                    **terms.parameters(request),
                )
            body: object = json.loads(answer.content)
        except openai.APIStatusError as error:
            raise _Refused(error.status_code, error.body, error) from error
        except (ValueError, RecursionError) as error:
            raise _EmptyAnswer(f"the answer is not JSON: {error}") from error
        if isinstance(body, dict) and body.get("error") and not body.get("choices"):
            raise _Refused(200, body["error"], _EmptyAnswer("the answer is an error"))
        return body

    def _completion(self, answer: _Answer, request: Request, seconds: float) -> Completion:
        prompt, written = (_count(answer.usage, name) for name in ("prompt_tokens", "completion_tokens"))
        cached = _count(_fields(answer.usage.get("prompt_tokens_details")), "cached_tokens")
        price = self._prices.get(request.model)
        return Completion(
            text=answer.text,
            finish=answer.finish,
            prompt_tokens=prompt,
            cached_tokens=cached,
            completion_tokens=written,
            seconds=round(seconds, 3),
            cost=_cost_of(price, prompt, cached, written) if price else None,
        )


def check_provider(settings: ModelSettings) -> str:
    """What the provider says of the model, in a few words. Raises ProviderDown or ProviderRefused.

    Asks for the list of models; a server that has none is asked for a word.
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
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return 0.0
    return seconds if seconds > 0 else 0.0  # not so with nan


def _asked_to_wait(state: RetryCallState) -> float:
    return _retry_after(state.outcome.exception()) if state.outcome else 0.0


def _count(usage: Mapping[str, object], name: str) -> int:
    """A number of tokens; 0 where the server does not say it."""
    value = usage.get(name)
    return value if isinstance(value, int) and value > 0 else 0


def _message(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _model_known(client: openai.OpenAI, model: str) -> str:
    try:
        known = [each.id for each in client.models.list().data or []]
    except (openai.NotFoundError, openai.BadRequestError, openai.UnprocessableEntityError):
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hello"}])
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
