"""A text is read the same way each time, so that tests of what is proposed about it read it once."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec
import pytest

from pipeline.documents.document import Document
from pipeline.extraction import readout
from pipeline.language.annotate import Annotated, annotate


@lru_cache(maxsize=128)
def _annotated(document: bytes) -> Annotated:
    return annotate(msgspec.msgpack.decode(document, type=Document))


@pytest.fixture(scope="module")
def read_once() -> Iterator[None]:
    """For modules that ask for it: equal documents are annotated once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readout, "annotate", lambda document: _annotated(msgspec.msgpack.encode(document)))
        yield
