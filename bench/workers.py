"""Documents a second: with a provider that takes one second a call, and with our own extractor on each database."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path

import httpx

from bench.processes import processor_seconds
from bench.rows import Row
from bench.work import (
    database,
    free_port,
    readout,
    slow_provider,
    until_over,
    wait_for_workers,
    wait_until_ready,
)
from pipeline.documents.read import read
from worker.jobs import Jobs, connect_jobs, get_jobs, prepare, submit

DOCUMENTS, CONCURRENCY = 96, 4
WANTED = {2: 1.8, 4: 3.2}
CORPUS = Path(__file__).resolve().parents[1] / "tests/pipeline/extraction/corpus"
PAGES = ("tried", "untuned")
SIZE = 4_870
"""Bytes of an article at least: a page of the corpus, and as background what the press has of colour."""
_PLACES = (
    "the old customs house", "the ferry terminal", "the fish market", "the grain exchange", "the cable station",
    "the seamen's hostel", "the botanical garden", "the tram depot", "the river bridge", "the observatory",
    "the rope factory", "the pilots' chapel", "the winter theatre", "the signal tower", "the post office",
    "the rowing club", "the bath house",
)  # fmt: skip
_PAST = (
    "is remembered by those who worked there for", "has been painted by visitors who came for",
    "draws school classes and retired sailors with", "owes its name to a family that also paid for",
    "was closed for a winter and came back with", "has a caretaker who likes to talk about",
    "is still lit by lamps that once belonged to", "shares its courtyard with a bakery and with",
    "looks much as it does in photographs of", "is best reached on foot by those who want to see",
)  # fmt: skip
_THINGS = (
    "the clock above its door", "the smell of tar and coffee", "a row of chestnut trees", "the bell of a lost ship",
    "its tiled staircase", "a library of pilots' charts", "the choir that sings in its hall", "the storks on its roof",
    "its unhurried lift", "a wall of blue shutters",
)  # fmt: skip
A_SECOND = {1: 3.0, 2: 5.5}
_TEXT = "Norway and Chile spoke about the weather. Number {number}.\n"


def measure() -> list[Row]:
    return [*_with_provider(), *_with_our_extractor()]


def _with_provider() -> list[Row]:
    took = {}
    with ExitStack() as stack:
        new = stack.enter_context(database())
        provider = stack.enter_context(slow_provider())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for count in (1, *WANTED):
            took[count] = _seconds(new(f"workers_{count}"), provider, count, folder / "log")
    return [
        Row(
            f"{DOCUMENTS} documents, {count} workers of {CONCURRENCY} at once, a provider of 1 s a call",
            f"{took[count]:.1f} s", f"{took[1]:.1f} s with one worker",
            f"{took[1] / took[count]:.2f} times", f"at least {wanted} times", took[1] / took[count] >= wanted,
        )
        for count, wanted in WANTED.items()
    ]  # fmt: skip


def _seconds(url: str, provider: str, count: int, log: Path) -> float:
    settings = {
        "READOUT_DATABASE_URL": url,
        "OPENAI_BASE_URL": provider,
        "READOUT_MODEL": "slow",
        "READOUT_MODEL_CONCURRENCY": "64",
    }
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(readout(log, "work", "--concurrency", str(CONCURRENCY), **settings))
        wait_for_workers(url, count)
        jobs = stack.enter_context(_connected(url))
        began = time.perf_counter()
        for number in range(DOCUMENTS):
            submit(jobs, read(_TEXT.format(number=number).encode()))
        while _over(jobs) < DOCUMENTS:
            time.sleep(0.1)
        return time.perf_counter() - began


def _over(jobs: Jobs) -> int:
    return len(jobs.client().list_workflows(status=["SUCCESS", "ERROR"], load_input=False, load_output=False))


def articles() -> list[bytes]:
    """Long reports with as many facts as the press has in that length; no sentence is in two of them."""
    background = (
        f"{place.capitalize()} {past} {thing}." for past, thing, place in product(_PAST, _THINGS, _PLACES)
    )
    made = []
    for page in (page for folder in PAGES for page in sorted((CORPUS / folder / "docs").glob("*.txt"))):
        text = page.read_text(encoding="utf-8")
        while len(text.encode()) < SIZE:
            text += "\n\n" + " ".join(next(background) for _ in range(3))
        made.append(text.encode())
    return made


def _with_our_extractor() -> list[Row]:
    rows = []
    texts = articles()
    size = sum(map(len, texts)) / len(texts) / 1_000
    with ExitStack() as stack:
        new = stack.enter_context(database())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for count, wanted in A_SECOND.items():
            lite = f"sqlite:///{folder}/{count}.db"
            prepare(lite)
            for name, url in (("SQLite", lite), ("PostgreSQL", new(f"articles_{count}"))):
                took, api, workers = _read(url, count, texts, folder / "log")
                rate = (len(texts) - 1) / took
                rows.append(
                    Row(
                        f"{len(texts) - 1} articles of {size:.1f} kB by our extractor, posted while they are read: "
                        f"{name}, {count} worker{'s' if count > 1 else ''}",
                        f"{rate:.2f} a second", f"processor time of each: API {api:.0f} ms, workers {workers:.0f} ms",
                        "", f"at least {wanted:g} a second", rate >= wanted,
                    )
                )  # fmt: skip
    return rows


def _read(url: str, count: int, texts: list[bytes], log: Path) -> tuple[float, float, float]:
    """Seconds for all articles but the first; milliseconds of the processor that one took of the API and of workers."""
    port = free_port()
    settings = {"READOUT_DATABASE_URL": url, "READOUT_PORT": str(port)}
    with ExitStack() as stack:
        processes = [
            stack.enter_context(readout(log, command, **settings)) for command in ("serve", *["work"] * count)
        ]
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60))
        jobs = stack.enter_context(_connected(url))
        wait_until_ready(client)
        wait_for_workers(url, count)
        until_over(jobs, _posted(client, texts[0]))
        before = [processor_seconds(process.pid) for process in processes]
        began = time.perf_counter()
        left = [_posted(client, text) for text in texts[1:]]
        while left := [job.id for job in get_jobs(jobs, left) if job.status not in ("done", "failed")]:
            time.sleep(0.1)
        took = time.perf_counter() - began
        spent = [processor_seconds(one.pid) - was for one, was in zip(processes, before, strict=True)]
    each = 1_000 / (len(texts) - 1)
    return took, spent[0] * each, sum(spent[1:]) * each


def _posted(client: httpx.Client, text: bytes) -> str:
    answer = client.post("/v1/documents", files={"file": ("article.txt", text, "text/plain")})
    id: str = answer.raise_for_status().json()["job_id"]
    return id


@contextmanager
def _connected(url: str) -> Iterator[Jobs]:
    jobs = connect_jobs(url)
    yield jobs
    jobs.close()
