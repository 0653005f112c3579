"""A worker process that reads with the embedded extractor and has the model of a provider write.

Arguments: database URL, base URL of the provider.
"""

import sys
from datetime import timedelta

from pipeline.extraction.model import ChatCompletions
from pipeline.extraction.readout import readout
from pipeline.extraction.settings import ModelSettings
from pipeline.writing.text import STANDARD
from store.engine import connect
from tests.waiting import PATIENCE
from worker.extractors import answers_of
from worker.jobs import prepare
from worker.process import work
from worker.writing import author_of


def main(url: str, base_url: str) -> None:
    prepare(url)
    settings = ModelSettings(name="invented-1", base_url=base_url, api_key="k", timeout=PATIENCE)
    ask = ChatCompletions(settings, attempts=1, pause=0.001, closed_for=0.2)
    writes = author_of(settings, ask, answers_of(connect(url)), STANDARD)
    print("ready", flush=True)
    work(url, readout, concurrency=1, silence=timedelta(seconds=2), writes=writes)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
