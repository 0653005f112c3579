"""Issues of a newsletter: frozen, listed, read, subscribed to; and the topics that they can be of."""

from datetime import UTC, date, datetime
from typing import Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from msgspec import json
from sqlalchemy import Engine

from api.http.auth import BRIEFINGS_READ
from api.http.content import ATOM, JSON_FEED
from api.http.problems import DIGEST_CHANGED, INVALID_BODY, Refusal
from api.http.requests import Reply, json_body, once
from api.http.resources.feeds import feed_as
from api.http.responses import (
    Database,
    address_of,
    answers,
    base_of,
    existing,
    no_such,
    stored,
    stored_page,
)
from api.newsletters import MOST_TOLD, digest_of
from api.rendering.digest import without
from schemas import FieldError
from schemas.changes import Digest
from schemas.filters import PageQuery
from schemas.issues import (
    DigestItem,
    Issue,
    IssueId,
    IssuePage,
    NewIssue,
    NewTopic,
    SavedTopic,
    TopicId,
    TopicPage,
    item_ids,
)
from schemas.queries import DigestQuery, IssueQuery
from store.issues import (
    create_topic,
    delete_topic,
    get_issue,
    get_topic,
    keep_issue,
    new_issue_id,
    page_issues,
    page_topics,
    page_whole_issues,
)


