"""Issues on their way to their readers: each has each once, through crashes, refusals and what fails for now."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from signal import SIGKILL
from threading import Thread
from typing import Any

import pytest
from msgspec import json
from sqlalchemy import Engine

from schemas.changes import Digest
from schemas.issues import Issue
from store.engine import connect
from store.issues import keep_issue
from store.mailings import ask_to_mail, list_mailings
from tests.forked import Forked
from tests.waiting import PATIENCE
from tests.worker.inbox import Inbox
from worker.mailings import RETRIES, Letter, NotSent, Outlets, Relay, message_of, send_due, send_letter

NOON = datetime(2031, 3, 14, 12, tzinfo=UTC)
ID = "iss_5c1f0e2d3b4a6978"
LETTER = Letter(
    issue_id=ID,
    title="Trade talks: Zürich & Oslo",
    at=NOON,
    text="Tariffs <fall>.\n",
    html="<p>Tariffs &lt;fall&gt;.</p>",
    markdown="Tariffs \\<fall\\>.\n",
)
ANN, BEN = "mailto:ann@reader.example", "mailto:ben@reader.example"
Statuses = dict[str, tuple[str, str | None]]


@pytest.fixture
def stored(database_url: str) -> Iterator[Engine]:
    """A database with an issue."""
    digest = Digest(
        since=NOON,
        until=NOON,
        parties=[],
        topics=[],
        query=None,
        length="short",
        date_from="2031-03-14",
        date_to=None,
        briefings=[],
        changes=[],
        deadlines=[],
        conflicts=[],
        briefings_left_out=0,
        deadlines_left_out=0,
    )
    issue = Issue(
        id=ID,
        title=LETTER.title,
        introduction=None,
        topic_id=None,
        by="local",
        created_at=NOON,
        order=[],
        notes=[],
        digest=digest,
    )
    engine = connect(database_url)
    keep_issue(engine, issue)
    yield engine
    engine.dispose()


def run(engine: Engine, send: Callable[[Letter, str], None], at: datetime = NOON) -> None:
    send_due(engine, lambda _: LETTER, send, lambda: at)


def by(relay: Relay | None) -> Callable[[Letter, str], None]:
    return partial(send_letter, outlets=Outlets(relay, "any"))


def statuses(engine: Engine) -> Statuses:
    return {one.recipient: (one.status, one.error) for one in list_mailings(engine, ID)}


def test_a_mail_has_text_and_html_and_a_way_to_unsubscribe(inbox: Inbox, relay: Relay) -> None:
    send_letter(LETTER, ANN, Outlets(relay, "any"))
    (mail,) = inbox.mails
    assert (mail["From"], mail["To"]) == ("desk@readout.example", "ann@reader.example")
    assert (mail["Subject"], mail["Date"]) == (LETTER.title, "Fri, 14 Mar 2031 12:00:00 +0000")
    assert mail["List-Unsubscribe"] == "<mailto:desk@readout.example?subject=unsubscribe>"
    plain, rich = mail.iter_parts()
    assert isinstance(plain, EmailMessage) and isinstance(rich, EmailMessage)
    assert (plain.get_content_type(), plain.get_content().strip()) == ("text/plain", LETTER.text.strip())
    assert (rich.get_content_type(), rich.get_content().strip()) == ("text/html", LETTER.html)


def test_each_reader_has_an_issue_once_however_often_it_is_sent(
    stored: Engine, inbox: Inbox, relay: Relay
) -> None:
    for recipients in ([ANN, ANN], [ANN, BEN], [BEN]):
        ask_to_mail(stored, ID, recipients, NOON)
        run(stored, by(relay))
    assert inbox.readers == ["ann@reader.example", "ben@reader.example"]
    assert statuses(stored) == {ANN: ("sent", None), BEN: ("sent", None)}


def test_what_fails_for_now_is_tried_again_later(stored: Engine, inbox: Inbox, relay: Relay) -> None:
    inbox.answers["ann@reader.example"] = "451 4.7.1 Greylisted"
    ask_to_mail(stored, ID, [ANN, BEN], NOON)
    run(stored, by(relay))
    assert inbox.readers == ["ben@reader.example"]
    assert statuses(stored)[ANN] == ("waiting", "the mail server said 451 4.7.1 Greylisted")
    inbox.answers.clear()
    run(stored, by(relay), NOON + RETRIES[0] / 2)
    assert inbox.readers == ["ben@reader.example"]
    run(stored, by(relay), NOON + RETRIES[0])
    assert inbox.readers == ["ben@reader.example", "ann@reader.example"]
    assert statuses(stored)[ANN] == ("sent", None)


def test_what_fails_for_good_is_told_and_not_tried_again(stored: Engine, inbox: Inbox, relay: Relay) -> None:
    inbox.answers["ann@reader.example"] = "550 5.1.1 No such user"
    ask_to_mail(stored, ID, [ANN], NOON)
    run(stored, by(relay))
    assert statuses(stored) == {ANN: ("refused", "the mail server said 550 5.1.1 No such user")}
    inbox.answers.clear()
    ask_to_mail(stored, ID, [ANN], NOON)
    run(stored, by(relay), NOON + timedelta(days=30))
    assert inbox.mails == []


def test_nobody_is_tried_for_ever(stored: Engine, inbox: Inbox, relay: Relay) -> None:
    inbox.answers["ann@reader.example"] = "451 Later"
    ask_to_mail(stored, ID, [ANN], NOON)
    at = NOON
    for pause in RETRIES:
        run(stored, by(relay), at)
        assert statuses(stored)[ANN][0] == "waiting"
        at += pause
    run(stored, by(relay), at)
    assert statuses(stored)[ANN][0] == "refused"


def test_without_a_mail_server_mails_wait(stored: Engine, inbox: Inbox, relay: Relay) -> None:
    ask_to_mail(stored, ID, [ANN], NOON)
    run(stored, by(Relay("smtp://127.0.0.1:1", "desk@readout.example")))
    assert statuses(stored)[ANN][0] == "waiting"
    run(stored, by(None), NOON + timedelta(hours=1))
    assert statuses(stored)[ANN] == ("waiting", "READOUT_SMTP_URL and READOUT_MAIL_FROM are not set")
    run(stored, by(relay), NOON + timedelta(days=1))
    assert inbox.readers == ["ann@reader.example"]


@pytest.mark.parametrize(
    ("step", "mails"),
    [
        ("taken", 1),
        ("connected", 1),
        ("named", 1),
        ("sent", 2),
        ("noted", 1),
    ],
)
def test_whoever_is_killed_leaves_the_mail_to_others(
    database_url: str, stored: Engine, inbox: Inbox, relay: Relay, step: str, mails: int
) -> None:
    """One mail, wherever the process is killed. Between the server's yes and the note of it, twice the same mail."""
    ask_to_mail(stored, ID, [ANN], NOON)
    killed = Forked([sys.executable, "-m", "tests.worker.mortal", database_url, relay.url, step])
    assert killed.wait(PATIENCE) == -SIGKILL
    run(stored, by(relay))
    assert len(inbox.mails) == (step in ("sent", "noted")), "it may still be on its way"
    for hours in (1, 2, 3):
        run(stored, by(relay), NOON + timedelta(hours=hours))
    assert statuses(stored) == {ANN: ("sent", None)}
    assert inbox.readers == ["ann@reader.example"] * mails
    assert len({str(mail["Message-ID"]) + str(mail["Date"]) for mail in inbox.mails}) == 1


