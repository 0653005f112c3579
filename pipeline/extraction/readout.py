"""One document -> its readout: an extractor proposes, code proves."""

from functools import cache
from typing import Protocol

from msgspec import Struct

from pipeline.documents.document import Document
from pipeline.extraction.delegations import delegations_of
from pipeline.extraction.proof import Prove, prover
from schemas import DocumentReadout, ExtractorInfo, Rejection, Usage
from schemas.proposals import Proposals

FREE = Usage(calls=0, prompt_tokens=0, cached_tokens=0, completion_tokens=0, seconds=0.0, cost=None)


class Extraction(Struct, frozen=True, kw_only=True):
    """All that an extractor proposes about a document, what it said that is no proposal, and what it cost."""

    proposals: list[Proposals]
    malformed: list[Rejection] = []
    usage: Usage = FREE


class Extractor(Protocol):
    """Anything that reads a document and proposes facts; `prove` tells it which of them stand."""

    @property
    def info(self) -> ExtractorInfo: ...

    def extract(self, document: Document, prove: Prove) -> Extraction: ...


class NoSuchExtractor(ValueError):
    """An extractor that this version does not have."""


@cache
def extractor_of(name: str) -> Extractor:
    """The extractor of that name that needs no settings, loaded once a process. Raises NoSuchExtractor."""
    if name != "embedded":
        raise NoSuchExtractor(f"there is no extractor {name!r} here: use embedded")
    from pipeline.extraction.embedded import Embedded

    return Embedded()


def readout(document: Document, extractor: str | Extractor = "embedded") -> DocumentReadout:
    """The proven facts of a document. Raises NoSuchExtractor, and what the extractor raises."""
    chosen = extractor_of(extractor) if isinstance(extractor, str) else extractor
    prove = prover(document)
    extraction = chosen.extract(document, prove)
    proof = prove(extraction.proposals)
    return DocumentReadout(
        document=document.head(),
        negotiation=proof.talks,
        delegations=delegations_of(proof.delegates),
        stakes=proof.stakes,
        deadlines=proof.deadlines,
        figures=proof.figures,
        statements=proof.statements,
        events=proof.events,
        rejected=[*proof.rejected, *extraction.malformed],
        extractor=chosen.info,
        usage=extraction.usage,
    )
