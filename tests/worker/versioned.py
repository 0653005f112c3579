"""A worker process whose extraction is a stand-in of some version, which takes a moment.

Arguments: database URL, a file to which it adds a line for each extraction, its version, and seconds.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from pipeline.documents.document import Document
from schemas import DocumentReadout, ExtractorInfo
from tests.worker.stand_in import nothing
from worker.process import work


def made_by(version: str) -> ExtractorInfo:
    return ExtractorInfo(name="stand-in", version=version, model=None, prompt=None, stands_in_for=None)


def main(url: str, begun: Path, version: str, seconds: float) -> None:
    def readout(document: Document) -> DocumentReadout:
        with begun.open("a") as file:
            file.write(f"{version} {document.id}\n")
        time.sleep(seconds)
        if "garbled" in document.text and version > "1":
            raise ValueError("garbled")
        return replace(nothing(document), extractor=made_by(version))

    work(url, readout, concurrency=4, silence=timedelta(minutes=1), reads_with=made_by(version))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
