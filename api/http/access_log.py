"""The log's line for each request, written with others: a write for each would take longer than most answers."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO

from msgspec import UNSET, Struct, UnsetType, json
from msgspec.structs import asdict

from worker.logs import Format, as_text

_WAIT, _MOST = 0.1, 500  # seconds that a line may wait for others, and how many are written together


class Line(Struct, gc=False):
    """What the log tells of a request. `duration_ms`: until all of the answer was handed over."""

    event: str
    timestamp: datetime
    method: str
    path: str
    status: int
    operation: str
    duration_ms: float
    client: str
    request_id: str
    job_id: str | UnsetType = UNSET
    document_id: str | UnsetType = UNSET
    level: str = "info"
    logger: str = "readout.access"
    process: str = "api"


class AccessLog:
    """Lines in the format of the log's others. To be used on one event loop; `flush` it at the end."""

    def __init__(self, stream: BinaryIO, style: Format) -> None:
        self._stream = stream
        self._waiting: list[Line] = []
        self._written = json.Encoder().encode_lines if style == "json" else _text

    def tell(self, line: Line) -> None:
        self._waiting.append(line)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(_WAIT, self.flush)
        elif len(self._waiting) >= _MOST:
            self.flush()

    def flush(self) -> None:
        lines, self._waiting = self._waiting, []
        # A log that cannot be written, its pipe closed or its disk full, keeps no request from its answer.
        with suppress(OSError):
            self._stream.write(self._written(lines))
            self._stream.flush()


def _text(lines: list[Line]) -> bytes:
    render = as_text("api")
    told = ({k: v for k, v in asdict(line).items() if v is not UNSET} for line in lines)
    return "".join(str(render(None, "", entry)) + "\n" for entry in told).encode()
