"""A worker whose documents are about no talks, and which delivers webhooks to any address.

Argument: database URL.
"""

import sys
from datetime import timedelta

from tests.worker.stand_in import nothing
from worker.process import work

if __name__ == "__main__":
    work(sys.argv[1], nothing, concurrency=1, silence=timedelta(minutes=1), webhooks="any")