def test_two_who_send_at_the_same_time_send_each_mail_once(
    stored: Engine, inbox: Inbox, relay: Relay
) -> None:
    def also(letter: Letter, recipient: str) -> None:
        run(stored, by(relay))
        by(relay)(letter, recipient)

    ask_to_mail(stored, ID, [ANN, BEN], NOON)
    run(stored, also)
    assert sorted(inbox.readers) == ["ann@reader.example", "ben@reader.example"]


@contextmanager
def hook(status: int, taken: list[bytes]) -> Iterator[str]:
    """An incoming webhook that answers this."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        ("slack", {"text": "Tariffs &lt;fall&gt;.\n"}),
        (
            "teams",
            {
                "type": "message",
                "attachments": [
                    {
                        "contentType": "application/vnd.microsoft.card.adaptive",
                        "content": {
                            "type": "AdaptiveCard",
                            "version": "1.4",
                            "body": [{"type": "TextBlock", "wrap": True, "text": "Tariffs \\<fall\\>.\n"}],
                        },
                    }
                ],
            },
        ),
    ],
)
def test_incoming_webhooks_get_a_message(channel: str, message: object) -> None:
    taken: list[bytes] = []
    with hook(200, taken) as url:
        send_letter(LETTER, f"{channel}+{url}", Outlets(None, "any"))
    assert [json.decode(body) for body in taken] == [message]
    assert json.decode(message_of(LETTER, channel)) == message


@pytest.mark.parametrize(("status", "final"), [(404, True), (429, False), (500, False)])
def test_a_webhook_that_does_not_take_it(status: int, final: bool) -> None:
    with hook(status, []) as url, pytest.raises(NotSent, match=f"it answered {status}") as raised:
        send_letter(LETTER, f"slack+{url}", Outlets(None, "any"))
    assert raised.value.final is final


def test_no_webhook_leads_into_the_house() -> None:
    for url in ("http://127.0.0.1/hook", "https://127.0.0.1/hook"):
        with pytest.raises(NotSent) as raised:
            send_letter(LETTER, f"slack+{url}", Outlets(None, "public"))
        assert raised.value.final


def test_a_folder_has_a_file_a_format(tmp_path: Path) -> None:
    for _ in range(2):
        send_letter(LETTER, f"folder:{tmp_path}/letters", Outlets(None, "public"))
    files = {path.name: path.read_text() for path in (tmp_path / "letters").iterdir()}
    assert files == {f"{ID}.html": LETTER.html, f"{ID}.md": LETTER.markdown, f"{ID}.txt": LETTER.text}
