"""What one document says, proven, and what was proposed without proof."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.briefing import Delegation, Negotiation
from schemas.dates import FuzzyDate
from schemas.facts import Deadline, Event, Figure, Stake, Statement
from schemas.vocabulary import Sha256, Text


class DocumentHead(Struct, frozen=True, kw_only=True):
    """Which document a readout is of."""

    file: Annotated[Text | None, Meta(description="Name of the file it came from.", examples=["talks.txt"])]
    id: Sha256
    title: Text | None
    publisher: Text | None
    published: FuzzyDate | None
    chars: Annotated[int, Meta(ge=1, description="Code points of the canonical text.")]


class Rejection(Struct, frozen=True, kw_only=True):
    """A proposal that the text does not prove."""

    kind: Annotated[Text, Meta(examples=["figure"])]
    quote: str
    reason: Annotated[Text, Meta(examples=["the quote does not stand in the document"])]


class ExtractorInfo(Struct, frozen=True, kw_only=True):
    """What proposed the facts."""

    name: Annotated[Text, Meta(examples=["embedded"])]
    version: Text
    model: Text | None
    prompt: Annotated[Text | None, Meta(description="Version of the prompt; null without a model.")]
    stands_in_for: Annotated[
        Text | None,
        Meta(description="The extractor that was asked for and gave no answer; null where this one was."),
    ]


class Usage(Struct, frozen=True, kw_only=True):
    """What the readout cost. Zeros without a model."""

    calls: Annotated[int, Meta(ge=0)]
    prompt_tokens: Annotated[int, Meta(ge=0)]
    cached_tokens: Annotated[int, Meta(ge=0)]
    completion_tokens: Annotated[int, Meta(ge=0)]
    seconds: Annotated[float, Meta(ge=0, description="Spent waiting for the model.")]
    cost: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="US dollars; null without a price for the model."),
    ]


class DocumentReadout(Struct, frozen=True, kw_only=True):
    """The proven facts of one document. Not about a trade negotiation: `negotiation` null and no facts."""

    document: DocumentHead
    negotiation: Negotiation | None
    delegations: list[Delegation]
    stakes: list[Stake]
    deadlines: list[Deadline]
    figures: list[Figure]
    statements: list[Statement]
    events: list[Event]
    rejected: Annotated[
        list[Rejection], Meta(description="Accepted and rejected add up to what was proposed.")
    ]
    extractor: ExtractorInfo
    usage: Usage
