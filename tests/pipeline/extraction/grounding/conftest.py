"""Proposals of our own, proven against invented documents by the same code as any extractor's."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pipeline.documents.read import read
from pipeline.extraction.readout import Extraction, Reading, readout
from schemas import DocumentReadout, ExtractorInfo
from schemas.proposals import Proposals, TalksProposal


class Given:
    """An extractor that proposes what it was given."""

    info = ExtractorInfo(name="given", version="1", model=None, prompt=None, stands_in_for=None)

    def __init__(self, proposals: list[Proposals]) -> None:
        self._proposals = proposals

    def extract(self, reading: Reading) -> Extraction:
        return Extraction(proposals=self._proposals)

    def in_english(self, reading: Reading, made: DocumentReadout) -> DocumentReadout:
        return made


@pytest.fixture(scope="session")
def opening() -> Callable[[Sequence[str]], str]:
    """The sentence that names the talks and their two sides."""
    return lambda sides: f"{sides[0]} and {sides[1]} held talks about trade in Oslo on 3 May 2031."


@pytest.fixture(scope="session")
def proven(opening) -> Callable[..., DocumentReadout]:
    """The readout of a text, of what is proposed about it and of its talks."""

    def prove(
        text: str, sides: Sequence[str] = ("Chile", "Norway"), published: str | None = None, **proposed: Any
    ) -> DocumentReadout:
        talks = TalksProposal(quote=opening(sides), parties=list(sides))
        given = Given([Proposals(talks=talks, **proposed)])
        return readout(read(text.encode(), published=published), given)

    return prove
