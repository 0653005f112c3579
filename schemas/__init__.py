"""What a briefing is: the wire contract, the OpenAPI components and the stored bodies, declared once.

Whatever these modules declare is exported here. Proposals, keys and webhooks are imported from their own.
"""

from collections.abc import Iterator
from contextlib import suppress

import msgspec
from msgspec import Struct

from schemas.briefing import *
from schemas.changes import *
from schemas.dates import *
from schemas.facts import *
from schemas.http import *
from schemas.jobs import *
from schemas.publication import *
from schemas.reviews import *
from schemas.vocabulary import *


def learn_shapes() -> None:
    """Look at every shape that is loaded. Call it while there is one thread.

    msgspec looks at a type when it first decodes one. A second thread that decodes the same type meanwhile finds it
    half known, and crashes the process.
    """
    for shape in set(_below(Struct)):
        with suppress(TypeError, NameError):  # never decoded: it may hold what is not loaded
            msgspec.json.Decoder(shape)


def _below(shape: type[Struct]) -> Iterator[type[Struct]]:
    for one in shape.__subclasses__():
        yield one
        yield from _below(one)
