"""E-mails (EML): the text of a message, or of the one that it forwards; what is attached are documents of their own."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

from msgspec.structs import replace

from pipeline import Unreadable
from pipeline.documents.formats import Composer, Content, Member, visible
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
_FURNITURE = {"audio", "image", "video"}
_SIGNATURES = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "text/x-vcard",
}
_DEEPEST = 5
_SUBSTANTIAL = 0.3
"""So long a plain part, by that of the page beside it, says the same."""


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return content_of(message)


def content_of(message: EmailMessage) -> Content:
    """What a message says, and what is attached to it. Raises Unreadable."""
    message, attached = _forwarded(message)
    members = tuple(map(_member, attached))
    fields = dict(_fields(message))
    plain, markup = _part(message, "plain"), _part(message, "html")
    if len(plain) < _SUBSTANTIAL * len(_MARKUP.sub("", markup)) and (page := _page(markup)):
        return replace(page, fields=dict(page.fields) | fields, members=members)
    if not plain.strip():
        if members:
            return Content(text="", members=members)
        raise Unreadable("it is an e-mail without text: there is nothing to read")
    return replace(_plain(decode_text(plain.encode("utf-8", "replace")), fields), members=members)


def _forwarded(message: EmailMessage, depth: int = 0) -> tuple[EmailMessage, list[EmailMessage]]:
    """The innermost message that is sent on whole, alone; and all that is attached on the way to it."""
    attached = [part for part in _leaves(message) if _is_attached(part)]
    whole = [part for part in attached if _inner(part) is not None]
    if len(whole) == 1 and depth < _DEEPEST and (inner := _inner(whole[0])):
        innermost, below = _forwarded(inner, depth + 1)
        return innermost, [part for part in attached if part is not whole[0]] + below
    return message, attached


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Parts that hold no parts, and messages that are sent on."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, EmailMessage):
                yield from _leaves(part)
    else:
        yield message


def _is_attached(part: EmailMessage) -> bool:
    """Whether somebody added it as a file of its own; pictures and signatures belong to how a message looks."""
    kind = part.get_content_type()
    if kind.partition("/")[0] in _FURNITURE or kind in _SIGNATURES:
        return False
    return kind == "message/rfc822" or bool(part.get_filename()) or part.is_attachment()


def _inner(part: EmailMessage) -> EmailMessage | None:
    """The message that a part sends on."""
    if part.get_content_type() != "message/rfc822" or not part.is_multipart():
        return None
    inner = part.get_payload(0)
    return inner if isinstance(inner, EmailMessage) else None


def _member(part: EmailMessage) -> Member:
    inner = _inner(part)
    name = visible(part.get_filename() or (f"{inner['Subject'] or 'message'}.eml" if inner else "attachment"))
    data = inner.as_bytes() if inner else part.get_payload(decode=True)
    return Member(file=name.replace("/", " "), data=data if isinstance(data, bytes) else b"")


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
