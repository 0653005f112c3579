"""Webhooks are told what changed: signed, in order, at least once, and whoever does not answer stops nobody."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine
from standardwebhooks import WebhookVerificationError

from schemas import Cause
from schemas.queries import DeliveryQuery
from schemas.webhooks import (
    BriefingChanged,
    BriefingWithdrawn,
    ConflictOpened,
    DeadlineChanged,
    MadeWebhook,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WithdrawnBriefing,
)
from store.changes import read_changes
from store.engine import writing
from store.read_index import summary_of
from store.rebuild import save_briefing, withdrawn
from store.webhooks import (
    LOGGED,
    ask_to_send,
    create_webhook,
    delete_webhook,
    delivered,
    due,
    failed,
    get_webhook,
    job_failed,
    next_delivery,
    page_deliveries,
    resume_webhook,
    rotate_secret,
)
from tests.forked import Forked
from tests.store.invented import BRIEFING, add, briefing, conflict, deadline, figure, save
from tests.waiting import PATIENCE, until
from tests.worker.conftest import bury
from tests.worker.receiver import SLOW, Receiver, receiving
from worker import NotCalled
from worker.addresses import check
from worker.jobs import Jobs
from worker.queue import DELIVER
from worker.rebuild import rebuild
from worker.webhooks import AFTER, Outcome, deliver, post, queue_due

NOW = datetime(2031, 3, 14, 9, 30, tzinfo=UTC)
OTHER = "brf_0000000000000002"
SOON = AFTER[0] * 1.2
Tell = Callable[..., int]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def engine(jobs: Jobs) -> Engine:
    return jobs.engine


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def hanging(engine: Engine) -> Iterator[Receiver]:
    """One that never ends an answer, of a webhook of its own."""
    with receiving() as receiver:
        receiver.answers = [SLOW] * 100
        create_webhook(engine, url=receiver.url, events=["briefing.changed"])
        yield receiver


@pytest.fixture
def made(engine: Engine, receiver: Receiver) -> MadeWebhook:
    """A webhook of the receiver, made when one briefing was there already."""
    put(engine, 1)
    return create_webhook(engine, url=receiver.url, events=["briefing.changed", "briefing.withdrawn"])


@pytest.fixture
def tell(engine: Engine, made: MadeWebhook) -> Tell:
    """Tells the webhook what it has not been told, at a moment; how many deliveries it took."""

    def tell(now: datetime = NOW) -> int:
        return deliver(engine, made.webhook.id, partial(post, reach="any"), lambda: now)

    return tell


def put(engine: Engine, revision: int, id: str = BRIEFING) -> None:
    """A revision of a briefing, titled by its number."""
    document, parties = ("a", ("NO", "CL")) if id == BRIEFING else ("b", ("FJ", "TO"))
    now = briefing(
        documents=[document],
        parties=parties,
        id=id,
        revision=revision,
        title=f"{document}, revision {revision}",
        deadlines=[deadline(f"{revision}", None, document=document, briefing=id)],
    )
    rebuild(engine, add(engine, document, parties), save(now))


def gone(engine: Engine) -> None:
    with writing(engine) as session:
        cause = Cause(kind="withdrawn", document_ids=[], reason=None)
        save_briefing(session, withdrawn(briefing(revision=2)), cause, None, [])


def state(engine: Engine, made: MadeWebhook) -> Webhook:
    found = get_webhook(engine, made.webhook.id)
    assert found is not None
    return found


def titles(receiver: Receiver) -> list[str]:
    return [msgspec.json.decode(one.body)["data"]["title"] for one in receiver.received]


def test_a_new_revision_is_told_and_signed(
    engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell
) -> None:
    put(engine, 2)
    assert due(engine, NOW) == {made.webhook.id: 0}
    assert tell() == 1
    [told] = receiver.received
    said: Any = told.verified(made.secret)
    at = datetime.fromisoformat(said["timestamp"])
    summary = summary_of(briefing(revision=2, title="a, revision 2", deadlines=[deadline("2", None)]))
    assert said == msgspec.to_builtins(BriefingChanged(timestamp=at, data=summary))
    assert (told.path, told.headers["content-type"]) == ("/readout", "application/json")
    assert told.headers["host"] == f"127.0.0.1:{receiver.port}"
    with pytest.raises(WebhookVerificationError):
        told._replace(body=told.body + b" ").verified(made.secret)
    assert state(engine, made) == replace(made.webhook, last_delivery_at=NOW)
    assert (tell(), due(engine, NOW)) == (0, {})


@ON_SQLITE
def test_a_withdrawn_briefing_is_told_to_those_who_want_it(
    engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell
) -> None:
    other = create_webhook(engine, url=f"{receiver.url}/changed", events=["briefing.changed"]).webhook.id
    gone(engine)
    assert (tell(), deliver(engine, other, partial(post, reach="any"), lambda: NOW)) == (1, 0)
    [told] = receiver.received
    said = msgspec.json.decode(told.body, type=BriefingWithdrawn)
    assert said == BriefingWithdrawn(timestamp=said.timestamp, data=WithdrawnBriefing(id=BRIEFING, note=None))
    assert due(engine, NOW) == {}


def test_what_fails_comes_again_with_the_same_id_and_before_what_came_later(
    engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell
) -> None:
    receiver.answers = [500]
    put(engine, 2)
    put(engine, 1, OTHER)
    assert (tell(), due(engine, NOW), tell()) == (0, {}, 0)
    failing = state(engine, made)
    again = failing.next_attempt_at
    assert again is not None and AFTER[0] <= again - NOW <= SOON
    assert failing == replace(
        made.webhook, status="failing", failures=1, last_error="it answered 500", next_attempt_at=again
    )
    assert tell(NOW + SOON) == 2
    assert titles(receiver) == ["a, revision 2", "a, revision 2", "b, revision 1"]
    first, second, third = (one.id for one in receiver.received)
    assert first == second != third
    assert state(engine, made) == replace(made.webhook, last_delivery_at=NOW + SOON)


@ON_SQLITE
def test_of_several_revisions_the_last_is_told(engine: Engine, receiver: Receiver, tell: Tell) -> None:
    put(engine, 2)
    put(engine, 1, OTHER)
    put(engine, 3)
    assert tell() == 2
    assert titles(receiver) == ["b, revision 1", "a, revision 3"]


@ON_SQLITE
def test_after_ten_failures_it_is_disabled_and_resumed_where_it_stopped(
    engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell
) -> None:
    receiver.answers = [503] * 10
    put(engine, 2)
    now = NOW
    for pause in AFTER:
        assert tell(now) == 0
        again = state(engine, made).next_attempt_at
        assert again is not None and pause <= again - now <= pause * 1.1
        now = again
    assert tell(now) == 0
    assert state(engine, made) == replace(
        made.webhook, status="disabled", failures=10, last_error="it answered 503"
    )
    put(engine, 1, OTHER)
    later = now + timedelta(days=30)
    assert (tell(later), due(engine, later), len(receiver.received)) == (0, {}, 10)
    assert resume_webhook(engine, made.webhook.id) == made.webhook
    assert tell(later) == 2
    assert titles(receiver)[9:] == ["a, revision 2", "a, revision 2", "b, revision 1"]
    assert len({one.id for one in receiver.received}) == 2


@ON_SQLITE
def test_410_disables_at_once(engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell) -> None:
    receiver.answers = [410]
    put(engine, 2)
    assert (tell(), tell(NOW + timedelta(days=9))) == (0, 0)
    assert state(engine, made) == replace(
        made.webhook,
        status="disabled",
        failures=1,
        last_error="it answered 410: it wants nothing any more",
    )


def test_one_outcome_counts_where_two_workers_had_the_same_delivery(
    engine: Engine, made: MadeWebhook
) -> None:
    put(engine, 2)
    one = next_delivery(engine, made.webhook.id, NOW)
    other = next_delivery(engine, made.webhook.id, NOW)
    assert one is not None and one == other
    delivered(engine, one, NOW)
    failed(engine, other, "it answered 500", NOW, NOW)
    assert state(engine, made) == replace(made.webhook, last_delivery_at=NOW)


@ON_SQLITE
def test_one_that_is_behind_is_queued_once_and_after_those_that_fail_less(
    jobs: Jobs, made: MadeWebhook, receiver: Receiver, tell: Tell
) -> None:
    receiver.answers = [500]
    put(jobs.engine, 2)
    tell()
    other = create_webhook(jobs.engine, url=receiver.url, events=["briefing.changed"]).webhook.id
    put(jobs.engine, 3)
    for _ in range(2):
        queue_due(jobs, NOW + SOON)
    queued = jobs.client().list_workflows(name=DELIVER)
    assert {one.deduplication_id: one.priority for one in queued} == {other: 1, made.webhook.id: 2}
    assert len(queued) == 2


@ON_SQLITE
def test_nothing_is_told_to_one_that_was_deleted(
    engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell
) -> None:
    put(engine, 2)
    assert (delete_webhook(engine, made.webhook.id), delete_webhook(engine, made.webhook.id)) == (True, False)
    assert (tell(), receiver.received) == (0, [])


@ON_SQLITE
def test_a_call_ends_in_time_follows_no_redirect_and_goes_to_no_private_address(
    engine: Engine, made: MadeWebhook, receiver: Receiver
) -> None:
    put(engine, 2)
    delivery = next_delivery(engine, made.webhook.id, NOW)
    assert delivery is not None
    receiver.answers = [SLOW, 302]
    assert post(delivery, "any", timeout=3) == Outcome("no answer within 3 s")
    assert post(delivery, "any") == Outcome("it answered 302")
    assert len(receiver.received) == 2
    assert post(delivery, "public") == Outcome("its address does not begin with https")
    secure = receiver.url.replace("http://127.0.0.1", "https://localhost")
    private = replace(delivery, url=secure)
    assert post(private, "public") == Outcome("its address is not on the public internet")
    assert post(private, "any") == Outcome("no secure connection could be made to it")
    assert len(receiver.received) == 2


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://desk.example/", "its address does not begin with https"),
        ("https://127.0.0.1/", "its address is not on the public internet"),
        ("https://2130706433/", "its address is not on the public internet"),
        ("https://localhost:8000/", "its address is not on the public internet"),
        ("https://nobody.invalid/", "its name cannot be looked up"),
        (f"https://{'a' * 64}.example/", "its name cannot be looked up"),
        ("https://desk.example/\n", "its address is not one"),
    ],
)
def test_addresses_that_are_not_called(url: str, why: str) -> None:
    with pytest.raises(NotCalled, match=why):
        check(url, "public")


@ON_SQLITE
def test_a_worker_killed_after_the_post_leaves_it_to_another_under_the_same_id(
    engine: Engine, made: MadeWebhook, receiver: Receiver, hanging: Receiver
) -> None:
    """While another receiver does not answer, which holds up nobody."""
    command = [sys.executable, "-m", "tests.worker.courier", engine.url.render_as_string()]
    killed = Event()
    with ExitStack() as stack:

        def start() -> Forked:
            process = stack.enter_context(Forked(command))
            stack.callback(process.kill)
            return process

        def kill_it() -> None:
            receiver.act = lambda: None
            until(lambda: bool(hanging.received))
            victim.kill()
            killed.set()

        receiver.act = kill_it
        victim = start()
        put(engine, 2)
        assert killed.wait(PATIENCE)
        victim.wait()
        bury(engine)
        put(engine, 1, OTHER)
        start()
        until(lambda: len(receiver.received) == 3)
    assert titles(receiver) == ["a, revision 2", "a, revision 2", "b, revision 1"]
    first, second, third = (one.id for one in receiver.received)
    assert first == second != third


def log_of(engine: Engine, made: MadeWebhook, **asked: Any) -> list[WebhookDelivery]:
    """What the webhook was sent, newest first."""
    page = page_deliveries(engine, made.webhook.id, DeliveryQuery(limit=100, **asked))
    return [msgspec.json.decode(item, type=WebhookDelivery) for item in page.items]


def told_of(engine: Engine, receiver: Receiver, *events: WebhookEvent) -> Callable[[], list[Any]]:
    """A new webhook for these events; what it is told at each call."""
    id = create_webhook(engine, url=receiver.url, events=events).webhook.id

    def told() -> list[Any]:
        before = len(receiver.received)
        deliver(engine, id, partial(post, reach="any"), lambda: NOW)
        return [msgspec.json.decode(one.body) for one in receiver.received[before:]]

    return told


def test_a_deadline_is_told_when_it_is_new_or_says_something_else(engine: Engine, receiver: Receiver) -> None:
    told = told_of(engine, receiver, "deadline.changed")
    put(engine, 1)
    [said] = told()
    assert said == msgspec.to_builtins(DeadlineChanged(timestamp=said["timestamp"], data=deadline("1", None)))
    assert told() == []
    put(engine, 2)
    assert [one["data"]["what"] for one in told()] == ["2"]


def test_a_conflict_is_told_once_when_it_comes_up(engine: Engine, receiver: Receiver) -> None:
    told = told_of(engine, receiver, "conflict.opened")
    figures = [figure("fifteen", 15.0, "%"), figure("twelve", 12.0, "%"), figure("nine", 9.0, "%")]
    document = add(engine, "a", ("NO", "CL"))

    def disagree(revision: int, *values: str) -> None:
        conflicts = [conflict("the duty", *values)] if values else []
        rebuild(engine, document, save(briefing(revision=revision, figures=figures, conflicts=conflicts)))

    disagree(1, "fifteen", "twelve")
    [said] = told()
    opened = conflict("the duty", "fifteen", "twelve")
    assert said == msgspec.to_builtins(ConflictOpened(timestamp=said["timestamp"], data=opened))
    disagree(2, "fifteen", "twelve", "nine")
    assert told() == []
    disagree(3)
    assert told() == []
    disagree(4, "fifteen", "nine")
    assert [one["data"]["about"] for one in told()] == ["the duty"]


def test_a_job_that_failed_is_told_and_is_no_change(engine: Engine, receiver: Receiver) -> None:
    told = told_of(engine, receiver, "job.failed")
    others = told_of(engine, receiver, "briefing.changed", "deadline.changed", "conflict.opened")
    job_failed(engine, f"ingest-{'a' * 64}")
    [said] = told()
    assert (said["type"], said["data"]) == (
        "job.failed",
        {"id": f"ingest-{'a' * 64}", "document_id": "a" * 64},
    )
    job_failed(engine, f"ingest-{'a' * 64}")
    assert (len(told()), told(), others()) == (1, [], [])
    assert read_changes(engine, limit=10).items == []


def test_a_new_secret_signs_beside_the_old_one_while_both_hold(
    engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell
) -> None:
    new = rotate_secret(engine, made.webhook.id, timedelta(hours=1))
    assert new is not None and new.secret != made.secret and new.webhook == made.webhook
    put(engine, 2)
    assert tell(datetime.now(UTC)) == 1
    [both] = receiver.received
    assert both.verified(made.secret) == both.verified(new.secret)
    put(engine, 3)
    assert tell(datetime.now(UTC) + timedelta(hours=1)) == 1
    later = receiver.received[1]
    assert later.verified(new.secret)
    with pytest.raises(WebhookVerificationError):
        later.verified(made.secret)


def test_every_try_is_logged(engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell) -> None:
    receiver.answers = [500]
    put(engine, 2)
    tell()
    tell(NOW + SOON)
    taken, failed = log_of(engine, made)
    assert [(one.status, one.error, one.at) for one in (failed, taken)] == [
        ("failed", "it answered 500", NOW),
        ("taken", None, NOW + SOON),
    ]
    assert taken.message_id == failed.message_id == receiver.received[0].id
    assert log_of(engine, made, status="failed") == [failed] == log_of(engine, made)[1:]
    assert log_of(engine, made, type="briefing.withdrawn") == []


def test_what_was_sent_is_sent_again_where_somebody_asks(
    engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell
) -> None:
    put(engine, 2)
    tell()
    put(engine, 3)
    tell(NOW + SOON)
    first = log_of(engine, made)[1]
    queued = ask_to_send(engine, made.webhook.id, first.id)
    assert queued is not None and (queued.status, queued.message_id) == ("queued", first.message_id)
    assert due(engine, NOW) == {made.webhook.id: 0}
    assert (tell(NOW + 2 * SOON), due(engine, NOW)) == (0, {})
    assert titles(receiver) == ["a, revision 2", "a, revision 3", "a, revision 2"]
    assert receiver.received[0].id == receiver.received[2].id
    assert log_of(engine, made)[0] == replace(queued, status="taken", at=NOW + 2 * SOON)
    assert ask_to_send(engine, made.webhook.id, "dlv_0000000000000000") is None


@ON_SQLITE
def test_a_test_reaches_one_that_is_disabled_and_changes_nothing_about_it(
    engine: Engine, made: MadeWebhook, receiver: Receiver, tell: Tell
) -> None:
    receiver.answers = [410, 503]
    put(engine, 2)
    tell()
    disabled = state(engine, made)
    for _ in range(2):
        ask_to_send(engine, made.webhook.id)
        tell(NOW + SOON)
    tests = [msgspec.json.decode(one.body)["type"] for one in receiver.received[1:]]
    assert tests == ["webhook.test", "webhook.test"]
    assert {(one.status, one.error) for one in log_of(engine, made, type="webhook.test")} == {
        ("failed", "it answered 503"),
        ("taken", None),
    }
    assert state(engine, made) == disabled


@ON_SQLITE
def test_the_log_keeps_the_last_ones(engine: Engine, made: MadeWebhook) -> None:
    for _ in range(LOGGED + 3):
        ask_to_send(engine, made.webhook.id)
    cursor, count = None, 0
    while True:
        page = page_deliveries(engine, made.webhook.id, DeliveryQuery(limit=100, cursor=cursor))
        count, cursor = count + len(page.items), page.next_cursor
        if cursor is None:
            break
    assert count == LOGGED
