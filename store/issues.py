"""Issues of a newsletter, which are never changed, and saved topics."""

from collections.abc import Callable, Sequence
from datetime import datetime
from secrets import token_hex

from msgspec import json
from sqlalchemy import CursorResult, Engine, Index, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from schemas.issues import Issue, IssueSummary, NewTopic, SavedTopic
from store import InUse
from store.engine import writing
from store.paging import Page, page_newest, scope_of
from store.tables import Moment


class IssueRow(SQLModel, table=True):
    """A frozen issue. `about`: what it is of, which the next one has to be of, too. A reminder is in no list."""

    __tablename__ = "issues"
    __table_args__ = (
        Index("ix_issues_created", "created_at", "id"),
        Index("ix_issues_about", "about", "created_at"),
    )

    id: str = Field(primary_key=True)
    about: str
    topic_id: str | None
    until: datetime = Field(sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    summary: bytes
    body: bytes
    reminder: bool = False


class TopicRow(SQLModel, table=True):
    """Filters under a name."""

    __tablename__ = "topics"
    __table_args__ = (Index("ix_topics_created", "created_at", "id"),)

    id: str = Field(primary_key=True)
    created_at: datetime = Field(sa_type=Moment)
    body: bytes


def new_issue_id() -> str:
    return f"iss_{token_hex(8)}"


def keep_issue(engine: Engine, issue: Issue) -> bytes:
    """The issue as it is kept and served from now on."""
    row = issue_row(issue)
    with writing(engine) as session:
        session.add(row)
    return json.encode(issue)


def issue_row(issue: Issue) -> IssueRow:
    """An issue as it is kept."""
    digest = issue.digest
    summary = IssueSummary(
        id=issue.id,
        title=issue.title,
        introduction=issue.introduction,
        topic_id=issue.topic_id,
        parties=digest.parties,
        topics=digest.topics,
        query=digest.query,
        since=digest.since,
        until=digest.until,
        by=issue.by,
        created_at=issue.created_at,
    )
    same = _about(issue.topic_id, digest.parties, digest.topics, digest.query)
    return IssueRow(
        id=issue.id,
        about=f"reminders {issue.by}" if issue.reminder else same,
        topic_id=issue.topic_id,
        until=digest.until,
        created_at=issue.created_at,
        summary=json.encode(summary),
        body=json.encode(issue),
        reminder=issue.reminder,
    )


def get_issue(engine: Engine, id: str) -> bytes | None:
    """The issue as it is served."""
    with Session(engine) as session:
        return session.scalar(select(col(IssueRow.body)).where(col(IssueRow.id) == id))


def until_of(engine: Engine, id: str) -> datetime | None:
    """Up to when an issue tells what changed."""
    with Session(engine) as session:
        return session.scalar(select(col(IssueRow.until)).where(col(IssueRow.id) == id))


def until_of_last(
    engine: Engine, topic_id: str | None, parties: Sequence[str], topics: Sequence[str], words: str | None
) -> datetime | None:
    """Up to when the last issue of these filters tells what changed."""
    same = col(IssueRow.about) == _about(topic_id, parties, topics, words)
    query = select(col(IssueRow.until)).where(same).order_by(col(IssueRow.created_at).desc()).limit(1)
    with Session(engine) as session:
        return session.scalar(query)


def _about(topic_id: str | None, parties: Sequence[str], topics: Sequence[str], words: str | None) -> str:
    return topic_id or scope_of("issues", {"parties": sorted(parties), "topics": sorted(topics), "q": words})


def page_issues(engine: Engine, *, topic_id: str | None, limit: int, cursor: str | None = None) -> Page:
    """Issues as a list shows them, newest first. Raises BadCursor."""
    return _page(engine, topic_id, limit, cursor, lambda row: row.summary)


def page_whole_issues(engine: Engine, *, topic_id: str | None, limit: int, cursor: str | None = None) -> Page:
    """The same issues whole, as a feed has them. Raises BadCursor."""
    return _page(engine, topic_id, limit, cursor, lambda row: row.body)


def _page(
    engine: Engine, topic_id: str | None, limit: int, cursor: str | None, shown: Callable[[IssueRow], bytes]
) -> Page:
    query = select(IssueRow).where(col(IssueRow.reminder).is_(False))
    return page_newest(
        engine,
        query if topic_id is None else query.where(col(IssueRow.topic_id) == topic_id),
        (col(IssueRow.created_at), col(IssueRow.id)),
        shown,
        scope=scope_of("issues", {"topic_id": topic_id}),
        limit=limit,
        cursor=cursor,
    )


def create_topic(engine: Engine, new: NewTopic, now: datetime) -> SavedTopic:
    topic = SavedTopic(
        id=f"top_{token_hex(8)}",
        name=new.name,
        parties=new.parties,
        topics=new.topics,
        query=new.query,
        created_at=now,
    )
    with writing(engine) as session:
        session.add(TopicRow(id=topic.id, created_at=now, body=json.encode(topic)))
    return topic


def get_topic(engine: Engine, id: str) -> SavedTopic | None:
    with Session(engine) as session:
        body = session.scalar(select(col(TopicRow.body)).where(col(TopicRow.id) == id))
    return json.decode(body, type=SavedTopic) if body else None


def page_topics(engine: Engine, *, limit: int, cursor: str | None = None) -> Page:
    """Saved topics, newest first. Raises BadCursor."""
    return page_newest(
        engine,
        select(TopicRow),
        (col(TopicRow.created_at), col(TopicRow.id)),
        lambda row: row.body,
        scope=scope_of("topics", {}),
        limit=limit,
        cursor=cursor,
    )


def delete_topic(engine: Engine, id: str) -> bool:
    """Whether there was one. Its issues stay. Raises InUse where schedules, subscriptions or webhooks are of it."""
    try:
        with writing(engine) as session:
            deleted = session.execute(delete(TopicRow).where(col(TopicRow.id) == id))
            return isinstance(deleted, CursorResult) and deleted.rowcount > 0
    except IntegrityError:
        raise InUse(f"Schedules, subscriptions or webhooks are of {id}: delete them first") from None
