"""Outlook messages (MSG): the properties of a compound file (MS-OXMSG), read as the e-mail that they were."""

import struct
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import HeaderParser
from email.policy import default
from email.utils import format_datetime, formataddr
from mimetypes import guess_type

import olefile

from pipeline import Unreadable
from pipeline.documents.formats import DAMAGED, FORMATS, MOST_MEMBERS, Content, visible
from pipeline.documents.formats.email import content_of

_SUBJECT, _HEADERS, _BODY, _HTML, _SENDER = 0x0037, 0x007D, 0x1000, 0x1013, 0x0C1A
_SENT, _DELIVERED, _CODE_PAGE = 0x0039, 0x0E06, 0x3FDE
_FILE, _SHORT_NAME, _LONG_NAME = 0x3701, 0x3704, 0x3707
_UNICODE, _BYTES, _BINARY, _INTEGER, _TIME, _OBJECT = 0x001F, 0x001E, 0x0102, 0x0003, 0x0040, 0x000D
_ENTRY = struct.Struct("<HHIQ")
"""Of a property of fixed length: its type, its name, flags and its value."""
_HEADER, _INNER_HEADER, _ATTACHED_HEADER = 32, 24, 8
"""Bytes before the properties: of the message itself, of one inside of it, of what is attached."""
_ATTACHED = "__attach_version1.0_#"
_BEGIN = datetime(1601, 1, 1, tzinfo=UTC)
_LATEST = 0x0250_0000_0000_0000
"""About the year 7000, in tenths of microseconds since then."""
_DEEPEST = 5


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    try:
        with olefile.OleFileIO(data) as file:
            message = _Storage(file, ()).message()
    except OSError:
        raise Unreadable(DAMAGED.format(FORMATS["msg"])) from None
    return content_of(message)


class _Storage:
    """A folder of a compound file that has the properties of one message or attachment."""

    def __init__(self, file: olefile.OleFileIO, path: tuple[str, ...]) -> None:
        self._file = file
        self._path = path
        self._fixed = dict(self._fixed_properties())

    def _stream(self, name: str) -> bytes | None:
        path = [*self._path, name]
        if self._file.get_type(path) != olefile.STGTY_STREAM:
            return None
        data: bytes = self._file.openstream(path).read()
        return data

    def _fixed_properties(self) -> list[tuple[tuple[int, int], int]]:
        data = self._stream("__properties_version1.0") or b""
        attached = bool(self._path) and self._path[-1].startswith(_ATTACHED)
        start = _ATTACHED_HEADER if attached else _INNER_HEADER if self._path else _HEADER
        end = start + (len(data) - start) // _ENTRY.size * _ENTRY.size
        entries = _ENTRY.iter_unpack(data[start:end]) if end > start else ()
        return [((name, kind), value) for kind, name, _, value in entries]

    def binary(self, name: int) -> bytes | None:
        return self._stream(f"__substg1.0_{name:04X}{_BINARY:04X}")

    def text(self, name: int) -> str:
        unicode = self._stream(f"__substg1.0_{name:04X}{_UNICODE:04X}")
        if unicode is not None:
            return unicode.decode("utf-16-le", "replace").replace("\0", "")
        return self._decoded(self._stream(f"__substg1.0_{name:04X}{_BYTES:04X}") or b"").replace("\0", "")

    def _decoded(self, data: bytes) -> str:
        page = self._fixed.get((_CODE_PAGE, _INTEGER), 1252) & 0xFFFF
        try:
            return data.decode("utf-8" if page == 65001 else f"cp{page}", "replace")
        except LookupError:
            return data.decode("cp1252", "replace")

    def time(self, name: int) -> datetime | None:
        ticks = self._fixed.get((name, _TIME), 0)
        return _BEGIN + timedelta(microseconds=ticks // 10) if 0 < ticks < _LATEST else None

    def message(self, depth: int = 0) -> EmailMessage:
        message = HeaderParser(policy=default).parsestr(self.text(_HEADERS))
        assert isinstance(message, EmailMessage)
        for name in [name for name in message if name.lower().startswith("content-")]:
            del message[name]
        del message["Subject"]
        message["Subject"] = visible(self.text(_SUBJECT))
        if "From" not in message and (name := visible(self.text(_SENDER))):
            message["From"] = formataddr((name, ""))
        if "Date" not in message and (date := self.time(_SENT) or self.time(_DELIVERED)):
            message["Date"] = format_datetime(date)
        message.set_content(self.text(_BODY))
        markup = self.text(_HTML) or self._decoded(self.binary(_HTML) or b"")
        if markup:
            message.add_alternative(markup, subtype="html")
        for attached in self._attached():
            attached.add_to(message, depth)
        return message

    def _attached(self) -> "list[_Storage]":
        length = len(self._path)
        folders = {
            tuple(path[: length + 1])
            for path in self._file.listdir()
            if tuple(path[:length]) == self._path
            and len(path) > length + 1
            and path[length].startswith(_ATTACHED)
        }
        return [_Storage(self._file, folder) for folder in sorted(folders)[:MOST_MEMBERS]]

    def add_to(self, message: EmailMessage, depth: int) -> None:
        """Attaches what this folder holds: a file, or a message."""
        name = visible(self.text(_LONG_NAME) or self.text(_SHORT_NAME))
        inner = (*self._path, f"__substg1.0_{_FILE:04X}{_OBJECT:04X}")
        if (data := self.binary(_FILE)) is not None:
            kind, _ = guess_type(name)
            main, _, sub = (kind or "application/octet-stream").partition("/")
            main = "application" if main in ("text", "message", "multipart") else main
            message.add_attachment(data, maintype=main, subtype=sub, filename=name or "attachment")
        elif depth < _DEEPEST and self._file.get_type(inner) == olefile.STGTY_STORAGE:
            message.add_attachment(_Storage(self._file, inner).message(depth + 1))
