"""What programs that talk with a language model ask for, and what they are answered: terse, and with every proof."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.vocabulary import BriefingId, Certainty, FactId, Party, Proof, Sha256, Text, Topic

BriefingPart = Literal[
    "overview", "delegates", "stakes", "deadlines", "figures", "statements", "events", "sources"
]
_Cursor = Annotated[str, Meta(min_length=1, max_length=512, description="`cursor` of the answer before.")]
_Briefing = Annotated[str, Meta(min_length=1, max_length=500, description="Id or slug.")]
_Side = Annotated[Party, Meta(description="ISO 3166 code, or EU.")]
_Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z")]


class _Asked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every tool takes."""

    max_tokens: Annotated[int, Meta(ge=500, le=50_000, description="Size of the answer.")] = 4_000


class AskedOn(_Asked, frozen=True, kw_only=True):
    """What tools take whose answers go on."""

    cursor: _Cursor | None = None


class FindBriefings(AskedOn, frozen=True, kw_only=True):
    words: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=500,
                description="All must occur; phrases in quotation marks. Goes with `party` alone.",
            ),
        ]
        | None
    ) = None
    party: _Side | None = None
    topic: Annotated[Topic, Meta(description="Such as tariffs.")] | None = None
    date_from: Annotated[date, Meta(description="Talks on this day or later.")] | None = None
    date_to: date | None = None


class ReadBriefingPart(AskedOn, frozen=True, kw_only=True):
    briefing: _Briefing
    part: BriefingPart = "overview"


class ListDeadlines(AskedOn, frozen=True, kw_only=True):
    briefing: _Briefing | None = None
    party: _Side | None = None
    date_from: date | None = None
    date_to: date | None = None
    kind: (
        Annotated[
            _Word, Meta(description="Such as measure_expiry, entry_into_force, meeting, signing, target.")
        ]
        | None
    ) = None
    status: Annotated[_Word, Meta(description="Such as pending, met, missed, extended.")] | None = None


class ListFigures(AskedOn, frozen=True, kw_only=True):
    briefing: _Briefing | None = None
    party: _Side | None = None
    measure: (
        Annotated[_Word, Meta(description="Such as tariff_rate, trade_value, growth_rate, share, count.")]
        | None
    ) = None
    unit: Annotated[str, Meta(pattern=r"^[!-~]{1,20}\Z", description="%, or a currency: EUR.")] | None = None
    value_min: float | None = None
    value_max: float | None = None


class CompareSources(AskedOn, frozen=True, kw_only=True):
    briefing: _Briefing


class VerifyQuotation(AskedOn, frozen=True, kw_only=True):
    words: Annotated[str, Meta(min_length=1, max_length=5_000, description="The quotation, word for word.")]
    briefing: (
        Annotated[
            str, Meta(min_length=1, max_length=500, description="Look in its sources alone: id or slug.")
        ]
        | None
    ) = None


class SourceQuote(Struct, frozen=True, kw_only=True):
    """A proof: `exact` stands at `start` to `end` (code points, end exclusive) of the document's text."""

    document_id: Sha256
    start: int
    end: int
    exact: str
    title: Text | None
    url: Text | None


class _Answer(Struct, frozen=True, kw_only=True):
    """What every answer says of itself."""

    left_out: Annotated[
        str | None, Meta(description="What is not in the answer, and how to ask for it; null: nothing.")
    ]
    cursor: Annotated[str | None, Meta(description="Goes on with what was left out.")]


class _Proven(Struct, frozen=True, kw_only=True):
    """What is told with its proofs."""

    proofs: list[SourceQuote]
    more_proofs: Annotated[int, Meta(ge=0, description="Proofs beside these.")]


class FoundMatch(Struct, frozen=True, kw_only=True):
    """Something of a briefing that has the words asked for."""

    kind: str
    id: str
    heading: str


class FoundBriefing(_Proven, frozen=True, kw_only=True):
    """A briefing in a list; the proofs are of its headline."""

    id: BriefingId
    slug: Text
    title: Text
    headline: Text | None
    parties: list[Party]
    status: Text
    starts: Annotated[Text | None, Meta(description="EDTF.")]
    matches: list[FoundMatch]


class FoundBriefings(_Answer, frozen=True, kw_only=True):
    briefings: list[FoundBriefing]


class ToldFact(_Proven, frozen=True, kw_only=True):
    """A fact, or a sentence that rests on facts, in words."""

    kind: str
    id: FactId | None
    text: str
    certainty: Certainty | None
    proof: Annotated[
        Proof | None, Meta(description="`full`: code has read every value; `quoted`: the words alone.")
    ]


class ToldSource(Struct, frozen=True, kw_only=True):
    """A document behind a briefing. Those with the same `origin` tell one story."""

    document_id: Sha256
    title: Text | None
    publisher: Text | None
    url: Text | None
    published: Annotated[Text | None, Meta(description="EDTF.")]
    kind: Text
    origin: Text


class ToldBriefing(_Answer, frozen=True, kw_only=True):
    """A part of a briefing. `counts` tells how much the other parts hold."""

    id: BriefingId
    title: Text
    standing: Text | None
    revision: int
    counts: dict[str, int]
    facts: list[ToldFact]
    sources: list[ToldSource]


class ToldDeadline(_Proven, frozen=True, kw_only=True):
    id: FactId
    briefing_id: BriefingId
    what: Text
    date: Annotated[Text | None, Meta(description="EDTF; null where no source fixes it.")]
    date_as_written: Text | None
    kind: Text
    status: Text
    conditions: list[Text]
    consequence: Text | None
    certainty: Certainty


class ToldDeadlines(_Answer, frozen=True, kw_only=True):
    deadlines: list[ToldDeadline]


class ToldFigure(_Proven, frozen=True, kw_only=True):
    id: FactId
    briefing_id: BriefingId
    subject: Text
    value: float
    value_high: float | None
    unit: Text
    as_written: Text
    measure: Text
    status: Text
    period: Annotated[Text | None, Meta(description="EDTF.")]
    imposed_by: Party | None
    applies_to: list[Party]
    certainty: Certainty


class ToldFigures(_Answer, frozen=True, kw_only=True):
    figures: list[ToldFigure]


class ToldPosition(_Proven, frozen=True, kw_only=True):
    value: Text


class ToldConflict(Struct, frozen=True, kw_only=True):
    """Sources that cannot both be right. `resolution` is an editor's; null: nobody has settled it."""

    id: Text
    about: Text
    kind: Text
    positions: list[ToldPosition]
    resolution: Text | None


class ComparedSources(_Answer, frozen=True, kw_only=True):
    conflicts: list[ToldConflict]
    sources: list[ToldSource]


class VerifiedQuotation(_Answer, frozen=True, kw_only=True):
    """Where a quotation stands: the first place in each document that has it."""

    found: bool
    documents_searched: int
    places: list[SourceQuote]
