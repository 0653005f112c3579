"""Digests and issues, made of what is stored: for whoever asks, and for workers when a schedule says so."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec import json
from msgspec.structs import replace
from sqlalchemy import Engine

from api.rendering.digest import ahead, edition
from api.rendering.newsletter import check_templates, issue_html, issue_markdown, issue_text
from api.rendering.own_templates import BadTemplate
from api.rendering.wording import day, one_line, shortened, with_date
from api.settings import BadSetting, Settings, base_url
from schemas import Briefing, BriefingId, Deadline
from schemas.changes import DeadlineSentence, Digest
from schemas.fact_queries import CalendarQuery
from schemas.issues import Issue
from schemas.queries import DigestQuery, FeedQuery
from schemas.subscriptions import Schedule
from schemas.vocabulary import with_those_below
from store import UnknownId
from store.digest import MOST_COUNTED, changed_since, deadlines_ahead, since_then, sources_of, summaries_of
from store.issues import get_issue, get_topic, new_issue_id, until_of, until_of_last
from store.reminders import Coming
from store.schedules import day_of_schedule
from worker.mailings import Letter, NoLetter, Outlets, Relay
from worker.schedules import Newsroom

OfTopicQuery = TypeVar("OfTopicQuery", DigestQuery, FeedQuery, CalendarQuery)
_A_WEEK = timedelta(days=7)
_SUBJECT = 150  # characters of a title, as far as mail programs show one
MOST_TOLD = 100
"""Briefings that changed, and deadlines, of an issue."""


def digest_of(database: Engine, asked: DigestQuery, base: str) -> Digest:
    """What the digest tells that is asked for; `base`: the service's address. Raises UnknownId."""
    asked = of_topic(database, asked)
    now = datetime.now(UTC)
    parties, topics, words = _listed(asked.parties), _listed(asked.topics), asked.q
    since = asked.since or _since_issue(database, asked, parties, topics)
    since = since or (now - _A_WEEK).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = asked.date_from or now.date(), asked.date_to
    changed = changed_since(database, since, parties=parties, topics=topics, words=words, limit=asked.limit)
    coming = deadlines_ahead(
        database, first, last, parties=parties, topics=topics, words=words, limit=asked.limit
    )
    news = edition((_pair(*bodies) for bodies in since_then(database, changed.ids, since)), base, topics)
    return Digest(
        since=since,
        until=changed.until,
        parties=parties,
        topics=topics,
        query=words,
        length=asked.length,
        date_from=first.isoformat(),
        date_to=last.isoformat() if last else None,
        briefings=news.briefings,
        changes=news.changes,
        deadlines=_sentences(
            database, [json.decode(item, type=Deadline[BriefingId]) for item in coming.items], base
        ),
        conflicts=news.conflicts,
        briefings_left_out=changed.left_out,
        deadlines_left_out=coming.left_out,
    )


def of_topic(database: Engine, asked: OfTopicQuery) -> OfTopicQuery:
    """A query with the filters of the saved topic that it names, where it has no others. Raises UnknownId."""
    if asked.topic_id is None:
        return asked
    topic = get_topic(database, asked.topic_id)
    if topic is None:
        raise UnknownId("topic_id", asked.topic_id)
    parties = ",".join(topic.parties) or None
    asked = replace(asked, q=asked.q or topic.query)
    if isinstance(asked, FeedQuery):
        topics = ",".join(with_those_below(topic.topics)) if topic.topics else None
        return replace(asked, topic_id=None, party=asked.party or parties, topic=asked.topic or topics)
    topics = ",".join(topic.topics) or None
    if isinstance(asked, CalendarQuery):
        return replace(asked, topic_id=None, party=asked.party or parties, topics=asked.topics or topics)
    return replace(asked, parties=asked.parties or parties, topics=asked.topics or topics)


def _since_issue(
    database: Engine, asked: DigestQuery, parties: Sequence[str], topics: Sequence[str]
) -> datetime | None:
    """Up to when the issue that a query names tells what changed. Raises UnknownId."""
    if asked.since_issue is None:
        return None
    if asked.since_issue == "last":
        return until_of_last(database, asked.topic_id, parties, topics, asked.q)
    until = until_of(database, asked.since_issue)
    if until is None:
        raise UnknownId("since_issue", asked.since_issue)
    return until


def _listed(words: str | None) -> list[str]:
    return list(dict.fromkeys(words.split(","))) if words else []


def _pair(before: bytes | None, after: bytes) -> tuple[Briefing | None, Briefing]:
    """A briefing as it was and as it is. One that had been withdrawn counts as not there."""
    old = json.decode(before, type=Briefing) if before else None
    return old if old and old.status != "withdrawn" else None, json.decode(after, type=Briefing)


