"""A worker that asks the model of a provider, about texts that its database takes a moment to give.

Arguments: database URL, base URL of the provider. Of the documents that were there when workers died, one in `APART` is
read in a process of its own, as all are in production; the others in the worker, as each process takes seconds to load.
"""

import sys
import time
from datetime import timedelta

from sqlalchemy import Engine, event

from pipeline.documents.document import Document
from pipeline.extraction.model import ChatCompletions
from schemas import DocumentReadout
from store.engine import connect
from tests.worker.many_talks import settings
from worker.extractors import reader
from worker.isolation import apart
from worker.process import work

APART = 15
_SLOW = 0.25  # seconds


def main(url: str, base_url: str) -> None:
    event.listen(Engine, "before_cursor_execute", _slow)
    model = settings(base_url)
    read = reader(model, connect(url), ChatCompletions(model, attempts=2, pause=0.001))
    alone = apart(url, model)

    def some_apart(document: Document) -> DocumentReadout:
        return (alone if int(document.id, 16) % APART == 0 else read)(document)

    work(url, read, concurrency=1, silence=timedelta(minutes=1), apart=some_apart)


def _slow(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if statement.startswith("SELECT documents.text"):
        time.sleep(_SLOW)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
