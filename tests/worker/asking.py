"""A worker that asks the model of a provider, about texts that its database takes a moment to give.

Arguments: database URL, base URL of the provider. On PostgreSQL a document that was there when workers died is read in
a process of its own, as it is in production; on SQLite in the worker, as each such process takes seconds to load.
"""

import sys
import time
from datetime import timedelta

from sqlalchemy import Engine, event

from pipeline.extraction.model import ChatCompletions
from store.engine import connect
from tests.worker.many_talks import settings
from worker.extractors import reader
from worker.isolation import apart
from worker.process import work

_SLOW = 0.25  # seconds


def main(url: str, base_url: str) -> None:
    event.listen(Engine, "before_cursor_execute", _slow)
    model = settings(base_url)
    read = reader(model, connect(url), ChatCompletions(model, attempts=2, pause=0.001))
    work(
        url,
        read,
        concurrency=1,
        silence=timedelta(minutes=1),
        apart=apart(url, model) if url.startswith("postgresql") else read,
    )


def _slow(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if statement.startswith("SELECT documents.text"):
        time.sleep(_SLOW)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
