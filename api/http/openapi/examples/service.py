"""Examples of what the service says of itself: documents on their way, jobs, keys, decisions and errors."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import asdict, replace

from api.http.openapi.examples.story import BRIEFING, CHANGED, DOCUMENT, MADE, SECOND, SUMMARY, TEXT
from schemas import (
    DocumentAdded,
    FieldError,
    Health,
    Job,
    JobLinks,
    LineResult,
    MergeBriefings,
    NewDocument,
    Problem,
    RoundDecision,
    RoundsChanged,
    SplitBriefing,
)
from schemas.keys import Key, KeyCreated, NewKey

JOB_ID = f"ingest-{DOCUMENT}"
OTHER_BRIEFING = "brf_6d2f1e3c4b5a7980"

NEW = NewDocument(text=TEXT, title="Trade talks on Monday", publisher="Herald", published="2031-03-14")
ADDED = DocumentAdded(job_id=JOB_ID, document_id=DOCUMENT, status="queued")
LINE = LineResult(line=1, added=ADDED, problem=None)
DONE = Job(
    id=JOB_ID,
    document_id=DOCUMENT,
    status="done",
    step="merge",
    progress=1.0,
    attempts=1,
    error=None,
    briefing_ids=[BRIEFING],
    cost=None,
    links=JobLinks(
        job=f"/v1/jobs/{JOB_ID}",
        events=f"/v1/jobs/{JOB_ID}/events",
        document=f"/v1/documents/{DOCUMENT}",
        readout=f"/v1/documents/{DOCUMENT}/readout",
        briefings=[f"/v1/briefings/{BRIEFING}"],
    ),
    created_at=MADE,
    started_at=MADE + timedelta(seconds=1),
    finished_at=MADE + timedelta(seconds=3),
)
QUEUED = replace(
    DONE,
    status="queued",
    step=None,
    progress=0.0,
    attempts=0,
    briefing_ids=[],
    links=replace(DONE.links, readout=None, briefings=[]),
    started_at=None,
    finished_at=None,
)
CANCELLED = replace(QUEUED, status="cancelled", finished_at=DONE.finished_at)

NEW_KEY = NewKey(name="newsletter", scopes=["briefings:read"], expires_at=datetime(2032, 3, 14, tzinfo=UTC))
KEY = Key(
    id="key_5c1f0e2d3b4a6978",
    name="newsletter",
    prefix="rk_Zy3kQ9aB",
    scopes=["briefings:read"],
    created_at=MADE,
    expires_at=NEW_KEY.expires_at,
    revoked_at=None,
    last_used_at=CHANGED,
)
MADE_KEY = KeyCreated(
    key="rk_Zy3kQ9aBNotARealKeyOnlyAnExample00000000", **asdict(replace(KEY, last_used_at=None))
)

SPLIT = SplitBriefing(document_ids=[SECOND], reason="It is about the round in Santiago.")
MERGE = MergeBriefings(briefing_ids=[OTHER_BRIEFING], reason="Both are about the third round.")
DECISION = RoundDecision(
    id="dec_5c1f0e2d3b4a6978",
    action="merge",
    briefing_ids=[BRIEFING, OTHER_BRIEFING],
    document_ids=[SECOND],
    by="newsroom",
    reason=MERGE.reason,
    at=CHANGED,
)
DECIDED = RoundsChanged(decision=DECISION, briefings=[SUMMARY])
WELL = Health(status="ok")

_AT = {
    "bad-idempotency-key": "/v1/documents",
    "idempotency-key-in-use": "/v1/documents",
    "idempotency-key-reused": "/v1/documents",
    "too-large": "/v1/documents",
    "invalid-body": "/v1/documents",
    "malformed-json": "/v1/documents",
    "unreadable-document": "/v1/documents",
    "queue-full": "/v1/documents",
    "unsupported-media-type": "/v1/documents",
    "job-finished": f"/v1/jobs/{JOB_ID}",
    "job-not-retryable": f"/v1/jobs/{JOB_ID}/retry",
    "undecidable": f"/v1/briefings/{BRIEFING}/merge",
    "not-found": "/v1/briefings/nothing-of-the-kind",
    "not-ready": "/health/ready",
}
_FAULTS = {
    "unknown-parameter": FieldError(pointer="colour", detail="unknown"),
    "repeated-parameter": FieldError(pointer="limit", detail="repeated"),
    "invalid-parameter": FieldError(pointer="limit", detail="Expected `int` <= 100"),
    "bad-cursor": FieldError(pointer="cursor", detail="the cursor is not one that this service gave out"),
    "invalid-body": FieldError(
        pointer="/published", detail="Expected `str` matching regex '^\\d{4}-\\d{2}-\\d{2}$'"
    ),
    "not-ready": FieldError(pointer="database", detail="The database does not answer."),
}


def problem(name: str, status: int, title: str) -> Problem:
    """A problem of the kind of this name."""
    fault = _FAULTS.get(name)
    return Problem(
        type=f"/problems/{name}",
        title=title,
        status=status,
        detail=fault.detail if fault else f"{title}.",
        instance=_AT.get(name, "/v1/briefings"),
        request_id="0f1e2d3c4b5a6978",
        errors=[fault] if fault else [],
    )
