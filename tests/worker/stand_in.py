"""A worker process whose extraction is a stand-in: it takes as long as told, and fails on garbled text.

A patient text takes until the worker is told to go on; a poisonous one kills the process that reads it. Arguments:
database URL, a file to which it adds a line for each extraction that it begins, and a Plan as JSON; `apart` behind
them makes it the process that reads one document.
"""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from msgspec import Struct, json

from pipeline.documents.document import Document
from schemas import DocumentReadout, ExtractorInfo, Usage
from tests.waiting import until
from worker.isolation import apart, run_errand


class Plan(Struct):
    """`silence`: seconds until a worker that is not heard of is gone; `drain`: what its own work has when it stops.

    `fetching`: it fetches what is on this machine. `deaths`: of workers, after which a document is given up.
    """

    seconds: float = 0.0
    silence: float = 60.0
    drain: float | None = None
    fetching: bool = False
    deaths: int = 99


def command(url: str, begun: Path, plan: Plan) -> list[str]:
    return [sys.executable, "-m", "tests.worker.stand_in", url, str(begun), json.encode(plan).decode()]


def go(begun: Path) -> Path:
    """The file that tells workers to go on with patient texts."""
    return begun.with_name("go")


def nothing(document: Document) -> DocumentReadout:
    """The readout of a document that is not about talks."""
    return DocumentReadout(
        document=document.head(),
        unread=None,
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


def main(url: str, begun: Path, plan: Plan) -> None:
    def readout(document: Document) -> DocumentReadout:
        with begun.open("a") as file:
            file.write(f"{document.id}\n")
        time.sleep(plan.seconds)
        if "patient" in document.text:
            until(go(begun).exists)
        if "garbled" in document.text:
            raise ValueError("the text is\ngarbled")
        if "poisonous" in document.text:
            os.kill(os.getpid(), signal.SIGKILL)
        return nothing(document)

    if sys.argv[4:] == ["apart"]:
        run_errand(lambda errand: readout(errand.document))
        return
    # What reads one document needs nothing of this, and there is one for each.
    from worker import ingest, maintenance, process
    from worker.fetching import Manners
    from worker.jobs import prepare

    if plan.drain:
        process.DRAIN, process.LAST = plan.drain, 2 * plan.drain
    ingest.MOST_DEATHS = maintenance.MOST_DEATHS = plan.deaths  # type: ignore[attr-defined]
    prepare(url)
    print("ready", flush=True)
    again = apart(url, command=[sys.executable, "-m", "tests.worker.stand_in", *sys.argv[1:], "apart"])
    silence = timedelta(seconds=plan.silence)
    manners = Manners(reach="any", pause=0) if plan.fetching else None
    process.work(url, readout, concurrency=2, silence=silence, apart=again, manners=manners)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), json.decode(sys.argv[3], type=Plan))
