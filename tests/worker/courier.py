"""A process that has loaded everything, and forks a worker for each line that it is told, which calls any webhook.

Argument: database URL.
"""

import os
import signal
import sys
from datetime import timedelta

from tests.worker.stand_in import nothing
from worker.process import work
from worker.rounds import RULES

SILENCE = timedelta(seconds=2)


def main(url: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work(url, nothing, RULES, concurrency=1, silence=SILENCE, webhooks="any")
        print(pid, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
