"""Issues and reminders by the clock: each is made once, by whichever worker, and sent to whoever is to have it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from msgspec import convert, json
from msgspec.structs import replace
from sqlalchemy import Engine

from api.newsletters import newsroom_of
from api.settings import Settings
from schemas import Deadline, fuzzy_date
from schemas.issues import Issue, IssueSummary, NewTopic
from schemas.subscriptions import NewSchedule, Schedule, ScheduleChange
from schemas.webhooks import MadeWebhook, WebhookEvent
from store.engine import connect
from store.issues import create_topic, get_issue, page_issues
from store.mailings import ask_to_mail, list_mailings
from store.reminders import forget_reminders
from store.schedules import change_schedule, create_schedule, get_schedule, keep_done
from store.webhooks import create_webhook, due, remind_webhooks
from tests.store.invented import add, briefing, deadline, save, stake
from tests.waiting import until
from tests.worker.inbox import Inbox
from tests.worker.receiver import Receiver, receiving
from worker.mailings import Letter, Outlets, Relay
from worker.rebuild import rebuild
from worker.schedules import Newsroom, keep_sending, make_due
from worker.webhooks import deliver, post

ANN, BEN = "mailto:ann@reader.example", "mailto:ben@reader.example"
FRIDAY = datetime(2031, 3, 14, 12, tzinfo=UTC)
MONDAY = datetime(2031, 3, 17, 6, 30, tzinfo=UTC)
"""Half past seven in Oslo."""
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Of what no database has a part in."""
SETTINGS = Settings(public_url="https://readout.example")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def newsroom(engine: Engine) -> Newsroom:
    return newsroom_of(SETTINGS, engine)


def revise(engine: Engine, revision: int, at: datetime, *deadlines: Deadline) -> None:
    now = briefing(revision=revision, deadlines=[deadline(f"Talk {revision}", None), *deadlines])
    rebuild(engine, add(engine, "a"), save(replace(now, updated_at=at)))


def scheduled(engine: Engine, **given: Any) -> Schedule:
    usual = {
        "name": "The week",
        "days": ["mon"],
        "time": "07:30",
        "time_zone": "Europe/Oslo",
        "recipients": [ANN],
    }
    return create_schedule(engine, convert(usual | given, NewSchedule), FRIDAY)


def issues(engine: Engine) -> list[Issue]:
    """Those that are listed, first made first."""
    listed = [
        json.decode(item, type=IssueSummary) for item in page_issues(engine, topic_id=None, limit=100).items
    ]
    return [issue(engine, one.id) for one in reversed(listed)]


def issue(engine: Engine, id: str) -> Issue:
    return json.decode(get_issue(engine, id) or b"", type=Issue)


def sent(engine: Engine) -> list[tuple[str, str]]:
    """What waits to be sent: titles and recipients."""
    return sorted((issue(engine, one.issue_id).title, one.recipient) for one in list_mailings(engine))


def test_an_issue_is_made_on_its_day_at_its_time_of_what_changed_since_the_last_one(
    engine: Engine, newsroom: Newsroom
) -> None:
    schedule = scheduled(engine, recipients=[ANN, BEN, ANN])
    assert schedule.next_at == MONDAY
    revise(engine, 1, FRIDAY)
    make_due(engine, newsroom, MONDAY - timedelta(seconds=1))
    assert issues(engine) == []
    make_due(engine, newsroom, MONDAY)
    revise(engine, 2, MONDAY + A_DAY)
    make_due(engine, newsroom, MONDAY + A_WEEK)
    first, second = issues(engine)
    assert (first.title, first.by) == ("The week, 17 March 2031", schedule.id)
    assert [one.page for one in first.digest.briefings] == [
        f"https://readout.example/briefings/{first.digest.briefings[0].id}"
    ]
    assert (second.digest.since, [one.from_revision for one in second.digest.briefings]) == (
        first.digest.until,
        [1],
    )
    assert sent(engine) == [(one.title, to) for one in (first, second) for to in (ANN, BEN)]


@ON_SQLITE
def test_summer_time_moves_the_moment_and_not_the_time_of_the_day(engine: Engine, newsroom: Newsroom) -> None:
    schedule = scheduled(engine, days=["sun", "mon"])
    moments = []
    for _ in range(5):
        moments.append(schedule.next_at)
        make_due(engine, newsroom, schedule.next_at)
        schedule = get_schedule(engine, schedule.id) or schedule
    assert [moment.strftime("%a %d %H:%M") for moment in moments] == [
        "Sun 16 06:30",
        "Mon 17 06:30",
        "Sun 23 06:30",
        "Mon 24 06:30",
        "Sun 30 05:30",
    ]


