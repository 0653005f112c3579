"""What kind of publication a document is, and whom it names as its own sources."""

import re
from urllib.parse import urlsplit

from pipeline.document import Document
from schemas import Source

_OFFICIAL_HOST = re.compile(
    r"(?:^|\.)(?:gov|mil|europa\.eu|wto\.org|int|go\.\w\w|gov\.\w\w|gob\.\w\w|gouv\.\w\w|gc\.ca|admin\.ch|bund\.de)$"
)
_OFFICIAL_TITLE = re.compile(
    r"^(?:fact ?sheet|press release|readout|statement (?:by|from|of)|remarks (?:by|of)|press briefing|communiqu[eé])\b",
    re.IGNORECASE,
)
_JOINT_TITLE = re.compile(r"\bjoint (?:statement|communiqu[eé]|declaration|press release)\b", re.IGNORECASE)
_WIRES = (
    "Reuters",
    "Bloomberg",
    "Associated Press",
    "AP",
    "AFP",
    "Agence France-Presse",
    "Xinhua",
    "Kyodo",
    "Yonhap",
    "PTI",
    "ANI",
    "EFE",
    "dpa",
    "TASS",
    "Anadolu",
)
_OUTLETS = (*_WIRES, "CNN", "CNBC", "CBS", "BBC", "Financial Times", "Wall Street Journal", "New York Times", "Politico", "Nikkei", "Fox News", "Al Jazeera", "The Guardian", "South China Morning Post", "Economic Times")  # fmt: skip
_NAMED = re.compile(
    rf"(?<![\w(/])(?:{'|'.join(re.escape(name) for name in sorted(_OUTLETS, key=len, reverse=True))})(?![\w)])"
)
_AFTER_WIRE = re.compile(rf"\b(?:according to (?:an? )?|reported (?:by )?|, |told )(?:{'|'.join(_WIRES)})\b")
_THINK_TANK = re.compile(
    r"\b(?:institute|centre for|center for|think[- ]tank|council on foreign|chatham house|policy brief)\b",
    re.IGNORECASE,
)


def _kind(document: Document, cites: list[str]) -> str:
    title = document.title or ""
    if _JOINT_TITLE.search(title):
        return "joint_statement"
    host = urlsplit(document.url or "").hostname or ""
    if _OFFICIAL_HOST.search(host) or _OFFICIAL_TITLE.search(title):
        return "official"
    if document.publisher and any(wire in document.publisher for wire in _WIRES):
        return "wire"
    if document.publisher and _THINK_TANK.search(document.publisher):
        return "think_tank"
    if _AFTER_WIRE.search(document.text):
        return "rewrite"
    return "news" if document.title or document.publisher else "unknown"


def source_of(document: Document) -> Source:
    """The document as a source. Its `origin_group` is its own until documents are compared."""
    body = " ".join(document.text[b.start : b.end] for b in document.blocks if b.region in {"body", "deck"})
    cites = list(dict.fromkeys(found[0] for found in _NAMED.finditer(body)))
    return Source(
        document_id=document.id,
        title=document.title,
        publisher=document.publisher,
        url=document.url,
        published=document.published,
        updated=document.updated,
        kind=_kind(document, cites),
        origin_group=document.id[:8],
        cites=cites,
    )
