"""Shapes made known to msgspec before several threads use them.

It looks at a type when it first decodes one. A second thread that decodes the same type meanwhile finds it half known,
and crashes the process.
"""

from collections.abc import Iterator
from contextlib import suppress

import msgspec
from msgspec import Struct


def learn_shapes() -> None:
    """Look at every shape that is loaded. Call it while there is one thread."""
    for shape in set(_below(Struct)):
        with suppress(TypeError):  # one that is never decoded
            msgspec.json.Decoder(shape)


def _below(shape: type[Struct]) -> Iterator[type[Struct]]:
    for one in shape.__subclasses__():
        yield one
        yield from _below(one)
