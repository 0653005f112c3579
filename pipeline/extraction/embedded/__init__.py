"""The default extractor: no key, no network. spaCy reads, rules for this domain propose. Deterministic."""

from pipeline.documents.document import Document
from pipeline.documents.publication_date import context_of
from pipeline.extraction.embedded.deadlines import find_deadlines, find_events
from pipeline.extraction.embedded.delegates import find_delegates
from pipeline.extraction.embedded.figures import find_figures
from pipeline.extraction.embedded.stakes import find_stakes
from pipeline.extraction.embedded.statements import find_statements
from pipeline.extraction.embedded.talks import find_talks
from pipeline.extraction.proof import Prove
from pipeline.extraction.readout import Extraction
from pipeline.language.passages import sentences
from schemas import ExtractorInfo
from schemas.proposals import Proposals


class Embedded:
    """spaCy and rules."""

    info = ExtractorInfo(name="embedded", version="2", model=None, prompt=None, stands_in_for=None)

    def extract(self, document: Document, prove: Prove) -> Extraction:
        """One answer; rules are not asked twice."""
        return Extraction(proposals=[propose(document)])


def propose(document: Document) -> Proposals:
    """What the rules read in a document."""
    parsed = sentences(document)
    talks = find_talks(document, parsed)
    if talks is None:
        return Proposals(talks=None)
    parties = frozenset(talks.parties)
    return Proposals(
        talks=talks,
        delegates=find_delegates(document, parsed, parties),
        stakes=find_stakes(document, parsed, parties),
        deadlines=find_deadlines(document, parsed, context_of(document)),
        figures=find_figures(document, parsed),
        statements=find_statements(document, parsed),
        events=find_events(document, parsed),
    )
