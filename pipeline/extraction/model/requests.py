"""What goes to a language model and what comes back, without saying how."""

import hashlib
from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Struct

from prompts import Message, version

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


class ModelError(Exception):
    """No answer was to be had; the message is one sentence for people."""


class ProviderDown(ModelError):
    """The provider cannot be reached, or answers with errors, after all tries."""


class ProviderRefused(ModelError):
    """The provider takes requests but not these: wrong key, unknown model, or what it will not answer."""


class BudgetSpent(ModelError):
    """The call would go over the budget of the document or of the day."""
