"""Rich text (RTF): paragraphs and rows as they stand, footnotes at the end; hidden and deleted words are left out."""

import codecs
import re

from msgspec import Struct
from msgspec.structs import replace

from pipeline import Unreadable
from pipeline.documents.formats import DAMAGED, FORMATS, Composer, Content, visible

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)"
)
_SKIPPED = {
    "annotation", "atnauthor", "atnid", "bkmkend", "bkmkstart", "colortbl", "comment", "datafield", "filetbl",
    "fldinst", "footer", "footerf", "footerl", "footerr", "ftncn", "ftnsep", "ftnsepc", "generator", "header",
    "headerf", "headerl", "headerr", "listtable", "listtext", "nonshppict", "objdata", "pict", "pntext", "private",
    "revtbl", "rxe", "shpinst", "stylesheet", "tc", "themedata", "txe", "xe",
}  # fmt: skip
"""Groups that are no text of the story."""
_CHARACTERS = {
    "line": "\n", "tab": " ", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "bullet": "•",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}  # fmt: skip
_SYMBOLS = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""Encodings by the number that a font has for its letters."""
_ITEM = re.compile(r"[•·▪◦]\s*")


class _Group(Struct, frozen=True):
    """What holds until a bracket closes."""

    skipped: bool = False
    hidden: bool = False
    into: str = "body"
    encoding: str = ""
    after_unicode: int = 1
    """So many characters stand behind one of Unicode for programs that do not know it."""


class _Paragraph(Struct):
    """What is written between two ends of a paragraph, and its cells before the last."""

    pieces: list[str] = []
    cells: list[str] = []
    heading: bool = False
    in_table: bool = False

    def words(self) -> str:
        """Lines without what nobody sees; the two halves of a character of UTF-16 are one."""
        text = "".join(self.pieces).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return "\n".join(filter(None, map(visible, text.split("\n"))))


class _Rich:
    """Reads tokens one after the other."""

    def __init__(self) -> None:
        self.encoding = "cp1252"
        self.fonts: dict[int, str] = {}
        self.font = 0
        self.stack: list[_Group] = []
        self.group = _Group()
        self.left = 0
        self.raw = b""
        self.body = _Paragraph()
        self.note = _Paragraph()
        self.title = _Paragraph()
        self.paragraphs: list[tuple[str, str | None]] = []
        self.rows: list[str] = []
        self.notes: list[str] = []

    def read(self, data: bytes) -> None:
        at = 0
        while match := _TOKEN.match(data, at):
            at = match.end()
            word, number, byte, symbol, bracket, letters = match.groups()
            if word or symbol or bracket:
                self.write(self.decoded())
            if bracket == b"{":
                self.stack.append(self.group)
                self.left = 0
            elif bracket:
                self.close()
                if not self.stack:
                    break
            elif word:
                value = int(number) if number else None
                if word == b"bin":
                    at += max(value or 0, 0)
                else:
                    self.control(word.decode(), value)
            elif symbol:
                self.symbol(symbol)
            elif byte or letters:
                self.letters(bytes.fromhex(byte.decode()) if byte else letters)
        self.write(self.decoded())
        self.end_paragraph()
        self.end_table()

    def letters(self, raw: bytes) -> None:
        passed = min(self.left, len(raw))
        self.left -= passed
        if not self.group.skipped:
            self.raw += raw[passed:]

    def decoded(self) -> str:
        raw, self.raw = self.raw, b""
        return raw.decode(self.group.encoding or self.encoding, "replace") if raw else ""

    def write(self, words: str) -> None:
        if not words or self.group.skipped or self.group.hidden:
            return
        written = {"title": self.title, "note": self.note, "body": self.body}.get(self.group.into)
        if written is not None:
            written.pieces.append(words)

    def symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self.group = replace(self.group, skipped=True)
        elif symbol in (b"\r", b"\n"):
            self.end_paragraph()
        else:
            self.write(_SYMBOLS.get(symbol, ""))

    def close(self) -> None:
        inner = self.group
        self.group = self.stack.pop() if self.stack else _Group(skipped=True)
        self.left = 0
        if inner.into == "note" and self.group.into != "note":
            if words := self.note.words():
                self.notes.append(words)
            self.note = _Paragraph()

    def control(self, word: str, value: int | None) -> None:
        group = self.group
        match word:
            case "ansicpg":
                self.encoding = _known(f"cp{value}") or self.encoding
            case "mac":
                self.encoding = "mac_roman"
            case "fonttbl":
                self.group = replace(group, into="fonts")
            case "f":
                self.font = value or 0
                if group.into != "fonts":
                    self.group = replace(group, encoding=self.fonts.get(self.font, ""))
            case "fcharset" if group.into == "fonts":
                self.fonts[self.font] = _CHARSETS.get(value or 0, "")
            case "plain":
                self.group = replace(group, hidden=False)
            case "v" | "deleted":
                self.group = replace(group, hidden=value != 0)
            case "footnote":
                self.group = replace(group, into="note")
            case "info":
                self.group = replace(group, into="info")
            case "title" if group.into == "info":
                self.group = replace(group, into="title")
            case "uc":
                self.group = replace(group, after_unicode=max(value or 0, 0))
            case "u":
                self.unicode((value or 0) % 0x10000)
            case "pard":
                self.body.heading = self.body.in_table = False
            case "intbl":
                self.body.in_table = True
            case "outlinelevel":
                self.body.heading = True
            case "cell":
                if not group.skipped:
                    self.body.cells.append(" ".join(self.body.words().split("\n")))
                    self.body.pieces = []
            case "row":
                if cells := self.body.cells:
                    self.rows += [f"| {' | '.join(cells)} |"] if any(cells) else []
                self.body = _Paragraph()
            case "par" | "sect" | "page" if group.into == "note":
                self.write(" ")
            case "par" | "sect" | "page":
                self.end_paragraph()
            case _ if word in _SKIPPED:
                self.group = replace(group, skipped=True)
            case _:
                self.write(_CHARACTERS.get(word, ""))

    def unicode(self, unit: int) -> None:
        """One unit of UTF-16: the first half of a character waits for the second."""
        if not self.group.skipped:
            self.write(chr(unit))
        self.left = self.group.after_unicode

    def end_paragraph(self) -> None:
        if self.group.skipped or self.group.into != "body":
            return
        if self.body.in_table or self.body.cells:
            self.body.pieces.append(" ")
            return
        self.end_table()
        if words := self.body.words():
            item = _ITEM.match(words)
            words = f"- {words[item.end() :]}" if item else words
            self.paragraphs.append((words, "headline" if self.body.heading else None))
        self.body = _Paragraph(heading=self.body.heading)

    def end_table(self) -> None:
        if self.rows:
            self.paragraphs.append(("\n".join(self.rows), None))
            self.rows = []


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    rich = _Rich()
    rich.read(data)
    if not rich.paragraphs and rich.stack:
        raise Unreadable(DAMAGED.format(FORMATS["rtf"]))
    composer = Composer()
    title = rich.title.words()
    for words, region in rich.paragraphs:
        title = title or (words if region else "")
        composer.add(words, region)
    for words in rich.notes:
        composer.add(words, "boilerplate")
    return composer.content({"title": title} if title else {})


def _known(encoding: str) -> str | None:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return None
