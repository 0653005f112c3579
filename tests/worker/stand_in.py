"""A worker process whose extraction is a stand-in: it takes as long as told, and fails on garbled text.

A poisonous text kills the process that reads it. Arguments: database URL, a file to which it adds a line for each
extraction that it begins, and seconds; `apart` behind them makes it the process that reads one document.
"""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from pipeline.documents.document import Document
from schemas import DocumentReadout, ExtractorInfo, Usage
from worker.isolation import answer, apart
from worker.jobs import prepare
from worker.process import work


def nothing(document: Document) -> DocumentReadout:
    """The readout of a document that is not about talks."""
    return DocumentReadout(
        document=document.head(),
        negotiation=None,
        delegations=[],
        stakes=[],
        deadlines=[],
        figures=[],
        statements=[],
        events=[],
        rejected=[],
        extractor=ExtractorInfo(name="stand-in", version="1", model=None, prompt=None, stands_in_for=None),
        usage=Usage(calls=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0, seconds=0.0, cost=None),
    )


def main(url: str, begun: Path, seconds: float) -> None:
    def readout(document: Document) -> DocumentReadout:
        with begun.open("a") as file:
            file.write(f"{document.id}\n")
        time.sleep(seconds)
        if "garbled" in document.text:
            raise ValueError("the text is\ngarbled")
        if "poisonous" in document.text:
            os.kill(os.getpid(), signal.SIGKILL)
        return nothing(document)

    if sys.argv[4:] == ["apart"]:
        answer(lambda errand: readout(errand.document))
        return
    prepare(url)
    print("ready", flush=True)
    again = apart(url, command=[sys.executable, "-m", "tests.worker.stand_in", *sys.argv[1:], "apart"])
    work(url, readout, concurrency=2, silence=timedelta(seconds=3), apart=again)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
