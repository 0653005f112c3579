"""Sending issues: by mail, to incoming webhooks of Slack and Teams, into a folder.

What is to be sent is in `store.mailings`. A sender that dies after a mail was taken and before that was noted sends it
once more, with the same `Message-ID`, by which mail programs tell that they have it.
"""

import asyncio
import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct, json
from sqlalchemy import Engine

from store.mailings import Mailing, mailed, not_mailed, take_mailing
from worker import NotCalled
from worker.addresses import Reach, check_secure

RECIPIENT = re.compile(
    r"mailto:[!#-'*+./0-9=?A-Z^-~-]+@[A-Za-z0-9.-]+|(?:slack|teams)\+https?://[!-~]+|folder:.+"
)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600))
"""How long after each failure the next try comes; after one more it is refused."""
_TIMEOUT = 30.0
_MOST = {"slack": 30_000, "teams": 18_000}  # characters of a message; the rest is left out
log = logging.getLogger("readout.worker")
_CARD = "application/vnd.microsoft.card.adaptive"


class Letter(Struct, frozen=True):
    """An issue as it is sent."""

    issue_id: str
    title: str
    at: datetime
    text: str
    html: str
    markdown: str


class Relay(Struct, frozen=True):
    """The server that takes mails, `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…`, and whom they are from."""

    url: str
    sender: str


class Outlets(Struct, frozen=True):
    """By what issues are sent. Without a relay, mails wait."""

    relay: Relay | None
    reach: Reach


class NoLetter(Exception):
    """An issue cannot be written as a letter: it is not there, or a template fails."""


class NotSent(Exception):
    """Why a try failed. `final`: another one would, too."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.final = final


def send_due(
    engine: Engine,
    letter_of: Callable[[str], Letter],
    send: Callable[[Letter, str], None],
    clock: Callable[[], datetime],
    leaving: Sequence[str] = (),
) -> None:
    """Send everything that is due, but to recipients that begin like one of `leaving`.

    What fails for now is due again later; what fails for good is refused.
    """
    while mailing := take_mailing(engine, clock(), leaving):
        try:
            send(letter_of(mailing.issue_id), mailing.recipient)
        except (NoLetter, NotSent) as error:
            final = isinstance(error, NotSent) and error.final
            again = None if final else _again(mailing, clock())
            not_mailed(engine, mailing, str(error), again)
            if again is None:
                log.warning("a recipient of issue %s does not get it: %s", mailing.issue_id, error)
        else:
            mailed(engine, mailing, clock())


def _again(mailing: Mailing, now: datetime) -> datetime | None:
    return now + RETRIES[mailing.tries - 1] if mailing.tries <= len(RETRIES) else None


def send_letter(letter: Letter, recipient: str, outlets: Outlets) -> None:
    """Raises NotSent."""
    kind, _, address = recipient.partition(":")
    if kind == "mailto":
        if outlets.relay is None:
            raise NotSent("READOUT_SMTP_URL and READOUT_MAIL_FROM are not set", final=False)
        _mail(mail_of(letter, address, outlets.relay), outlets.relay)
    elif kind == "folder":
        _write(letter, Path(address))
    else:
        channel, _, url = recipient.partition("+")
        _post(url, message_of(letter, channel), outlets.reach)


def mail_of(letter: Letter, address: str, relay: Relay) -> EmailMessage:
    """The mail to one recipient: the same each time."""
    domain = relay.sender.partition("@")[2]
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = relay.sender, address, letter.title
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = f"<{letter.issue_id}.{sha256(address.encode()).hexdigest()[:16]}@{domain}>"
    mail["List-Unsubscribe"] = f"<mailto:{relay.sender}?subject=unsubscribe>"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    return mail


def _mail(mail: EmailMessage, relay: Relay) -> None:
    try:
        client = _connected(relay)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the mail server does not let us in ({_reply(error)})", final=False) from None
    try:
        client.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the mail server said {_reply(error)}", final=_code(error) >= 500) from None
    finally:
        # It has been taken by now, or not: what comes of saying goodbye changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            client.quit()


def _connected(relay: Relay) -> smtplib.SMTP:
    """A connection that is secure where the server can, and always before a password is said."""
    server = urlsplit(relay.url)
    host, context = server.hostname or "localhost", ssl.create_default_context()
    client: smtplib.SMTP
    if server.scheme == "smtps":
        client = smtplib.SMTP_SSL(host, server.port or 465, timeout=_TIMEOUT, context=context)
    else:
        client = smtplib.SMTP(host, server.port or 25, timeout=_TIMEOUT)
    try:
        client.ehlo()
        secure = server.scheme == "smtps"
        if not secure and client.has_extn("starttls"):
            client.starttls(context=context)
            secure = True
        if server.username:
            if not secure:
                raise smtplib.SMTPException("it takes a password in the clear alone")
            client.login(unquote(server.username), unquote(server.password or ""))
    except BaseException:
        client.close()
        raise
    return client


def _response(error: Exception) -> tuple[int, bytes | str] | None:
    """What the server answered, where it did."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))
    return (error.smtp_code, error.smtp_error) if isinstance(error, smtplib.SMTPResponseException) else None


def _code(error: Exception) -> int:
    response = _response(error)
    return response[0] if response else 0


def _reply(error: Exception) -> str:
    response = _response(error)
    if response is None:
        return str(error) or type(error).__name__
    code, words = response
    told = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(told.split())}"


def message_of(letter: Letter, channel: str) -> bytes:
    """What an incoming webhook of Slack or of Teams takes."""
    if channel == "slack":
        plain = _cut(letter.text, _MOST[channel])
        for mark, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            plain = plain.replace(mark, name)
        return json.encode({"text": plain})
    block = {"type": "TextBlock", "wrap": True, "text": _cut(letter.markdown, _MOST[channel])}
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [block]}
    return json.encode({"type": "message", "attachments": [{"contentType": _CARD, "content": card}]})


def _cut(text: str, most: int) -> str:
    """Not longer than it may be, cut between lines."""
    return text if len(text) <= most else f"{text[:most].rpartition(chr(10))[0]}\n…"


def _post(url: str, body: bytes, reach: Reach) -> None:
    # What calls others is loaded when there is a call: the API has letters too, and makes none.
    from worker.calls import CALL_ERRORS, why_failed

    try:
        check_secure(url, reach)
        status = asyncio.run(_status(url, body, reach))
    except NotCalled as error:
        raise NotSent(str(error), final=True) from None
    except TimeoutError:
        raise NotSent(f"no answer within {_TIMEOUT:g} s", final=False) from None
    except CALL_ERRORS as error:
        raise NotSent(why_failed(error), final=False) from None
    if not 200 <= status < 300:
        raise NotSent(f"it answered {status}", final=400 <= status < 500 and status not in (408, 429))


async def _status(url: str, body: bytes, reach: Reach) -> int:
    from worker.calls import called

    headers = {"Content-Type": "application/json", "User-Agent": "Readout"}
    async with (
        asyncio.timeout(_TIMEOUT),
        called("POST", url, reach, headers=headers, content=body) as answer,
    ):
        return answer.status_code


def _write(letter: Letter, folder: Path) -> None:
    """One file a format. They are there whole or not at all."""
    forms = {"html": letter.html, "md": letter.markdown, "txt": letter.text}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for form, text in forms.items():
            target = folder / f"{letter.issue_id}.{form}"
            unfinished = target.with_suffix(f".{form}.part")
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(target)
    except OSError as error:
        raise NotSent(f"the folder cannot be written ({error.strerror})", final=False) from None
