"""A text is read the same way each time, so that tests of what is proposed about it read it once."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec
import pytest

from pipeline.documents.document import Document
from pipeline.extraction import readout
from pipeline.extraction.readout import Reading


@lru_cache(maxsize=128)
def _reading(document: bytes) -> Reading:
    return Reading(msgspec.msgpack.decode(document, type=Document))


@pytest.fixture(scope="module")
def read_once() -> Iterator[None]:
    """For modules that ask for it: equal documents are annotated once, and equal proposals about them proven once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readout, "Reading", lambda document: _reading(msgspec.msgpack.encode(document)))
        yield
