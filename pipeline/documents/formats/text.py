"""Plain text and Markdown: decoded, never moved; front matter is metadata."""

import codecs
import re
from collections.abc import Iterator
from typing import Any

import yaml

from pipeline import Unreadable
from pipeline.documents.formats import MAX_BYTES, Content, key_words

_MATTER = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\n(.{1,8000}?)\n\1[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"(\w[\w:. -]{0,40}?)[ \t]*(?::(?=[ \t]|$)|=)[ \t]*(.*)")
_HEADING = re.compile(r"\s*#[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)
_NOTHING = {"", "~", "null", "none"}
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "an Office file or a book",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "a gzip file",
    b"\x7fELF": "a program",
}
_MESSY = 0.1
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f]")


def parse(data: bytes) -> Content:
    """Text as it is, with the metadata of a leading `---` or `+++` block. Raises Unreadable."""
    text = decode_text(data)
    end, fields = _front_matter(text)
    if fields and (heading := _HEADING.match(text, end)):
        fields.setdefault("title", fields.get("headline", heading[1]))
    return Content(text=text, fields=fields, start=end)


def decode_text(data: bytes) -> str:
    """Canonical text: decoded, CRLF made LF, nothing else moved. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"it has {len(data):,} bytes, the limit is {MAX_BYTES:,}: split it")
    if magic := next((name for start, name in _MAGIC.items() if data.startswith(start)), None):
        raise Unreadable(f"it is {magic}, not text: export it as UTF-8 text")
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8" or b"\0" in data:
            raise Unreadable(f"it is not valid {encoding.upper()} text: save it as UTF-8") from None
        text = _detect(data)
    text = text.replace("\r\n", "\n")
    if "\0" in text:
        raise Unreadable("it has NUL characters, so it is binary or damaged: save it as UTF-8 text")
    if len(_CONTROL.findall(text)) > len(text) / 200:
        raise Unreadable("it is mostly control characters, not text: save it as UTF-8 text")
    if not text.strip():
        raise Unreadable("it is empty: there is nothing to read")
    return text


def _detect(data: bytes) -> str:
    """Text in an encoding other than UTF-8, where the bytes leave little doubt which."""
    from charset_normalizer import from_bytes  # It takes some megabytes, and hardly any document needs it.

    western = from_bytes(data, cp_isolation=["cp1252"]).best()
    guess = western if western and western.chaos <= _MESSY else from_bytes(data).best()
    if guess is None or guess.chaos > _MESSY:
        raise Unreadable("its encoding cannot be told: save it as UTF-8")
    return str(guess)


def _front_matter(text: str) -> tuple[int, dict[str, str]]:
    """Where the document itself starts, and what the block before it says; one that is no mapping is plain text."""
    block = _MATTER.match(text)
    fields = (_as_yaml(block[2]) or _by_lines(block[2])) if block else None
    return (block.end(), dict(_flat(fields))) if block and fields else (0, {})


def _as_yaml(block: str) -> dict[Any, Any] | None:
    """A block with every value in its own words."""
    try:
        fields = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError):
        return None
    return fields if isinstance(fields, dict) else None


def _by_lines(block: str) -> dict[Any, Any]:
    """A block of TOML, or one that a colon in a title spoils; lists and what is indented are passed over."""
    lines = [line for line in block.splitlines() if line.strip() and line[0] not in " \t-#]"]
    matches = [match for line in lines if (match := _FIELD.fullmatch(line))]
    return {match[1]: match[2].strip("'\" ") for match in matches} if len(matches) == len(lines) else {}


def _flat(fields: dict[Any, Any], parent: str = "") -> Iterator[tuple[str, str]]:
    """Keys and values that say something, those of mappings inside as well."""
    for key, value in fields.items():
        words = key_words(f"{parent} {key}")
        if isinstance(value, dict) and not parent:
            yield from _flat(value, words)
        elif isinstance(value, str) and value.strip().lower() not in _NOTHING:
            yield words, " ".join(value.split())
