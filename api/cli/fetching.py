"""Documents that are named by their address on the web: fetched here, by whoever names them."""

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx

from api.cli.inputs import Refused
from pipeline.documents.read import MAX_BYTES

_SECONDS = 30


def is_address(name: str) -> bool:
    return name.startswith(("http://", "https://"))


def fetched(address: str) -> bytes:
    """What is at an address, where it is text. Raises Refused."""
    try:
        with httpx.stream("GET", address, follow_redirects=True, timeout=_SECONDS) as answer:
            if not answer.is_success:
                raise Refused(f"{address}: it answers {answer.status_code}: check the address")
            kind = answer.headers.get("Content-Type", "text/plain").partition(";")[0].strip().lower()
            if kind != "text/plain" and kind != "text/markdown":
                raise Refused(f"{address}: it is {kind}, not text: save its text in a file and add that")
            data = bytearray()
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    raise Refused(f"{address}: it has more than {MAX_BYTES:,} bytes, the limit: split it")
            return bytes(data)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refused(f"{address}: it cannot be fetched ({error}): check the address") from None


def file_name(address: str) -> str:
    """The last part of the path, as a file's name."""
    return PurePosixPath(unquote(urlsplit(address).path)).name or "document.txt"
