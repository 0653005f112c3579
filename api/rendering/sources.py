"""The sources of a briefing: how they are cited, and by origin, what nobody else tells."""

from msgspec import Struct

from api.rendering.outline import Entry, entry_of
from schemas import Briefing, Evidence, Source, proofs_of
from schemas.kinds import facts_of


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

    def language(self, evidence: Evidence) -> str | None:
        return self._sources[evidence.document_id].language

    def source(self, evidence: Evidence) -> str:
        """Who says it: the publisher, or else the number of the source."""
        number = self.number(evidence)
        publisher = self._sources[evidence.document_id].publisher
        return f"{publisher} [{number}]" if publisher else f"[{number}]"


class Origin(Struct, frozen=True):
    """Sources of one origin, and the facts that it alone tells."""

    sources: list[Source]
    alone: list[Entry]


def origins_of(briefing: Briefing) -> list[Origin]:
    """Those that alone tell most come first."""
    groups: dict[str, Origin] = {}
    group_of: dict[str, str] = {}
    for source in briefing.sources:
        groups.setdefault(source.origin_group, Origin([], [])).sources.append(source)
        group_of[source.document_id] = source.origin_group
    for fact in facts_of(briefing):
        telling = {group_of[evidence.document_id] for evidence in proofs_of(fact)}
        if len(telling) == 1 and len(groups) > 1:
            groups[telling.pop()].alone.append(entry_of(fact))
    return sorted(groups.values(), key=lambda one: -len(one.alone))
