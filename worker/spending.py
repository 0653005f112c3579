"""What reading cost so far, as counters: for a metrics page or a report."""

from msgspec import Struct
from sqlalchemy import Engine

from store.documents import tally
from store.model_answers import Spent, spent


class Counters(Struct, frozen=True, kw_only=True):
    """Sums since the database was made. `documents` and `rejections` by extractor (a stand-in: `model stand-in`)."""

    documents: dict[str, int]
    rejections: dict[str, int]
    models: dict[str, Spent]


def counters(engine: Engine) -> Counters:
    """Calls, tokens and cost by model, from the answers kept; the rest from the readouts as they stand."""
    documents: dict[str, int] = {}
    rejections: dict[str, int] = {}
    for name, rejected in tally(engine):
        documents[name] = documents.get(name, 0) + 1
        rejections[name] = rejections.get(name, 0) + rejected
    return Counters(documents=documents, rejections=rejections, models=spent(engine))
