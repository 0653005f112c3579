"""Reading a document in a process of its own, so that one which takes its process down harms no other.

Whoever is killed for another's fault must not be blamed: a worker may die for many reasons, and with it go all the
documents that it reads. So a document that was there when workers died is read apart, and is given up only if the
process that reads nothing else dies of it, while the worker lives.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

import msgspec
from msgspec import Struct

from pipeline.documents.document import Document
from pipeline.extraction.settings import ModelSettings
from schemas import DocumentReadout
from store.engine import outage
from worker import LOST, DocumentLost, IsolationError, ProcessorTimeSpent

CPU_SECONDS = 600
"""Processor time that a document which is read apart may take: some times what the largest takes that is let in."""
_GRACE = 30  # seconds of processor time until the kernel ends what does not listen
TRUSTED = 2
"""Attempts that a document has among others; further ones are made apart."""
_PAUSE = 2.0  # seconds before it is tried again where the database is away
_FIRST_VICTIM = "1000"  # of the kernel, where memory runs out


class Errand(Struct):
    """What the process is told: in one line of its standard input, which stays open as long as it is wanted."""

    database_url: str
    model: ModelSettings | None
    document: Document


class _Answer(Struct):
    readout: DocumentReadout | None = None
    error: str | None = None


def apart(
    database_url: str,
    model: ModelSettings | None = None,
    command: Sequence[str] = (sys.executable, "-P", "-m", "worker.isolation"),
) -> Callable[[Document], DocumentReadout]:
    """Reads each document in a new process. Raises DocumentLost, IsolationError."""

    def read(document: Document) -> DocumentReadout:
        errand = msgspec.json.encode(Errand(database_url, model, document)) + b"\n"
        # In a group of its own: a terminal's Ctrl-C is for the worker, and must not look like the document's doing.
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
        ) as process:
            assert process.stdin is not None and process.stdout is not None
            with suppress(BrokenPipeError):
                process.stdin.write(errand)
                process.stdin.flush()
            answered = process.stdout.read()
            status = process.wait()
        if status == os.EX_TEMPFAIL:
            time.sleep(_PAUSE)
            return read(document)
        if status != 0:
            how = f"signal {-status}" if status < 0 else f"status {status}"
            raise DocumentLost(f"{LOST}, the last one with {how}.")
        answer = msgspec.json.decode(answered, type=_Answer)
        if answer.readout is None:
            raise IsolationError(answer.error)
        return answer.readout

    return read


def _limit_processor_time(seconds: int) -> None:
    def spent(signum: int, frame: FrameType | None) -> None:
        raise ProcessorTimeSpent(f"it took more than {seconds} s of processor time: split it")

    signal.signal(signal.SIGXCPU, spent)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + _GRACE))


def run_errand(read: Callable[[Errand], DocumentReadout], cpu_seconds: int = CPU_SECONDS) -> None:
    """What the process does: one document within its processor time, and nothing once nobody waits for it."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_VICTIM)
    _limit_processor_time(cpu_seconds)
    line = sys.stdin.buffer.readline()
    threading.Thread(target=_end_with_worker, daemon=True).start()
    try:
        made = _Answer(readout=read(msgspec.json.decode(line, type=Errand)))
    except Exception as error:
        if outage(error):
            sys.exit(os.EX_TEMPFAIL)
        made = _Answer(error=f"{' '.join(str(error).split())} ({type(error).__name__})")
    sys.stdout.buffer.write(msgspec.json.encode(made))


def _end_with_worker() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


def _read(errand: Errand) -> DocumentReadout:
    from store.engine import connect
    from worker.extractors import reader

    return reader(errand.model, connect(errand.database_url))(errand.document)


if __name__ == "__main__":
    run_errand(_read)
