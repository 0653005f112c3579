"""Formats of documents, each with a reader in a module of its own; told by the bytes, never by a name."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Protocol
from zipfile import BadZipFile, ZipFile

from msgspec import Struct

MAX_BYTES = 5_000_000
"""Of a file, and of the text that is in it."""
MOST_MEMBERS = 50
"""Files in one file."""
FORMATS = {
    "archive": "a ZIP archive",
    "docx": "a Word file (DOCX)",
    "email": "an e-mail",
    "html": "an HTML page",
    "msg": "an Outlook message (MSG)",
    "odt": "an OpenDocument text (ODT)",
    "pdf": "a PDF file",
    "rtf": "a rich text (RTF)",
    "subtitles": "a file of subtitles",
}
"""What to call a file of each format that is more than text."""
DAMAGED = "it is {} that is damaged: export it as UTF-8 text"
_KEY_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*|<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|article|main)\b",
    re.IGNORECASE | re.DOTALL,
)
_HEADERS = re.compile(rb"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}\r?\n")
_MAIL_HEADERS = (rb"From", rb"Date", rb"(?:Message-ID|MIME-Version|Received)")
"""Those that every message has; a text that begins like a memo has fewer."""
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.text"
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_OFFICE = {"[Content_Types].xml", "mimetype"}
"""Names in office files and books that are not read."""
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROPERTIES = "__properties_version1.0".encode("utf-16-le")
_SUBTITLES = re.compile(
    rb"WEBVTT(?:[ \t][^\n]*)?\r?\n.{0,20000}?-->"
    rb"|\s*(?:\d+\s*\r?\n)?\d{1,3}:\d\d:\d\d[,.]\d{3} +--> +\d{1,3}:\d\d:\d\d[,.]\d{3}"
    rb"|\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:\w+:)?tt[\s>][^>]*www\.w3\.org/ns/ttml",
    re.DOTALL,
)


class PageStart(Struct, frozen=True):
    """Where text of a page begins."""

    start: int
    number: int


class Mark(Struct, frozen=True):
    """A span whose region the structure of the file tells."""

    start: int
    end: int
    region: str


class Member(Struct, frozen=True):
    """A file inside of a file, a document of its own; `problem`: why it could not be taken out."""

    file: str
    data: bytes = b""
    problem: str | None = None


class Content(Struct, frozen=True, kw_only=True):
    """What is in a file: its canonical text, and what is known beside it.

    `fields`: the words of each value of the metadata by the words of its key; `start`: where the document itself
    begins; `marks` and `pages` in order of the text. A file that has only `members` has no text of its own.
    """

    text: str
    fields: Mapping[str, str] = {}
    start: int = 0
    marks: tuple[Mark, ...] = ()
    pages: tuple[PageStart, ...] = ()
    members: tuple[Member, ...] = ()


class Reader(Protocol):
    """A module of this folder that reads one format."""

    def parse(self, data: bytes) -> Content:
        """What is in a file of the format. Raises Unreadable."""


def format_of(data: bytes) -> str:
    """The name of the module that reads these bytes."""
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(_ZIPPED):
        return _format_zipped(data)
    if data.startswith(_COMPOUND):
        return "msg" if _PROPERTIES in data else "text"
    if data[:64].lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if _SUBTITLES.match(data.removeprefix(b"\xef\xbb\xbf")):
        return "subtitles"
    start = (
        data[:4096].decode("utf-16", "replace").encode() if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data
    )
    if _HTML.match(start.removeprefix(b"\xef\xbb\xbf")):
        return "html"
    return "email" if _is_message(data) else "text"


def _format_zipped(data: bytes) -> str:
    """By the names in its directory; where that is lost, by those that are left."""
    try:
        names = set(ZipFile(BytesIO(data)).NameToInfo)
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        names = {name for name in ("word/document.xml",) if name.encode() in data}
    if "word/document.xml" in names:
        return "docx"
    if data[30:].startswith(_OPEN_DOCUMENT):
        return "odt"
    return "text" if names & _OTHER_OFFICE else "archive"


def _is_message(data: bytes) -> bool:
    headers = _HEADERS.match(data, 0, 65_536)
    return headers is not None and all(
        re.search(rb"^" + name + rb":", headers[0], re.IGNORECASE | re.MULTILINE) for name in _MAIL_HEADERS
    )


def key_words(key: str) -> str:
    """The words of a key of metadata: `article:published_time`, `datePublished`."""
    return " ".join(_KEY_WORD.findall(key)).lower()


def visible(words: str) -> str:
    """Words in one line, without characters that nobody sees."""
    return " ".join(_INVISIBLE.sub("", words).split())


class Composer:
    """Puts canonical text together: parts with an empty line between them, each with its region where that is told."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._marks: list[Mark] = []
        self._pages: list[PageStart] = []

    def add(self, part: str, region: str | None = None) -> None:
        if region:
            self._marks.append(Mark(self._length, self._length + len(part) + 2, region))
        self._parts += [part, "\n\n"]
        self._length += len(part) + 2

    def begin_page(self, number: int, ahead: int = 0) -> None:
        """What is added so many characters from here on is on this page."""
        if not self._pages or self._pages[-1].number != number:
            self._pages.append(PageStart(self._length + ahead, number))

    def content(self, fields: Mapping[str, str]) -> Content:
        text = "".join(self._parts[:-1]) + "\n" if self._parts else ""
        return Content(text=text, fields=fields, marks=tuple(self._marks), pages=tuple(self._pages))
