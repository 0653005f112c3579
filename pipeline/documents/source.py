"""What kind of publication a document is, and whom it names as its own sources."""

import re
from urllib.parse import urlsplit

from pipeline.documents.document import Document
from pipeline.language.lexicons import any_of, lexicon
from schemas import Source

_SOURCES = lexicon.sources
_OFFICIAL_HOST = re.compile(rf"(?:^|\.){_SOURCES.official_hosts.any}$")
_NAMED = re.compile(rf"(?<![\w(/]){any_of([*_SOURCES.wires, *_SOURCES.outlets])}(?![\w)])")
_AFTER_WIRE = re.compile(rf"\b{_SOURCES.credits.any}{_SOURCES.wires.any}\b")


def _host(url: str | None) -> str:
    """Of an address as it was given, which may be none."""
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def _kind(document: Document) -> str:
    """What kind of publication it is, from its title, address, publisher and attributions."""
    title = document.title or ""
    if _SOURCES.joint_titles.search(title):
        return "joint_statement"
    host = _host(document.url)
    authority = document.publisher and _SOURCES.authorities.search(document.publisher)
    if _OFFICIAL_HOST.search(host) or authority:
        return "official"
    if document.publisher and any(wire in document.publisher for wire in _SOURCES.wires):
        return "wire"
    if document.publisher and _SOURCES.think_tanks.search(document.publisher):
        return "think_tank"
    if _AFTER_WIRE.search(document.text):
        return "rewrite"
    return "news" if document.title or document.publisher else "unknown"


def source_of(document: Document) -> Source:
    """The document as a source. Its `origin_group` is its own until documents are compared."""
    body = " ".join(document.text[b.start : b.end] for b in document.blocks if b.region in {"body", "deck"})
    cites = list(dict.fromkeys(match[0] for match in _NAMED.finditer(body)))
    return Source(
        document_id=document.id,
        title=document.title,
        publisher=document.publisher,
        url=document.url,
        published=document.published,
        updated=document.updated,
        kind=_kind(document),
        origin_group=document.id[:8],
        cites=cites,
    )
