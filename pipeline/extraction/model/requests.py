"""What goes to a language model, what comes back and what it costs, without saying how."""

import hashlib
import threading
from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Struct

from pipeline.errors import ModelError, ProviderDown
from prompts import Message, version
from schemas import Rejection, Usage

Finish = Literal["stop", "length", "refusal", "filter"]


class Request(Struct, frozen=True, kw_only=True):
    """One call: the messages, and the most tokens that the answer may have."""

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    attempt: int = 0
    """Grows where the same question is asked again because its answer could not be read."""

    def key(self) -> str:
        """SHA-256 of all that determines the answer: two equal requests need one call."""
        body = msgspec.json.encode([version(), self.model, self.max_tokens, self.attempt, self.messages])
        return hashlib.sha256(body).hexdigest()

    def chars(self) -> int:
        return sum(len(message["content"]) for message in self.messages)


class Completion(Struct, frozen=True, kw_only=True):
    """An answer as it was received; `seconds` spent waiting for it, `cost` in US dollars where prices are known."""

    text: str
    finish: Finish
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None


Complete = Callable[[Request], Completion]
"""Something that answers requests. Raises ModelError."""


class CallLedger:
    """What the calls about one document cost, and what went wrong with them. Shared by the threads of its sections."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._completions: list[Completion] = []
        self._errors: list[ModelError] = []
        self.malformed: list[Rejection] = []

    def paid(self, completion: Completion, malformed: list[Rejection]) -> None:
        with self._lock:
            self._completions.append(completion)
            self.malformed.extend(malformed)

    def failed(self, error: ModelError, where: str) -> None:
        """A section that got no answer; it is told among the rejections, and the others go on."""
        with self._lock:
            self._errors.append(error)
            self.malformed.append(Rejection(kind="section", quote=where, reason=str(error)))

    @property
    def incomplete(self) -> bool:
        return bool(self._errors)

    def failure(self) -> ModelError:
        return (
            self._errors[0] if self._errors else ProviderDown("the model gave no answer that could be read")
        )

    def usage(self) -> Usage:
        paid = self._completions
        costs = [completion.cost for completion in paid if completion.cost is not None]
        return Usage(
            calls=len(paid),
            prompt_tokens=sum(completion.prompt_tokens for completion in paid),
            cached_tokens=sum(completion.cached_tokens for completion in paid),
            completion_tokens=sum(completion.completion_tokens for completion in paid),
            seconds=round(sum(completion.seconds for completion in paid), 3),
            cost=sum(costs) if costs else None,
        )
