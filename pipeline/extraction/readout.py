"""One document -> its readout: an extractor proposes, code verifies."""

from functools import cache
from typing import Any

from pipeline.documents.document import Document
from pipeline.extraction.delegations import delegations_of
from pipeline.extraction.embedded import Embedded
from pipeline.extraction.reading import Extractor, Reading
from schemas import Delegate, DocumentReadout
from schemas.kinds import KINDS


class NoSuchExtractor(ValueError):
    """An extractor that this version does not have."""


@cache
def extractor_of(name: str) -> Extractor:
    """The extractor of that name that needs no settings. Raises NoSuchExtractor."""
    if name != "embedded":
        raise NoSuchExtractor(f"there is no extractor {name!r} here: use embedded")
    return Embedded()


def readout(document: Document, extractor: str | Extractor = "embedded") -> DocumentReadout:
    """The proven facts of a document. Raises NoSuchExtractor, and what the extractor raises."""
    chosen = extractor_of(extractor) if isinstance(extractor, str) else extractor
    reading = Reading(document)
    extraction = chosen.extract(reading)
    verified = reading.verify(extraction.proposals)
    facts: dict[str, Any] = {
        kind.plural: verified.facts[kind.name] for kind in KINDS if kind.fact is not Delegate
    }
    return DocumentReadout(
        document=document.head(),
        negotiation=verified.talks,
        delegations=delegations_of(verified.of(Delegate)),
        rejected=[*verified.rejected, *extraction.malformed],
        extractor=chosen.info,
        usage=extraction.usage,
        **facts,
    )
