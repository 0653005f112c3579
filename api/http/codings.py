"""Compression of answers: zstd and gzip, the same bytes from the same bytes."""

import gzip

import zstandard

from api.http.representations import choose

SMALLEST = 1024  # bytes that are worth it
_CODINGS = ("zstd", "gzip")


def coding_for(accepted: str) -> str | None:
    """The coding to use for an `Accept-Encoding`; None: as it is."""
    return choose(accepted, _CODINGS) if accepted else None


def encoded(body: bytes, coding: str) -> bytes:
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(body)
    return gzip.compress(body, compresslevel=5, mtime=0)


def is_text(content_type: bytes) -> bool:
    """Whether it gets smaller."""
    kind = content_type.partition(b";")[0]
    return kind.startswith(b"text/") or kind.endswith((b"json", b"msgpack", b"yaml"))
