"""Finding a quotation in a long text: our exact match after folding, against langextract's aligner."""

import random
from pathlib import Path

from langextract.core.data import Extraction
from langextract.resolver import WordAligner

from bench.rows import Row, seconds
from pipeline.language.matching import find, folded

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
CHARACTERS, WORDS = 88_000, 60


def text_and_quote() -> tuple[str, str]:
    """A text of 88,000 characters, and 60 words from its middle with their typography changed."""
    sentences = [
        sentence.strip()
        for path in sorted(SAMPLES.glob("*.txt"))
        for sentence in path.read_text(encoding="utf-8").replace("\n", " ").split(". ")
        if len(sentence) > 40
    ]
    chance = random.Random(7)
    text = ""
    while len(text) < CHARACTERS:
        text += f"{chance.choice(sentences)} ({chance.randrange(10_000)}). "
    text = text[:CHARACTERS]
    quoted = text.index("“", CHARACTERS // 2)
    words = text[text.index(" ", quoted - 120) :].split(" ")[1 : WORDS + 1]
    quote = "  ".join(words).replace("’", "'").replace("“", '"').replace("”", '"').replace("–", "-")
    return text, quote


def measure() -> list[Row]:
    text, quote = text_and_quote()
    spans = find(text, quote)
    assert len(spans) == 1, "the quotation stands in the text once"

    def ours() -> object:
        folded.cache_clear()
        return find(text, quote)

    def theirs() -> object:
        return WordAligner().align_extractions([[Extraction("quote", quote)]], text)

    mine, peer = seconds(ours), seconds(theirs, 1)
    again = seconds(lambda: find(text, quote), 20)
    return [
        Row(
            f"locating {WORDS} words in {CHARACTERS:,} characters, the text new each time",
            f"{mine * 1000:.1f} ms", f"langextract {peer * 1000:.0f} ms", f"{peer / mine:.0f} times faster",
            "", True,
        ),
        Row(
            "the same, the text folded before (as in a document with many facts)",
            f"{again * 1000:.2f} ms", f"langextract {peer * 1000:.0f} ms", f"{peer / again:.0f} times faster",
            "at least 100 times", peer >= 100 * again,
        ),
    ]  # fmt: skip
