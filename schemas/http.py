"""What only the HTTP face says: requests, pages, what a search finds, problems."""

from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Literal, Union

from msgspec import Meta, Struct, defstruct

from schemas.briefing import BriefingSummary, Conflict, NegotiationSummary, Source, Timestamp
from schemas.changes import ChangedKind, RevisionInfo, RoundDecision
from schemas.dates import FuzzyDate
from schemas.facts import Fact
from schemas.kinds import KINDS, Kind
from schemas.vocabulary import BriefingId, Day, DocumentStatus, NoiseKind, Reliability, Sha256, Text

Url = Annotated[
    str,
    Meta(pattern=r"^https?://[^\x00-\x20\x7f]+\Z", max_length=2000, examples=["https://times.example/talks"]),
]
_PORT = r"[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
HOSTED = rf"^https?://{_LABEL}(\.{_LABEL})*(:({_PORT}))?(/[!-~]*)?\Z"
"""An address on the web, without user name and password."""
WebAddress = Annotated[
    str,
    Meta(
        pattern=HOSTED,
        max_length=2000,
        description="An address on the web, without user name and password. What is not ASCII in it is "
        "percent-encoded.",
        examples=["https://ministry.example/news/talks"],
    ),
]
NextCursor = Annotated[
    str | None, Meta(description="Pass it as `cursor` for the next page; null on the last one.")
]


OneLine = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f]*\Z",
        description="One line, without control characters.",
    ),
]


_RIGHTS = "Who may do what with it, as Dublin Core has it: a licence (SPDX), its address, or words."
_RELIABILITY = "How far the sender trusts where it comes from: A to F of the Admiralty code, in words."
_EMBARGO = "Until then it supports no briefing, and keys that may not add documents are not told of it."


class AboutDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the sender knows of a document. It goes before what the document says of itself.

    Of a document that is sent again the later statement counts; what it leaves out stays as it was said.
    """

    title: OneLine | None = None
    publisher: OneLine | None = None
    url: Annotated[Url | None, Meta(description="Where it was published.")] = None
    published: Annotated[
        Day | None, Meta(description="Day of publication: relative dates are counted from it.")
    ] = None
    rights: Annotated[OneLine | None, Meta(description=_RIGHTS, examples=["CC-BY-4.0"])] = None
    reliability: Annotated[Reliability | None, Meta(description=_RELIABILITY)] = None
    embargo: Annotated[Timestamp | None, Meta(description=_EMBARGO)] = None


class NewDocument(AboutDocument, frozen=True, kw_only=True):
    """A document to read. Only `text` is required; with it, `url` says where it was published, and is not fetched."""

    text: Annotated[
        str,
        Meta(
            min_length=1,
            description="The document's text, exactly as offsets will count it.",
            examples=["WELLINGTON - Ana Example, the Trade Minister, said talks resume on Monday."],
        ),
    ]


class DocumentAddress(AboutDocument, frozen=True, kw_only=True):
    """A document to fetch and read. Only `url` is required; there is no `text`."""

    url: WebAddress


class DocumentUpload(AboutDocument, frozen=True, kw_only=True):
    """A document to read, as a file. Only `file` is required."""

    file: Annotated[
        bytes,
        Meta(
            description="Text, Markdown, HTML, PDF, DOCX, ODT, RTF, e-mail (EML, MSG), subtitles (SRT, WebVTT, TTML), "
            "or a ZIP archive of these: its bytes tell which. What is attached or archived is a document of its own.",
            extra_json_schema={"format": "binary"},
        ),
    ]


class StatedMetadata(Struct, frozen=True, kw_only=True):
    """What the sender said of a document."""

    title: Text | None
    publisher: Text | None
    url: Text | None
    published: Day | None
    rights: Annotated[Text | None, Meta(description=_RIGHTS)]
    reliability: Annotated[Reliability | None, Meta(description=_RELIABILITY)]
    embargo: Annotated[Timestamp | None, Meta(description=_EMBARGO)]


class DetectedMetadata(Struct, frozen=True, kw_only=True):
    """What a document says of itself."""

    title: Text | None
    publisher: Text | None
    url: Text | None
    published: FuzzyDate | None


class DocumentRefusal(Struct, frozen=True, kw_only=True):
    """Why a document is not read: it is a page that stands in place of one."""

    kind: NoiseKind
    reason: Annotated[
        Text, Meta(description="In a sentence.", examples=["It is a page that asks for consent to cookies."])
    ]


class DocumentInfo(Struct, frozen=True, kw_only=True):
    """A stored document. Its text is at `/v1/documents/{id}/text`."""

    id: Sha256
    file: Text | None
    chars: Annotated[int, Meta(ge=1, description="Code points of the canonical text.")]
    status: DocumentStatus
    refusal: Annotated[DocumentRefusal | None, Meta(description="Why it is not read, where it is `refused`.")]
    source: Annotated[Source, Meta(description="What counts: what was stated, else what was detected.")]
    stated: Annotated[
        StatedMetadata | None, Meta(description="Null where an earlier version took the document in.")
    ]
    detected: Annotated[
        DetectedMetadata | None, Meta(description="Null where an earlier version took the document in.")
    ]
    copy_of: Annotated[
        Sha256 | None,
        Meta(
            description="An earlier document with nearly the same text. A model is not asked about a copy: the "
            "embedded extractor reads it."
        ),
    ]
    added_at: Timestamp
    withdrawn_at: Annotated[
        Timestamp | None, Meta(description="When it was withdrawn: nothing rests on it since.")
    ]
    replaced_by: Annotated[
        Sha256 | None,
        Meta(
            description="The document that the same address gave later, with another text; null if current."
        ),
    ]


class FieldError(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a request."""

    pointer: Annotated[
        str, Meta(description="JSON pointer into the body, or the parameter's name.", examples=["/published"])
    ]
    detail: Text


