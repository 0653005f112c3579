"""A process that has loaded everything, and forks a worker for each line that it is told, which calls any webhook.

Argument: database URL.
"""

import sys

from tests.worker.nursery import SILENCE, fork_for_each_line
from tests.worker.stand_in import nothing
from worker.process import work
from worker.rounds import RULES


def main(url: str) -> None:
    fork_for_each_line(lambda: work(url, nothing, RULES, concurrency=1, silence=SILENCE, webhooks="any"))


if __name__ == "__main__":
    main(sys.argv[1])
