"""The embedded extractor against spaCy's own reading of the same articles, and against itself on longer texts.

In processor time: it does not grow where others work on the machine, too.
"""

import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from pathlib import Path

from bench.rows import Row
from bench.rows import seconds as least
from pipeline.documents.read import read
from pipeline.extraction.model.requests import read_answer
from pipeline.extraction.readout import readout
from pipeline.language.parser import model
from tests.pipeline.extraction.corpus.pieces import PIECES

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / "samples", ROOT / "tests/pipeline/extraction/corpus/docs")
ARTICLES, SHORTEST, LONGEST = 8, 5_000, 10_000
GENERATED = 300
seconds = partial(least, clock=time.process_time)
LIST_OF_SHARES = "12 per cent, " * 5000
_STOCKS = re.compile(r"\b(?:stocks?|shares)\b")
_ALONE = r"""
import json, re, sys, time
from pathlib import Path
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
text = sys.stdin.read()
readout(read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031."))
began = time.process_time()
readout(read(text.encode()))
took = time.process_time() - began
# Not ru_maxrss, which counts what the parent had.
peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
print(json.dumps([took, peak / 1024]))
"""


def paragraphs() -> list[str]:
    """Prose of the documents that were written for this project, in a fixed order that mixes the documents."""
    documents = (read(path.read_bytes()) for folder in FOLDERS for path in sorted(folder.glob("*.txt")))
    found = [
        document.text[block.start : block.end].strip()
        for document in documents
        for block in document.blocks
        if block.region == "body" and block.end - block.start > 80
    ]
    random.Random(3).shuffle(found)
    return found


def articles() -> Iterator[str]:
    """Texts of the length of a long report in the press."""
    chance, source = random.Random(5), cycle(paragraphs())
    for _ in range(ARTICLES):
        wanted, text = chance.randrange(SHORTEST, LONGEST - 1_500), ""
        while len(text.encode()) < wanted:
            text += next(source) + "\n\n"
        yield text


def prose(size: int) -> str:
    """One paragraph of so many bytes, without words that would make a report on stocks of it."""
    source, text = cycle(one for one in paragraphs() if not _STOCKS.search(one)), ""
    while len(text) < size:
        text += " ".join(next(source).split()) + " "
    text = text.encode()[:size].decode(errors="ignore")
    assert [block.region for block in read(text.encode()).blocks] == ["body"], "else it would not be read"
    return text


def alone(text: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a process that reads a text and little else."""
    command = [sys.executable, "-c", _ALONE]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT)
    took, megabytes = json.loads(done.stdout)
    return took, megabytes


def slowest_of_generated() -> float:
    """Seconds, of texts that put words of the news in any order."""
    chance = random.Random(9)
    texts = [" ".join(chance.choices(PIECES, k=chance.randrange(1, 60))) for _ in range(GENERATED)]
    return max(seconds(lambda text=text: readout(read(text.encode())), 1) for text in texts)  # type: ignore[misc]


def measure() -> list[Row]:
    texts = list(articles())
    assert all(SHORTEST <= len(text.encode()) <= LONGEST for text in texts)
    nlp = model()
    ours = seconds(lambda: [readout(read(text.encode())) for text in texts], 3)
    parse = seconds(lambda: list(nlp.pipe(texts)), 3)
    small = seconds(lambda: readout(read(prose(10_000).encode())), 3)
    large = seconds(lambda: readout(read(prose(100_000).encode())), 1)
    hundred, whole = ("\n\n".join(paragraphs()) * 60)[:100_000], ("\n\n".join(paragraphs()) * 60)[:1_000_000]
    short, short_megabytes = alone(hundred)
    long, megabytes = alone(whole)
    shares, shares_megabytes = alone(LIST_OF_SHARES)
    generated = slowest_of_generated()
    answer = json.dumps(
        {"talks": None, "stakes": [{"s": [1], "topic": "tariffs", "title": "x" * 55}] * 15_000}
    )[:-9]
    cut = seconds(lambda: read_answer(answer), 1)
    return [
        Row(
            f"{len(texts)} articles of 5 to 10 kB, to nlp.pipe with the same components",
            f"{ours:.2f} s", f"{parse:.2f} s", f"{ours / parse:.2f}", "at most 1.4", ours <= 1.4 * parse,
        ),
        Row(
            "one paragraph of 100 KB, to one of 10 KB",
            f"{large:.2f} s", f"{small:.2f} s", f"{large / small:.1f}", "at most 12", large <= 12 * small,
        ),
        Row(
            "1 MB, to 100 KB",
            f"{long:.1f} s", f"{short:.1f} s", f"{long / short:.1f}", "8 to 12", 8 <= long / short <= 12,
        ),
        Row(
            "1 MB: memory of the process",
            f"{megabytes:.0f} MB", f"{short_megabytes:.0f} MB", "", "under 600 MB", megabytes < 600,
        ),
        Row("`12 per cent, ` 5,000 times", f"{shares:.1f} s", "", "", "under 5 s", shares < 5),
        Row(
            "the same: memory of the process",
            f"{shares_megabytes:.0f} MB", "", "", "under 400 MB", shares_megabytes < 400,
        ),
        Row(
            f"the slowest of {GENERATED} texts of words in any order",
            f"{generated:.2f} s", "", "", "under 2 s", generated < 2,
        ),
        Row("a model's answer of 1.5 MB, cut off", f"{cut:.2f} s", "", "", "under 2 s", cut < 2),
    ]  # fmt: skip