class Problem(Struct, frozen=True, kw_only=True):
    """An error (RFC 9457). `type` is stable; branch on it, not on `detail`."""

    type: Annotated[
        Text, Meta(extra_json_schema={"format": "uri-reference"}, examples=["/problems/not-found"])
    ]
    title: Text
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    instance: Annotated[str, Meta(description="Path of the request.")]
    request_id: Annotated[
        Text, Meta(description="Also in `X-Request-Id`; quote it when you report the error.")
    ]
    errors: list[FieldError]


class DocumentPage(Struct, frozen=True, kw_only=True):
    """A page of documents, those added last first."""

    items: list[DocumentInfo]
    next_cursor: NextCursor


class BriefingPage(Struct, frozen=True, kw_only=True):
    """A page of briefings, newest first."""

    items: list[BriefingSummary]
    next_cursor: NextCursor


class NegotiationPage(Struct, frozen=True, kw_only=True):
    """A page of negotiations, the one that changed last first."""

    items: list[NegotiationSummary]
    next_cursor: NextCursor


class RevisionPage(Struct, frozen=True, kw_only=True):
    """A page of a briefing's revisions, newest first."""

    items: list[RevisionInfo]
    next_cursor: NextCursor


class RoundDecisionPage(Struct, frozen=True, kw_only=True):
    """A page of editors' decisions about a briefing's round, newest first."""

    items: list[RoundDecision]
    next_cursor: NextCursor


class SourceHead(Struct, frozen=True, kw_only=True):
    """Where a document was published, as it or its sender says."""

    title: Text | None
    publisher: Text | None
    url: Text | None
    published: FuzzyDate | None


SourcesById = Annotated[
    dict[str, SourceHead], Meta(description="The documents of the evidence, by `document_id`.")
]


def _page_of(kind: Kind) -> type[Struct]:
    order = ", earliest first, undated ones last" if kind.dated else ""
    return defstruct(
        f"{kind.fact.__name__}Page",
        [("items", GenericAlias(list, kind.carried)), ("next_cursor", NextCursor), ("sources", SourcesById)],
        module=__name__,
        namespace={"__doc__": f"A page of {kind.plural}{order}."},
        frozen=True,
        kw_only=True,
    )


FACT_PAGES = {kind.name: _page_of(kind) for kind in KINDS}
"""The page of each kind of fact, by the kind's name."""


class _Found(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every answer about one fact says. `item` is of the struct of its kind, as in `FOUND_FACTS`."""

    item: Fact
    sources: SourcesById


def _found(kind: Kind) -> type[_Found]:
    article = "An" if kind.name[0] in "aeiou" else "A"
    found = defstruct(
        f"Found{kind.fact.__name__}",
        [("item", kind.carried), ("sources", SourcesById)],
        bases=(_Found,),
        module=__name__,
        namespace={"__doc__": f"{article} {kind.name}, and where its proofs were published."},
        tag=kind.name,
        frozen=True,
        kw_only=True,
    )
    assert issubclass(found, _Found)
    return found


FOUND_FACTS = {kind.name: _found(kind) for kind in KINDS}
"""The answer about one fact of each kind, by the kind's name."""
if TYPE_CHECKING:
    FoundFact = _Found
else:
    FoundFact = Union[(*FOUND_FACTS.values(),)]


class ConflictPage(Struct, frozen=True, kw_only=True):
    """A page of conflicts."""

    items: list[Conflict]
    next_cursor: NextCursor


class HighlightSpan(Struct, frozen=True, kw_only=True):
    """Where words of the query stand in a text that is beside it. Offsets count Unicode code points."""

    start: Annotated[int, Meta(ge=0, description="First code point.", examples=[4])]
    end: Annotated[int, Meta(ge=1, description="One past the last code point.", examples=[10])]


class SearchHit(Struct, frozen=True, kw_only=True):
    """A briefing, fact or conflict that has all words of the query."""

    kind: ChangedKind
    id: Annotated[
        Text, Meta(description="Of the briefing, fact or conflict.", examples=["fct_0b9c8d1e2f3a4b5c"])
    ]
    briefing_id: BriefingId
    heading: Annotated[str, Meta(description="What it is about, in a few words.")]
    text: Annotated[
        str,
        Meta(
            description="The rest of what was searched, a line each: what it says, then the sources' words."
        ),
    ]
    heading_highlights: Annotated[list[HighlightSpan], Meta(description="In `heading`.")]
    text_highlights: Annotated[list[HighlightSpan], Meta(description="In `text`.")]
    score: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="Above a half where the heading has all words. Higher where they follow one another, and the "
            "higher the fewer words are beside them.",
            examples=[0.87],
        ),
    ]


class SearchPage(Struct, frozen=True, kw_only=True):
    """A page of what was found, best first."""

    items: list[SearchHit]
    next_cursor: NextCursor
    capped: Annotated[
        bool,
        Meta(
            description="Whether more was found than is ordered: then these are the best of the newest thousand or so."
        ),
    ]


class Health(Struct, frozen=True, kw_only=True):
    """The service is well. Where it is not, the answer is a problem."""

    status: Literal["ok"]