def scheduled_issue(database: Engine, base: str, schedule: Schedule, now: datetime) -> Issue | None:
    """What changed since the last issue of the topic; None where that is nothing and a quiet time is skipped."""
    asked = DigestQuery(
        since_issue="last", topic_id=schedule.topic_id, length=schedule.length, limit=MOST_TOLD
    )
    digest = digest_of(database, asked, base)
    if not digest.briefings and schedule.quiet == "skip":
        return None
    return _by_schedule(schedule, f"{schedule.name}, {_day(schedule, now)}", digest, now)


def reminder_issue(
    database: Engine, base: str, schedule: Schedule, coming: Sequence[Coming], now: datetime
) -> Issue:
    """A letter that tells of these deadlines, earliest first, and of nothing else."""
    deadlines = [json.decode(one.body, type=Deadline[BriefingId]) for one in coming[:MOST_TOLD]]
    topic = get_topic(database, schedule.topic_id) if schedule.topic_id else None
    digest = Digest(
        since=now,
        until=now,
        parties=topic.parties if topic else [],
        topics=topic.topics if topic else [],
        query=topic.query if topic else None,
        length="long",
        date_from=day_of_schedule(schedule, now).isoformat(),
        date_to=coming[-1].day.isoformat(),
        briefings=[],
        changes=[],
        deadlines=_sentences(database, deadlines, base),
        conflicts=[],
        briefings_left_out=0,
        deadlines_left_out=min(len(coming) - len(deadlines), MOST_COUNTED),
    )
    if len(coming) == 1:
        told = with_date(deadlines[0].date, deadlines[0].what)
    else:
        told = f"{len(coming)} deadlines until {day(coming[-1].day.isoformat())}"
    title = shortened(one_line(f"Reminder: {told}"), _SUBJECT)
    return replace(_by_schedule(schedule, title, digest, now), reminder=True)


def _sentences(
    database: Engine, deadlines: Sequence[Deadline[BriefingId]], base: str
) -> list[DeadlineSentence]:
    proofs = (evidence.document_id for deadline in deadlines for evidence in deadline.evidence)
    briefings = summaries_of(database, (str(deadline.briefing_id) for deadline in deadlines))
    titles = {id: briefing.title for id, briefing in briefings.items()}
    return ahead(deadlines, titles, sources_of(database, proofs), base)


def _by_schedule(schedule: Schedule, title: str, digest: Digest, now: datetime) -> Issue:
    return Issue(
        id=new_issue_id(),
        title=title,
        introduction=None,
        topic_id=schedule.topic_id,
        by=schedule.id,
        created_at=now,
        order=[],
        notes=[],
        digest=digest,
    )


def _day(schedule: Schedule, now: datetime) -> str:
    return day(day_of_schedule(schedule, now).isoformat())


def letter_of(database: Engine, templates: Path | None, id: str) -> Letter:
    """An issue as it is sent, by templates of a folder where it has them. Raises NoLetter."""
    body = get_issue(database, id)
    if body is None:
        raise NoLetter(f"there is no issue {id}")
    issue = json.decode(body, type=Issue)
    try:
        return Letter(
            issue_id=id,
            title=issue.title,
            at=issue.created_at,
            text=issue_text(issue, templates),
            html=issue_html(issue, templates),
            markdown=issue_markdown(issue, templates),
        )
    except BadTemplate as error:
        raise NoLetter(str(error)) from None


def templates_of(settings: Settings) -> Path | None:
    """The folder with templates of one's own. Raises BadSetting where one of them fails."""
    if settings.templates is None:
        return None
    folder = Path(settings.templates).resolve()
    try:
        check_templates(folder)
    except BadTemplate as error:
        raise BadSetting(f"READOUT_TEMPLATES: {error}") from None
    return folder


def newsroom_of(settings: Settings, database: Engine) -> Newsroom:
    """Who writes and sends issues for workers. Links lead to where readers reach the service. Raises BadSetting."""
    base = (settings.public_url or base_url(settings)).rstrip("/")
    return Newsroom(
        issue=partial(scheduled_issue, database, base),
        reminder=partial(reminder_issue, database, base),
        letter=partial(letter_of, database, templates_of(settings)),
        outlets=outlets_of(settings),
    )


def outlets_of(settings: Settings) -> Outlets:
    """By what issues are sent. Mails need both their settings."""
    given = settings.smtp_url and settings.mail_from
    relay = Relay(settings.smtp_url or "", settings.mail_from or "") if given else None
    return Outlets(relay, settings.webhooks)
