"""A worker process whose model is at a scripted provider, asked impatiently.

Arguments: database URL, base URL of the provider, seconds until the model is asked again, and a budget of a document or -.
"""

import sys
from datetime import timedelta

from pipeline.extraction.model import ChatCompletions
from pipeline.extraction.readout import readout
from pipeline.extraction.settings import ModelSettings
from store.engine import connect
from tests.pipeline.extraction.model.three_sections import SECTION_CHARS
from tests.waiting import PATIENCE
from worker.extractors import reader
from worker.jobs import prepare
from worker.process import work


def main(url: str, base_url: str, again: float, budget: float | None) -> None:
    prepare(url)
    settings = ModelSettings(
        name="invented-1",
        base_url=base_url,
        api_key="k",
        concurrency=4,
        timeout=PATIENCE,
        prices={"invented-1": (1.0, 0.1, 4.0)},
        budget_document=budget,
    )
    ask = ChatCompletions(settings, attempts=2, pause=0.001, closed_for=0.2)
    read = reader(settings, connect(url), ask, section_chars=SECTION_CHARS)
    print("ready", flush=True)
    work(
        url,
        read,
        concurrency=2,
        silence=timedelta(minutes=1),
        upgrading=timedelta(seconds=again),
        copies=readout,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), None if sys.argv[4] == "-" else float(sys.argv[4]))
