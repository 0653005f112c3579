"""How the proofs of a briefing are cited: by the number of their source, and its publisher's name."""

from schemas import Briefing, Evidence


def numbers(briefing: Briefing) -> dict[str, int]:
    """Document id -> the number by which its source is cited."""
    return {source.document_id: n for n, source in enumerate(briefing.sources, start=1)}


class Citations:
    """`documents`: the path of documents' pages, where there are any."""

    def __init__(self, briefing: Briefing, documents: str | None) -> None:
        self.numbers = numbers(briefing)
        self.documents = documents
        self._sources = {source.document_id: source for source in briefing.sources}

    def number(self, evidence: Evidence) -> int:
        return self.numbers[evidence.document_id]

    def address(self, evidence: Evidence) -> str:
        if self.documents is None:
            return f"#source-{evidence.document_id[:12]}"
        return f"{self.documents}/{evidence.document_id}#c{evidence.start}"

    def place(self, evidence: Evidence) -> str:
        """Where a proof stands, in words."""
        page = f", page {evidence.page}" if evidence.page else ""
        return f"Characters {evidence.start} to {evidence.end} of document {self.number(evidence)}{page}"

    def source(self, evidence: Evidence) -> str:
        """Who says it: the publisher, or else the number of the source."""
        number = self.number(evidence)
        publisher = self._sources[evidence.document_id].publisher
        return f"{publisher} [{number}]" if publisher else f"[{number}]"
