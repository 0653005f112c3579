"""What is set about the language model: read by `api.settings`, handed down as it is to workers and clients."""

from typing import Annotated

from msgspec import Meta, Struct

Rate = Annotated[
    str,
    Meta(
        pattern="^[1-9][0-9]{0,6}/(second|minute|hour|day)$",
        description="like 600/minute: a number, and second, minute, hour or day",
    ),
]
Price = Annotated[float, Meta(ge=0)]
"""US dollars a million tokens."""
Budget = Annotated[float, Meta(gt=0, description="a number of US dollars, more than 0")]
SECRET = {"secret": True}
"""`Meta.extra` of what no message may quote."""


class ModelSettings(Struct, frozen=True, kw_only=True):
    """Which model reads documents, where it is, how often it may be asked and what that may cost."""

    name: Annotated[str, Meta(description="a model's name")] = ""
    """As its provider calls it. Empty: there is none."""
    api_key: Annotated[str, Meta(min_length=1, description="a key", extra=SECRET)] | None = None
    """Its provider's key. A server on one's own machine may do without."""
    base_url: (
        Annotated[str, Meta(pattern="^https?://.", description="an http or https address", extra=SECRET)]
        | None
    ) = None
    """Its provider's address, if it is not OpenAI."""
    concurrency: Annotated[int, Meta(ge=1, le=256, description="a whole number from 1 to 256")] = 4
    """Calls at the same time, of all workers together."""
    rate: Rate | None = None
    """Calls in a time, of all workers together: evenly spaced, tries that fail included."""
    timeout: Annotated[float, Meta(gt=0, le=3600, description="a number of seconds, 3600 at the most")] = (
        120.0
    )
    """Seconds for one call, from its first byte to its last."""
    prices: Annotated[
        dict[str, tuple[Price, Price, Price]],
        Meta(description='a JSON object like {"model": [prompt, cached prompt, completion]}'),
    ] = {}
    """By model, for tokens of the prompt, of a cached prompt and of the completion."""
    budget_document: Budget | None = None
    """US dollars for a document."""
    budget_day: Budget | None = None
    """US dollars for a day (UTC)."""

    def __repr__(self) -> str:
        return f"ModelSettings(name={self.name!r})"

    @property
    def configured(self) -> bool:
        """Whether there is a model to ask, and a way to reach it."""
        return bool(self.name and (self.api_key or self.base_url))


def per_seconds(rate: str) -> tuple[int, int]:
    """A rate like `600/minute`: how many, in how many seconds."""
    count, _, period = rate.partition("/")
    return int(count), {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[period]
