"""What only the HTTP face says: requests, pages, problems."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.briefing import BriefingSummary, Conflict, Source, Timestamp
from schemas.facts import Deadline, Delegate, Event, Figure, Stake, Statement
from schemas.revisions import RevisionInfo
from schemas.rounds import RoundDecision
from schemas.vocabulary import Day, Sha256, Text

Url = Annotated[
    str,
    Meta(pattern=r"^https?://[^\x00-\x20\x7f]+\Z", max_length=2000, examples=["https://times.example/talks"]),
]
NextCursor = Annotated[
    str | None, Meta(description="Pass it as `cursor` for the next page; null on the last one.")
]


class AboutDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the sender knows of a document. It goes before what the document says of itself."""

    title: Text | None = None
    publisher: Text | None = None
    url: Annotated[Url | None, Meta(description="Where it was published. It is not fetched.")] = None
    published: Annotated[
        Day | None, Meta(description="Day of publication: relative dates are counted from it.")
    ] = None


class NewDocument(AboutDocument, frozen=True, kw_only=True):
    """A document to read. Only `text` is required."""

    text: Annotated[
        str,
        Meta(
            min_length=1,
            description="The document's text, exactly as offsets will count it.",
            examples=["WELLINGTON - Ana Example, the Trade Minister, said talks resume on Monday."],
        ),
    ]


class DocumentUpload(AboutDocument, frozen=True, kw_only=True):
    """A document to read, as a file. Only `file` is required."""

    file: Annotated[
        bytes,
        Meta(description="A text file, UTF-8 for preference.", extra_json_schema={"format": "binary"}),
    ]


class DocumentInfo(Struct, frozen=True, kw_only=True):
    """A stored document. Its text is at `/v1/documents/{id}/text`."""

    id: Sha256
    file: Text | None
    chars: Annotated[int, Meta(ge=1, description="Code points of the canonical text.")]
    source: Source
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


class BriefingPage(Struct, frozen=True, kw_only=True):
    """A page of briefings, newest first."""

    items: list[BriefingSummary]
    next_cursor: NextCursor


class RevisionPage(Struct, frozen=True, kw_only=True):
    """A page of a briefing's revisions, newest first."""

    items: list[RevisionInfo]
    next_cursor: NextCursor


class RoundDecisionPage(Struct, frozen=True, kw_only=True):
    """A page of editors' decisions about a briefing's round, newest first."""

    items: list[RoundDecision]
    next_cursor: NextCursor


class DelegatePage(Struct, frozen=True, kw_only=True):
    """A page of delegates."""

    items: list[Delegate]
    next_cursor: NextCursor


class StakePage(Struct, frozen=True, kw_only=True):
    """A page of stakes."""

    items: list[Stake]
    next_cursor: NextCursor


class DeadlinePage(Struct, frozen=True, kw_only=True):
    """A page of deadlines, earliest first, undated ones last."""

    items: list[Deadline]
    next_cursor: NextCursor


class FigurePage(Struct, frozen=True, kw_only=True):
    """A page of figures."""

    items: list[Figure]
    next_cursor: NextCursor


class StatementPage(Struct, frozen=True, kw_only=True):
    """A page of statements."""

    items: list[Statement]
    next_cursor: NextCursor


class EventPage(Struct, frozen=True, kw_only=True):
    """A page of events, earliest first, undated ones last."""

    items: list[Event]
    next_cursor: NextCursor


class ConflictPage(Struct, frozen=True, kw_only=True):
    """A page of conflicts."""

    items: list[Conflict]
    next_cursor: NextCursor


class Health(Struct, frozen=True, kw_only=True):
    """The service is well. Where it is not, the answer is a problem."""

    status: Literal["ok"]
