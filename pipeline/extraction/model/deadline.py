"""An HTTP client whose calls end: a timeout for the whole answer, not only for the pause between two bytes."""

import time
from collections.abc import Iterator

import httpx2


class _Timed(httpx2.SyncByteStream):
    """A body that must be complete by a moment of the monotonic clock."""

    def __init__(self, stream: httpx2.SyncByteStream, ends: float) -> None:
        self._stream = stream
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            if time.monotonic() > self._ends:
                raise httpx2.ReadTimeout("the answer took too long")
            yield chunk

    def close(self) -> None:
        self._stream.close()


class _Transport(httpx2.HTTPTransport):
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        ends = time.monotonic() + self._seconds
        response = super().handle_request(request)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Timed(response.stream, ends)
        return response


def client_with_deadline(seconds: float) -> httpx2.Client:
    """A client for answers that take at most `seconds`, whatever pace they come at."""
    return httpx2.Client(
        transport=_Transport(seconds), timeout=httpx2.Timeout(seconds, connect=min(seconds, 10.0))
    )
