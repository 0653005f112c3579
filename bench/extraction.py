"""The embedded extractor against spaCy's own parse of the same text, and against itself on longer texts."""

import resource
from pathlib import Path

from bench.rows import Row, seconds
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from pipeline.language.annotate import model

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def measure() -> list[Row]:
    documents = [read(path.read_bytes(), file=path.name) for path in sorted(SAMPLES.glob("*.txt"))]
    nlp = model()
    ours = seconds(lambda: [readout(document) for document in documents])
    parse = seconds(lambda: [nlp(document.text) for document in documents])
    whole = "\n\n".join(document.text for document in documents)
    short, long = ((whole + "\n\n") * (size // len(whole) + 1) for size in (100_000, 1_000_000))
    small = seconds(lambda: readout(read(short[:100_000].encode())), 1)
    large = seconds(lambda: readout(read(long[:1_000_000].encode())), 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Row(
            "extraction of the samples, to spaCy's parse of them",
            f"{ours:.3f} s", f"{parse:.3f} s", f"{ours / parse:.2f}", "at most 1.4", ours <= 1.4 * parse,
        ),
        Row(
            "1 MB, to 100 KB",
            f"{large:.1f} s", f"{small:.1f} s", f"{large / small:.1f}", "8 to 12", 8 <= large / small <= 12,
        ),
        Row("memory of the process", f"{memory:.0f} MB", "", "", "under 600 MB", memory < 600),
    ]  # fmt: skip
