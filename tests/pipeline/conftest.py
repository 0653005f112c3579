"""Short texts read into documents and readouts."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.briefings.rounds import Part
from pipeline.documents.document import Document, source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import DocumentReadout


@pytest.fixture
def document() -> Callable[..., Document]:
    return lambda text, **known: read(text.encode(), **known)


@pytest.fixture
def readout_of() -> Callable[..., DocumentReadout]:
    return lambda text, **known: readout(read(text.encode(), **known))


@pytest.fixture
def part_of() -> Callable[..., Part]:
    def part(text: str, **known: Any) -> Part:
        document = read(text.encode(), **known)
        return Part(readout(document), source_of(document))

    return part
