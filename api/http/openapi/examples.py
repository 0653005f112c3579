"""Examples of every shape that the service takes and gives, as its own types, from the one invented story."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import Raw, Struct, convert, json, to_builtins
from msgspec.structs import asdict, replace

from api.http.content import ATOM, CALENDAR, CSV, HTML, JSON, MARKDOWN, MSGPACK, converted, is_page
from api.http.openapi import story
from api.http.openapi.story import (
    BRIEFING,
    CHANGED,
    DEADLINE,
    DOCUMENT,
    FIGURE,
    MADE,
    SECOND,
    SUMMARY,
    TEXT,
    WHOLE,
)
from api.http.responses import BYTES, NDJSON
from api.rendering.digest import ahead, edition
from api.rendering.subscriptions import atom, calendar, feed_of_briefings
from schemas import (
    FACT_CHANGES,
    FACT_PAGES,
    FOUND_FACTS,
    AddFact,
    BriefingChange,
    BriefingDraft,
    ChangePage,
    DocumentAdded,
    DocumentUpload,
    EditedSentence,
    EditText,
    FieldError,
    FoundFact,
    Health,
    HighlightSpan,
    Job,
    JobLinks,
    LineResult,
    MergeBriefings,
    NewDocument,
    PastDecisions,
    PinFacts,
    Problem,
    PublishBriefing,
    PublishedBriefing,
    QueuedFact,
    QuotedEvidence,
    Removal,
    ReviewDecision,
    ReviewFact,
    ReviewRecord,
    RevisionNote,
    RoundDecision,
    RoundsChanged,
    SearchHit,
    SearchPage,
    SettleConflict,
    SourceHead,
    SplitBriefing,
    WithdrawBriefing,
)
from schemas.agents import SourceQuote
from schemas.changes import Digest, ExportLine
from schemas.drafts import (
    DraftToVerify,
    NearestWording,
    VerifiedDraft,
    VerifiedItem,
    WordingDifference,
)
from schemas.issues import Issue, IssueNote, IssueSummary, NewIssue, NewTopic, SavedTopic
from schemas.jobs import Key, KeyCreated, NewKey
from schemas.subscriptions import (
    MadeSubscription,
    NewSchedule,
    NewSubscription,
    Schedule,
    ScheduleChange,
    Subscription,
)
from schemas.watches import NewWatch, Watch, WatchChange, WatchItem
from schemas.webhooks import (
    BriefingChanged,
    BriefingWithdrawn,
    ConflictOpened,
    DeadlineChanged,
    DeadlineDue,
    DueDeadline,
    FailedJob,
    JobFailed,
    MadeWebhook,
    NewSecret,
    NewWebhook,
    Webhook,
    WebhookChange,
    WebhookDelivery,
    WebhookTested,
    WithdrawnBriefing,
)
from store.digest import BriefingText

_JOB_ID = f"ingest-{DOCUMENT}"
_OTHER_BRIEFING = "brf_6d2f1e3c4b5a7980"

_NEW = NewDocument(text=TEXT, title="Trade talks on Monday", publisher="Herald", published="2031-03-14")
_ADDED = DocumentAdded(job_id=_JOB_ID, document_id=DOCUMENT, status="queued", parts=[])
_LINE = LineResult(line=1, added=_ADDED, problem=None)
_DONE = Job(
    id=_JOB_ID,
    document_id=DOCUMENT,
    status="done",
    step="merge",
    progress=1.0,
    attempts=1,
    error=None,
    briefing_ids=[BRIEFING],
    cost=None,
    links=JobLinks(
        job=f"/v1/jobs/{_JOB_ID}",
        events=f"/v1/jobs/{_JOB_ID}/events",
        document=f"/v1/documents/{DOCUMENT}",
        readout=f"/v1/documents/{DOCUMENT}/readout",
        briefings=[f"/v1/briefings/{BRIEFING}"],
    ),
    created_at=MADE,
    started_at=MADE + timedelta(seconds=1),
    finished_at=MADE + timedelta(seconds=3),
)
_QUEUED = replace(
    _DONE,
    status="queued",
    step=None,
    progress=0.0,
    attempts=0,
    briefing_ids=[],
    links=replace(_DONE.links, readout=None, briefings=[]),
    started_at=None,
    finished_at=None,
)
_CANCELLED = replace(_QUEUED, status="cancelled", finished_at=_DONE.finished_at)

_NEW_KEY = NewKey(name="newsletter", scopes=["briefings:read"], expires_at=datetime(2032, 3, 14, tzinfo=UTC))
_KEY = Key(
    id="key_5c1f0e2d3b4a6978",
    name="newsletter",
    prefix="rk_Zy3kQ9aB",
    scopes=["briefings:read"],
    created_at=MADE,
    expires_at=_NEW_KEY.expires_at,
    revoked_at=None,
    last_used_at=CHANGED,
)
_MADE_KEY = KeyCreated(
    key="rk_Zy3kQ9aBNotARealKeyOnlyAnExample00000000", **asdict(replace(_KEY, last_used_at=None))
)

_SPLIT = SplitBriefing(document_ids=[SECOND], reason="It is about the round in Santiago.")
_MERGE = MergeBriefings(briefing_ids=[_OTHER_BRIEFING], reason="Both are about the third round.")
_DECISION = RoundDecision(
    id="dec_5c1f0e2d3b4a6978",
    action="merge",
    briefing_ids=[BRIEFING, _OTHER_BRIEFING],
    document_ids=[SECOND],
    by="newsroom",
    reason=_MERGE.reason,
    at=CHANGED,
)
_DECIDED = RoundsChanged(decision=_DECISION, briefings=[SUMMARY])
_REVIEW = ReviewFact(
    verdict="corrected", values={"date": "2031-09"}, reason="The ministry moved it on 14 March."
)
_ADDITION = AddFact(
    kind="event",
    fields={"what": "open the third round of their trade talks", "date": "Monday", "status": "scheduled"},
    evidence=QuotedEvidence(
        document_id=DOCUMENT, quote="open the third round of their trade talks here on Monday"
    ),
    reason="The calendar lacks it.",
)
_SETTLEMENT = SettleConflict(
    verdict="settled", fact_id=FIGURE.id, reason="The ministry's notice says 2 per cent."
)
_EDIT = EditText(
    verdict="edited",
    headline=EditedSentence(text="Chile would cut its duty on lamb", fact_ids=[FIGURE.id], about="stakes"),
    reason="Shorter.",
)
_ORDER = PinFacts(fact_ids=[DEADLINE.id], reason="It is what readers ask for.")
_REVIEWED = ReviewRecord(
    decision=ReviewDecision(
        id="rev_7a6b5c4d3e2f1a0b",
        fact_id=DEADLINE.id,
        conflict_id=None,
        briefing_id=BRIEFING,
        kind="deadline",
        verdict="accepted",
        values={},
        document_ids=[DOCUMENT],
        by="newsroom",
        reason="The ministry confirmed it by telephone.",
        at=CHANGED,
    ),
    machine=to_builtins(DEADLINE),
    standing="without_fact",
    found=None,
    conflict=None,
)
_WELL = Health(status="ok")
_HIT = SearchHit(
    kind="deadline",
    id=DEADLINE.id,
    briefing_id=BRIEFING,
    heading=DEADLINE.what,
    text="\n".join(
        [*(date.text for date in (DEADLINE.date, DEADLINE.starts) if date), DEADLINE.conditions[0].text]
    ),
    heading_highlights=[HighlightSpan(start=4, end=9)],
    text_highlights=[],
    score=0.87,
)
_CHANGES = ChangePage(
    items=[
        Removal(id="fct_0b9c8d1e2f3a4b5c", briefing_id=BRIEFING, at=CHANGED, kind="figure", note=None),
        BriefingChange(id=BRIEFING, briefing_id=BRIEFING, at=CHANGED, item=SUMMARY),
        FACT_CHANGES["deadline"](id=DEADLINE.id, briefing_id=BRIEFING, at=CHANGED, item=DEADLINE),
    ],
    next_cursor="WyIxZjBhYzk3ZjQyYjAiLFs0Ml1d",
    has_more=False,
)
_EXPORTED = ExportLine(
    type="deadline",
    cursor="WyI1OWU2M2Y3YjA4YWMiLFs0MiwiYnJmXzBiMGI2YmM2ZWRmMzQ1NjciXV0",
    item=Raw(json.encode(DEADLINE)),
)
_BASE = "https://readout.example"
_SOURCES = {source.document_id: source for source in WHOLE.sources}
_SOURCE_HEADS = {
    DOCUMENT: json.decode(json.encode(convert(_SOURCES[DOCUMENT], SourceHead, from_attributes=True)))
}
_WAITING = QueuedFact(
    found=FOUND_FACTS["deadline"](item=DEADLINE, sources=convert(_SOURCE_HEADS, dict[str, SourceHead])),
    etag='"9f86d081884c7d659a"',
    reasons=["one_origin", "salient"],
    priority=0.31,
    before=PastDecisions(decided=11, mended=2, rate=0.18),
)
_EDITION = edition([(None, WHOLE)], _BASE)

_DIGEST = Digest(
    since=MADE - timedelta(days=7),
    until=CHANGED,
    parties=["NZ"],
    topics=[],
    query=None,
    length="standard",
    date_from="2031-03-15",
    date_to=None,
    briefings=_EDITION.briefings,
    changes=_EDITION.changes,
    deadlines=ahead([DEADLINE], {BRIEFING: WHOLE.title}, _SOURCES, _BASE),
    conflicts=_EDITION.conflicts,
    briefings_left_out=0,
    deadlines_left_out=0,
)
_NEW_ISSUE = NewIssue(
    title="Trade talks this week",
    introduction="A quiet week, but for lamb.",
    parties=["NZ"],
    until=CHANGED,
    drop=[],
    order=[DEADLINE.id],
    notes=[IssueNote(id=DEADLINE.id, text="We shall be there.")],
)
_ISSUE = Issue(
    id="iss_5c1f0e2d3b4a6978",
    title=_NEW_ISSUE.title,
    introduction=_NEW_ISSUE.introduction,
    topic_id=None,
    by="key_5c1f0e2d3b4a6978",
    created_at=CHANGED,
    order=_NEW_ISSUE.order,
    notes=_NEW_ISSUE.notes,
    digest=_DIGEST,
)
_ISSUE_SUMMARY = IssueSummary(
    id=_ISSUE.id,
    title=_ISSUE.title,
    introduction=_ISSUE.introduction,
    topic_id=None,
    parties=_DIGEST.parties,
    topics=_DIGEST.topics,
    query=None,
    since=_DIGEST.since,
    until=_DIGEST.until,
    by=_ISSUE.by,
    created_at=CHANGED,
)
_NEW_TOPIC = NewTopic(name="Lamb", parties=["NZ"], topics=["tariffs"], query="lamb")
_TOPIC = SavedTopic(
    id="top_5c1f0e2d3b4a6978",
    name=_NEW_TOPIC.name,
    parties=_NEW_TOPIC.parties,
    topics=_NEW_TOPIC.topics,
    query=_NEW_TOPIC.query,
    created_at=MADE,
)
_CALENDAR = calendar(
    [DEADLINE],
    {BRIEFING: SUMMARY},
    _SOURCES,
    {(BRIEFING, DEADLINE.id): CHANGED},
    base=_BASE,
    address=f"{_BASE}/v1/deadlines",
).decode()
_FEED = atom(
    feed_of_briefings(
        [SUMMARY],
        {BRIEFING: BriefingText(WHOLE.headline, WHOLE.summary)},
        base=_BASE,
        address=f"{_BASE}/v1/briefings",
    ),
    _BASE,
).decode()
_NEW_WEBHOOK = NewWebhook(
    url="https://desk.example/readout", events=["briefing.changed", "briefing.withdrawn"]
)
_WEBHOOK = Webhook(
    id="wbh_5c1f0e2d3b4a6978",
    url=_NEW_WEBHOOK.url,
    events=[*_NEW_WEBHOOK.events],
    topic_id=None,
    remind_days=[7, 1],
    created_at=MADE,
    status="active",
    last_delivery_at=None,
    failures=0,
    last_error=None,
    next_attempt_at=None,
)
_MADE_WEBHOOK = MadeWebhook(webhook=_WEBHOOK, secret="whsec_Tm90QVJlYWxTZWNyZXRPbmx5QW5FeGFtcGxlMDAwMDA=")
_DELIVERED = BriefingChanged(timestamp=CHANGED, data=SUMMARY)
_WITHDRAWAL_NOTE = RevisionNote(
    kind="withdrawal",
    text="The ministry never said so: the source was forged.",
    revision=3,
    by="key_5c1f0e2d3b4a6978",
    at=CHANGED,
)
_DELIVERED_WITHDRAWAL = BriefingWithdrawn(
    timestamp=CHANGED, data=WithdrawnBriefing(id=BRIEFING, note=_WITHDRAWAL_NOTE)
)
_PUBLISH = PublishBriefing(note="The duty falls to 2 per cent, not to 3 per cent.", correction=True)
_WITHDRAW = WithdrawBriefing(note=_WITHDRAWAL_NOTE.text)
_DRAFTED = BriefingDraft(
    briefing=replace(SUMMARY, status="draft"),
    published_revision=1,
    cause=story.REVISION.cause,
    publish_at=None,
    note=None,
)
_PUBLISHED = PublishedBriefing(
    briefing=replace(
        SUMMARY,
        note=replace(_WITHDRAWAL_NOTE, kind="correction", text=str(_PUBLISH.note), revision=SUMMARY.revision),
    ),
    publish_at=None,
)
_DELIVERED_DEADLINE = DeadlineChanged(timestamp=CHANGED, data=DEADLINE)
_DELIVERED_DUE = DeadlineDue(
    timestamp=CHANGED, data=DueDeadline(deadline=DEADLINE, due_on="2031-08-31", days_left=7)
)
_DELIVERED_CONFLICT = ConflictOpened(timestamp=CHANGED, data=story.DISAGREEMENT)
_DELIVERED_FAILURE = JobFailed(timestamp=CHANGED, data=FailedJob(id=_JOB_ID, document_id=DOCUMENT))
_DELIVERED_TEST = WebhookTested(timestamp=CHANGED)
_WEBHOOK_CHANGE = WebhookChange(events=["briefing.changed", "deadline.changed"])
_NEW_SECRET = NewSecret(overlap=3_600)
_DELIVERY = WebhookDelivery(
    id="dlv_5c1f0e2d3b4a6978",
    message_id="msg_0b9c8d1e2f3a4b5c6d7e8f90",
    type="briefing.changed",
    status="failed",
    at=CHANGED,
    error="it answered 500",
)

_NEW_SCHEDULE = NewSchedule(
    name="Trade talks",
    topic_id=_TOPIC.id,
    days=["mon"],
    time="07:30",
    time_zone="Europe/Brussels",
    remind_days=[7],
    recipients=["mailto:ann@reader.example"],
)
_SCHEDULE = Schedule(
    id="sch_5c1f0e2d3b4a6978", created_at=MADE, next_at=CHANGED + timedelta(days=7), **asdict(_NEW_SCHEDULE)
)
_SCHEDULE_CHANGE = ScheduleChange(days=["mon", "thu"], recipients=["mailto:ann@reader.example"])
_NEW_SUBSCRIPTION = NewSubscription(name="Ann’s calendar", feed="deadlines", topic_id=_TOPIC.id)
_SUBSCRIPTION = Subscription(
    id="sub_5c1f0e2d3b4a6978",
    prefix="rs_invented",
    created_at=MADE,
    last_used_at=None,
    **asdict(_NEW_SUBSCRIPTION),
)
_MADE_SUBSCRIPTION = MadeSubscription(
    subscription=_SUBSCRIPTION,
    addresses=[f"{_BASE}/s/rs_inventedNotARealSecretOnlyAnExample00000/deadlines.ics"],
)
_NEW_WATCH = NewWatch(url="https://ministry.example/news/feed.xml")
_WATCH_CHANGE = WatchChange(every=3600, paused=False)
_WATCH = Watch(
    id="wch_5c1f0e2d3b4a6978",
    url=_NEW_WATCH.url,
    every=900,
    format="rss",
    status="active",
    created_at=MADE,
    last_look_at=CHANGED,
    next_look_at=CHANGED + timedelta(seconds=900),
    failures=0,
    last_error=None,
    left_out=0,
)
_WATCH_ITEM = WatchItem(
    url="https://ministry.example/news/talks",
    title="Trade talks on Monday",
    status="taken",
    reason=None,
    detail=None,
    job_id="fetch-9f86d081884c7d659a2feaa0c55ad015",
    document_id=DOCUMENT,
    seen_at=MADE,
    fetched_at=CHANGED,
)
_DRAFT = DraftToVerify(
    text="Chile offers to cut its duty on lamb from 6 to 3 per cent.",
    day=CHANGED.date(),
    briefing_ids=[BRIEFING],
)
_VERIFIED = VerifiedDraft(
    day=CHANGED.date(),
    flagged=1,
    items=[
        VerifiedItem(
            kind="amount",
            start=_DRAFT.text.index("3 per cent"),
            end=_DRAFT.text.index("."),
            exact="3 per cent",
            reading="3 %",
            status="not_found",
            places=[],
            nearest=NearestWording(
                place=SourceQuote(
                    document_id=DOCUMENT,
                    start=TEXT.index("2 per cent"),
                    end=TEXT.index("2 per cent") + len("2 per cent"),
                    exact="2 per cent",
                    title=None,
                    url=None,
                ),
                differences=[WordingDifference(draft="3", source="2")],
            ),
        )
    ],
    documents_searched=1,
    documents_left_out=0,
)

_NEXT = "WyIwYjBiNmJjNmVkZjMiLFsiMjAzMS0wMy0xNCJdXQ"
_STRUCTS: tuple[Struct, ...] = (
    story.WHOLE,
    story.SUMMARY,
    story.TALKS,
    story.RECORD,
    story.DIFF,
    story.REVISION,
    story.DELEGATE,
    story.STAKE,
    story.DEADLINE,
    story.FIGURE,
    story.STATEMENT,
    story.EVENT,
    story.DISAGREEMENT,
    story.INFO,
    story.READOUT,
    _HIT,
    _CHANGES,
    _EXPORTED,
    _DIGEST,
    _NEW_ISSUE,
    _ISSUE,
    _ISSUE_SUMMARY,
    _NEW_TOPIC,
    _TOPIC,
    _NEW,
    _ADDED,
    _LINE,
    _DONE,
    _NEW_KEY,
    _KEY,
    _MADE_KEY,
    _SPLIT,
    _MERGE,
    _DECISION,
    _DECIDED,
    _REVIEW,
    _ADDITION,
    _SETTLEMENT,
    _EDIT,
    _ORDER,
    _REVIEWED,
    _PUBLISH,
    _WITHDRAW,
    _DRAFTED,
    _PUBLISHED,
    _WAITING,
    _WELL,
    _NEW_WEBHOOK,
    _WEBHOOK,
    _MADE_WEBHOOK,
    _DELIVERED,
    _DELIVERED_WITHDRAWAL,
    _NEW_WATCH,
    _WATCH_CHANGE,
    _WATCH,
    _WATCH_ITEM,
    _DELIVERED_DEADLINE,
    _DELIVERED_DUE,
    _NEW_SCHEDULE,
    _SCHEDULE,
    _SCHEDULE_CHANGE,
    _NEW_SUBSCRIPTION,
    _SUBSCRIPTION,
    _MADE_SUBSCRIPTION,
    _DELIVERED_CONFLICT,
    _DELIVERED_FAILURE,
    _DELIVERED_TEST,
    _WEBHOOK_CHANGE,
    _NEW_SECRET,
    _DELIVERY,
    _DRAFT,
    _VERIFIED,
)
_OF = {type(example): example for example in _STRUCTS}
_OPERATIONS: dict[str, Struct] = {"cancel_job": _CANCELLED, "retry_job": _QUEUED}
_FORM = {"file": story.TEXT, "title": "Trade talks on Monday", "published": "2031-03-14"}
NDJSON_LINES = f"{json.encode(_NEW).decode()}\n"
_EVENTS = f"id: 1.0\nevent: finished\ndata: {json.encode(_DONE).decode()}\n\n"
_TEXTS = {
    "text/plain": story.TEXT,
    CALENDAR: _CALENDAR,
    ATOM: _FEED,
    "text/event-stream": _EVENTS,
    BYTES: f"{json.encode(_LINE).decode()}\n",
}
_EXPORTED_TEXTS = {
    BYTES: f"{json.encode(_EXPORTED).decode()}\n",
    CSV: f'type,cursor,id,what,date.edtf\r\ndeadline,{_EXPORTED.cursor},{DEADLINE.id},"{DEADLINE.what}",2031-08\r\n',
}


def _plain(example: Struct) -> Any:
    return json.decode(json.encode(example))


def example_of(shape: Any) -> Any:
    """An example as JSON has it; None where there is none of this shape."""
    if shape is DocumentUpload:
        return _FORM
    if is_page(shape):
        item = example_of(get_args(get_type_hints(shape)["items"])[0])
        page: dict[str, Any] = {"items": [item], "next_cursor": _NEXT}
        if shape is SearchPage:
            page["capped"] = False
        if shape in FACT_PAGES.values():
            page["sources"] = _SOURCE_HEADS
        return item and page
    if shape == FoundFact:
        return {"kind": "deadline", "item": _plain(DEADLINE), "sources": _SOURCE_HEADS}
    struct = get_origin(shape) or shape
    return _plain(_OF[struct]) if struct in _OF else None


def represented(operation: str, shape: Any, media_type: str) -> Any:
    """An example of an operation's answer in this representation; None where a description cannot show it."""
    if shape is ExportLine and media_type in (BYTES, CSV):
        return _EXPORTED_TEXTS[media_type]
    if media_type != JSON and media_type in _TEXTS:
        return _TEXTS[media_type]
    example = _plain(_OPERATIONS[operation]) if operation in _OPERATIONS else example_of(shape)
    if example is None or media_type in (JSON, NDJSON):
        return example
    if media_type in (CSV, MARKDOWN, HTML):
        return converted(json.encode(example), media_type, shape).decode()
    assert media_type == MSGPACK, media_type
    return None


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
    "job-finished": f"/v1/jobs/{_JOB_ID}",
    "job-not-retryable": f"/v1/jobs/{_JOB_ID}/retry",
    "too-many-webhooks": "/v1/webhooks",
    "precondition-failed": f"/v1/facts/{DEADLINE.id}",
    "precondition-required": f"/v1/facts/{DEADLINE.id}",
    "undecidable": f"/v1/briefings/{BRIEFING}/merge",
    "not-found": "/v1/briefings/nothing-of-the-kind",
    "not-ready": "/health/ready",
    "checks-busy": "/v1/verify",
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