@ON_SQLITE
@pytest.mark.parametrize(("quiet", "made"), [("skip", 1), ("send", 2)])
def test_a_quiet_week_sends_nothing_or_says_so(
    engine: Engine, newsroom: Newsroom, quiet: str, made: int
) -> None:
    scheduled(engine, quiet=quiet)
    revise(engine, 1, FRIDAY)
    make_due(engine, newsroom, MONDAY)
    make_due(engine, newsroom, MONDAY + A_WEEK)
    assert len(issues(engine)) == made
    assert [
        one.title for one in issues(engine) if "Nothing has changed." in newsroom.letter(one.id).text
    ] == (["The week, 24 March 2031"] if quiet == "send" else [])


def test_workers_at_the_same_time_make_one_issue(engine: Engine, newsroom: Newsroom) -> None:
    scheduled(engine)
    revise(engine, 1, FRIDAY)

    def also(schedule: Schedule, now: datetime) -> Issue | None:
        make_due(engine, newsroom, now)
        return newsroom.issue(schedule, now)

    make_due(engine, replace(newsroom, issue=also), MONDAY)
    assert len(issues(engine)) == 1 == len(sent(engine))


class Killed(BaseException):
    """The process dies."""


@pytest.mark.parametrize("step", ["made", "kept"])
def test_a_worker_that_dies_leaves_no_issue_twice_and_none_unmade(
    engine: Engine, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def killed_after(act: Callable[..., Any]) -> Callable[..., Any]:
        def acts(*given: Any) -> Any:
            act(*given)
            raise Killed

        return acts

    scheduled(engine)
    revise(engine, 1, FRIDAY)
    dying = replace(newsroom, issue=killed_after(newsroom.issue))
    if step == "kept":
        monkeypatch.setattr("worker.schedules.keep_done", killed_after(keep_done))
        dying = newsroom
    with pytest.raises(Killed):
        make_due(engine, dying, MONDAY)
    monkeypatch.undo()
    for hours in (1, 2):
        make_due(engine, newsroom, MONDAY + timedelta(hours=hours))
    assert len(issues(engine)) == 1 == len(sent(engine))


@ON_SQLITE
def test_workers_that_were_away_make_up_for_one_issue(engine: Engine, newsroom: Newsroom) -> None:
    scheduled(engine, remind_days=[1])
    revise(engine, 1, FRIDAY)
    make_due(engine, newsroom, MONDAY + 2 * A_WEEK + A_DAY)
    assert [one.title for one in issues(engine)] == ["The week, 1 April 2031"]


def test_a_reminder_is_sent_once_for_each_number_of_days_and_anew_when_the_date_moves(
    engine: Engine, newsroom: Newsroom
) -> None:
    scheduled(engine, days=[], remind_days=[7, 1])
    revise(engine, 1, FRIDAY, deadline("Sign", "2031-03-25"))
    told = []
    for day in range(14):
        if day == 10:  # of 24 March, when a day was left: it is put off
            revise(engine, 2, MONDAY + day * A_DAY, deadline("Sign", "2031-03-31"))
        before = len(list_mailings(engine))
        make_due(engine, newsroom, MONDAY + (day - 1) * A_DAY)
        if len(list_mailings(engine)) > before:
            told.append(MONDAY + (day - 1) * A_DAY)
    assert [moment.strftime("%d") for moment in told] == ["18", "24", "26"]
    titles = [title for title, _ in sent(engine)]
    assert titles == [
        "Reminder: 25 March 2031: Sign",
        "Reminder: 25 March 2031: Sign",
        "Reminder: 31 March 2031: Sign",
    ]


@ON_SQLITE
def test_what_is_known_to_a_month_is_due_on_its_last_day(engine: Engine, newsroom: Newsroom) -> None:
    scheduled(engine, days=[], remind_days=[7])
    revise(engine, 1, FRIDAY, deadline("Data", "2031-03"), deadline("Some day", None))
    for day in range(6):
        make_due(engine, newsroom, MONDAY + day * A_DAY)
        assert sent(engine) == []
    make_due(engine, newsroom, MONDAY + A_WEEK)
    assert sent(engine) == [("Reminder: March 2031: Data", ANN)]


def test_a_reminder_tells_of_deadlines_alone_and_is_in_no_list(engine: Engine, newsroom: Newsroom) -> None:
    topic = create_topic(engine, NewTopic(name="Fish", parties=["NO"]), FRIDAY)
    scheduled(engine, topic_id=topic.id, days=[], remind_days=[30])
    scheduled(
        engine,
        topic_id=create_topic(engine, NewTopic(name="Tea", parties=["KE"]), FRIDAY).id,
        remind_days=[30],
    )
    revise(engine, 1, FRIDAY, deadline("Sign", "2031-03-25"), deadline("Ratify", "2031-04-01"))
    make_due(engine, newsroom, MONDAY)
    (mailing,) = list_mailings(engine)
    letter: Letter = newsroom.letter(mailing.issue_id)
    assert letter.title == "Reminder: 2 deadlines until 1 April 2031"
    for form in (letter.text, letter.html, letter.markdown):
        assert "Sign" in form and "Ratify" in form and "Nothing has changed" not in form
    assert issues(engine) == []


def test_a_reminder_is_of_talks_with_a_topic_at_stake(engine: Engine, newsroom: Newsroom) -> None:
    for name, stakes in {"Tariffs": ["tariffs"], "Energy": ["energy"]}.items():
        topic = create_topic(engine, convert({"name": name, "topics": stakes}, NewTopic), FRIDAY)
        scheduled(engine, name=name, topic_id=topic.id, days=[], remind_days=[30])
    told = briefing(stakes=[stake("Salmon", "tariffs")], deadlines=[deadline("Sign", "2031-03-25")])
    rebuild(engine, add(engine, "a"), save(told))
    make_due(engine, newsroom, MONDAY)
    (mailing,) = list_mailings(engine)
    assert "Sign" in newsroom.letter(mailing.issue_id).text


@ON_SQLITE
def test_a_reminder_of_very_many_deadlines_names_the_first_and_counts_the_rest(
    engine: Engine, newsroom: Newsroom
) -> None:
    scheduled(engine, days=[], remind_days=[30])
    revise(engine, 1, FRIDAY, *(deadline(f"Step {number}", "2031-03-25") for number in range(103)))
    make_due(engine, newsroom, MONDAY)
    ((title, _),) = sent(engine)
    assert title == "Reminder: 103 deadlines until 25 March 2031"
    (mailing,) = list_mailings(engine)
    digest = issue(engine, mailing.issue_id).digest
    assert (len(digest.deadlines), digest.deadlines_left_out) == (100, 3)
    make_due(engine, newsroom, MONDAY + A_DAY)
    assert len(list_mailings(engine)) == 1


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def hooked(engine: Engine, receiver: Receiver, **given: Any) -> MadeWebhook:
    events: list[WebhookEvent] = given.pop("events", ["deadline.due"])
    return create_webhook(engine, url=receiver.url, events=events, **given)


def reminded(engine: Engine, made: MadeWebhook, receiver: Receiver, now: datetime) -> list[Any]:
    """What a webhook is told at a moment."""
    receiver.received.clear()
    remind_webhooks(engine, now)
    deliver(engine, made.webhook.id, lambda delivery: post(delivery, reach="any"), lambda: now)
    return [json.decode(one.body) for one in receiver.received]


def test_a_webhook_is_told_of_deadlines_that_come_near(engine: Engine, receiver: Receiver) -> None:
    made = hooked(engine, receiver, remind_days=[7, 1])
    revise(engine, 1, FRIDAY, deadline("Sign", "2031-03-25"))
    assert reminded(engine, made, receiver, MONDAY) == []
    (told,) = reminded(engine, made, receiver, MONDAY + A_DAY)
    assert (told["type"], told["data"]["due_on"], told["data"]["days_left"]) == (
        "deadline.due",
        "2031-03-25",
        7,
    )
    assert told["data"]["deadline"]["what"] == "Sign"
    for days in range(1, 7):
        assert reminded(engine, made, receiver, MONDAY + days * A_DAY) == []
    (told,) = reminded(engine, made, receiver, MONDAY + A_WEEK)
    assert told["data"]["days_left"] == 1
    revise(engine, 2, MONDAY + A_WEEK, deadline("Sign", "2031-03-31"))
    (told,) = reminded(engine, made, receiver, MONDAY + A_WEEK)
    assert (told["data"]["due_on"], told["data"]["days_left"]) == ("2031-03-31", 7)
    forget_reminders(engine, (MONDAY + A_WEEK).date())
    assert reminded(engine, made, receiver, MONDAY + A_WEEK) == []


@ON_SQLITE
def test_a_reminder_that_is_not_taken_comes_again_under_its_id(engine: Engine, receiver: Receiver) -> None:
    made = hooked(engine, receiver, remind_days=[7])
    revise(engine, 1, FRIDAY, deadline("Sign", "2031-03-20"))
    receiver.answers = [500]
    assert len(reminded(engine, made, receiver, MONDAY)) == 1
    first = receiver.received[0].id
    later = MONDAY + timedelta(hours=1)
    assert due(engine, later) == {made.webhook.id: 1}
    assert len(reminded(engine, made, receiver, later)) == 1
    assert receiver.received[0].id == first
    assert due(engine, later + A_DAY) == {}


def test_a_webhook_of_a_topic_is_told_of_its_talks_alone(engine: Engine, receiver: Receiver) -> None:
    tea = create_topic(engine, NewTopic(name="Tea", parties=["KE"]), FRIDAY)
    fish = create_topic(engine, NewTopic(name="Fish", query="sign protocol"), FRIDAY)
    events: list[WebhookEvent] = ["briefing.changed", "deadline.due"]
    made = {
        one.id: hooked(engine, receiver, events=events, topic_id=one.id, remind_days=[7])
        for one in (tea, fish)
    }
    revise(engine, 1, FRIDAY, deadline("Sign the protocol", "2031-03-20"))
    assert reminded(engine, made[tea.id], receiver, MONDAY) == []
    told = reminded(engine, made[fish.id], receiver, MONDAY)
    assert [one["type"] for one in told] == ["deadline.due", "briefing.changed"]


@ON_SQLITE
def test_a_date_that_has_passed_is_nobodys_reminder(engine: Engine, receiver: Receiver) -> None:
    made = hooked(engine, receiver, remind_days=[7, 0])
    past = replace(deadline("Gone", "2031-03-16"), date=fuzzy_date("2031-03-16", "then"))
    met = replace(deadline("Met", "2031-03-18"), status="met")
    revise(engine, 1, FRIDAY, past, met, deadline("Today", "2031-03-17"))
    (told,) = reminded(engine, made, receiver, MONDAY)
    assert (told["data"]["deadline"]["what"], told["data"]["days_left"]) == ("Today", 0)


@ON_SQLITE
def test_a_schedule_without_days_rests_until_it_is_given_some(engine: Engine, newsroom: Newsroom) -> None:
    schedule = scheduled(engine, days=[])
    revise(engine, 1, FRIDAY)
    make_due(engine, newsroom, MONDAY)
    assert issues(engine) == []
    change_schedule(engine, schedule.id, ScheduleChange(days=["tue"]), lambda _: None, MONDAY)
    make_due(engine, newsroom, MONDAY + A_DAY)
    assert len(issues(engine)) == 1


@ON_SQLITE
def test_workers_send_what_is_due_but_what_is_for_a_folder(
    engine: Engine, newsroom: Newsroom, inbox: Inbox, relay: Relay, tmp_path: Path
) -> None:
    """And leave mails to whoever has a server for them."""
    long_ago = FRIDAY - 365 * 10 * A_DAY
    schedule = create_schedule(
        engine, convert({"name": "The week", "days": ["mon"], "recipients": [ANN]}, NewSchedule), long_ago
    )
    revise(engine, 1, FRIDAY)
    stop = Event()

    def left() -> list[str]:
        return sorted(one.recipient for one in list_mailings(engine) if one.status == "waiting")

    def work(outlets: Outlets, done: Callable[[], object]) -> None:
        stop.clear()
        thread = Thread(target=keep_sending, args=(engine, replace(newsroom, outlets=outlets), stop))
        thread.start()
        until(done)
        stop.set()
        thread.join()

    work(Outlets(None, "any"), left)
    (made,) = issues(engine)
    assert (made.by, left(), inbox.readers) == (schedule.id, [ANN], [])
    folder = f"folder:{tmp_path}/letters"
    ask_to_mail(engine, made.id, [folder], long_ago)
    work(Outlets(relay, "any"), lambda: inbox.mails)
    assert (inbox.readers, left()) == (["ann@reader.example"], [folder])