class AllIssues(Controller):
    path = "/v1/issues"
    tags = ("issues",)

    @get(
        operation_id="list_issues",
        summary="List issues",
        opt={"query": IssueQuery},
        responses=answers(IssuePage, when="A page of issues, newest first."),
        sync_to_thread=True,
    )
    def list_issues(self, database: Database, asked: NamedDependency[IssueQuery]) -> Response[bytes]:
        """Every issue that was frozen, newest first."""
        return stored_page(
            page_issues(database, topic_id=asked.topic_id, limit=asked.limit, cursor=asked.cursor)
        )

    @post(
        operation_id="create_issue",
        summary="Freeze an issue",
        status_code=201,
        opt={"body": {"application/json": NewIssue}, "headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(Issue, 408, 409, 415, 422, status=201, when="The issue, as it stays."),
    )
    async def make_issue(self, request: Request[Any, Any, Any], database: Database) -> Response[bytes]:
        """Freezes a digest under a title, without what is dropped, in the order and with the notes that are given.

        Look at `/v1/digest?since_issue=last` first, and give its `until`: where something has changed after it, the
        answer is 409, and nothing goes out that nobody has looked at.
        """
        new = await json_body(request, NewIssue)
        return await sync_to_thread(_freeze, request, database, new)


@get(
    "/v1/issues/{issue_id:str}",
    operation_id="get_issue",
    tags=["issues"],
    summary="Get an issue",
    responses=answers(Issue, 404, when="The issue."),
    sync_to_thread=True,
)
def read_issue(database: Database, issue_id: IssueId) -> Response[bytes]:
    """An issue as it was frozen; as Markdown, HTML for a mail, or text, too."""
    return stored(existing(get_issue(database, issue_id), f"issue {issue_id}"), immutable=True)


@get(
    "/v1/issues.atom",
    include_in_schema=False,
    opt={"query": IssueQuery, "scope": (BRIEFINGS_READ,), "subscribed": True},
    responses=answers(str, when="A feed.", media_type=ATOM),
    sync_to_thread=True,
)
def issue_feed(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[IssueQuery]
) -> Response[bytes]:
    """Issues as Atom, newest first."""
    return issues_as(ATOM, request, database, asked)


@get(
    "/v1/issues.feed.json",
    include_in_schema=False,
    opt={"query": IssueQuery, "scope": (BRIEFINGS_READ,), "subscribed": True},
    responses=answers(str, when="A feed.", media_type=JSON_FEED),
    sync_to_thread=True,
)
def issue_json_feed(
    request: Request[Any, Any, Any], database: Database, asked: NamedDependency[IssueQuery]
) -> Response[bytes]:
    """The same as JSON Feed 1.1."""
    return issues_as(JSON_FEED, request, database, asked)


def issues_as(
    form: str, request: Request[Any, Any, Any], database: Engine, asked: IssueQuery
) -> Response[bytes]:
    """As a feed in this form, newest first."""
    from api.rendering.subscriptions import feed_of_issues

    listed = page_whole_issues(database, topic_id=asked.topic_id, limit=asked.limit, cursor=asked.cursor)
    issues = (json.decode(item, type=Issue) for item in listed.items)
    content = feed_of_issues(issues, base=base_of(request), address=address_of(request))
    return feed_as(form, request, content, listed.next_cursor)


def _freeze(request: Request[Any, Any, Any], database: Engine, new: NewIssue) -> Response[bytes]:
    def act() -> Reply:
        digest = digest_of(database, _query(new), base_of(request))
        if new.until is not None and new.until != digest.until:
            raise Refusal(
                DIGEST_CHANGED,
                f"The digest goes up to {digest.until.isoformat()} by now: look at it again.",
            )
        _check_items(new, digest)
        issue = Issue(
            id=new_issue_id(),
            title=new.title,
            introduction=new.introduction,
            topic_id=new.topic_id,
            by=request.scope["state"]["caller"],
            created_at=datetime.now(UTC),
            order=new.order,
            notes=new.notes,
            digest=without(digest, set(new.drop)),
        )
        body = keep_issue(database, issue)
        return Reply(status=201, headers={"Location": f"/v1/issues/{issue.id}"}, body=body)

    return once(request, database, new, act)


def _query(new: NewIssue) -> DigestQuery:
    """What an issue is made of, as the digest is asked for it."""
    return DigestQuery(
        since=new.since,
        since_issue=new.since_issue,
        topic_id=new.topic_id,
        parties=",".join(new.parties) or None,
        topics=",".join(new.topics) or None,
        q=new.query,
        date_from=_day(new.date_from, "/date_from"),
        date_to=_day(new.date_to, "/date_to"),
        length=new.length,
        limit=MOST_TOLD,
    )


def _day(day: str | None, pointer: str) -> date | None:
    """Raises Refusal."""
    try:
        return date.fromisoformat(day) if day else None
    except ValueError:
        raise _invalid(pointer, f"{day!r} is not a day of the calendar") from None


def _check_items(new: NewIssue, digest: Digest) -> None:
    """What an editor names has to be in the digest. Raises Refusal."""
    items: list[DigestItem] = [*digest.briefings, *digest.changes, *digest.deadlines, *digest.conflicts]
    known = {id for item in items for id in item_ids(item)}
    named = [
        *((f"/drop/{place}", id) for place, id in enumerate(new.drop)),
        *((f"/order/{place}", id) for place, id in enumerate(new.order)),
        *((f"/notes/{place}/id", note.id) for place, note in enumerate(new.notes)),
    ]
    if strange := next((one for one in named if one[1] not in known), None):
        pointer, id = strange
        raise Refusal(
            INVALID_BODY,
            f"{id} is not in the digest.",
            [FieldError(pointer=pointer, detail="it is not in the digest")],
        )


def _invalid(pointer: str, detail: str) -> Refusal:
    return Refusal(INVALID_BODY, f"{detail}.", [FieldError(pointer=pointer, detail=detail)])


class AllTopics(Controller):
    path = "/v1/topics"
    tags = ("topics",)

    @get(
        operation_id="list_topics",
        summary="List saved topics",
        opt={"query": PageQuery},
        responses=answers(TopicPage, when="A page of topics, newest first."),
        sync_to_thread=True,
    )
    def list_topics(self, database: Database, asked: NamedDependency[PageQuery]) -> Response[bytes]:
        """Every topic that was saved, newest first."""
        return stored_page(page_topics(database, limit=asked.limit, cursor=asked.cursor))

    @post(
        operation_id="create_topic",
        summary="Save a topic",
        status_code=201,
        opt={"body": {"application/json": NewTopic}, "headers": ["IdempotencyKey", "RequestId"]},
        responses=answers(SavedTopic, 408, 409, 415, 422, status=201, when="The topic."),
    )
    async def make_topic(self, request: Request[Any, Any, Any], database: Database) -> Response[bytes]:
        """Keeps parties, topics and words under a name. Digests, issues, the feed of briefings and the calendar take
        it as `topic_id`.
        """
        new = await json_body(request, NewTopic)
        return await sync_to_thread(_save, request, database, new)


def _save(request: Request[Any, Any, Any], database: Engine, new: NewTopic) -> Response[bytes]:
    def act() -> Reply:
        topic = create_topic(database, new, datetime.now(UTC))
        return Reply(status=201, headers={"Location": f"/v1/topics/{topic.id}"}, body=json.encode(topic))

    return once(request, database, new, act)


def check_topic(database: Engine, topic_id: str | None) -> None:
    """Raises Refusal where a body names a topic that is not there."""
    if topic_id is not None and get_topic(database, topic_id) is None:
        fault = FieldError(pointer="/topic_id", detail="there is no such thing")
        raise Refusal(INVALID_BODY, f"There is no {topic_id}.", [fault])


class OneTopic(Controller):
    path = "/v1/topics/{topic_id:str}"
    tags = ("topics",)

    @get(
        operation_id="get_topic",
        summary="Get a saved topic",
        responses=answers(SavedTopic, 404, when="The topic."),
        sync_to_thread=True,
    )
    def read_topic(self, database: Database, topic_id: TopicId) -> Response[bytes]:
        """Its name, parties, topics and words."""
        return stored(json.encode(existing(get_topic(database, topic_id), f"topic {topic_id}")))

    @delete(
        operation_id="delete_topic",
        summary="Delete a saved topic",
        status_code=204,
        responses=answers(None, 404, 409, status=204, when="It is gone."),
        sync_to_thread=True,
    )
    def end_topic(self, database: Database, topic_id: TopicId) -> Response[None]:
        """Its issues stay; who subscribes by `topic_id` gets an error from then on.

        Schedules, subscriptions and webhooks of it are to be deleted first: while there are any, the answer is 409.
        """
        if not delete_topic(database, topic_id):
            raise no_such(f"topic {topic_id}")
        return Response(None, status_code=204)


handlers: list[ControllerRouterHandler] = [
    AllIssues,
    read_issue,
    issue_feed,
    issue_json_feed,
    AllTopics,
    OneTopic,
]
