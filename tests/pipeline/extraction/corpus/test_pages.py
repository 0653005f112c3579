"""Invented pages about trade talks, in all the ways that these are told of, and others that use the words of such talks.

What tells one from the other is learnt from them, among others: `readout eval --learn talks`. A mock negotiation in a
novel, a price of gas, a ceasefire or a quota of oil is not ours.
"""

from pathlib import Path

import msgspec
import pytest

from pipeline.evaluation import Gold
from schemas import DocumentReadout
from tests.pipeline.extraction.corpus.marks import read_all

HERE = Path(__file__).parent / "pages"
SEEN, RIGHT, TAKEN = 43, 0.83, 0


@pytest.fixture(scope="module")
def found() -> dict[str, DocumentReadout]:
    return read_all(sorted((HERE / "docs").glob("*.txt")))


@pytest.fixture(scope="module")
def gold() -> dict[str, Gold]:
    return {
        path.stem: msgspec.json.decode(path.read_bytes(), type=Gold)
        for path in (HERE / "gold").glob("*.json")
    }


def test_most_pages_about_talks_are_seen(found, gold):
    about = [name for name, page in gold.items() if page.negotiation.is_negotiation]
    assert len(about) == 48
    assert sum(found[name].negotiation is not None for name in about) >= SEEN


def test_those_that_are_seen_mostly_have_the_right_parties(found, gold):
    seen = {name: talks for name, page in found.items() if (talks := page.negotiation)}
    right = [set(talks.parties) == set(gold[name].negotiation.parties) for name, talks in seen.items()]
    assert sum(right) / len(right) >= RIGHT


def test_few_pages_about_other_matters_are_taken_for_talks(found, gold):
    others = [name for name, page in gold.items() if not page.negotiation.is_negotiation]
    assert len(others) == 80
    assert sum(found[name].negotiation is not None for name in others) <= TAKEN
