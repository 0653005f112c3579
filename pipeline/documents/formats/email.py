"""E-mails (EML): the text of a message, or of the one that it forwards. What is attached is left out."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

from msgspec.structs import replace

from pipeline import Unreadable
from pipeline.documents.formats import Composer, Content, visible
from pipeline.documents.formats.text import decode_text

_REPLY = re.compile(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", re.IGNORECASE)
_FORWARDED = re.compile(
    r"^(?:-{3,} ?(?:forwarded|original) message ?-{3,}|begin forwarded message:)[ \t]*\n\s*"
    r"(?P<headers>(?:^[>* ]*[A-Z][\w-]*\*?:[^\n]*\n)+)\s*",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER = re.compile(r"^[>* ]*(?P<name>[A-Z][\w-]*)\*?:\*?[ \t]*(?P<value>[^\n]*)$", re.MULTILINE)
_SIGNATURE = re.compile(r"^-- ?\n", re.MULTILINE)
_FLOWED = re.compile(r"(?<=[^\n]) \n(?=[^\n>])")
_MARKUP = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>|\s{2,}", re.IGNORECASE | re.DOTALL)
_SUBSTANTIAL = 0.3
"""So long a plain part, by that of the page beside it, says the same."""


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    message = _forwarded(message)
    fields = dict(_fields(message))
    plain, markup = _part(message, "plain"), _part(message, "html")
    if len(plain) < _SUBSTANTIAL * len(_MARKUP.sub("", markup)) and (page := _page(markup)):
        return replace(page, fields=dict(page.fields) | fields)
    if not plain.strip():
        raise Unreadable("it is an e-mail without text: what is attached is not read, so add that as a file")
    return _plain(decode_text(plain.encode("utf-8", "replace")), fields)


def _forwarded(message: EmailMessage, depth: int = 0) -> EmailMessage:
    """The innermost message that is sent on whole."""
    inner = next((part for part in message.walk() if part.get_content_type() == "message/rfc822"), None)
    whole = inner.get_payload(0) if inner is not None and inner.is_multipart() else None
    return _forwarded(whole, depth + 1) if isinstance(whole, EmailMessage) and depth < 5 else message


def _fields(message: EmailMessage) -> Iterator[tuple[str, str]]:
    """Who a newsletter is from is its publisher; who writes a letter is none."""
    if title := _title(str(message["Subject"] or "")):
        yield "title", title
    if date := visible(str(message["Date"] or "")):
        yield "date", date
    name, _ = parseaddr(str(message["From"] or ""))
    if name and (message["List-Id"] or message["List-Unsubscribe"]):
        yield "publisher", visible(name)


def _title(subject: str) -> str:
    return _REPLY.sub("", visible(subject))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if not isinstance(part, EmailMessage) or part.get_content_maintype() != "text":
        return ""
    try:
        words = str(part.get_content())
    except (LookupError, UnicodeError):
        words = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")  # type: ignore[union-attr]
    words = words.replace("\r\n", "\n").replace("\0", "")
    return _FLOWED.sub(" ", words) if part.get_param("format") == "flowed" else words


def _page(markup: str) -> Content | None:
    from pipeline.documents.formats.html import (
        parse_markup,  # It takes longer to load than most mails to read.
    )

    try:
        return parse_markup(markup)
    except Unreadable:
        return None


def _plain(text: str, fields: dict[str, str]) -> Content:
    """The text under its subject; of a message that was sent on, what it says of itself counts."""
    if match := _FORWARDED.search(text):
        headers = {
            one["name"].lower(): visible(one["value"].strip("* "))
            for one in _HEADER.finditer(match["headers"])
        }
        fields["title"] = _title(headers.get("subject", "")) or fields.get("title", "")
        if date := headers.get("date") or headers.get("sent"):
            fields["date"] = date
        text = text[match.end() :]
    body, *signatures = (part.strip("\n") for part in _SIGNATURE.split(text, maxsplit=1))
    composer = Composer()
    if title := fields.get("title"):
        composer.add(title, "headline")
    if body:
        composer.add(body)
    for signature in filter(None, signatures):
        composer.add(signature, "boilerplate")
    return composer.content(fields)
