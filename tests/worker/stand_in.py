"""A worker process whose extraction is a stand-in: it takes as long as told, and fails on garbled text.

Arguments: database URL, a file to which it adds a line for each extraction that it begins, and seconds.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

from pipeline.document import Document
from schemas import DocumentReadout, ExtractorInfo, Usage
from worker.jobs import prepare
from worker.process import work
from worker.rounds import RULES


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
        return nothing(document)

    prepare(url)
    print("ready", flush=True)
    work(url, readout, RULES, concurrency=2, silence=timedelta(seconds=3))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
