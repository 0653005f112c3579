"""Walls, errors and shells are told from documents by what they say; no document is taken for one."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.documents.noise import noise_of
from pipeline.documents.read import read
from pipeline.language.lexicons import lexicon
from schemas import vocabulary
from tests.conftest import ROOT

CASES = [
    tomllib.loads(path.read_text("utf-8")) for path in sorted(Path(__file__).parent.glob("noise_*.toml"))
]
PAGES: list[dict[str, Any]] = [page for cases in CASES for page in cases["pages"]]
DOCUMENTS: list[str] = [document["text"] for cases in CASES for document in cases["documents"]]


def told(text: str) -> str | None:
    noise = noise_of(read(text.strip().encode()))
    return noise.name if noise else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["kind"])
def test_a_page_that_stands_in_place_of_a_document_is_told(page: dict[str, Any]) -> None:
    assert told(page.get("html") or page["text"]) == page["kind"]


@pytest.mark.parametrize("text", DOCUMENTS, ids=lambda text: text.strip()[:30])
def test_a_short_document_is_none_of_them(text: str) -> None:
    assert told(text) is None


def test_every_kind_is_in_the_vocabulary_and_has_a_page() -> None:
    kinds = [kind.name for kind in lexicon.noise.kinds]
    known = msgspec.json.schema(vocabulary.NoiseKind)["x-extensible-enum"]
    assert sorted(kinds) == sorted(known) == sorted({page["kind"] for page in PAGES})


def test_no_sample_is_taken_for_a_page() -> None:
    samples = sorted((ROOT / "samples").glob("*.txt"))
    assert [path.name for path in samples if noise_of(read(path.read_bytes()))] == []


def test_no_real_document_is_taken_for_a_page(shared: Path) -> None:
    real = sorted([*(shared / "dev" / "docs").glob("*.txt"), *(shared / "seeds").glob("*.txt")])
    assert len(real) > 50
    assert [path.name for path in real if noise_of(read(path.read_bytes()))] == []
