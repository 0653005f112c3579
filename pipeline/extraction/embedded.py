"""The default extractor: no key, no network. spaCy reads, rules for this domain propose. Deterministic."""

from typing import Any

from pipeline.extraction.kinds import PROPOSE, talks
from pipeline.extraction.reading import Extraction, Reading
from pipeline.language.annotate import Annotated
from schemas import ExtractorInfo
from schemas.kinds import KINDS
from schemas.proposals import Proposals


class Embedded:
    """spaCy and rules."""

    info = ExtractorInfo(name="embedded", version="3", model=None, prompt=None, stands_in_for=None)

    def extract(self, reading: Reading) -> Extraction:
        """One answer; rules are not asked twice."""
        return Extraction(proposals=[propose(reading.annotated)])


def propose(annotated: Annotated) -> Proposals:
    """What the rules read in a document."""
    negotiation = talks.propose(annotated)
    if negotiation is None:
        return Proposals(talks=None)
    parties = frozenset(negotiation.parties)
    proposals: dict[str, Any] = {kind.plural: PROPOSE[kind.name](annotated, parties) for kind in KINDS}
    return Proposals(talks=negotiation, **proposals)
