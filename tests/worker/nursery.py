"""A process that has loaded everything, and forks a worker for each line that it is told: one that is there at once.

Its workers read with the model of a provider, from a database that takes a moment to give a text.
Arguments: database URL, base URL of the provider.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, event

from pipeline.extract import readout
from pipeline.model import ChatCompletions, Provider
from store.engine import connect
from tests.worker.many_talks import document, settings
from worker.apart import apart
from worker.extractor import reader
from worker.process import work
from worker.rounds import RULES

SILENCE = timedelta(seconds=4)
_SLOW = 0.25  # seconds


def fork_for_each_line(work: Callable[[], None]) -> None:
    """Says `ready`, then the process id of each child; `work` does not return."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work()
        print(pid, flush=True)


def main(url: str, base_url: str) -> None:
    readout(document(0, 1))
    fork_for_each_line(lambda: _work(url, base_url))


def _work(url: str, base_url: str) -> None:
    event.listen(Engine, "before_cursor_execute", _slow)
    model = settings(base_url)
    provider = Provider(base_url=base_url, api_key="k", timeout=5, concurrency=16, attempts=2, pause=0.001)
    read = reader(model, connect(url), ChatCompletions(provider))
    work(url, read, RULES, concurrency=1, silence=SILENCE, apart=apart(url, model))


def _slow(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if statement.startswith("SELECT documents.text"):
        time.sleep(_SLOW)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
