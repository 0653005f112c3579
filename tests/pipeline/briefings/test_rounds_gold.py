"""Three invented rounds with the briefings that an editor would publish of them: every quote stands where the gold says.

An accession of many parties, a deal that falls apart, four rounds in a row of one pair. Nothing is merged from them yet.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "rounds"


def quotes(gold: Any) -> Iterator[dict[str, Any]]:
    if isinstance(gold, dict):
        if "quote_start" in gold:
            yield gold
        for value in gold.values():
            yield from quotes(value)
    elif isinstance(gold, list):
        for value in gold:
            yield from quotes(value)


@pytest.mark.parametrize("name", ["accession", "collapse", "series"])
def test_every_quote_stands_at_its_place(name):
    gold = json.loads((HERE / name / "merged.json").read_text("utf-8"))
    texts = {path.name: path.read_text("utf-8") for path in (HERE / name / "docs").glob("*.txt")}
    assert len(texts) == 6
    told = list(quotes(gold))
    assert len(told) > 100
    for one in told:
        text = texts[one["file"]]
        assert text[one["quote_start"] : one["quote_end"]] == one["quote"]
        assert text.index(one["quote"]) == one["quote_start"]
