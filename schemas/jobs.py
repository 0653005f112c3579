"""The work on documents as clients see it, and the API keys that let them ask for it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.briefing import Timestamp
from schemas.http import NextCursor, Problem
from schemas.vocabulary import JobStatus, Sha256, Text

JobId = Annotated[
    str,
    Meta(pattern=r"^(ingest-[0-9a-f]{64}|fetch-[0-9a-f]{32})\Z",
         description="Identity of the work on one document, or on one address.",
         examples=["ingest-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]  # fmt: skip
FetchId = Annotated[
    str,
    Meta(
        pattern=r"^fetch-[0-9a-f]{32}\Z",
        description="Identity of the work on one address.",
        examples=["fetch-9f86d081884c7d659a2feaa0c55ad015"],
    ),
]
Path = Annotated[str, Meta(pattern="^/", extra_json_schema={"format": "uri-reference"})]


class PartAdded(Struct, frozen=True, kw_only=True):
    """What became of one file inside of another."""

    file: Annotated[Text, Meta(description="Its name, behind that of the file which it came in.")]
    job_id: JobId | None
    document_id: Sha256 | None
    status: JobStatus | None
    problem: Annotated[Text | None, Meta(description="Why it cannot be read; null where it was accepted.")]


class DocumentAdded(Struct, frozen=True, kw_only=True):
    """A document was accepted; `job_id` tells when it has been read."""

    job_id: JobId
    document_id: Annotated[Sha256 | None, Meta(description="Null until an address has been fetched.")]
    status: JobStatus
    parts: Annotated[
        list[PartAdded],
        Meta(
            description="Documents of their own that came in the file: what is attached to an e-mail; of a ZIP archive "
            "all of its files, the first that can be read being the document above, too. Empty for most."
        ),
    ]


class LineResult(Struct, frozen=True, kw_only=True):
    """What became of one line of a batch: a document that was accepted, or a problem."""

    line: Annotated[int, Meta(ge=1, description="Number of the line in the request; empty lines count.")]
    added: DocumentAdded | None
    problem: Problem | None


class JobError(Struct, frozen=True, kw_only=True):
    """Why a job failed, as a problem (RFC 9457). `type` is stable."""

    type: Annotated[
        Text, Meta(extra_json_schema={"format": "uri-reference"}, examples=["/problems/work-failed"])
    ]
    title: Text
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Text
    instance: Annotated[Path, Meta(description="Path of the job.")]


class JobLinks(Struct, frozen=True, kw_only=True):
    """Where a job, what it is about and what came of it are."""

    job: Path
    events: Path
    document: Annotated[Path | None, Meta(description="Null as `document_id` is.")]
    readout: Annotated[Path | None, Meta(description="Null until the job is done.")]
    briefings: Annotated[list[Path], Meta(description="As `briefing_ids`.")]


class Job(Struct, frozen=True, kw_only=True):
    """The work on one document."""

    id: JobId
    document_id: Annotated[
        Sha256 | None,
        Meta(description="Null until an address has been fetched, and where nothing was taken from it."),
    ]
    status: JobStatus
    step: Annotated[Text | None, Meta(description="The step that finished last.", examples=["extract"])]
    progress: Annotated[float, Meta(ge=0, le=1, description="Share of the steps that are finished.")]
    attempts: Annotated[int, Meta(ge=0, description="How often a worker took it up.")]
    error: Annotated[JobError | None, Meta(description="Why it failed.")]
    briefing_ids: Annotated[list[str], Meta(description="Briefings that the document supports, once done.")]
    cost: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="US dollars that the readout cost; null until done, and without a priced model."),
    ]
    links: JobLinks
    created_at: Timestamp
    started_at: Annotated[Timestamp | None, Meta(description="When a worker last took it up.")]
    finished_at: Timestamp | None


class JobPage(Struct, frozen=True, kw_only=True):
    """A page of jobs, newest first."""

    items: list[Job]
    next_cursor: NextCursor


Scope = Literal["briefings:read", "documents:write", "briefings:review", "admin"]
KeyId = Annotated[
    str,
    Meta(pattern=r"^key_[0-9a-f]{16}\Z", description="Identity of a key.", examples=["key_5c1f0e2d3b4a6978"]),
]
KeyName = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f]{1,100}\Z",
        description="What the key is for, in your words.",
        examples=["newsletter"],
    ),
]
Scopes = Annotated[
    list[Scope],
    Meta(
        min_length=1,
        max_length=4,
        description="What the key may do. `admin` may do everything.",
        examples=[["briefings:read"]],
    ),
]


class NewKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to make."""

    name: KeyName
    scopes: Scopes
    expires_at: Annotated[
        Timestamp | None, Meta(description="From when on it is refused; null: it does not expire.")
    ] = None


class Key(Struct, frozen=True, kw_only=True):
    """A key, without the key itself: the service keeps a hash of it."""

    id: KeyId
    name: KeyName
    prefix: Annotated[Text, Meta(description="How the key begins, to tell it by.", examples=["rk_Zy3kQ9aB"])]
    scopes: Scopes
    created_at: Timestamp
    expires_at: Annotated[Timestamp | None, Meta(description="From when on it is refused.")]
    revoked_at: Annotated[Timestamp | None, Meta(description="When it was revoked.")]
    last_used_at: Annotated[
        Timestamp | None, Meta(description="When it was last seen, to about a minute; null: never.")
    ]


class KeyCreated(Key, frozen=True, kw_only=True):
    """A new key. `key` is shown this once."""

    key: Annotated[
        str,
        Meta(
            pattern=r"^rk_[0-9A-Za-z]{40}\Z",
            description="The key itself. Keep it: the service cannot show it again.",
            examples=["rk_Zy3kQ9aBNotARealKeyOnlyAnExample00000000"],
        ),
    ]


class KeyPage(Struct, frozen=True, kw_only=True):
    """A page of keys, newest first."""

    items: list[Key]
    next_cursor: NextCursor
